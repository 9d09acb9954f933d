"""A date as people type it: three boxes, month names allowed, and plain words when it is wrong."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date

PARTS = ("day", "month", "year")
EARLIEST_YEAR = 1900
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MONTH_NUMBERS = {
    spelling: number
    for number, name in enumerate(MONTHS, start=1)
    for spelling in (name.lower(), name[:3].lower())
} | {"sept": 9}
_DAY = re.compile(r"0*(\d{1,2})(?:st|nd|rd|th)?", re.IGNORECASE)
_NUMBER = re.compile(r"0*(\d{1,2})")
_YEAR = re.compile(r"\d{4}")


class DateProblemError(ValueError):
    """Says what is wrong with a date, and in which of its boxes."""

    def __init__(self, message: str, *parts: str) -> None:
        super().__init__(message)
        self.message = message
        self.parts = parts


@dataclass(frozen=True)
class DateParts:
    """The three boxes exactly as typed."""

    day: str = ""
    month: str = ""
    year: str = ""

    @property
    def is_empty(self) -> bool:
        """Say whether nothing was typed in any box."""
        return not any(getattr(self, part).strip() for part in PARTS)


def words_for(day: date) -> str:
    """Return a date in words, such as "3 June 2027"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def read_date(typed: DateParts, *, today: date, may_be_future: bool = False) -> date:
    """Return the date that was typed.

    `today` is the day in Europe/London against which "has not come yet" is judged.
    Raises DateProblemError with the words and the box to mend (CONTENT, dates).
    """
    _require_all(typed)
    month = _read_month(typed.month)
    year = _read_year(typed.year)
    found = _read_day(typed.day, month, year)
    if found > today and not may_be_future:
        raise DateProblemError(f"{words_for(found)} has not come yet. Check it", *PARTS)
    return found


def _require_all(typed: DateParts) -> None:
    missing = [part for part in PARTS if not getattr(typed, part).strip()]
    if missing:
        raise DateProblemError(f"Add the {' and '.join(missing)}", *missing)


def _read_month(typed: str) -> int:
    text = typed.strip().rstrip(".").lower()
    if text in _MONTH_NUMBERS:
        return _MONTH_NUMBERS[text]
    match = _NUMBER.fullmatch(text)
    if match and 1 <= int(match[1]) <= len(MONTHS):
        return int(match[1])
    raise DateProblemError("Write the month as a number from 1 to 12, or its name", "month")


def _read_year(typed: str) -> int:
    text = typed.strip()
    if not _YEAR.fullmatch(text):
        raise DateProblemError("Write the year with 4 numbers", "year")
    if int(text) < EARLIEST_YEAR:
        raise DateProblemError(f"The year must be {EARLIEST_YEAR} or later. Check it", "year")
    return int(text)


def _read_day(typed: str, month: int, year: int) -> date:
    match = _DAY.fullmatch(typed.strip())
    if not match:
        raise DateProblemError("Write the day as a number", "day")
    days = monthrange(year, month)[1]
    if not 1 <= int(match[1]) <= days:
        name = f"{MONTHS[month - 1]} {year}" if month == 2 else MONTHS[month - 1]
        raise DateProblemError(f"{name} has {days} days. Check the day", "day")
    return date(year, month, int(match[1]))
