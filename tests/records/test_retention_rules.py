"""How long a record is kept: golden cases, and what holds for every record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules.retention import (
    KINDS,
    KeptPerson,
    RecordFacts,
    Schedule,
    kept_until,
    latest_birth,
    plus_years,
    rows_data,
    schedule_from,
    shipped,
)

RECEIVED, CLOSED = date(2026, 11, 24), date(2027, 1, 12)


def one(*kinds: str, **dates: Any) -> RecordFacts:
    """Return a record about one person."""
    return RecordFacts(RECEIVED, CLOSED, (KeptPerson(frozenset(kinds), **dates),))


BORN = date(2016, 4, 3)
GOLDEN = {
    "a looked-after child: to the 75th birthday": (
        one("looked_after", born=BORN),
        date(2091, 4, 3),
        "child.looked_after",
    ),
    "a looked-after child who died under 18: 15 years after the death": (
        one("looked_after", born=BORN, died_by=CLOSED),
        date(2042, 1, 12),
        "child.looked_after",
    ),
    "died, but whether under 18 is not known: to the 75th birthday of a newborn": (
        one("looked_after", died_by=CLOSED, youngest=0),
        date(2101, 11, 24),
        "child.looked_after",
    ),
    "somebody who left care and died as an adult: to the 75th birthday": (
        one("looked_after", born=date(2004, 1, 1), died_by=CLOSED),
        date(2079, 1, 1),
        "child.looked_after",
    ),
    "a child with a worry of harm: 35 years": (
        one("child_protection", born=BORN),
        date(2062, 1, 12),
        "child.protection",
    ),
    "a child in need: 18 + 3": (
        one("child_in_need", born=BORN),
        date(2037, 4, 3),
        "child.in_need",
    ),
    "a child in need of whom no age is known: as if born at receipt": (
        one("child_in_need", youngest=0),
        date(2047, 11, 24),
        "child.in_need",
    ),
    "an unborn child: as if born as late as can be": (
        one("child_in_need"),
        plus_years(RECEIVED + timedelta(days=280), 21),
        "child.in_need",
    ),
    "born on 29 February: to 1 March": (
        one("child_in_need", born=date(2016, 2, 29)),
        date(2037, 3, 1),
        "child.in_need",
    ),
    "an adult in a position of trust near retirement: 10 years, which is longer": (
        one("trust", born=date(1962, 5, 5)),
        date(2037, 1, 12),
        "trust.employment",
    ),
    "a young one: to normal retirement age": (
        one("trust", born=date(2000, 5, 5)),
        date(2068, 5, 5),
        "trust.employment",
    ),
    "one who works with children: 100 years from birth": (
        one("trust", "trust_children", born=date(2000, 5, 5)),
        date(2100, 5, 5),
        "trust.children",
    ),
    "one of unknown age: as young as they can be at work": (
        one("trust", "trust_children", youngest=16),
        date(2110, 11, 24),
        "trust.children",
    ),
    "certainly unfounded: 10 years, but the employment record is longer": (
        one("trust", "trust_children", born=date(2000, 5, 5), certain=frozenset({"unfounded"})),
        date(2068, 5, 5),
        "trust.employment",
    ),
    "an adult at risk: 10 years": (one("adult_at_risk"), date(2037, 1, 12), "adult.at_risk"),
    "neither: 6 years": (one("neither"), date(2033, 1, 12), "adult.other"),
}


@pytest.mark.parametrize(("record", "until", "row"), GOLDEN.values(), ids=list(GOLDEN))
def test_golden(record: RecordFacts, until: date, row: str) -> None:
    kept = kept_until(record, shipped())
    assert (kept.until, kept.row_id) == (until, row)


def test_several_roles_take_the_longest_and_every_reason_is_told() -> None:
    record = RecordFacts(
        RECEIVED,
        CLOSED,
        (
            KeptPerson(frozenset({"adult_at_risk"}), youngest=18),
            KeptPerson(frozenset({"household_child"}), born=BORN),
            KeptPerson(frozenset()),
        ),
    )
    kept = kept_until(record, shipped())
    assert (kept.until, kept.row_id) == (date(2037, 4, 3), "household.child")
    assert [reading.row_id for reading in kept.readings] == ["household.child", "adult.at_risk"]
    assert kept.because == "A child of the household: 3 years after their 18th birthday."


def test_what_is_not_known_is_said() -> None:
    because = kept_until(one("child_in_need", youngest=0), shipped()).because
    assert "The date of birth is not known: the youngest that they can have been counts" in because


def test_what_no_row_covers_is_kept_until_one_does() -> None:
    rows = tuple(row for row in shipped().rows if row.kind != "neither")
    kept = kept_until(one("neither"), Schedule("short", rows))
    assert kept.until is None
    assert "No row" in kept.because
    assert kept_until(RecordFacts(RECEIVED, CLOSED), shipped()).until is None


DAYS = st.dates(date(1900, 1, 1), date(2100, 1, 1))
PEOPLE = st.builds(
    KeptPerson,
    kinds=st.frozensets(st.sampled_from(sorted(KINDS)), max_size=3),
    born=st.none() | DAYS,
    born_by=st.none() | DAYS,
    died_by=st.none() | DAYS,
    youngest=st.none() | st.integers(0, 110),
    certain=st.frozensets(st.sampled_from(["unfounded"])),
)
RECORDS = st.builds(
    lambda received, worked, people: RecordFacts(
        received, received + timedelta(days=worked), tuple(people)
    ),
    DAYS,
    st.integers(0, 4_000),
    st.lists(PEOPLE, min_size=1, max_size=4),
)


@given(RECORDS)
def test_nothing_is_kept_shorter_than_until_it_was_closed(record: RecordFacts) -> None:
    kept = kept_until(record, shipped())
    assert kept.until is None or kept.until >= record.closed_on


@given(RECORDS, PEOPLE)
def test_one_person_more_never_shortens(record: RecordFacts, person: KeptPerson) -> None:
    before = kept_until(record, shipped()).until
    after = kept_until(replace(record, people=(*record.people, person)), shipped()).until
    assert before is None or after is None or after >= before


@given(DAYS, st.integers(0, 30), st.sampled_from(sorted(KINDS)))
def test_a_date_of_birth_that_becomes_known_never_lengthens(
    received: date, years: int, kind: str
) -> None:
    """Not knowing is always the longest reading."""
    born = plus_years(received, -years)
    known = RecordFacts(received, received, (KeptPerson(frozenset({kind}), born=born),))
    unknown = RecordFacts(received, received, (KeptPerson(frozenset({kind}), youngest=0),))
    shorter, longer = kept_until(known, shipped()).until, kept_until(unknown, shipped()).until
    assert shorter is not None
    assert longer is not None
    assert shorter <= longer


@given(RECORDS, st.integers(1, 150), st.integers(0, 7))
def test_more_years_never_shorten(record: RecordFacts, more: int, at: int) -> None:
    rows = rows_data(shipped())
    row = rows[at % len(rows)]
    for measure in row["measures"]:
        measure["years"] = min(150, measure["years"] + more)
    before = kept_until(record, shipped()).until
    after = kept_until(record, schedule_from("longer", rows)).until
    assert (before is None) == (after is None)
    assert before is None or after is None or after >= before


@given(PEOPLE, DAYS)
def test_the_latest_birth_is_the_known_one_or_later_than_none(
    person: KeptPerson, received: date
) -> None:
    latest = latest_birth(person, received)
    assert person.born is None or latest == person.born


def test_the_shipped_rows_all_name_a_source_and_wait_for_the_council() -> None:
    assert all(row.source and row.confirm for row in shipped().rows)
    assert {row.kind for row in shipped().rows} == set(KINDS)
    assert schedule_from("again", rows_data(shipped())).rows == shipped().rows


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "nothing"}, "no kind of record"),
        ({"id": "child.protection"}, "same id"),
        ({"measures": [{"event": "birth", "years": 0, "words": "never"}]}, "from 1 to"),
        ({"measures": [{"event": "easter", "years": 3, "words": "x"}]}, "not known"),
        (
            {"measures": [{"event": "birth", "years": 3, "words": "x", "only_if": "unfounded"}]},
            "always counts",
        ),
    ],
)
def test_what_is_no_schedule_is_refused_in_words(change: dict[str, Any], words: str) -> None:
    rows = rows_data(shipped())
    rows[0] |= change
    with pytest.raises(ValueError, match=words):
        schedule_from("wrong", rows)


def test_a_schedule_without_a_row_for_a_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="No row for"):
        schedule_from("short", rows_data(shipped())[1:])
