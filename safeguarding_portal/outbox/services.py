"""Promising a message, and asking what became of it.

    enqueue_many([NewMessage(...), ...]) -> None      inside the transaction of the act
    messages_for(subject_type, subject_ids) -> {subject_id: [Message, ...]}
    settle_outcomes(subject_type, handle) -> int      for whoever owns the subject

Delivery itself is in `delivery.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from kombu.exceptions import OperationalError

from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.tasks import QUEUE_PRIORITY, hand_out

logger = logging.getLogger(__name__)

# All that a message may carry. A name or a story has no key, so it cannot get in (house rule 8).
CONTEXT_KEYS = frozenset({"reference", "urgency", "link", "code", "days"})
_LONGEST_VALUE = 200


@dataclass(frozen=True)
class NewMessage:
    """A message to promise. `dedupe_key` makes it one, however often it is asked for."""

    kind: str
    channel: str
    recipient: str
    template: str
    dedupe_key: str
    context: dict[str, str] = field(default_factory=dict)
    agency_slug: str = ""
    priority: int = 4
    subject_type: str = ""
    subject_id: str = ""

    def __post_init__(self) -> None:
        unknown = set(self.context) - CONTEXT_KEYS
        if unknown:
            raise ValueError(f"A message may not carry: {', '.join(sorted(unknown))}.")
        for key, value in self.context.items():
            if len(value) > _LONGEST_VALUE or not value.isprintable():
                raise ValueError(f"What a message carries is one short line; '{key}' is not.")
        if not _is_path(self.context.get("link", "/")):
            raise ValueError("A message's link is a path of this portal.")
        if self.channel not in Message.Channel.values:
            raise ValueError(f"No such channel: {self.channel}.")
        if self.priority not in QUEUE_PRIORITY:
            raise ValueError(f"No such priority: {self.priority}.")


def _is_path(link: str) -> bool:
    """Whether a link stays on this portal: `//elsewhere` would not."""
    return link.startswith("/") and not link.startswith("//")


def enqueue_many(new: Iterable[NewMessage]) -> None:
    """Write the messages in one INSERT, in the caller's transaction; nudge a worker after commit.

    A message whose dedupe key exists is left as it is. Raises `TransactionManagementError` outside
    a transaction: a promise belongs to the act that it tells of.
    """
    wanted = list(new)
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("A message belongs in the transaction of its act.")
    if not wanted:
        return
    now = timezone.now()
    # A promise that stands already keeps its row, and its id; ours then leads nowhere.
    messages = Message.objects.bulk_create(
        [
            Message(
                created_at=now,
                next_attempt_at=now,
                kind=item.kind,
                channel=item.channel,
                recipient=item.recipient,
                agency_slug=item.agency_slug,
                template=item.template,
                context=item.context,
                dedupe_key=item.dedupe_key,
                priority=item.priority,
                subject_type=item.subject_type,
                subject_id=item.subject_id,
            )
            for item in wanted
        ],
        ignore_conflicts=True,
    )

    # A named function: Django reads `__qualname__` of a robust callback that fails.
    def nudge_after_commit() -> None:
        nudge(messages)

    transaction.on_commit(nudge_after_commit, robust=True)


def nudge(messages: list[Message]) -> None:
    """Ask a worker to hand these out now. The sweep delivers anyway, so a queue away is no harm.

    One publish, however many messages: whoever waits for the page waits for the queue once.
    """
    ids, most_urgent = [str(item.public_id) for item in messages], min(m.priority for m in messages)
    try:
        hand_out.apply_async((ids,), priority=QUEUE_PRIORITY[most_urgent])
    except OperationalError:
        logger.warning("the queue is away: messages wait for the next sweep")


def messages_for(subject_type: str, subject_ids: Iterable[str]) -> dict[str, list[Message]]:
    """Return the messages of each subject, oldest first, in one statement."""
    found: dict[str, list[Message]] = {}
    rows = Message.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids))
    for message in rows.order_by("id"):
        found.setdefault(message.subject_id, []).append(message)
    return found


def settle_outcomes(subject_type: str, handle: Callable[[str], None]) -> int:
    """Hand each failure that nobody has acted on to `handle(subject_id)`; return how many were.

    Each in a transaction of its own, locked, so that two callers never handle one twice, and one
    failure that cannot be handled does not keep the others waiting. The outbox never calls up by
    itself: the owner of the subject asks.
    """
    failed = Message.objects.filter(
        subject_type=subject_type, status=Message.Status.FAILED, outcome_handled_at=None
    )
    handled = 0
    for pk in failed.order_by("priority", "id").values_list("pk", flat=True)[:200]:
        try:
            handled += _settle_one(pk, handle)
        except Exception as error:
            # Whatever the owner stumbled over, it must not keep the other failures from their
            # calls. The text of the error is not logged: it may quote what it found.
            logger.error("failure of message %s not handled: %s", pk, type(error).__name__)  # noqa: TRY400
    return handled


@transaction.atomic
def _settle_one(pk: int, handle: Callable[[str], None]) -> bool:
    message = (
        Message.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk, outcome_handled_at=None)
        .first()
    )
    if message is None:
        return False
    handle(message.subject_id)
    message.outcome_handled_at = timezone.now()
    message.save(update_fields=["outcome_handled_at"])
    return True
