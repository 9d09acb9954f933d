"""The proof before publishing, against a check that shares nothing with it: minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contacts.directory import REQUIRED_AGENCIES
from contacts.document import find_item, without_item
from contacts.hours import Hours, Spell
from contacts.proof import Problem, problems_of
from contacts.snapshot import WEEKDAYS
from tests.contacts.conftest import NOW, line_of, shipped_document

LONDON = ZoneInfo("Europe/London")
# Three days each: a plain week's end, both clock changes, and Christmas with its bank holidays.
SPAN = timedelta(days=3)
STARTS = tuple(
    datetime(year, month, day, 21, tzinfo=UTC)
    for year, month, day in ((2026, 11, 27), (2027, 3, 27), (2026, 10, 24), (2026, 12, 24))
)
DATES = [(start + timedelta(days=n)).date().isoformat() for start in STARTS for n in range(4)]
HOLIDAYS = {date(2026, 12, 25), date(2026, 12, 28), date(2027, 3, 26), date(2027, 3, 29)}
MINUTES = [0, 1, 30, 59, 60, 61, 90, 119, 120, 121, 480, 525, 720, 1035, 1380, 1439]


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


spells = st.tuples(st.sampled_from(MINUTES), st.sampled_from([*MINUTES, 1440])).map(
    lambda pair: [clock(pair[0]), clock(pair[1])]
)
days: st.SearchStrategy[list[list[str]]] = st.one_of(
    st.just([["00:00", "24:00"]]), st.just([]), st.lists(spells, min_size=1, max_size=2)
)
lines = st.fixed_dictionaries(
    {
        "week": st.fixed_dictionaries(dict.fromkeys(WEEKDAYS, days)),
        "closed_on_holidays": st.booleans(),
        "overrides": st.dictionaries(
            st.sampled_from(
                [
                    (start + timedelta(days=n)).date().isoformat()
                    for start in STARTS
                    for n in range(4)
                ]
            ),
            days,
            max_size=3,
        ),
        "fallback": st.sampled_from([None, "l0", "l1", "l2", "l3", "nowhere"]),
    }
)


def document_of(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a document with these lines; every agency the rules need starts at the first."""
    document = shipped_document()
    document["lines"] = [
        {"slug": f"l{n}", "name": f"line {n}", "number": "101", "source": "s", **line}
        for n, line in enumerate(found)
    ]
    document["agencies"] = [
        {"slug": slug, "name": slug, "audience": "both", "first_line": "l0", "what_for": "w"}
        for slug in REQUIRED_AGENCIES
    ]
    document["conflicts"] = []
    return document


def minutes(pair: list[str]) -> tuple[int, int]:
    start, end = (int(text[:2]) * 60 + int(text[3:]) for text in pair)
    return start, end if end > start else end + 1440


def chain_of(document: dict[str, Any]) -> list[dict[str, Any]] | None:
    """Return the lines in turn; None if one is missing or comes twice."""
    by_slug = {line["slug"]: line for line in document["lines"]}
    chain: list[dict[str, Any]] = []
    name = "l0"
    while name is not None:
        if name not in by_slug or by_slug[name] in chain:
            return None
        chain.append(by_slug[name])
        name = by_slug[name]["fallback"]
    return chain


def spells_of(line: dict[str, Any], day: date) -> list[list[str]]:
    """Return the spells that begin on a day."""
    found: list[list[str]] = line["week"][WEEKDAYS[day.weekday()]]
    if line["closed_on_holidays"] and day in HOLIDAYS:
        found = []
    return line["overrides"].get(day.isoformat(), found)


def open_minutes(line: dict[str, Any], day: date) -> set[int]:
    """Return every minute of the wall clock on which a line is open."""
    found: set[int] = set()
    for pair in spells_of(line, day):
        opens, closes = minutes(pair)
        found |= set(range(opens, min(closes, 1440)))
    for pair in spells_of(line, day - timedelta(days=1)):
        found |= set(range(max(minutes(pair)[1] - 1440, 0)))
    return found


