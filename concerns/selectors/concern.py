"""What the pages of one concern read. The caller has authorised it.

Every section shows the head; a section adds at most a few statements of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q

from concerns.access import visible_concerns
from concerns.models import Call, Clock, Concern, Exclusion, Involvement
from concerns.selectors.legs import Leg, legs_of

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


@dataclass(frozen=True)
class ConcernHead:
    """What stands at the top of every section: who, the clocks, and what waits for whom."""

    concern: Concern
    subject: Involvement | None
    legs: list[Leg]
    calls: list[Call]
    clocks: list[Clock]


def concern_head(concern: Concern) -> ConcernHead:
    """Gather the head of a concern, in five statements."""
    calls = list(concern.calls.select_related("made_by"))
    # On the concern too, so that a section needs no second look.
    concern.legs = legs = legs_of([concern], calls)[concern.pk]  # type: ignore[attr-defined]
    return ConcernHead(
        concern=concern,
        subject=concern.involvements.filter(part=Involvement.Part.SUBJECT).first(),
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


def linked_concerns(concern: Concern, user: User, now: datetime) -> list[Concern]:
    """Return the other concerns of the same report, as far as the person may see them."""
    return list(visible_concerns(user, now).filter(report=concern.report).exclude(pk=concern.pk))
