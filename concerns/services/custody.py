"""A lead's acts on a concern: taking it, recording what happened, sending a route or not.

Each is one transaction, locks the concern first, and records its audit event with it. Two endings
must not be mixed up (SETTLED): a lead *takes* a concern, which is ownership inside the council; an
agency's named person *accepts* a referral, which ends our custody of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from concerns.access import Action
from concerns.models import Call, Clock, Concern, Exclusion, Note, Referral
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.files import report_target, send_files
from concerns.services.ledger import TAKE_IT, lock_concern, lock_referral, settle
from concerns.services.routing import send_referral
from concerns.services.transitions import Override, finish, guard, use_override
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


@dataclass(frozen=True)
class Acceptance:
    """The named person in the agency, and when they said so (aware)."""

    name: str
    role: str
    phone: str
    at: datetime


@dataclass(frozen=True)
class CallRecord:
    """A call that was made: to whom, on which number, when (aware), and what came of it."""

    agency_slug: str
    number: str
    spoke_to: str
    agency_reference: str
    outcome: str
    made_at: datetime
    referral_id: int | None = None


@transaction.atomic
def take_concern(concern_id: int, actor: User, version: int, now: datetime) -> Concern:
    """Make the actor the owner, who answers for it from now on.

    Raises `ConflictError` when somebody changed or took it since `version`.
    """
    concern = lock_concern(concern_id, actor, now, Action.TAKE, version)
    row = guard("take", concern, actor, now)
    previous, concern.owner, concern.taken_at = concern.owner_id, actor, now
    concern.clocks.filter(slug=TAKE_IT, met_at=None).update(met_at=now, met_by=actor)
    finish(
        row,
        concern,
        actor,
        now,
        before={"owner": previous},
        after={"owner": actor.pk},
        detail={"from": previous},
    )
    return concern


@transaction.atomic
def record_acceptance(
    referral_id: int, actor: User, acceptance: Acceptance, now: datetime
) -> Referral:
    """Record that a named person of the agency accepted the referral in a call.

    Raises `ConflictError` when it has ended already, so that no acceptance overwrites another.
    """
    referral = lock_referral(referral_id, actor, now, Action.RECORD)
    _check_time(acceptance.at, referral.concern, now)
    end_referral(referral, Referral.State.ACCEPTED, acceptance, "call")
    referral.recorded_by = actor
    referral.save()
    record(
        "referral.accepted",
        actor=actor,
        concern_id=referral.concern_id,
        report_id=referral.concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        happened_at=acceptance.at,
        detail={"agency": referral.agency_slug, "via": "call"},
    )
    settle(referral.concern)
    return referral


def end_referral(referral: Referral, state: str, person: Acceptance, via: str) -> None:
    """Put a named ending on a locked, open referral; its clock stops. The caller saves it.

    Raises `ConflictError` when the referral has ended meanwhile.
    """
    if referral.state not in (*Referral.OPEN_STATES, Referral.State.OFFERED):
        raise ConflictError(f"This referral is already {referral.get_state_display().lower()}.")
    referral.state = state
    referral.ended_by_name, referral.ended_by_role = person.name, person.role
    referral.ended_by_phone, referral.ended_at = person.phone, person.at
    referral.ended_via = via
    if state in {Referral.State.ACCEPTED, Referral.State.DONE}:
        referral.escalate_at = None
        Call.objects.filter(referral=referral).still_due().update(needless_at=person.at)
        _meet_contact_clock(referral)


def _meet_contact_clock(referral: Referral) -> None:
    """Stop the first-contact clock once no required referral of the concern waits any more."""
    waiting = referral.concern.referrals.filter(
        required=True, state__in=Referral.OPEN_STATES
    ).exclude(pk=referral.pk)
    if referral.required and not waiting.exists():
        Clock.objects.filter(concern=referral.concern, slug="priority", met_at=None).update(
            met_at=referral.ended_at
        )


@transaction.atomic
def record_call(concern_id: int, actor: User, call: CallRecord, now: datetime) -> Call:
    """Record a call that was made; it answers the call that was due to that agency, if any."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    _check_time(call.made_at, concern, now)
    due = concern.calls.filter(agency_slug=call.agency_slug).still_due().first()
    made = due or Call(concern=concern, agency_slug=call.agency_slug)
    made.referral_id = call.referral_id or made.referral_id
    made.number, made.spoke_to = call.number, call.spoke_to
    made.agency_reference, made.outcome = call.agency_reference, call.outcome
    made.made_at, made.made_by, made.recorded_at = call.made_at, actor, now
    made.save()
    settle(concern)
    record(
        "call.recorded",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="call",
        object_id=str(made.pk),
        happened_at=call.made_at,
        detail={"agency": call.agency_slug},
    )
    return made


