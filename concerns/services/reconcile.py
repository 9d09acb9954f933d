"""Paging a manager for every gap in custody: once when it is found, and each hour while it lasts.

Run each minute by beat and safe to run twice. The most urgent comes first, and one that fails never
keeps the others waiting.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction

from concerns.models import Concern, CustodyGap
from concerns.rules.holding import PAGE_EVERY
from concerns.rules.ladder import TRIAGE_MANAGER
from concerns.selectors.reconcile import gap_of, gaps_in
from concerns.services.cover import ladder_in_force, tell_ladder
from safeguarding_portal.audit.services import record

logger = logging.getLogger(__name__)

BATCH = 200


def check_custody(now: datetime) -> int:
    """Note new gaps and mended ones, and page for what is due at `now`; return how many pages."""
    gaps = gaps_in(Concern.objects.filter(is_synthetic=False), now).only("pk")
    found = [(concern.pk, gap_of(concern)) for concern in gaps]
    lately = CustodyGap.objects.filter(mended_at=None, last_paged_at__gt=now - PAGE_EVERY)
    told = set(lately.values_list("concern_id", "kind"))
    paged = 0
    for concern_id, kind in [gap for gap in found if gap not in told][:BATCH]:
        try:
            paged += _page(concern_id, kind, now)
        except DatabaseError:
            logger.exception("gap in concern %s was not paged; it stays due", concern_id)
    _mend(set(found), now)
    return paged


@transaction.atomic
def _page(concern_id: int, kind: str, now: datetime) -> bool:
    """Tell a manager of one gap, unless one was told within the hour."""
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .get(pk=concern_id)
    )
    gap, is_new = CustodyGap.objects.get_or_create(
        kind=kind,
        key=f"concern:{concern_id}",
        mended_at=None,
        defaults={"concern": concern, "found_at": now},
    )
    if gap.last_paged_at is not None and gap.last_paged_at > now - PAGE_EVERY:
        return False
    told = _tell_a_manager(concern, f"{gap.pk}:{gap.pages}", now)
    if not told:
        logger.error("gap %s in custody: nobody may be told", gap.pk)
    gap.last_paged_at, gap.pages = now, gap.pages + 1
    gap.save(update_fields=["last_paged_at", "pages"])
    record(
        "custody.gap_found" if is_new else "custody.gap_lasts",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="gap",
        object_id=str(gap.pk),
        detail={"kind": kind, "told": told},
    )
    return True


def _tell_a_manager(concern: Concern, key: str, now: datetime) -> int:
    """Tell the rung of the triage manager, or who follows; return how many were told."""
    rungs = ladder_in_force(concern.team_id, concern.priority, now).rungs
    level = next((at for at, rung in enumerate(rungs) if TRIAGE_MANAGER in rung.who), 0)
    return len(tell_ladder(concern, level, "custody_gap", key, now).people)


@transaction.atomic
def _mend(found: set[tuple[int, str]], now: datetime) -> None:
    """Note that gaps which are no longer found have ended."""
    for gap in CustodyGap.objects.select_for_update(of=("self",)).filter(mended_at=None):
        if (gap.concern_id, gap.kind) in found:
            continue
        gap.mended_at = now
        gap.save(update_fields=["mended_at"])
        record(
            "custody.gap_mended",
            actor_label="clock",
            concern_id=gap.concern_id,
            object_type="gap",
            object_id=str(gap.pk),
            detail={"kind": gap.kind},
        )
