"""When a running clock warns, and how often a missed one rings.

[D], to be confirmed by the council: DOMAIN section 5 gives the limits, not who is told of a breach.
Each bell climbs the ladder of `ladder.py` by one rung. P4 never rings (SETTLED).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class ClockBell:
    """One kind of clock: how long before the breach it warns, and when it rings again."""

    slug: str
    warn_before: timedelta
    again_every: timedelta


DAY = timedelta(days=1)
CLOCK_BELLS: tuple[ClockBell, ...] = (
    ClockBell("written_follow_up", timedelta(hours=4), timedelta(hours=4)),
    ClockBell("lado", timedelta(hours=4), DAY),
    ClockBell("fgm_duty", timedelta(hours=4), DAY),
    ClockBell("authority_decision", timedelta(hours=4), DAY),
    ClockBell("lead_triage", timedelta(hours=4), DAY),
    ClockBell("chase_adult_social_care", DAY, DAY),
    ClockBell("assessment", timedelta(days=5), timedelta(days=7)),
)
# Clocks that have a bell of their own: the referral's, and the call that is due.
RUNG_ELSEWHERE = frozenset({"priority", "call_now"})
# A clock that this table does not know warns a little before, and rings each day.
OTHER = ClockBell("", timedelta(hours=4), DAY)
NEVER_RINGS_FROM = 4


def bell_of(slug: str) -> ClockBell:
    """Return the bell of a clock by its slug."""
    return next((bell for bell in CLOCK_BELLS if bell.slug == slug), OTHER)
