"""Two kinds of clock: danger runs on elapsed time, decisions on working time.

All working-day clocks end at the close of the children's front door on the working day (DOMAIN
section 5 [D], SETTLED "Time and clocks"). The rules are handed that closing time per weekday and
the bank holidays; nothing here asks the time. Due times are UTC. A known event (a flight, a
ceremony) caps every due time at 24 hours before it, or at receipt if that is nearer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from concerns.rules.case import LONDON, Case
from concerns.rules.duties import has_fgm_duty
from concerns.rules.prioritise import prioritise
from concerns.rules.route import routes_for
from concerns.rules.route_rows import ASC, CASS, OTHER_DOOR, REQUIRED, SOLIHULL_DOOR

ELAPSED, WORKING = "elapsed", "working"
EVENT_MARGIN = timedelta(hours=24)


@dataclass(frozen=True)
class WorkingHours:
    """When the children's front door closes: local time per weekday (Monday is 0), and when never.

    A weekday that is missing is not a working day; nor is a holiday, nor a date that `closures`
    names.
    """

    closes: Mapping[int, time]
    holidays: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    special_closes: Mapping[date, time] = field(default_factory=dict)

    def close_on(self, day: date) -> datetime | None:
        """Return when a date closes (UTC), or None when it is not a working day."""
        if day in self.special_closes:
            closes: time | None = self.special_closes[day]
        elif day in self.holidays or day in self.closures:
            closes = None
        else:
            closes = self.closes.get(day.weekday())
        if closes is None:
            return None
        return datetime.combine(day, closes, tzinfo=LONDON).astimezone(UTC)

    def after_working_days(self, received_at: datetime, days: int) -> datetime:
        """Return the close of the n-th working day strictly after the local date of receipt.

        Raises `ValueError` when no working day comes within two years (the hours are wrong).
        """
        day, left = received_at.astimezone(LONDON).date(), days
        for _ in range(731 + 2 * days):
            day += timedelta(days=1)
            closes = self.close_on(day)
            if closes is not None:
                left -= 1
                if left == 0:
                    return closes
        raise ValueError("No working day was found: the working hours are empty.")


@dataclass(frozen=True)
class Clock:
    """One due time of one person's record, able to explain itself."""

    person: int
    slug: str
    label: str
    due_at: datetime
    kind: str
    why: str
    source: str
    rule_id: str


@dataclass(frozen=True)
class ClockRow:
    """When `when` fits a record and the bodies told of it, this clock runs, until `due`."""

    rule_id: str
    slug: str
    label: str
    when: Callable[[Case, frozenset[str]], bool]
    due: Callable[[Case, WorkingHours], datetime]
    kind: str
    why: str
    source: str


def end_of_day(case: Case) -> datetime:
    """Return 23:59 local on the date of receipt, in UTC."""
    return datetime.combine(case.today, time(23, 59), tzinfo=LONDON).astimezone(UTC)


def told_of(case: Case) -> frozenset[str]:
    """Return the bodies that this person's record goes to for certain."""
    return frozenset(row.body for row in routes_for(case) if row.requirement == REQUIRED)


def _goes_to_front_door(case: Case, told: frozenset[str]) -> bool:
    """Whether a child front door is told for certain, Birmingham's or another council's."""
    return not told.isdisjoint((CASS, SOLIHULL_DOOR, OTHER_DOOR))


def _is_urgent_child(case: Case, told: frozenset[str]) -> bool:
    return case.is_child and _goes_to_front_door(case, told) and prioritise(case).priority <= 2


def _next(days: int) -> Callable[[Case, WorkingHours], datetime]:
    return lambda case, hours: hours.after_working_days(case.now, days)


def _follow_up_due(case: Case, hours: WorkingHours) -> datetime:
    start = case.facts.called_at or case.now
    return (min(start, case.now) + timedelta(hours=24)).astimezone(UTC)


def _fgm_due(case: Case, hours: WorkingHours) -> datetime:
    told = case.facts.reporter.told_at or case.now
    return hours.after_working_days(min(told, case.now), 1)


