"""Times in words, in London, on both sides of the clock changes."""

from datetime import UTC, date, datetime, timedelta

import pytest

from safeguarding_portal.design_system.templatetags.portal_time import (
    due_words,
    london_day,
    london_moment,
    london_time,
)

# A Wednesday, 10:00 in London.
NOW = datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 11, 27, 16, 15, tzinfo=UTC), "4:15pm"),
        (datetime(2026, 11, 27, 16, 0, tzinfo=UTC), "4pm"),
        (datetime(2026, 7, 27, 16, 15, tzinfo=UTC), "5:15pm"),
        (datetime(2026, 11, 27, 0, 5, tzinfo=UTC), "12:05am"),
        (datetime(2026, 11, 27, 12, 5, tzinfo=UTC), "12:05pm"),
        (datetime(2026, 11, 27, 12, 0, tzinfo=UTC), "midday"),
        (datetime(2026, 11, 27, 0, 0, tzinfo=UTC), "midnight"),
        (datetime(2026, 7, 26, 23, 0, tzinfo=UTC), "midnight"),
        # The hour that happens twice, and the one that never happens.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "1:30am"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "1:30am"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "2am"),
        (None, ""),
    ],
)
def test_time_of_day_is_in_london_words(moment: datetime | None, words: str) -> None:
    assert london_time(moment) == words


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (NOW, "today"),
        (datetime(2026, 11, 26, 0, 0, tzinfo=UTC), "tomorrow"),
        (datetime(2026, 11, 24, 23, 59, tzinfo=UTC), "yesterday"),
        (datetime(2026, 11, 27, 9, 0, tzinfo=UTC), "Friday 27 November"),
        (datetime(2027, 1, 1, 9, 0, tzinfo=UTC), "Friday 1 January 2027"),
        (datetime(2026, 7, 1, 23, 30, tzinfo=UTC), "Thursday 2 July"),
        (date(2026, 11, 27), "Friday 27 November"),
        (None, ""),
    ],
)
def test_the_day_is_in_london_words(moment: datetime | date | None, words: str) -> None:
    assert london_day(moment, NOW) == words


def test_time_and_day_join_as_a_person_would_say_them() -> None:
    assert london_moment(NOW + timedelta(hours=6, minutes=15), NOW) == "4:15pm today"
    assert london_moment(datetime(2026, 11, 27, 9, tzinfo=UTC), NOW) == "9am on Friday 27 November"
    assert london_moment(None, NOW) == ""


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(seconds=59), "due now"),
        (timedelta(seconds=-59), "due now"),
        (timedelta(minutes=1), "due in 1 minute"),
        (timedelta(minutes=12, seconds=50), "due in 12 minutes"),
        (timedelta(hours=1), "due in 1 hour"),
        (timedelta(hours=2, minutes=1), "due in 2 hours 1 minute"),
        (timedelta(hours=6, minutes=40), "due in 6 hours"),
        (timedelta(hours=24), "due in 1 day"),
        (timedelta(days=9, hours=5), "due in 9 days"),
        (timedelta(minutes=-12), "12 minutes late"),
        (timedelta(days=-1), "1 day late"),
    ],
)
def test_what_is_left_is_in_words(left: timedelta, words: str) -> None:
    assert due_words(NOW + left, NOW) == words


def test_no_due_time_has_no_words() -> None:
    assert due_words(None, NOW) == ""


@pytest.mark.parametrize("show", [london_time, london_day, london_moment])
def test_a_time_without_a_zone_is_refused(show: object) -> None:
    with pytest.raises(ValueError, match="without a time zone"):
        show(datetime(2026, 11, 25, 10, 0))  # type: ignore[operator]  # noqa: DTZ001
