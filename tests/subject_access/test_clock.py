"""The clock of a request for personal data: calendar months, pauses, the next working day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.rules import access_requests as rules
from concerns.rules.access_requests import Pause, due, months_after
from contacts.holidays import england_holidays

HOLIDAYS = england_holidays()
DAYS = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@pytest.mark.parametrize(
    ("received", "last"),
    [
        (date(2026, 9, 3), date(2026, 10, 5)),  # 3 October is a Saturday
        (date(2026, 11, 24), date(2026, 12, 24)),
        (date(2026, 11, 25), date(2026, 12, 29)),  # Christmas, a weekend and a substitute day
        (date(2026, 8, 31), date(2026, 9, 30)),  # September is shorter
        (date(2027, 1, 30), date(2027, 3, 1)),  # 28 February 2027 is a Sunday
        (date(2028, 1, 31), date(2028, 2, 29)),  # a leap year
        (date(2026, 12, 1), date(2027, 1, 4)),  # 1 January, then a weekend
    ],
)
def test_the_answer_is_due_a_calendar_month_on_or_on_the_next_working_day(
    received: date, last: date
) -> None:
    assert due(received, holidays=HOLIDAYS).day == last


def test_it_begins_when_identity_is_shown_and_stands_while_a_question_waits() -> None:
    day = date(2026, 11, 2)
    asked = Pause(day, None)
    assert due(day, identity=asked).day is None
    shown = Pause(day, date(2026, 11, 9))
    assert due(day, identity=shown).day == date(2026, 12, 9)
    waiting = Pause(date(2026, 11, 10))
    assert due(day, identity=shown, pauses=[waiting]).day is None
    answered = Pause(date(2026, 11, 10), date(2026, 11, 12))
    assert due(day, identity=shown, pauses=[answered]).day == date(2026, 12, 11)
    assert "2 days on which the clock stood" in due(day, pauses=[answered]).why
    once = Pause(date(2026, 11, 10), date(2026, 11, 11))
    assert "and 1 day on which the clock stood" in due(day, pauses=[once]).why


def test_two_more_months_count_from_the_same_day() -> None:
    assert due(date(2026, 11, 24), extended=True, holidays=HOLIDAYS).day == date(2027, 2, 24)


def test_days_before_the_clock_began_and_days_counted_twice_do_not_stand() -> None:
    begins = date(2026, 11, 9)
    before = Pause(date(2026, 11, 1), date(2026, 11, 8))
    twice = [Pause(begins, date(2026, 11, 12)), Pause(date(2026, 11, 10), date(2026, 11, 12))]
    assert rules.days_standing(begins, [before, *twice]) == 3


@given(received=DAYS, extended=st.booleans(), length=st.integers(0, 60), at=st.integers(0, 60))
def test_the_last_day_is_a_working_day_never_too_early_and_grows_with_each_pause(
    received: date, extended: bool, length: int, at: int
) -> None:
    starts = received + timedelta(days=at)
    pause = Pause(starts, starts + timedelta(days=length))
    plain = due(received, extended=extended, holidays=HOLIDAYS).day
    paused = due(received, extended=extended, pauses=[pause], holidays=HOLIDAYS).day
    assert plain is not None
    assert paused is not None
    for day in (plain, paused):
        assert day.weekday() < 5
        assert day not in HOLIDAYS
    months = 3 if extended else 1
    assert plain >= months_after(received, months)
    # A year's longest run of days without work is five, with weekends on both sides.
    assert plain - months_after(received, months) <= timedelta(days=5)
    assert plain <= paused <= plain + timedelta(days=length + 6)


@given(day=DAYS, months=st.integers(1, 12))
def test_a_month_later_is_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int
) -> None:
    later = months_after(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day == day.day or (later + timedelta(days=1)).day == 1


def test_every_state_is_reached_and_every_ending_is_final() -> None:
    reached = {step.after for step in rules.STEPS.values()} | {rules.RECEIVED}
    assert reached == set(rules.STATES)
    assert all(step.before <= rules.OPEN for step in rules.STEPS.values())


def test_every_exemption_and_paragraph_says_where_it_comes_from() -> None:
    assert all(row.source for row in (*rules.EXEMPTIONS, *rules.LETTER))
    # Telling of these would do the harm that they prevent.
    quiet = {row.slug for row in rules.EXEMPTIONS if not row.told}
    assert quiet == {"serious_harm", "child_abuse", "expectation", "crime"}
