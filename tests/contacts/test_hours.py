"""When a line is answered: both clock changes, holidays, midnight, the closing second; and an
independent engine's opinion."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contacts.hours import ALL_DAY, LONDON, Hours, Spell

WORK = Spell.parse("09:00", "17:00")
NINE_TO_FIVE = Hours(week=((WORK,),) * 5 + ((), ()), holidays=frozenset({date(2026, 12, 28)}))


def at(text: str) -> datetime:
    """Return a London wall time, such as "2026-11-27 16:15:00"; the first if it comes twice."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-27 08:59:59.999999", False),
        ("2026-11-27 09:00:00", True),
        ("2026-11-27 16:59:59.999999", True),
        ("2026-11-27 17:00:00", False),
        ("2026-11-28 12:00:00", False),
        ("2026-12-28 12:00:00", False),
        ("2026-12-24 12:00:00", True),
        ("2026-07-01 09:00:00", True),
        ("2026-07-01 08:59:59", False),
    ],
)
def test_a_line_is_open_from_its_opening_up_to_its_closing_second(
    moment: str, is_open: bool
) -> None:
    assert NINE_TO_FIVE.is_open(at(moment)) is is_open


def test_the_next_change_is_exact_over_a_weekend_and_a_clock_change() -> None:
    friday = at("2026-10-23 16:00")
    closing = NINE_TO_FIVE.next_change(friday)
    assert closing == at("2026-10-23 17:00")
    assert closing is not None
    assert NINE_TO_FIVE.next_change(closing) == datetime(2026, 10, 26, 9, tzinfo=UTC)


def test_a_spell_may_cross_midnight_into_a_holiday() -> None:
    night = Hours(
        week=((Spell.parse("22:00", "06:00"),),) * 7, holidays=frozenset({date(2026, 12, 25)})
    )
    assert night.is_open(at("2026-12-25 05:59"))
    assert not night.is_open(at("2026-12-25 06:00"))
    assert not night.is_open(at("2026-12-25 23:00"))
    assert not night.is_open(at("2026-12-26 01:00"))


def test_in_the_hour_that_happens_twice_wall_time_decides_both_times() -> None:
    early = Hours(week=((Spell.parse("00:00", "01:30"),),) * 7, closed_on_holidays=False)
    twice = [datetime(2026, 10, 25, hour, 15, tzinfo=UTC) for hour in (0, 1)]
    assert [early.is_open(moment) for moment in twice] == [True, True]
    assert early.next_change(twice[0]) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert early.next_change(datetime(2026, 10, 25, 0, 40, tzinfo=UTC)) == datetime(
        2026, 10, 25, 1, tzinfo=UTC
    )


def test_an_override_replaces_a_day() -> None:
    week = ((WORK,),) * 7
    special = Hours(
        week=week,
        overrides={date(2026, 12, 25): (Spell.parse("10:00", "12:00"),), date(2026, 11, 24): ()},
        holidays=frozenset({date(2026, 12, 25)}),
    )
    assert special.is_open(at("2026-12-25 10:00"))
    assert not special.is_open(at("2026-11-24 10:00"))


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        NINE_TO_FIVE.is_open(datetime(2026, 11, 27, 12))  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize(
    "pair", [("9:00", "17:00"), ("25:00", "26:00"), ("09:60", "10:00"), ("x", "y")]
)
def test_what_is_no_time_of_day_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="not a time"):
        Spell.parse(*pair)


def test_a_line_that_never_closes_has_no_next_change() -> None:
    always = Hours(week=(ALL_DAY,) * 7, closed_on_holidays=False)
    assert always.is_always_open
    assert always.next_change(at("2026-11-27 12:00")) is None


spells = st.tuples(st.integers(0, 1439), st.integers(1, 1440)).map(
    lambda pair: Spell(pair[0], pair[0] + pair[1])
)
weeks = st.lists(st.lists(spells, max_size=3).map(tuple), min_size=7, max_size=7).map(tuple)
moments = st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31)).map(  # noqa: DTZ001
    lambda wall: wall.replace(tzinfo=UTC)
)


@given(weeks, moments, st.booleans())
def test_until_the_next_change_nothing_changes_and_then_it_does(
    week: tuple[tuple[Spell, ...], ...], moment: datetime, holidays: bool
) -> None:
    hours = Hours(week, holidays, holidays=frozenset({date(2026, 12, 25), date(2027, 3, 26)}))
    now_open = hours.is_open(moment)
    change = hours.next_change(moment)
    if change is None:
        probes = [moment + timedelta(days=day, hours=day % 24) for day in range(0, 380, 3)]
        assert all(hours.is_open(probe) == now_open for probe in probes)
        return
    assert change > moment
    assert hours.is_open(change) != now_open
    for part in (0.25, 0.5, 0.9):
        assert hours.is_open(moment + (change - moment) * part) == now_open
    assert hours.is_open(max(moment, change - timedelta(microseconds=1))) == now_open
