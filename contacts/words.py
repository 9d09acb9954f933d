"""Times as an officer says them: "4:15pm today", "8:45am on Monday 30 November"."""

from __future__ import annotations

from datetime import datetime, timedelta

from contacts.hours import LONDON


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
