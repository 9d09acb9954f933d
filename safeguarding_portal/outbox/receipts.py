"""Taking in what became of messages after we handed them over.

    take_receipt(new, now) -> bool                  once, however often it is reported
    apply_waiting(now) -> int                       receipts that came before what they speak of
    settle_sent(subject_type, handle, now) -> int   for whoever owns the subject, as
    settle_receipts(subject_type, handle, now)        `settle_outcomes` in `services`

Delivered is written on the message; a permanent failure turns a sent message into a failed one,
which then goes the way of every failure ("not delivered: phone them now"). Delays and replies
change nothing and are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.models import Message, Receipt
from safeguarding_portal.outbox.reports import our_id

# What is matched to nothing by then is about no message of ours; it is kept, and no longer tried.
TRY_FOR = timedelta(days=7)
BATCH = 200


@dataclass(frozen=True)
class NewReceipt:
    """What was reported. `dedupe_key` is its digest or nonce; times are aware."""

    source: str
    kind: str
    dedupe_key: str
    ids: tuple[str, ...] = ()
    code: str = ""
    happened_at: datetime | None = None


@transaction.atomic
def take_receipt(new: NewReceipt, now: datetime) -> bool:
    """Keep a report and apply it if its message is known; false when we had it already.

    A time in the future, or long ago, is somebody's mistake: then it happened now.
    """
    said = new.happened_at or now
    happened_at = said if now - TRY_FOR <= said <= now else now
    receipt, is_new = Receipt.objects.get_or_create(
        dedupe_key=new.dedupe_key,
        defaults={
            "source": new.source,
            "kind": new.kind,
            "ids": [item[:100] for item in new.ids],
            "code": new.code[:40],
            "happened_at": happened_at,
            "received_at": now,
        },
    )
    if is_new:
        record(
            "receipt.taken",
            actor_label=new.source,
            object_type="receipt",
            object_id=str(receipt.pk),
            happened_at=happened_at,
            detail={"kind": new.kind},
        )
        _apply(receipt, now)
    return is_new


def apply_waiting(now: datetime) -> int:
    """Match receipts that came before their message was written as sent; return how many."""
    waiting = Receipt.objects.filter(applied_at=None, received_at__gt=now - TRY_FOR)
    applied = 0
    for pk in waiting.order_by("id").values_list("pk", flat=True)[:BATCH]:
        with transaction.atomic():
            locked = Receipt.objects.select_for_update(skip_locked=True)
            receipt = locked.filter(pk=pk, applied_at=None).first()
            applied += receipt is not None and _apply(receipt, now)
    return applied


def _apply(receipt: Receipt, now: datetime) -> bool:
    """Write a receipt on its message; false while there is none that it could speak of."""
    message = _message_of(receipt)
    if message is None:
        return False
    if receipt.kind == Receipt.Kind.DELIVERED and message.delivered_at is None:
        message.delivered_at = receipt.happened_at
        message.save(update_fields=["delivered_at"])
    if receipt.kind == Receipt.Kind.FAILED and message.status == Message.Status.SENT:
        message.status, message.failed_at = Message.Status.FAILED, now
        message.last_error = f"It came back: not delivered ({receipt.code or 'no code'})."
        message.save(update_fields=["status", "failed_at", "last_error"])
    receipt.message, receipt.applied_at = message, now
    receipt.save(update_fields=["message", "applied_at"])
    return True


def _message_of(receipt: Receipt) -> Message | None:
    """Lock and return the message, once it is sent: a report may overtake our own last write."""
    keys = [key for item in receipt.ids if (key := our_id(item))]
    known = Q(public_id__in=keys) | Q(provider_id__in=[item for item in receipt.ids if item])
    final = Message.objects.filter(status__in=(Message.Status.SENT, Message.Status.FAILED))
    return final.select_for_update(of=("self",)).filter(known).order_by("-id").first()


def settle_sent(
    subject_type: str, handle: Callable[[Sequence[Message]], None], now: datetime
) -> int:
    """Hand over the messages that were sent and that nobody has taken note of; return how many.

    One transaction with the handler's own writes, so that a note is never lost and never doubled.
    """
    with transaction.atomic():
        unnoted = Message.objects.select_for_update(of=("self",), skip_locked=True).filter(
            subject_type=subject_type, sent_at__isnull=False, sent_noted_at=None
        )
        messages = list(unnoted.order_by("id")[:BATCH])
        if messages:
            handle(messages)
            Message.objects.filter(pk__in=[item.pk for item in messages]).update(sent_noted_at=now)
    return len(messages)


def settle_receipts(
    subject_type: str, handle: Callable[[Sequence[Receipt]], None], now: datetime
) -> int:
    """Hand over the receipts of these messages that nobody has taken note of; return how many."""
    with transaction.atomic():
        unnoted = Receipt.objects.select_for_update(of=("self",), skip_locked=True).filter(
            applied_at__isnull=False, noted_at=None, message__subject_type=subject_type
        )
        receipts = list(unnoted.select_related("message").order_by("id")[:BATCH])
        if receipts:
            handle(receipts)
            Receipt.objects.filter(pk__in=[item.pk for item in receipts]).update(noted_at=now)
    return len(receipts)