@transaction.atomic
def decide_offer(
    referral_id: int,
    actor: User,
    *,
    send: bool,
    reason: str,
    now: datetime,
    version: int | None = None,
    override: Override | None = None,
) -> Referral:
    """Send a route that waited for a lead, or set it aside; either way with the reason.

    The reason is what R21 asks of the lead: why it is shared without agreement, or why not shared.
    Raises as `lock_concern`; `NotAllowedError` when the table asks for more.
    """
    referral = lock_referral(referral_id, actor, now, Action.DECIDE, version)
    concern = referral.concern
    if referral.state != Referral.State.OFFERED:
        raise ConflictError("Someone has decided this already.")
    kept = use_override(concern, override) if send else {}
    slug = "refer" if send else "set_aside"
    row = guard(slug, concern, actor, now, reason=bool(reason.strip()))
    referral.decided_at, referral.decided_by = now, actor
    if send:
        send_referral(referral, now)
    else:
        referral.state = Referral.State.WITHDRAWN
        referral.save()
    finish(
        row,
        concern,
        actor,
        now,
        reason=reason,
        before={"agency": referral.agency_slug, "referral": Referral.State.OFFERED},
        after={"agency": referral.agency_slug, "referral": referral.state, **kept},
        about=referral,
        detail={"agency": referral.agency_slug, "sent": send},
    )
    return referral


@transaction.atomic
def mark_done(referral_id: int, actor: User, note: str, now: datetime) -> Referral:
    """Record that an action outside the portal (for example telling the CQC) was done."""
    referral = lock_referral(referral_id, actor, now, Action.RECORD)
    if referral.state != Referral.State.TO_DO:
        raise ConflictError("Someone has recorded this already.")
    done_by = Acceptance(str(actor), actor.job_title, actor.work_phone, now)
    end_referral(referral, Referral.State.DONE, done_by, "")
    referral.recorded_by = actor
    referral.save()
    if note.strip():
        Note.objects.create(concern=referral.concern, author=actor, text=note, created_at=now)
    record(
        "referral.done",
        actor=actor,
        concern_id=referral.concern_id,
        report_id=referral.concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={"agency": referral.agency_slug},
    )
    settle(referral.concern)
    return referral


@transaction.atomic
def meet_clock(
    clock_id: int,
    actor: User,
    now: datetime,
    *,
    done_at: datetime | None = None,
    done_by: str = "",
) -> Clock:
    """Stop a clock because what it waited for was done, such as sending the written follow-up.

    `done_at` (aware; now if not given) is when, `done_by` who did it, if not the actor.
    """
    concern_id = Clock.objects.filter(pk=clock_id).values_list("concern_id", flat=True).first()
    concern = lock_concern(concern_id or 0, actor, now, Action.RECORD)
    clock = concern.clocks.get(pk=clock_id)
    if clock.met_at is not None:
        raise ConflictError("Someone has recorded this already.")
    met_at = done_at or now
    _check_time(met_at, concern, now)
    clock.met_at, clock.met_by, clock.done_by = met_at, actor, done_by
    clock.save()
    settle(concern)
    record(
        "clock.met",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="clock",
        object_id=str(clock.pk),
        happened_at=met_at,
        detail={"clock": clock.slug, "late": met_at > clock.due_at},
    )
    return clock


@transaction.atomic
def add_note(concern_id: int, actor: User, text: str, now: datetime) -> Note:
    """Add a note; notes are never changed."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    note = Note.objects.create(concern=concern, author=actor, text=text, created_at=now)
    send_files(report_target(concern.report, "note", concern), actor, now, note=note)
    record(
        "note.added",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="note",
        object_id=str(note.pk),
    )
    return note


@transaction.atomic
def decide_hold(exclusion_id: int, actor: User, *, keep: bool, now: datetime) -> Exclusion:
    """Decide whether a person with a similar name is the one in the report.

    Kept: excluded for good. Not: the hold is lifted. Only a lead who sees the record, and so has no
    conflict, can do it; raises `Http404` for everybody else.
    """
    hold = Exclusion.objects.select_related("report").filter(pk=exclusion_id).first()
    concern = hold.report.concerns.first() if hold else None
    lock_concern(concern.pk if concern else 0, actor, now, Action.DECIDE_HOLD)
    held = Exclusion.objects.get(pk=exclusion_id)
    if held.kind != Exclusion.Kind.HELD or held.lifted_at is not None:
        raise ConflictError("Someone has decided this already.")
    if keep:
        held.kind = Exclusion.Kind.EXCLUDED
    else:
        held.lifted_at, held.lifted_by = now, actor
    held.save()
    record(
        "exclusion.decided",
        actor=actor,
        report_id=held.report_id,
        concern_id=concern.pk if concern else None,
        object_type="exclusion",
        object_id=str(held.pk),
        detail={"kept": keep},
    )
    return held


def _check_time(happened_at: datetime, concern: Concern, now: datetime) -> None:
    if happened_at > now:
        raise NotAllowedError("That time has not come yet. Check it.")
    if happened_at < concern.report.received_at - timedelta(days=1):
        raise NotAllowedError("That is before this was reported. Check it.")
