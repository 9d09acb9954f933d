"""Times as an officer says them: "4:15pm today", "8:45am on Monday 30 November"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from contacts.hours import ALL_DAY, LONDON, Hours, Spell

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clock_words(at: datetime) -> str:
    """Return the London time of day of an aware instant, such as "4:15pm", "midday"."""
    local = at.astimezone(LONDON)
    if (local.hour, local.minute) == (0, 0):
        return "midnight"
    if (local.hour, local.minute) == (12, 0):
        return "midday"
    half = "am" if local.hour < 12 else "pm"
    minutes = f":{local.minute:02}" if local.minute else ""
    return f"{local.hour % 12 or 12}{minutes}{half}"


def moment_words(moment: datetime, now: datetime) -> str:
    """Return an aware instant as seen from `now`: the time, and the day unless it is near."""
    day, today = moment.astimezone(LONDON).date(), now.astimezone(LONDON).date()
    clock = clock_words(moment)
    if day == today:
        return f"{clock} today"
    if day == today + timedelta(days=1):
        return f"{clock} tomorrow"
    year = f" {day.year}" if day.year != today.year else ""
    return f"{clock} on {day:%A} {day.day} {day:%B}{year}"


def minute_words(minute: int) -> str:
    """Return a minute of the day, such as "4:15pm"; 0 and 1440 are "midnight"."""
    hour, rest = divmod(minute % (24 * 60), 60)
    if rest == 0 and hour in {0, 12}:
        return "midday" if hour else "midnight"
    minutes = f":{rest:02}" if rest else ""
    return f"{hour % 12 or 12}{minutes}{'am' if hour < 12 else 'pm'}"


def spells_words(spells: Sequence[Spell]) -> str:
    """Return a day's spells, such as "8:45am to 5:15pm and 6pm to 2am", "24 hours", "closed"."""
    if not spells:
        return "closed"
    if tuple(spells) == ALL_DAY:
        return "24 hours"
    return " and ".join(
        f"{minute_words(spell.opens)} to {minute_words(spell.closes)}" for spell in spells
    )


def hours_words(hours: Hours) -> list[str]:
    """Return the usual hours of a line, days with equal hours joined: one phrase for each."""
    if hours.is_always_open:
        return ["24 hours, every day"]
    phrases = []
    first = 0
    for number in range(1, 8):
        if number == 7 or hours.week[number] != hours.week[first]:
            days = _WEEKDAYS[first] if number - first == 1 else _days(first, number - 1)
            phrases.append(f"{days}: {spells_words(hours.week[first])}")
            first = number
    if hours.closed_on_holidays:
        phrases.append("Bank holidays: closed")
    return phrases


def _days(first: int, last: int) -> str:
    return f"{_WEEKDAYS[first]} to {_WEEKDAYS[last]}" if last - first < 6 else "Every day"
