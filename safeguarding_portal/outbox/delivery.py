"""Taking a promised message and handing it over, so that a fault anywhere loses nothing.

Claim, commit, talk, write the outcome: no transaction is open while the outside is spoken to, and
the outcome is written only while our claim stands. Delivery is at least once.
"""

from __future__ import annotations

import logging
import random
import time
import uuid
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from types import ModuleType

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from safeguarding_portal.outbox.addresses import delivery_address
from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import notify, smtp, webhook

logger = logging.getLogger(__name__)

# A worker that has not written an outcome by then is taken for dead. Longer than the time limit of
# the task.
LEASE = timedelta(minutes=3)
# With the waits below: about two hours, in which the bells of the concern have long rung.
MAX_ATTEMPTS = 14
BACK_OFF_FIRST = timedelta(seconds=15)
BACK_OFF_MOST = timedelta(minutes=15)
SWEEP_BATCH = 500
# So long one task delivers before it lets others in: what is urgent waits no longer behind it.
TURN = timedelta(seconds=1)


class Outcome(StrEnum):
    """What became of one try."""

    SENT = "sent"
    NOT_TAKEN = "not taken"
    FAILED = "failed"
    LATER = "later"


def deliver_in_turn(pks: Iterable[int], lasts: timedelta = TURN) -> list[int]:
    """Try to send these messages one after the other; return those left when the turn was over.

    One is always tried. A passing fault ends it too: it may have taken long.
    """
    left, ends = deque(pks), time.monotonic() + lasts.total_seconds()
    while left:
        outcome = try_message(left.popleft(), timezone.now())
        if outcome == Outcome.LATER or time.monotonic() >= ends:
            break
    return list(left)


def deliver_message(pk: int, now: datetime, rng: random.Random | None = None) -> bool:
    """Try to send one message; true when it was handed over in this call. `now` is aware."""
    return try_message(pk, now, rng) == Outcome.SENT


def try_message(pk: int, now: datetime, rng: random.Random | None = None) -> Outcome:
    """Try to send one message at `now` (aware); say what became of it.

    Safe to call twice, at once, for a message that is sent already or is being sent: only the call
    that wins the claim sends. A fault of the outside never raises; it is written to the row. Raises
    `RuntimeError` inside a transaction, which would stay open while the outside is spoken to.
    """
    message = claim(pk, now)
    if message is None:
        return Outcome.NOT_TAKEN
    try:
        address, provider, provider_id = _hand_over(message)
    except PermanentSendError as error:
        _fail(message, str(error))
        return Outcome.FAILED
    except TransientSendError as error:
        _try_later(message, str(error), rng or random.SystemRandom())
        return Outcome.LATER
    _write(
        message,
        status=Message.Status.SENT,
        sent_at=timezone.now(),
        sent_to=address,
        provider=provider,
        provider_id=provider_id,
        last_error="",
    )
    return Outcome.SENT


def _hand_over(message: Message) -> tuple[str, str, str]:
    """Send; return the address, the provider and the provider's id.

    Whatever else goes wrong (a mistake of ours, the time limit of the task) is taken as passing, so
    that it is tried again a number of times and then seen, not left to the lease. Its text is not
    logged: it may quote an address.
    """
    if message.attempts > MAX_ATTEMPTS:
        raise PermanentSendError("Every try ended without an answer.")
    try:
        address = delivery_address(message)
        provider = provider_for(message)
        provider_id = provider.send(message, address)
    except (PermanentSendError, TransientSendError):
        raise
    except Exception as error:
        logger.error("message %s: unexpected %s", message.public_id, type(error).__name__)  # noqa: TRY400
        raise TransientSendError(f"Something unexpected: {type(error).__name__}.") from error
    return address, provider.__name__.rpartition(".")[2], provider_id


def claim(pk: int, now: datetime) -> Message | None:
    """Take a due message for this worker by compare-and-set; None when there is nothing to take."""
    claim_id = uuid.uuid4()
    # Durable: the claim is committed here, or this was called in a transaction and raises.
    with transaction.atomic(durable=True):
        taken = (
            Message.objects.filter(pk=pk)
            .filter(_due(now))
            .update(
                status=Message.Status.SENDING,
                claim_id=claim_id,
                claimed_at=now,
                attempts=F("attempts") + 1,
            )
        )
        return Message.objects.get(pk=pk) if taken else None


def _due(now: datetime) -> Q:
    """Return what may be taken: queued and due, or left behind by a worker that died.

    Times were written by other hosts, whose clock may have been wrong. What was never tried is due
    whenever it was promised, and what lies further ahead than any wait or lease was never meant.
    """
    queued = Q(status=Message.Status.QUEUED) & (
        Q(attempts=0) | Q(next_attempt_at__lte=now) | Q(next_attempt_at__gt=now + BACK_OFF_MOST)
    )
    left_behind = Q(status=Message.Status.SENDING) & (
        Q(claimed_at__lte=now - LEASE) | Q(claimed_at__gt=now + LEASE)
    )
    return queued | left_behind


def provider_for(message: Message) -> ModuleType:
    """Return the sender of a channel."""
    if message.channel == Message.Channel.WEBHOOK:
        return webhook
    if message.channel == Message.Channel.SMS or settings.EMAIL_SENDER == "notify":
        return notify
    return smtp


def back_off(attempts: int, rng: random.Random) -> timedelta:
    """Return how long to wait after so many tries: doubling, bounded, and spread by jitter.

    Without the jitter every message that a dead mail server refused would come back at one moment.
    """
    longest = min(BACK_OFF_FIRST * 2 ** (attempts - 1), BACK_OFF_MOST)
    return longest * rng.uniform(0.5, 1.0)


def _try_later(message: Message, words: str, rng: random.Random) -> None:
    if message.attempts >= MAX_ATTEMPTS:
        _fail(message, words)
        return
    _write(
        message,
        status=Message.Status.QUEUED,
        next_attempt_at=timezone.now() + back_off(message.attempts, rng),
        last_error=words[:200],
    )


def _fail(message: Message, words: str) -> None:
    logger.error("message %s failed for good", message.public_id)
    _write(message, status=Message.Status.FAILED, failed_at=timezone.now(), last_error=words[:200])


def _write(message: Message, **outcome: object) -> None:
    """Write the outcome if the claim still stands; a worker that was given up changes nothing."""
    ours = Message.objects.filter(
        pk=message.pk, claim_id=message.claim_id, status=Message.Status.SENDING
    )
    if not ours.update(claim_id=None, claimed_at=None, **outcome):
        logger.warning("message %s: the claim had gone to another worker", message.public_id)


def due_messages(now: datetime) -> list[Message]:
    """Return messages to take at `now`, the most urgent first, at most `SWEEP_BATCH`."""
    due = Message.objects.filter(_due(now)).order_by("priority", "next_attempt_at", "id")
    return list(due.only("pk", "priority")[:SWEEP_BATCH])
