"""Times in words, in Europe/London whatever the server's clock says."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django import template
from django.utils import timezone

from safeguarding_portal.design_system.dates import words_for

register = template.Library()
LONDON = ZoneInfo("Europe/London")
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def _in_london(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("A time without a time zone cannot be shown.")
    return moment.astimezone(LONDON)


@register.filter
def london_time(moment: datetime | None) -> str:
    """Return the time of day, such as "4:15pm", "midday" or "midnight" (GOV.UK style)."""
    if moment is None:
        return ""
    local = _in_london(moment)
    if (local.hour, local.minute) in {(0, 0), (12, 0)}:
        return "midday" if local.hour else "midnight"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{'pm' if local.hour >= 12 else 'am'}"


@register.filter
def london_day(moment: datetime | date | None, now: datetime | None = None) -> str:
    """Return "today", "tomorrow", "yesterday", else "Friday 27 November" (with another year).

    A second argument says what "now" is; without it, the moment of the request.
    """
    if moment is None:
        return ""
    day = _in_london(moment).date() if isinstance(moment, datetime) else moment
    today = _in_london(now or timezone.now()).date()
    near = {0: "today", 1: "tomorrow", -1: "yesterday"}.get((day - today).days)
    if near:
        return near
    words = f"{_DAYS[day.weekday()]} {words_for(day)}"
    return words.removesuffix(f" {today.year}")


@register.filter
def london_moment(moment: datetime | None, now: datetime | None = None) -> str:
    """Return time and day, such as "4:15pm today" or "9am on Friday 27 November"."""
    if moment is None:
        return ""
    day = london_day(moment, now)
    joint = " on " if day[0].isupper() else " "
    return f"{london_time(moment)}{joint}{day}"


@register.filter
def due_words(due: datetime | None, now: datetime | None = None) -> str:
    """Return how long is left, such as "due in 12 minutes" or "2 hours late"; "" with no due time.

    Under a minute either way is "due now". Elapsed time, not working time.
    """
    if due is None:
        return ""
    left = due - (now or timezone.now())
    if abs(left) < timedelta(minutes=1):
        return "due now"
    words = _span_words(abs(left))
    return f"due in {words}" if left > timedelta(0) else f"{words} late"


@register.filter
def duration(span: timedelta) -> str:
    """Return how long something lasts, such as "12 minutes"; under a minute is said so."""
    return "less than a minute" if span < timedelta(minutes=1) else _span_words(span)


def _span_words(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _counted(minutes, "minute")
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        words = _counted(hours, "hour")
        # Inside six hours the minutes still decide what a lead does next.
        return f"{words} {_counted(rest, 'minute')}" if rest and hours < 6 else words
    return _counted(hours // 24, "day")


def _counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
