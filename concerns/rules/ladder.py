"""Who is told next, and when, while a referral has no named person in the agency behind it.

Source: DOMAIN sections 2 and 5 and SETTLED "Sending, owning, accepting" [D]: P1 within 15 minutes,
P2 within one hour while the agency's line is staffed (otherwise within one hour of its opening),
P3 by its clock; P4 never escalates. After the first bell each rung has one more interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: the roles that are told together."""

    level: int
    roles: tuple[str, ...]
    words: str


# Role slugs are those of accounts; "owner" is whoever has taken the concern.
LADDER: tuple[Rung, ...] = (
    Rung(0, ("owner", "lead"), "the owner, or every lead of the team while nobody owns it"),
    Rung(1, ("triage_manager",), "the triage manager"),
    Rung(2, ("corporate_lead",), "the corporate safeguarding lead"),
    Rung(3, ("dcs", "dass"), "the director"),
)

# Priority -> time from one rung to the next. P4 is absent: it never escalates.
INTERVALS: dict[int, timedelta] = {
    1: timedelta(minutes=15),
    2: timedelta(hours=1),
    3: timedelta(days=1),
}


def first_bell(
    priority: int, received_at: datetime, opens_at: datetime | None, due_at: datetime | None
) -> datetime | None:
    """Return when a referral that nobody has accepted first rings, or None when it never does.

    `opens_at` is when the agency's own line opens next, None when it is open at receipt. It moves
    only P2: danger (P1) does not wait for office hours. `due_at` is the route's own due time.
    All times are aware.
    """
    if priority not in INTERVALS:
        return None
    if priority == 3:
        return due_at or received_at + INTERVALS[priority]
    start = opens_at if priority == 2 and opens_at is not None else received_at
    return start + INTERVALS[priority]


def next_bell(priority: int, rang_at: datetime) -> datetime | None:
    """Return when the next rung is told, one interval after the last."""
    interval = INTERVALS.get(priority)
    return rang_at + interval if interval else None


def rung_for(level: int) -> Rung:
    """Return the rung of a level; above the top the top rung is told again."""
    return LADDER[min(level, len(LADDER) - 1)]
