"""A person says that a record is wrong, asks to restrict its use, or objects (art. 16, 18, 21).

Nothing that was filed is changed. A correction, or the person's own statement, stands beside it on
the concern's page, in its chronology and in the pack; agencies that had it are told (art. 19).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from concerns.access import visible_concerns
from concerns.dates import local_date
from concerns.models import AccessLeave, Concern, DataRight
from concerns.rules import access_requests as rules
from concerns.selectors.retention import kept_out_of
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import settle
from concerns.services.tell_agencies import HAD_IT, tell_agencies
from contacts.holidays import england_holidays
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from concerns.models import AccessRequest
    from safeguarding_portal.accounts.models import User

Kind, Decision = DataRight.Kind, DataRight.Decision
STANDS = (Decision.AGREED, Decision.BOTH)


@dataclass(frozen=True)
class NewRight:
    """What a person says or asks of one concern."""

    kind: str
    asked_by: str
    received_on: date
    what: str
    statement: str = ""


def lock_for_rights(concern_id: int, actor: User, now: datetime) -> Concern:
    """Lock a concern that the actor may see, or may read of for a request; else `Http404`."""
    leave = AccessLeave.objects.filter(concern=concern_id, user=actor, ended_at=None)
    leave = leave.exclude(kept_out_of(actor, "concern__report"))
    seen = visible_concerns(actor, now).filter(pk=concern_id)
    if not (seen.exists() or leave.exists()):
        raise Http404
    concerns = Concern.objects.select_for_update(of=("self",))
    return concerns.select_related("report", "team", "owner").get(pk=concern_id)


@transaction.atomic
def record_right(
    concern_id: int,
    actor: User,
    new: NewRight,
    now: datetime,
    request: AccessRequest | None = None,
) -> DataRight:
    """Write down what the person says; it is answered within a month."""
    concern = lock_for_rights(concern_id, actor, now)
    if new.received_on > local_date(now):
        raise NotAllowedError("The day it was received has not come yet. Check it")
    last = rules.months_after(new.received_on, rules.MONTHS)
    right = DataRight.objects.create(
        concern=concern,
        request=request,
        due_on=rules.next_working_day(last, england_holidays()),
        recorded_by=actor,
        recorded_at=now,
        **vars(new),
    )
    _note(right, concern, actor, "right.asked", kind=new.kind)
    settle(concern)
    return right


@transaction.atomic
def decide_right(
    right_id: int, actor: User, decision: str, reason: str, correction: str, now: datetime
) -> DataRight:
    """Agree, not agree, or let both views stand; what was filed stays as it is.

    Whoever had the concern is told that there is a correction or restriction: a reference, no more.
    """
    right = _locked(right_id, actor, now)
    if right.decision != Decision.WAITING:
        raise ConflictError("It was decided already.")
    concern = right.concern
    right.decision, right.reason, right.correction = decision, reason, correction
    right.decided_by, right.decided_at = actor, now
    if right.kind != Kind.OBJECT and decision in STANDS:
        referrals = list(concern.referrals.filter(state__in=HAD_IT))
        tell_agencies(concern, referrals, "record_corrected", concern.owner or actor, now)
        right.agencies_told = [referral.agency_slug for referral in referrals]
    right.save()
    _follow(concern, now)
    _note(right, concern, actor, "right.decided", kind=right.kind, decision=decision)
    return right


@transaction.atomic
def end_restriction(right_id: int, actor: User, why: str, now: datetime) -> DataRight:
    """End a restriction; the person is told beforehand (art. 18(3)), which the reason says."""
    right = _locked(right_id, actor, now)
    if not right.restricts:
        raise ConflictError("No restriction is in force.")
    right.ended_at, right.ended_why = now, why
    right.save()
    _follow(right.concern, now)
    _note(right, right.concern, actor, "right.restriction_ended")
    return right


def _locked(right_id: int, actor: User, now: datetime) -> DataRight:
    concern_id = DataRight.objects.filter(pk=right_id).values_list("concern_id", flat=True)
    concern = lock_for_rights(next(iter(concern_id), 0), actor, now)
    right = DataRight.objects.select_for_update(of=("self",)).get(pk=right_id)
    right.concern = concern
    return right


def _follow(concern: Concern, now: datetime) -> None:
    """Write on the concern whether its use is restricted, and that it changed."""
    in_force = any(right.restricts for right in concern.data_rights.all())
    concern.use_restricted_at = (concern.use_restricted_at or now) if in_force else None
    settle(concern)


def _note(right: DataRight, concern: Concern, actor: User, name: str, **detail: str) -> None:
    record(
        name,
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="data_right",
        object_id=str(right.pk),
        detail=dict(detail),
    )
