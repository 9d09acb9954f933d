"""What the pages of one concern read. The caller has authorised it.

Every section shows the head; a section adds at most a few statements of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q

from concerns.models import Call, Clock, Concern, Exclusion
from concerns.selectors.legs import Leg, legs_of


@dataclass(frozen=True)
class ConcernHead:
    """What stands at the top of every section: the clocks, and what waits for whom."""

    concern: Concern
    legs: list[Leg]
    calls: list[Call]
    clocks: list[Clock]


def concern_head(concern: Concern) -> ConcernHead:
    """Gather the head of a concern, in four statements."""
    calls = list(concern.calls.select_related("made_by"))
    # On the concern too, so that a section needs no second look.
    concern.legs = legs = legs_of([concern], calls)[concern.pk]  # type: ignore[attr-defined]
    return ConcernHead(
        concern=concern,
        legs=legs,
        calls=calls,
        clocks=list(concern.clocks.select_related("met_by")),
    )


def holds_of(concern: Concern) -> list[Exclusion]:
    """Return who is kept out only until somebody has looked."""
    return list(
        concern.report.exclusions.filter(
            Q(kind=Exclusion.Kind.HELD), lifted_at=None
        ).select_related("user")
    )