def somebody_answers(document: dict[str, Any], start: datetime, span: timedelta) -> bool:
    """Walk every single minute, from the JSON alone."""
    chain = chain_of(document)
    if chain is None:
        return False
    days = [(start + timedelta(days=n)).astimezone(LONDON).date() for n in range(-1, span.days + 2)]
    opened = {day: set().union(*(open_minutes(line, day) for line in chain)) for day in days}
    moments = (start + timedelta(minutes=n) for n in range(int(span.total_seconds()) // 60))
    walls = (moment.astimezone(LONDON) for moment in moments)
    return all(wall.hour * 60 + wall.minute in opened[wall.date()] for wall in walls)


NIGHT = {"week": {day: [["17:15", "08:45"]] for day in WEEKDAYS}, "closed_on_holidays": False}
DAY = {"week": {day: [["08:45", "17:15"]] for day in WEEKDAYS}, "closed_on_holidays": False}
WHOLE = [DAY | {"overrides": {}, "fallback": "l1"}, NIGHT | {"overrides": {}, "fallback": None}]


@settings(max_examples=150, deadline=None)
@example(WHOLE, STARTS[1])
@example(WHOLE, STARTS[2])
@example([WHOLE[0] | {"closed_on_holidays": True}, WHOLE[1]], STARTS[3])
@example([WHOLE[0], WHOLE[1] | {"fallback": "l0"}], STARTS[0])
@given(st.lists(lines, min_size=1, max_size=4), st.sampled_from(STARTS))
def test_a_directory_is_accepted_exactly_if_no_minute_is_without_an_answer(
    found: list[dict[str, Any]], start: datetime
) -> None:
    document = document_of(found)
    accepted = problems_of(document, start, SPAN) == ()
    assert accepted == somebody_answers(document, start, SPAN)


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), max_size=3).map(
            lambda pairs: tuple(Spell(start, start + length) for start, length in pairs)
        ),
        min_size=7,
        max_size=7,
    ),
    st.sampled_from(STARTS),
    st.integers(0, 4 * 1440 - 1),
)
def test_the_open_intervals_say_what_is_open_says(
    week: list[tuple[Spell, ...]], start: datetime, minute: int
) -> None:
    hours = Hours(tuple(week), holidays=frozenset(HOLIDAYS))
    found = hours.open_intervals(start, start + timedelta(days=4))
    moment = start + timedelta(minutes=minute)
    assert any(opens <= moment < closes for opens, closes in found) == hours.is_open(moment)
    # In order, and touching ones are joined.
    assert all(one[1] < other[0] for one, other in pairwise(found))


def only(document: dict[str, Any]) -> Problem:
    """Return the one problem of a document."""
    (problem,) = problems_of(document, NOW)
    return problem


def test_the_shipped_directory_is_safe_for_24_months() -> None:
    assert problems_of(shipped_document(), NOW) == ()


def test_a_gap_after_a_long_time_is_found_to_the_minute() -> None:
    document = shipped_document()
    line = line_of(document, "modern-slavery-helpline")
    line["overrides"] = {"2028-10-29": [["00:00", "01:30"], ["01:31", "24:00"]]}
    problem = only(document)
    # The clocks go back that night: half past one comes twice, and so does the minute.
    assert problem.what == (
        "Nobody answers from 1:30am on Sunday 29 October 2028 to 1:31am on Sunday 29 October 2028; "
        "1:30am on Sunday 29 October 2028 to 1:31am on Sunday 29 October 2028"
    )
    assert (problem.part, problem.slug) == ("lines", "modern-slavery-helpline")


def test_a_gap_beyond_24_months_is_not_looked_for() -> None:
    document = shipped_document()
    line_of(document, "101")["overrides"] = {"2029-10-29": []}
    assert problems_of(document, NOW) == ()


@pytest.mark.parametrize(
    ("part", "slug", "field", "value", "words"),
    [
        ("lines", "edt", "fallback", "cass", "circle"),
        ("lines", "cass", "fallback", "nowhere", "“nowhere”, which does not exist"),
        ("agencies", "lado", "first_line", "nowhere", "“nowhere”, which does not exist"),
        ("lines", "101", "number", "0121 303", "not a UK phone number"),
        ("lines", "101", "number", "", "no phone number"),
        ("lines", "101", "number", "+1 202 555 0100", "not a UK phone number"),
        ("agencies", "lado", "sms_number", "12", "not a UK phone number"),
        ("agencies", "lado", "referral_mailbox", "x@gmail.com", "not on the allowed list"),
        ("agencies", "lado", "email", "x@birmingham.gov.uk.evil.com", "not on the allowed list"),
        ("agencies", "lado", "referral_mailbox", "x@example.org", "not on the allowed list"),
        ("lines", "asc-out-of-hours", "number", "0121 464 9001", "Sources clash"),
        ("lines", "101", "name", "the emergency services", "Sources clash: two lines"),
        ("lines", "101", "week", {}, "cannot be read"),
    ],
)
def test_each_fault_is_named_with_a_way_to_mend_it(
    part: str, slug: str, field: str, value: object, words: str
) -> None:
    document = shipped_document()
    item = find_item(document, part, slug)
    assert item is not None
    item[field] = value
    found = problems_of(document, NOW)
    assert any(words in problem.what for problem in found), found
    assert all(problem.where and problem.mend for problem in found)


@pytest.mark.parametrize("slug", REQUIRED_AGENCIES)
def test_no_agency_that_the_rules_name_may_be_missing(slug: str) -> None:
    problem = only(without_item(shipped_document(), "agencies", slug))
    assert problem.where == slug


def test_a_number_kept_for_stories_counts_in_a_demonstration_only(settings: Any) -> None:
    document = shipped_document()
    line_of(document, "101")["number"] = "07700 900123"
    assert problems_of(document, NOW) == ()
    settings.IS_DEMO = False
    assert "not a UK phone number" in only(document).what