PORTAL = "The portal's own setting, for the council to confirm"
CLOCKS: tuple[ClockRow, ...] = (
    ClockRow(
        "P1.due",
        "priority",
        "First contact made",
        lambda case, told: prioritise(case).priority == 1,
        lambda case, hours: case.now.astimezone(UTC),
        ELAPSED,
        "Danger: at once.",
        PORTAL,
    ),
    ClockRow(
        "P2.due",
        "priority",
        "First contact made",
        lambda case, told: prioritise(case).priority == 2,
        lambda case, hours: end_of_day(case),
        ELAPSED,
        "The same day, by 11:59pm.",
        PORTAL,
    ),
    ClockRow(
        "P3.due",
        "priority",
        "First contact made",
        lambda case, told: prioritise(case).priority == 3,
        _next(1),
        WORKING,
        "By the close of the next working day.",
        PORTAL,
    ),
    ClockRow(
        "CALL",
        "call_now",
        "Call children's social care",
        _is_urgent_child,
        lambda case, hours: case.now.astimezone(UTC),
        ELAPSED,
        "Significant harm to a child: call now.",
        "lscpbirmingham.org.uk, safeguarding concerns",
    ),
    ClockRow(
        "WFU",
        "written_follow_up",
        "Request for Support sent",
        _is_urgent_child,
        _follow_up_due,
        ELAPSED,
        "24 hours after the call (after receipt if no call is recorded).",
        "Local; older Birmingham guidance, to be confirmed",
    ),
    ClockRow(
        "DEC",
        "authority_decision",
        "The children's front door decides and acknowledges",
        _goes_to_front_door,
        _next(1),
        WORKING,
        "One working day after receipt.",
        "Working Together (2018 to 2023), to be confirmed for 2026",
    ),
    ClockRow(
        "ASM",
        "assessment",
        "Assessment completed",
        _goes_to_front_door,
        _next(45),
        WORKING,
        "45 working days after receipt.",
        "Working Together (2018 to 2023), to be confirmed for 2026",
    ),
    ClockRow(
        "LADO",
        "lado",
        "LADO told",
        lambda case, told: "lado" in told,
        _next(1),
        WORKING,
        "One working day after receipt.",
        "R9",
    ),
    ClockRow(
        "FGM",
        "fgm_duty",
        "The professional reports to the police on 101",
        lambda case, told: has_fgm_duty(case),
        _fgm_due,
        WORKING,
        "The close of the next working day after the professional was told.",
        "FGM mandatory reporting, best practice",
    ),
    ClockRow(
        "TRIAGE",
        "lead_triage",
        "A lead decides",
        lambda case, told: case.is_adult_at_risk,
        _next(1),
        WORKING,
        "One working day after receipt. Not statutory.",
        PORTAL,
    ),
    ClockRow(
        "CHASE",
        "chase_adult_social_care",
        "Ask Adult Social Care what was decided",
        lambda case, told: ASC in told,
        _next(5),
        WORKING,
        "Five working days after receipt. Not statutory.",
        PORTAL,
    ),
)


def clocks_for(case: Case, hours: WorkingHours) -> tuple[Clock, ...]:
    """Return the clocks of one person's record, each capped by a known event."""
    told = told_of(case)
    return tuple(start_clock(row, case, hours) for row in CLOCKS if row.when(case, told))


def start_clock(row: ClockRow, case: Case, hours: WorkingHours) -> Clock:
    """Return the clock that a row starts, capped by a known event."""
    due_at, why = row.due(case, hours), row.why
    capped = cap(due_at, case)
    if capped < due_at:
        why = f"{why} Brought forward: a known event is near."
    return Clock(case.number, row.slug, row.label, capped, row.kind, why, row.source, row.rule_id)


def cap(due_at: datetime, case: Case) -> datetime:
    """Return the due time, brought forward to 24 hours before a known event, but not before now."""
    event = case.person.event_at
    if event is None:
        return due_at
    return min(due_at, max((event - EVENT_MARGIN).astimezone(UTC), case.now.astimezone(UTC)))
