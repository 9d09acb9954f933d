"""The score of a day follows from a table, grows with what is seen, and never accuses by chance."""

from __future__ import annotations

import csv
from datetime import datetime, time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules.case import LONDON
from concerns.rules.clocks import WorkingHours
from concerns.rules.curiosity import (
    BY_SLUG,
    DAY_SIGNALS,
    HABIT_DAYS,
    HIGHEST,
    LOOK_SIGNALS,
    OUTCOMES,
    THRESHOLD,
    VOLUME_FLOOR,
    Day,
    Look,
    is_far_more,
    is_odd_hour,
    is_outside_hours,
    score_of,
    signals_of_day,
    signals_of_look,
)

TABLE = Path(__file__).parent / "golden" / "curiosity.csv"
GOLDEN = list(csv.DictReader(TABLE.read_text().splitlines()))
COUNTS = st.dictionaries(
    st.sampled_from([signal.slug for signal in LOOK_SIGNALS]), st.integers(0, 50)
)
DAYS = st.sets(st.sampled_from([signal.slug for signal in DAY_SIGNALS]))
LOOKS = st.builds(Look, **{name: st.booleans() for name in Look.__dataclass_fields__})


def looks_in(text: str) -> dict[str, int]:
    parts = text.split()
    return {slug: int(count[1:]) for slug, count in zip(parts[::2], parts[1::2], strict=True)}


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["case"])
def test_golden(row: dict[str, str]) -> None:
    assert score_of(looks_in(row["look"]), row["day"].split()) == int(row["score"])


def test_every_signal_has_a_golden_case_words_and_a_source() -> None:
    hit = {slug for row in GOLDEN for slug in (*looks_in(row["look"]), *row["day"].split())}
    assert hit == set(BY_SLUG)
    assert len(BY_SLUG) == len(LOOK_SIGNALS) + len(DAY_SIGNALS)
    for signal in BY_SLUG.values():
        assert signal.points > 0
        assert signal.words[0].isupper()
        assert signal.source
        assert len(signal.slug) <= 20
    assert {outcome.slug for outcome in OUTCOMES} >= {"right", "explained", "breach"}


@given(COUNTS, DAYS)
def test_a_score_has_bounds_and_never_falls_when_more_is_seen(
    looks: dict[str, int], days: set[str]
) -> None:
    score = score_of(looks, days)
    assert 0 <= score <= HIGHEST
    for slug in (signal.slug for signal in LOOK_SIGNALS):
        assert score_of({**looks, slug: looks.get(slug, 0) + 1}, days) >= score
    for slug in (signal.slug for signal in DAY_SIGNALS):
        assert score_of(looks, days | {slug}) >= score


@given(COUNTS, DAYS)
def test_the_order_in_which_signals_come_makes_no_difference(
    looks: dict[str, int], days: set[str]
) -> None:
    turned = dict(reversed(list(looks.items())))
    assert score_of(turned, sorted(days, reverse=True)) == score_of(looks, sorted(days))


@given(LOOKS)
def test_whoever_has_a_link_to_strangers_in_working_hours_shows_no_signal(look: Look) -> None:
    found = signals_of_look(look)
    assert len(set(found)) == len(found)
    assert set(found) <= set(BY_SLUG)
    is_quiet = look.has_link and not (
        look.is_own_name
        or look.is_own_address
        or look.is_colleague
        or look.is_same_surname
        or look.is_glass
        or look.is_off_hours
        or look.is_odd_hour
    )
    assert (found == ()) is is_quiet


def test_one_weak_signal_of_one_record_is_never_looked_at() -> None:
    for slug in ("same_surname", "no_link", "closed", "glass", "off_hours", "odd_hour"):
        assert score_of({slug: 1}) < THRESHOLD
    for slug in ("own_name", "own_address", "colleague"):
        assert score_of({slug: 1}) >= THRESHOLD


@given(st.integers(0, 500), st.lists(st.integers(1, 100), max_size=40).map(tuple))
def test_far_more_needs_days_to_compare_with_and_a_real_number(
    count: int, usual: tuple[int, ...]
) -> None:
    if is_far_more(count, usual):
        assert len(usual) >= HABIT_DAYS
        assert count > VOLUME_FLOOR
        assert count > min(usual)
        assert is_far_more(count + 1, usual)


def test_volume_and_searches_are_signals_of_the_day() -> None:
    usual = (5,) * HABIT_DAYS
    day = Day(records=30, own=usual, peers=usual, searched_in_vain=3)
    assert signals_of_day(day) == ("searched_in_vain", "volume_own", "volume_peers")
    assert signals_of_day(Day(records=30, own=usual[1:], peers=(), searched_in_vain=2)) == ()
    assert signals_of_day(Day(records=15, own=usual)) == ()


@given(st.integers(0, 23), st.lists(st.integers(0, 40), min_size=24, max_size=24).map(tuple))
def test_an_hour_is_odd_only_for_somebody_with_habits(hour: int, hours: tuple[int, ...]) -> None:
    if is_odd_hour(hour, hours):
        assert sum(hours) >= 40
        assert hours[hour] < 0.02 * sum(hours)
    assert not is_odd_hour(hour, ())


@pytest.mark.parametrize(
    ("day", "hour", "outside"),
    [(24, 9, False), (24, 6, True), (24, 7, False), (24, 19, True), (28, 12, True), (25, 12, True)],
)
def test_outside_hours_is_early_late_a_weekend_or_a_holiday(
    day: int, hour: int, outside: bool
) -> None:
    hours = WorkingHours(
        closes=dict.fromkeys(range(5), time(17, 15)),
        holidays=frozenset({datetime(2026, 11, 25, tzinfo=LONDON).date()}),
    )
    assert is_outside_hours(datetime(2026, 11, day, hour, 30, tzinfo=LONDON), hours) is outside
