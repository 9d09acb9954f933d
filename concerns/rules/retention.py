"""How long a closed concern is kept, and why: pure, from a schedule of rows and a few dates.

A concern about several people, in several roles, is kept as long as the longest row that applies.
What is not known is read so that it is kept longest: somebody without a date of birth is as young
as they can have been, and an exception counts only when it is certain. The shipped rows stand in
`data/retention.json`, each with its source; the council publishes its own (`services/schedules`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data" / "retention.json"
ADULT_AGE = 18
# The youngest that somebody in a position of trust is taken to be when nobody knows.
YOUNGEST_AT_WORK = 16
PREGNANCY = timedelta(days=280)
MOST_YEARS = 150

EVENTS = {
    "birth": "their birth",
    "death": "their death",
    "closing": "the day it was closed",
}
CONDITIONS = {
    "": "always",
    "died_under_18": "they certainly died under 18",
    "unfounded": "it was certainly recorded as unfounded",
}
# What a record can be, by the role of a person in it.
KINDS = {
    "looked_after": "Person at risk: a child who is or was looked after",
    "child_protection": "Person at risk: a child, with a worry of harm",
    "child_in_need": "Person at risk: a child, without a worry of harm",
    "household_child": "Household: a child who lives there or could be affected",
    "trust": "Person who may have caused harm: in a position of trust",
    "trust_children": "Person who may have caused harm: works with children",
    "adult_at_risk": "Person at risk: an adult at risk",
    "neither": "Person at risk: neither a child nor an adult at risk",
}


@dataclass(frozen=True)
class Measure:
    """So many years from an event; with `only_if`, instead of the others, once that is certain."""

    event: str
    years: int
    words: str
    only_if: str = ""


@dataclass(frozen=True)
class ScheduleRow:
    """How long one kind of record is kept. The longest of its measures counts."""

    id: str
    kind: str
    words: str
    measures: tuple[Measure, ...]
    source: str
    # Whether the council has still to confirm it.
    confirm: bool = True


@dataclass(frozen=True)
class Schedule:
    """All rows of one version."""

    version: str
    rows: tuple[ScheduleRow, ...]


@dataclass(frozen=True)
class KeptPerson:
    """What counts of one person in a record: what kinds of record they make it, and their dates.

    `born` is certain; `born_by` is the latest day on which they can have been born, if known.
    `died_by` is the latest day on which they can have died.
    """

    kinds: frozenset[str]
    born: date | None = None
    born_by: date | None = None
    died_by: date | None = None
    # The lowest age that somebody in this role can have had at receipt; None: not yet born.
    youngest: int | None = None
    certain: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RecordFacts:
    """A closed record: when it was received and closed (days in London), and who is in it."""

    received_on: date
    closed_on: date
    people: tuple[KeptPerson, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Until when one row keeps the record, and why."""

    row_id: str
    until: date
    because: str


@dataclass(frozen=True)
class Kept:
    """Until when the record is kept. None: no row says so, and nobody may dispose of it."""

    until: date | None
    row_id: str
    readings: tuple[Reading, ...]

    @property
    def because(self) -> str:
        """Return the reason in words, without a name."""
        if not self.readings:
            return "No row of the schedule fits. It is kept until a row does."
        return self.readings[0].because


