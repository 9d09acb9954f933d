"""Bells of clocks: a warning before the breach, then a ring at the breach and again while it lasts.

Run each minute by beat and safe to run twice. P1 first, always; one that fails never keeps the
others waiting. The clocks of the first contact have bells of their own (`escalate.py`).
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import Q

from concerns.models import Clock, Concern
from concerns.rules.clock_bells import (
    CLOCK_BELLS,
    NEVER_RINGS_FROM,
    OTHER,
    RUNG_ELSEWHERE,
    ClockBell,
    bell_of,
)
from concerns.services.cover import tell_ladder
from safeguarding_portal.audit.services import record

logger = logging.getLogger(__name__)

BATCH = 200


def ring_clocks(now: datetime) -> int:
    """Warn of and ring every clock that is due at `now` (aware); return how many bells."""
    known = [bell.slug for bell in CLOCK_BELLS]
    due = Q(_due(OTHER, now) & ~Q(slug__in=known))
    for bell in CLOCK_BELLS:
        due |= Q(slug=bell.slug) & _due(bell, now)
    clocks = (
        Clock.objects.filter(due, met_at=None, concern__priority__lt=NEVER_RINGS_FROM)
        .exclude(slug__in=RUNG_ELSEWHERE)
        .exclude(concern__state=Concern.State.CLOSED)
        .order_by("concern__priority", "due_at", "id")
    )
    rang = 0
    for clock_id in list(clocks.values_list("pk", flat=True)[:BATCH]):
        try:
            rang += _ring(clock_id, now)
        except DatabaseError:
            logger.exception("the bell of clock %s failed; it stays due", clock_id)
    return rang


def _due(bell: ClockBell, now: datetime) -> Q:
    """Return what warns or rings at `now`: nothing that did so within its interval."""
    warns = Q(warned_at=None, due_at__gt=now, due_at__lte=now + bell.warn_before)
    rings = Q(due_at__lte=now) & (Q(rang_at=None) | Q(rang_at__lte=now - bell.again_every))
    return warns | rings


@transaction.atomic
def _ring(clock_id: int, now: datetime) -> bool:
    """Tell the people of one clock's next rung; false when it is no longer due."""
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .get(clocks=clock_id)
    )
    clock = concern.clocks.get(pk=clock_id)
    still_due = concern.clocks.filter(_due(bell_of(clock.slug), now), pk=clock_id, met_at=None)
    if not still_due.exists():
        return False
    if clock.due_at > now:
        told = tell_ladder(concern, 0, "clock_warning", clock.slug, now)
        clock.warned_at = now
        _record("clock.warned", concern, clock, len(told.people))
    else:
        key = f"{clock.slug}:{clock.ring_level}:{now:%Y%m%d%H%M}"
        told = tell_ladder(concern, clock.ring_level, "clock_missed", key, now)
        clock.rang_at, clock.ring_level = now, max(clock.ring_level, told.level) + 1
        _record("clock.rang", concern, clock, len(told.people))
    clock.save(update_fields=["warned_at", "rang_at", "ring_level"])
    return True


def _record(name: str, concern: Concern, clock: Clock, told: int) -> None:
    record(
        name,
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="clock",
        object_id=str(clock.pk),
        detail={"clock": clock.slug, "told": told},
    )
