"""The ledger of a referral: what its state follows from, and what is noted on its way.

The rows that change a state are written by the database with the change itself (migration 0041);
here the state is read back out of them, and what the outbox learned of a message is added: sent,
delivered, delayed, not delivered, answered by a machine. Nothing of that ends custody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from concerns.models import AgencyCode, LegEvent, Referral
from concerns.services.escalate import handle_undelivered
from safeguarding_portal.audit.services import NewEvent, record_many
from safeguarding_portal.outbox.models import Message, Receipt
from safeguarding_portal.outbox.receipts import settle_receipts, settle_sent
from safeguarding_portal.outbox.services import settle_outcomes

Kind, State = LegEvent.Kind, Referral.State
STATE_AFTER: dict[str, str] = {
    Kind.OFFERED: State.OFFERED,
    Kind.TO_DO: State.TO_DO,
    Kind.QUEUED: State.SENT,
    Kind.OPENED: State.OPENED,
    Kind.ACCEPTED: State.ACCEPTED,
    Kind.RETURNED: State.RETURNED,
    Kind.DONE: State.DONE,
    Kind.WITHDRAWN: State.WITHDRAWN,
}
# The message that carries a referral, and the one that carries a code for it.
CARRIER, CODE = "referral", "agency_code"


def state_told_by(kinds: Iterable[str]) -> str | None:
    """Return the state that a ledger tells, its rows in the order written; None if it is empty."""
    told = [STATE_AFTER[kind] for kind in kinds if kind in STATE_AFTER]
    return told[-1] if told else None


def note_on_leg(
    referral: Referral, kind: str, now: datetime, *, label: str = "agency", evidence: str = ""
) -> None:
    """Add a note that changes no state. The caller records the audit event of its act."""
    LegEvent.objects.create(
        referral=referral,
        kind=kind,
        happened_at=now,
        recorded_at=now,
        actor_label=label,
        evidence=evidence,
    )


def note_outcomes(now: datetime) -> None:
    """Take note of all that the outbox learned; a failure becomes a call that is due. Each minute.

    A code that cannot be delivered counts as the referral not delivered: nobody can open it.
    """
    settle_sent(CARRIER, lambda messages: note_sent(messages, now), now)
    settle_receipts(CARRIER, lambda receipts: note_receipts(receipts, now), now)
    settle_outcomes(CARRIER, lambda subject_id: _note_failure(subject_id, now))
    settle_outcomes(CODE, lambda code_id: _note_failure(_subject_of_code(code_id), now))


def note_sent(messages: Sequence[Message], now: datetime) -> None:
    """Write on each leg that its message was handed to the provider, and when."""
    referrals = _referrals_of(message.subject_id for message in messages)
    _add(
        (
            LegEvent(
                referral=referrals[message.subject_id],
                kind=Kind.SENT,
                happened_at=message.sent_at or now,
                recorded_at=now,
                actor_label="outbox",
                evidence=f"message:{message.public_id}",
            )
            for message in messages
            if message.subject_id in referrals
        ),
    )


def note_receipts(receipts: Sequence[Receipt], now: datetime) -> None:
    """Write on each leg what was reported about its message."""
    subjects = {item.pk: item.message.subject_id for item in receipts if item.message}
    referrals = _referrals_of(subjects.values())
    _add(
        (
            LegEvent(
                referral=referrals[subjects[item.pk]],
                kind=item.kind,
                happened_at=item.happened_at,
                recorded_at=now,
                actor_label=item.source,
                evidence=f"receipt:{item.pk}",
                reason=item.code,
            )
            for item in receipts
            if subjects.get(item.pk) in referrals
        ),
    )


def _note_failure(subject_id: str, now: datetime) -> None:
    """A referral's message failed for good: tell the ledger, make a call due, tell the leads."""
    referral = _referrals_of([subject_id]).get(subject_id)
    if referral is None:
        return
    last = referral.ledger.filter(kind__in=(Kind.QUEUED, Kind.FAILED)).order_by("id").last()
    if last is None or last.kind == Kind.QUEUED:
        event = LegEvent(
            referral=referral,
            kind=Kind.FAILED,
            happened_at=now,
            recorded_at=now,
            actor_label="outbox",
        )
        _add([event])
    handle_undelivered(subject_id, now)


def _subject_of_code(code_id: str) -> str:
    code = AgencyCode.objects.select_related("referral__concern").get(pk=int(code_id))
    return f"{code.referral.concern.reference}:{code.referral.agency_slug}"


def _referrals_of(subject_ids: Iterable[str]) -> dict[str, Referral]:
    """Return the referrals by the subject of their messages, "{reference}:{agency}"."""
    wanted = set(subject_ids)
    references = {subject_id.partition(":")[0] for subject_id in wanted}
    found = Referral.objects.filter(concern__reference__in=references).select_related("concern")
    named = {f"{item.concern.reference}:{item.agency_slug}": item for item in found}
    return {subject_id: named[subject_id] for subject_id in wanted if subject_id in named}


def _add(events: Iterable[LegEvent]) -> None:
    """Add rows, each once however often it is told, with their audit events."""
    new = list(events)
    LegEvent.objects.bulk_create(new, ignore_conflicts=True)
    record_many(
        NewEvent(
            name=f"leg.{event.kind}",
            actor_label=event.actor_label,
            concern_id=event.referral.concern_id,
            report_id=event.referral.concern.report_id,
            object_type="referral",
            object_id=str(event.referral_id),
            happened_at=event.happened_at,
            detail={"agency": event.referral.agency_slug, "evidence": event.evidence},
        )
        for event in new
    )