def plus_years(day: date, years: int) -> date:
    """Return the same day so many years later; 29 February becomes 1 March, the later one."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def latest_birth(person: KeptPerson, received_on: date) -> date:
    """Return the latest day on which the person can have been born."""
    if person.born is not None:
        return person.born
    if person.born_by is not None:
        return person.born_by
    if person.youngest is None:
        return received_on + PREGNANCY
    return plus_years(received_on, -person.youngest)


def kept_until(record: RecordFacts, schedule: Schedule) -> Kept:
    """Return until when the record is kept: the longest reading of every row for everybody."""
    readings = [
        _reading(row, person, record)
        for person in record.people
        for row in schedule.rows
        if row.kind in person.kinds
    ]
    covered = all(_is_covered(person, schedule) for person in record.people if person.kinds)
    if not readings or not covered:
        return Kept(None, "", ())
    # The longest first; of equals the first row of the schedule.
    ordered = sorted(readings, key=lambda reading: reading.until, reverse=True)
    return Kept(ordered[0].until, ordered[0].row_id, tuple(dict.fromkeys(ordered)))


def _is_covered(person: KeptPerson, schedule: Schedule) -> bool:
    return any(row.kind in person.kinds for row in schedule.rows)


def _reading(row: ScheduleRow, person: KeptPerson, record: RecordFacts) -> Reading:
    certain = [item for item in row.measures if item.only_if and _is_certain(item, person, record)]
    plain = [item for item in row.measures if not item.only_if]
    found = [(_end(item, person, record), item) for item in certain or plain]
    until, measure = max(found, key=lambda pair: pair[0])
    # Never before it was closed: a record in use is not kept too long.
    return Reading(row.id, max(until, record.closed_on), _because(row, measure, person, record))


def _is_certain(measure: Measure, person: KeptPerson, record: RecordFacts) -> bool:
    if measure.only_if == "died_under_18":
        if person.died_by is None or person.born is None:
            return False
        return person.died_by < plus_years(person.born, ADULT_AGE)
    return measure.only_if in person.certain


def _end(measure: Measure, person: KeptPerson, record: RecordFacts) -> date:
    starts = {
        "birth": latest_birth(person, record.received_on),
        "death": person.died_by or record.closed_on,
        "closing": record.closed_on,
    }
    return plus_years(starts[measure.event], measure.years)


def _because(row: ScheduleRow, measure: Measure, person: KeptPerson, record: RecordFacts) -> str:
    words = f"{row.words}: {measure.words}"
    if measure.event == "birth" and person.born is None:
        words += ". The date of birth is not known: the youngest that they can have been counts"
    return f"{words}."


@cache
def shipped() -> Schedule:
    """Return the schedule that ships."""
    document = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return schedule_from(document["version"], document["rows"])


def schedule_from(version: str, rows: Sequence[Mapping[str, Any]]) -> Schedule:
    """Read rows as data. Raises `ValueError`, in words for people, for what is no schedule."""
    schedule = Schedule(version, tuple(_row_from(row) for row in rows))
    ids = [row.id for row in schedule.rows]
    if len(set(ids)) != len(ids):
        raise ValueError("Two rows have the same id")
    if missing := set(KINDS) - {row.kind for row in schedule.rows}:
        raise ValueError(f"No row for: {', '.join(KINDS[kind] for kind in sorted(missing))}")
    return schedule


def _row_from(row: Mapping[str, Any]) -> ScheduleRow:
    measures = tuple(
        Measure(item["event"], item["years"], item["words"], item.get("only_if", ""))
        for item in row["measures"]
    )
    if row["kind"] not in KINDS:
        raise ValueError(f"There is no kind of record called {row['kind']}")
    if not any(not item.only_if for item in measures):
        raise ValueError("A row needs a measure that always counts")
    for item in measures:
        if item.event not in EVENTS or item.only_if not in CONDITIONS:
            raise ValueError("A measure starts at an event that is not known")
        if not 0 < item.years <= MOST_YEARS:
            raise ValueError(f"The years must be from 1 to {MOST_YEARS}")
    return ScheduleRow(
        row["id"], row["kind"], row["words"], measures, row["source"], row.get("confirm", True)
    )


def rows_data(schedule: Schedule) -> list[dict[str, Any]]:
    """Return the rows as data, as `schedule_from` reads them."""
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "words": row.words,
            "measures": [
                {
                    "event": item.event,
                    "years": item.years,
                    "only_if": item.only_if,
                    "words": item.words,
                }
                for item in row.measures
            ],
            "source": row.source,
            "confirm": row.confirm,
        }
        for row in schedule.rows
    ]
