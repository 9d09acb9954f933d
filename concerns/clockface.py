"""Hands the rules the working hours that the directory holds, so that rules stay free of I/O.

All working-day clocks end at the close of the children's front door (SETTLED, Time and clocks).
"""

from __future__ import annotations

from datetime import time

from concerns.rules import WorkingHours
from contacts.directory import Directory

FRONT_DOOR = "childrens-social-care"


def working_hours(directory: Directory) -> WorkingHours:
    """Return when the children's front door closes on each weekday, and when it is closed all day.

    Dated overrides of the line count: a local closure is not a working day.
    """
    hours = directory.chain(FRONT_DOOR)[0].hours
    closes = {
        weekday: _time(max(spell.closes for spell in spells))
        for weekday, spells in enumerate(hours.week)
        if spells
    }
    return WorkingHours(
        closes=closes,
        holidays=hours.holidays if hours.closed_on_holidays else frozenset(),
        closures=frozenset(day for day, spells in hours.overrides.items() if not spells),
        special_closes={
            day: _time(max(spell.closes for spell in spells))
            for day, spells in hours.overrides.items()
            if spells
        },
    )


def _time(minutes: int) -> time:
    """Return a closing minute as a time; past midnight the working day ends at 23:59."""
    return time(minutes // 60, minutes % 60) if minutes < 24 * 60 else time(23, 59)
