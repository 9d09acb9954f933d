"""Opening hours in words, as a poster or a list shows them: "Monday to Friday 9am to 5pm"."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby

from contacts.hours import DAY_MINUTES, Hours, Spell

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CLOSED = "closed"
ALL_HOURS = "24 hours, every day"


def minute_words(minutes: int) -> str:
    """Return minutes after midnight as "8:45am", "midday", "midnight" (the next day's too)."""
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    if minute == 0 and hour in {0, 12}:
        return "midday" if hour else "midnight"
    clock = f"{hour % 12 or 12}:{minute:02}" if minute else f"{hour % 12 or 12}"
    return f"{clock}{'am' if hour < 12 else 'pm'}"


def spells_words(spells: tuple[Spell, ...]) -> str:
    """Return one day's spells: "8:45am to 5:15pm", "24 hours" or "closed"."""
    if not spells:
        return CLOSED
    if spells == (Spell(0, DAY_MINUTES),):
        return "24 hours"
    return " and ".join(
        f"{minute_words(spell.opens)} to {minute_words(spell.closes)}" for spell in spells
    )


def week_words(hours: Hours) -> str:
    """Return the ordinary week in words; days that are alike and follow each other go together."""
    if hours.is_always_open:
        return ALL_HOURS
    days = [(name, spells_words(spells)) for name, spells in zip(WEEKDAYS, hours.week, strict=True)]
    parts = []
    for words, group in groupby(days, key=lambda day: day[1]):
        names = [name for name, _ in group]
        if words != CLOSED:
            parts.append(f"{_span(names)} {words}")
    holidays = ["closed on bank holidays"] if hours.closed_on_holidays else []
    return "; ".join([*parts, *holidays]) or CLOSED


def _span(names: list[str]) -> str:
    if len(names) == len(WEEKDAYS):
        return "Every day"
    return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def unusual_days(hours: Hours, first: date, days: int) -> list[str]:
    """Return the days from `first` on whose hours an editor has changed, in words, in order."""
    last = first + timedelta(days=days)
    return [
        f"{day:%A} {day.day} {day:%B}: {spells_words(spells)}"
        for day, spells in sorted(hours.overrides.items())
        if first <= day <= last
    ]
