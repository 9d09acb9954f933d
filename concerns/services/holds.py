"""Legal holds: records that are kept whatever the schedule says, until the hold is lifted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.http import Http404

from concerns.models import Concern, LegalHold
from concerns.selectors.retention import holds_seen_by, keeps_records, kept_out_of
from concerns.services.errors import ConflictError, NotAllowedError
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

Kind = LegalHold.Kind
# One transaction at a time places a hold or removes a record. A number of our own.
TURN_LOCK = 7_325_002


def take_turns() -> None:
    """Wait, until this transaction ends, for whoever places a hold or removes a record just now.

    A hold may fit a record of which it locks no row: so it comes before its removal, or after it.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN_LOCK])


@dataclass(frozen=True)
class Inquiry:
    """What an inquiry asks to be kept: days of receipt, both included, group and worries."""

    received_from: date | None = None
    received_to: date | None = None
    group: str = ""
    categories: list[str] = field(default_factory=list)


@transaction.atomic
def hold_record(
    reference: str, kind: str, actor: User, reason: str, now: datetime, involvement_id: int = 0
) -> LegalHold:
    """Put a hold on a concern, its whole report, or one person in it. It may be open or closed.

    Raises `Http404` for whoever does not keep records, or is kept out of the report.
    """
    _keeper_or_404(actor, now)
    take_turns()
    concern = Concern.objects.filter(reference=reference).exclude(kept_out_of(actor)).first()
    if concern is None:
        raise Http404
    on: dict[str, object] = {"concern": concern}
    if kind == Kind.REPORT:
        on = {"report": concern.report}
    elif kind == Kind.PERSON:
        person = concern.involvements.filter(pk=involvement_id).first()
        if person is None:
            raise NotAllowedError("Choose the person")
        on = {"involvement": person}
    elif kind != Kind.CONCERN:
        raise NotAllowedError("Choose what to hold")
    hold = LegalHold.objects.create(kind=kind, reason=reason, placed_by=actor, placed_at=now, **on)
    _record("hold.placed", actor, hold, concern)
    return hold


@transaction.atomic
def hold_for_inquiry(actor: User, inquiry: Inquiry, reason: str, now: datetime) -> LegalHold:
    """Put a hold on every concern that fits, also on those that are filed later."""
    _keeper_or_404(actor, now)
    take_turns()
    hold = LegalHold.objects.create(
        kind=Kind.INQUIRY,
        received_from=inquiry.received_from,
        received_to=inquiry.received_to,
        group=inquiry.group,
        categories=inquiry.categories,
        reason=reason,
        placed_by=actor,
        placed_at=now,
    )
    _record("hold.placed", actor, hold)
    return hold


@transaction.atomic
def lift_hold(pk: int, actor: User, reason: str, now: datetime) -> LegalHold:
    """Lift a hold, for a reason. The row stays until its record goes."""
    _keeper_or_404(actor, now)
    hold = holds_seen_by(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    if hold is None:
        raise Http404
    if hold.lifted_at is not None:
        raise ConflictError("Somebody has lifted it already")
    hold.lifted_at, hold.lifted_by, hold.lift_reason = now, actor, reason
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    person = hold.involvement
    _record("hold.lifted", actor, hold, person.concern if person else hold.concern)
    return hold


def _keeper_or_404(actor: User, now: datetime) -> None:
    if not keeps_records(actor, now):
        raise Http404


def _record(name: str, actor: User, hold: LegalHold, concern: Concern | None = None) -> None:
    record(
        name,
        actor=actor,
        concern_id=concern.pk if concern else None,
        report_id=concern.report_id if concern else hold.report_id,
        object_type="hold",
        object_id=str(hold.pk),
        detail={"kind": hold.kind},
    )
