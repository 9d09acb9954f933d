"""When a telephone line is answered, to the second.

Hours are local wall time in Europe/London, as people publish them: a line that is open until 16:15
is closed at 16:15:00, in summer and in winter. An instant is open if its wall time lies in a spell
[opens, closes); in the hour that happens twice, wall times are open both times. Standard library
only; bank holidays are handed in. Naive datetimes raise `ValueError`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
DAY_MINUTES = 24 * 60
# How far ahead a change is looked for. A line without one by then is said never to change.
HORIZON_DAYS = 400


@dataclass(frozen=True, order=True)
class Spell:
    """An open spell [opens, closes) in minutes after local midnight of the day it begins on.

    `closes` above 1440 runs into the next day: 22:00 to 06:00 is (1320, 1800).
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not (0 <= self.opens < DAY_MINUTES and self.opens < self.closes <= 2 * DAY_MINUTES):
            raise ValueError(f"A spell cannot run from minute {self.opens} to {self.closes}.")

    @classmethod
    def parse(cls, opens: str, closes: str) -> Spell:
        """Read "08:45", "17:15"; closing at or before opening means the next day, "24:00" midnight.

        Raises `ValueError` for anything that is not a time of day.
        """
        start, end = _minutes(opens), _minutes(closes)
        return cls(start, end if end > start else end + DAY_MINUTES)


ALL_DAY = (Spell(0, DAY_MINUTES),)


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    if not (len(hours) == len(minutes) == 2 and (hours + minutes).isdigit()):
        raise ValueError(f"'{text}' is not a time such as 08:45.")
    value = int(hours) * 60 + int(minutes)
    if int(minutes) > 59 or value > DAY_MINUTES:
        raise ValueError(f"'{text}' is not a time such as 08:45.")
    return value


@dataclass(frozen=True)
class Hours:
    """The hours of one line.

    `week` holds the spells that begin on each weekday (Monday is 0). `overrides` replaces a date's
    spells altogether: empty for a closure, others for a special opening. A line with
    `closed_on_holidays` has no spells on the `holidays` it is handed, unless an override says so.
    """

    week: tuple[tuple[Spell, ...], ...]
    closed_on_holidays: bool = True
    overrides: Mapping[date, tuple[Spell, ...]] = field(default_factory=dict)
    holidays: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if len(self.week) != 7:
            raise ValueError("A week has seven days.")

    @property
    def is_always_open(self) -> bool:
        """Whether the line never closes."""
        closes_some_days = self.closed_on_holidays or self.overrides
        return not closes_some_days and all(day == ALL_DAY for day in self.week)

    def spells_on(self, day: date) -> tuple[Spell, ...]:
        """Return the spells that begin on a date."""
        if day in self.overrides:
            return self.overrides[day]
        if self.closed_on_holidays and day in self.holidays:
            return ()
        return self.week[day.weekday()]

    def is_open(self, at: datetime) -> bool:
        """Whether the line is answered at `at` (aware)."""
        local = _require_aware(at).astimezone(LONDON)
        now = local.hour * 60 + local.minute
        today, yesterday = local.date(), local.date() - timedelta(days=1)
        return any(spell.opens <= now < spell.closes for spell in self.spells_on(today)) or any(
            now < spell.closes - DAY_MINUTES for spell in self.spells_on(yesterday)
        )

    def next_change(self, at: datetime) -> datetime | None:
        """Return the first instant after `at` (aware) at which open turns to closed or back.

        In UTC, exact; None when nothing changes within the horizon.
        """
        if self.is_always_open:
            return None
        before = self.is_open(at)
        for moment in self._moments_after(at.astimezone(UTC)):
            if self.is_open(moment) != before:
                return moment
        return None

    def open_intervals(self, start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
        """Return the stretches [from, to) in UTC within [start, end) in which the line is open.

        In order, touching ones joined; exact to the minute over clock changes (both aware).
        """
        start, end = _require_aware(start).astimezone(UTC), _require_aware(end).astimezone(UTC)
        day, last = start.astimezone(LONDON).date(), end.astimezone(LONDON).date()
        found: list[tuple[datetime, datetime]] = []
        while day <= last:
            for opens, closes in sorted(self._stretches_of(day)):
                opens, closes = max(opens, start), min(closes, end)
                if opens >= closes:
                    continue
                if found and opens <= found[-1][1]:
                    found[-1] = (found[-1][0], max(found[-1][1], closes))
                else:
                    found.append((opens, closes))
            day += timedelta(days=1)
        return found

    def _stretches_of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """Yield the open stretches of a local date, those begun the day before included."""
        today, yesterday = self.spells_on(day), self.spells_on(day - timedelta(days=1))
        pieces = [(spell.opens, min(spell.closes, DAY_MINUTES)) for spell in today]
        pieces += [(0, spell.closes - DAY_MINUTES) for spell in yesterday]
        for begins, first, last in _steady_parts(day):
            for opens, closes in pieces:
                low, high = max(opens, first), min(closes, last)
                if low < high:
                    yield (
                        begins + timedelta(minutes=low - first),
                        begins + timedelta(minutes=high - first),
                    )

    def _moments_after(self, at: datetime) -> Iterator[datetime]:
        """Yield, in order, every instant after `at` at which something may change."""
        first = at.astimezone(LONDON).date() - timedelta(days=2)
        for offset in range(HORIZON_DAYS):
            day = first + timedelta(days=offset)
            moments = {moment for moment in self._moments_of(day) if moment > at}
            yield from sorted(moments)

    def _moments_of(self, day: date) -> Iterator[datetime]:
        """Yield the boundaries that fall on a local date, in UTC, and its clock change if any."""
        starts = {spell.opens for spell in self.spells_on(day)}
        ends = {spell.closes for spell in self.spells_on(day) if spell.closes < DAY_MINUTES}
        yesterday = self.spells_on(day - timedelta(days=1))
        ends |= {spell.closes - DAY_MINUTES for spell in yesterday if spell.closes >= DAY_MINUTES}
        for minutes in starts | ends:
            wall = datetime.combine(day, time(minutes // 60, minutes % 60))
            for fold in (0, 1):
                yield wall.replace(tzinfo=LONDON, fold=fold).astimezone(UTC)
        yield from clock_changes(day)


def clock_changes(day: date) -> Iterator[datetime]:
    """Yield the instant (UTC) at which London's clocks change on a local date, if they do.

    They change at 01:00 UTC, in March and in October (Summer Time Order 2002).
    """
    one = datetime.combine(day, time(1), tzinfo=UTC)
    before = (one - timedelta(seconds=1)).astimezone(LONDON).utcoffset()
    if before != one.astimezone(LONDON).utcoffset():
        yield one


@lru_cache(maxsize=2048)
def _steady_parts(day: date) -> tuple[tuple[datetime, int, int], ...]:
    """Return the parts of a local date that keep one offset.

    Each as (its start in UTC, its first wall minute, its last): one part on most days, two on the
    day of a clock change.
    """
    midnight = datetime.combine(day, time(), tzinfo=LONDON).astimezone(UTC)
    change = next(clock_changes(day), None)
    if change is None:
        return ((midnight, 0, DAY_MINUTES),)
    before = int((change - midnight).total_seconds()) // 60
    after = change.astimezone(LONDON)
    return ((midnight, 0, before), (change, after.hour * 60 + after.minute, DAY_MINUTES))


def _require_aware(at: datetime) -> datetime:
    if at.tzinfo is None or at.utcoffset() is None:
        raise ValueError("This time has no time zone. Add one, for example 2026-11-27T16:20+00:00.")
    return at
