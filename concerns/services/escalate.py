"""The bells: what rings when nobody has accepted, called or delivered in time.

Run every minute by beat, and safe to run twice: each referral is locked and its bell moved on in
the transaction that writes the notices. P1 comes first, always; one broken row never stops the
others.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import DatabaseError, transaction
from django.db.models import F

from concerns.models import Call, Concern, Referral
from concerns.rules.ladder import LADDER, next_bell, rung_for
from concerns.services.notices import tell_caseworkers
from contacts.selectors import current_directory
from safeguarding_portal.audit.services import record

logger = logging.getLogger(__name__)

BATCH = 200


def escalate_due(now: datetime) -> int:
    """Ring every bell that is due at `now` (aware); return how many rang.

    A referral that cannot be rung (a fault, not a rule) is logged by id and tried again next time.
    """
    due = (
        Referral.objects.filter(escalate_at__lte=now, state__in=Referral.OPEN_STATES)
        .exclude(concern__state=Concern.State.CLOSED)
        .order_by("concern__priority", "escalate_at")
        .values_list("pk", flat=True)[:BATCH]
    )
    rang = 0
    for referral_id in list(due):
        try:
            rang += ring(referral_id, now)
        except DatabaseError:
            logger.exception("escalation of referral %s failed; it stays due", referral_id)
    return rang


@transaction.atomic
def ring(referral_id: int, now: datetime) -> bool:
    """Tell the next rung about one referral; false when it is no longer due.

    An empty rung is passed over at once, so that somebody is told at this bell (and the gap is
    recorded for the managers); at the top the last rung is told again.
    """
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .get(referrals=referral_id)
    )
    referral = concern.referrals.get(pk=referral_id)
    still_due = referral.escalate_at is not None and referral.escalate_at <= now
    if not (still_due and referral.is_open):
        return False
    level, told = referral.escalation_level, 0
    while True:
        people = tell_caseworkers(
            concern, rung_for(level).roles, "escalation", f"{referral.agency_slug}:{level}", now
        )
        told = len(people)
        if told or level >= len(LADDER) - 1:
            break
        level += 1
    referral.escalation_level = level + 1
    referral.escalate_at = next_bell(concern.priority, now)
    referral.save(update_fields=["escalation_level", "escalate_at"])
    Concern.objects.filter(pk=concern.pk).update(version=F("version") + 1)
    record(
        "referral.escalated",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={"agency": referral.agency_slug, "level": level, "told": told},
    )
    return True


@transaction.atomic
def handle_undelivered(subject_id: str, now: datetime) -> None:
    """A referral's message failed for good: a call is due now, and the leads are told.

    `subject_id` is that of the message: "{concern reference}:{agency slug}".
    """
    reference, _, agency_slug = subject_id.partition(":")
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .get(reference=reference)
    )
    referral = concern.referrals.get(agency_slug=agency_slug)
    if not referral.is_open:
        return
    if not referral.calls.still_due().exists():
        Call.objects.create(
            concern=concern,
            referral=referral,
            agency_slug=agency_slug,
            due_at=now,
            number=current_directory(now).who_to_call(agency_slug, now).number,
            recorded_at=now,
        )
        concern.next_due_at = min(concern.next_due_at or now, now)
        concern.version += 1
        concern.save(update_fields=["next_due_at", "version"])
    tell_caseworkers(concern, ("owner", "lead"), "delivery_failed", agency_slug, now)
    record(
        "message.undelivered",
        actor_label="outbox",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={"agency": agency_slug},
    )
