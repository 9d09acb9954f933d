"""What a directory will say: at one moment, over a week, and on the unusual days of a year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from contacts.directory import Answer, Directory, DirectoryGapError, Line
from contacts.hours import LONDON
from contacts.words import spells_words

UNUSUAL_DAYS = 365


@dataclass(frozen=True)
class Seen:
    """What a reporter sees of one agency at one moment; no answer when nobody answers."""

    slug: str
    name: str
    answer: Answer | None


@dataclass(frozen=True)
class HandOver:
    """From an instant on (aware), this line answers; None when nobody does."""

    at: datetime
    line: Line | None


@dataclass(frozen=True)
class UnusualDay:
    """A day on which some lines keep other hours than on that weekday."""

    day: date
    is_holiday: bool
    lines: tuple[tuple[str, str], ...]


def answer_or_none(directory: Directory, slug: str, at: datetime) -> Answer | None:
    """Return whom to call, or None where a draft leaves a gap at `at` (aware)."""
    try:
        return directory.who_to_call(slug, at)
    except DirectoryGapError:
        return None


def seen_at(directory: Directory, at: datetime) -> list[Seen]:
    """Return what a reporter would see of every agency at `at` (aware)."""
    return [
        Seen(slug, agency.name, answer_or_none(directory, slug, at))
        for slug, agency in directory.agencies.items()
    ]


def week_of(directory: Directory, slug: str, day: date) -> list[HandOver]:
    """Return who answers in the week of a day (Monday to Sunday), with each hand-over."""
    monday = day - timedelta(days=day.weekday())
    start = datetime.combine(monday, time(), tzinfo=LONDON)
    end = datetime.combine(monday + timedelta(days=7), time(), tzinfo=LONDON)
    return [HandOver(at, line) for at, line in _hand_overs(directory, slug, start, end)]


def _hand_overs(
    directory: Directory, slug: str, start: datetime, end: datetime
) -> Iterator[tuple[datetime, Line | None]]:
    """Yield (instant, line) whenever another line answers; draws a gap as None."""
    try:
        chain = directory.chain(slug)
    except DirectoryGapError:
        yield start, None
        return
    intervals = [line.hours.open_intervals(start, end) for line in chain]
    moments = sorted({start, *(edge for found in intervals for pair in found for edge in pair)})
    before: Line | str | None = ""
    for moment in moments:
        if moment >= end:
            break
        line = next((line for line in chain if line.hours.is_open(moment)), None)
        if line != before:
            yield moment, line
        before = line


def unusual_days(directory: Directory, today: date, days: int = UNUSUAL_DAYS) -> list[UnusualDay]:
    """Return the coming days on which any line keeps other hours than usual, in order."""
    lines = [line for line in directory.lines.values() if not line.hours.is_always_open]
    candidates = {day for line in lines for day in line.hours.overrides}
    candidates |= {
        day for line in lines if line.hours.closed_on_holidays for day in line.hours.holidays
    }
    found = []
    for day in sorted(candidates):
        if not today <= day <= today + timedelta(days=days):
            continue
        changed = tuple(
            (line.name, spells_words(line.hours.spells_on(day)))
            for line in lines
            if line.hours.spells_on(day) != line.hours.week[day.weekday()]
        )
        if changed:
            is_holiday = any(day in line.hours.holidays for line in lines)
            found.append(UnusualDay(day, is_holiday, changed))
    return found
