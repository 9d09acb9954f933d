"""Opening hours as editors type them, and back: "08:45-17:15, 18:00-02:00", "24 hours", "closed".

A day is a list of ["HH:MM", "HH:MM"] pairs, as the document keeps it; closing at or before opening
means the next day. Bad input raises `HoursProblemError` in plain words. Knows no database.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from contacts.hours import DAY_MINUTES, Spell
from contacts.snapshot import WEEKDAYS
from safeguarding_portal.design_system.dates import MONTHS, DateParts, DateProblemError, read_date

Day = list[list[str]]

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ALL_DAY: Day = [["00:00", "24:00"]]
LONGEST_RANGE_DAYS = 400

_ALL_DAY_WORDS = re.compile(r"24 ?h(ou)?rs?|24/7|all day|open all day|always", re.IGNORECASE)
_CLOSED_WORDS = re.compile(r"closed?|shut|none|-|–", re.IGNORECASE)
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?(am|pm)?")
_BETWEEN = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b)\s*")
_NEXT_DAY = re.compile(r"\s*\(?next day\)?$")
# A spell that closes before it opens is taken for one past midnight only when it ends by midday:
# 18:00-02:00 is a night, 17:15-16:15 is a slip of the finger.
_LATEST_NIGHT_END = 12 * 60


class HoursProblemError(ValueError):
    """Says what is wrong with hours as typed."""


def read_day(text: str) -> Day:
    """Return the spells of one day as typed; raise `HoursProblemError` saying what is wrong."""
    typed = " ".join(text.strip().lower().split())
    if not typed:
        raise HoursProblemError("write the hours, “24 hours” or “closed”")
    if _CLOSED_WORDS.fullmatch(typed):
        return []
    if _ALL_DAY_WORDS.fullmatch(typed):
        return [list(pair) for pair in ALL_DAY]
    pairs = [_read_spell(part) for part in re.split(r"\s*(?:,|;|\band\b)\s*", typed) if part]
    if not pairs:
        raise HoursProblemError("write the hours, “24 hours” or “closed”")
    pairs.sort()
    for before, after in itertools.pairwise(pairs):
        if _minutes(*after)[0] < _minutes(*before)[1]:
            raise HoursProblemError(f"{'-'.join(before)} and {'-'.join(after)} overlap")
    return pairs


def _minutes(opens: str, closes: str) -> tuple[int, int]:
    spell = Spell.parse(opens, closes)
    return spell.opens, spell.closes


def _read_spell(part: str) -> list[str]:
    on_purpose = _NEXT_DAY.search(part) is not None
    ends = _BETWEEN.split(_NEXT_DAY.sub("", part))
    if len(ends) != 2:
        raise HoursProblemError(f"“{part}” is not a time such as 08:45-17:15")
    opens, closes = (read_clock(end) for end in ends)
    if opens >= DAY_MINUTES:
        raise HoursProblemError(f"“{part}” opens at 24:00. Write 00:00 on the next day")
    if opens == closes:
        raise HoursProblemError(
            f"“{part}” opens and closes at once. Write “24 hours” if it is open"
        )
    if closes < opens and closes > _LATEST_NIGHT_END and not on_purpose:
        raise HoursProblemError(
            f"“{part}” closes before it opens. If it runs past midnight, write “next day” after it"
        )
    return [_clock_text(opens), _clock_text(closes)]


def read_clock(text: str) -> int:
    """Return the minute of the day of "08:45", "8.45am", "9pm"; `HoursProblemError` if it is none.

    24:00 is midnight at the end of the day.
    """
    typed = {"midnight": "24:00", "midday": "12:00", "noon": "12:00"}.get(text, text)
    match = _CLOCK.fullmatch(typed.replace(" ", ""))
    if match is None:
        raise HoursProblemError(f"“{text}” is not a time such as 08:45")
    hour, minute, half = int(match[1]), int(match[2] or 0), match[3]
    if half and not 1 <= hour <= 12:
        raise HoursProblemError(f"“{text}” is not a time such as 8:45am")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif match[2] is None:
        raise HoursProblemError(f"“{text}” could be morning or evening. Write 09:00 or 9am")
    if minute > 59 or hour * 60 + minute > DAY_MINUTES:
        raise HoursProblemError(f"“{text}” is not a time such as 08:45")
    return hour * 60 + minute


def _clock_text(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def day_text(day: Sequence[Sequence[str]]) -> str:
    """Return a day as an editor would type it; `read_day` reads it back."""
    if not day:
        return "closed"
    if [list(pair) for pair in day] == ALL_DAY:
        return "24 hours"
    return ", ".join(_spell_text(opens, closes) for opens, closes in day)


def _spell_text(opens: str, closes: str) -> str:
    _start, end = _minutes(opens, closes)
    is_plain = end <= DAY_MINUTES + _LATEST_NIGHT_END
    return f"{opens}-{closes}" + ("" if is_plain or end <= DAY_MINUTES else " next day")


def week_overlap(week: Mapping[str, Day]) -> tuple[str, str] | None:
    """Return (weekday, words) for a day that is open while the night before still runs."""
    for number, name in enumerate(WEEKDAYS):
        before = WEEKDAYS[number - 1]
        last = max((_minutes(*pair)[1] for pair in week[before]), default=0) - DAY_MINUTES
        first = min((_minutes(*pair)[0] for pair in week[name]), default=DAY_MINUTES)
        if first < last:
            night = f"{DAY_NAMES[number - 1]} runs until {_clock_text(last)} on {DAY_NAMES[number]}"
            return name, f"{night}, which overlaps with {day_text(week[name])}"
    return None


def read_special_days(text: str, today: date) -> dict[str, Day]:
    """Return the hours of single dates from lines "25 December 2026: closed".

    A line may name a range: "24 December 2026 to 2 January 2027: 10:00-14:00". Raises
    `HoursProblemError` naming the line.
    """
    found: dict[str, Day] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            days, hours = _read_special_line(line, today)
        except (HoursProblemError, DateProblemError) as problem:
            raise HoursProblemError(f"Line {number}: {problem}") from problem
        for day in days:
            if day.isoformat() in found:
                raise HoursProblemError(f"Line {number}: {date_words(day)} is there twice")
            found[day.isoformat()] = hours
    return dict(sorted(found.items()))


def _read_special_line(line: str, today: date) -> tuple[list[date], Day]:
    days, colon, hours = line.partition(":")
    if not colon:
        raise HoursProblemError(
            "write a date, a colon and the hours, like 25 December 2026: closed"
        )
    ends = [_read_date(part, today) for part in re.split(r"\s+to\s+|\s*–\s*", days.strip())]
    first, last = ends[0], ends[-1]
    if len(ends) > 2:
        raise HoursProblemError("name one day, or a first and a last day")
    if last < first:
        raise HoursProblemError(f"{date_words(last)} is before {date_words(first)}")
    length = (last - first).days + 1
    if length > LONGEST_RANGE_DAYS:
        raise HoursProblemError(f"{length} days is too long. Change the weekly hours instead")
    return [first + timedelta(days=number) for number in range(length)], read_day(hours)


def _read_date(text: str, today: date) -> date:
    parts = text.replace("/", " ").replace(",", " ").split()
    if parts and parts[0].capitalize() in DAY_NAMES:
        parts = parts[1:]
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        parts = text.strip().split("-")[::-1]
    if len(parts) != 3:
        raise HoursProblemError(f"“{text}” is not a date such as 25 December 2026")
    return read_date(DateParts(*parts), today=today, may_be_future=True)


def special_days_text(overrides: Mapping[str, Day]) -> str:
    """Return special days as lines, ranges joined; `read_special_days` reads them back."""
    return "\n".join(
        f"{range_words(first, last)}: {day_text(hours)}"
        for first, last, hours in special_ranges(overrides)
    )


def special_ranges(overrides: Mapping[str, Day]) -> list[tuple[date, date, Day]]:
    """Return special days as (first, last, hours), following days with equal hours joined."""
    ranges: list[tuple[date, date, Day]] = []
    for text in sorted(overrides):
        day, hours = date.fromisoformat(text), overrides[text]
        if ranges and ranges[-1][1] + timedelta(days=1) == day and ranges[-1][2] == hours:
            ranges[-1] = (ranges[-1][0], day, hours)
        else:
            ranges.append((day, day, hours))
    return ranges


def date_words(day: date) -> str:
    """Return "25 December 2026"."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def range_words(first: date, last: date) -> str:
    """Return one date, or "24 December 2026 to 2 January 2027"."""
    return date_words(first) if first == last else f"{date_words(first)} to {date_words(last)}"
