"""Delivery as Celery tasks. They take ids, claim before acting, and are safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from safeguarding_portal.outbox.delivery import deliver_in_turn, due_messages
from safeguarding_portal.outbox.mailbox import poll_mailbox
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.receipts import apply_waiting

logger = logging.getLogger(__name__)

# Redis keeps one list for each of these and empties the first one first: P1 overtakes P4.
QUEUE_PRIORITY = {1: 0, 2: 3, 3: 6, 4: 9}
# What a sweep handed out and nobody took by then is dropped from the queue, not from the outbox: a
# later sweep hands it out again. Otherwise a long fault fills the queue with copies.
HANDED_OUT_FOR_SECONDS = 300


# So many messages are one task at most: a task costs as much as a message, and other workers shall
# have their share.
IN_TURN = 50


@shared_task(name="outbox.deliver")
def deliver(*message_ids: int) -> None:
    """Deliver messages in turn; when the turn is over, let what is urgent go first."""
    _go_on_with(deliver_in_turn(message_ids))


@shared_task(name="outbox.hand_out")
def hand_out(public_ids: list[str]) -> None:
    """Deliver messages that were just promised, the urgent ones first; of many, share the rest.

    So the page that promised them speaks to the queue once.
    """
    promised = Message.objects.filter(public_id__in=public_ids, status=Message.Status.QUEUED)
    found = list(promised.order_by("priority", "id").only("pk", "priority"))
    _hand_to_workers(found[IN_TURN:])
    _go_on_with(deliver_in_turn(message.pk for message in found[:IN_TURN]))


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Hand every due message to a worker: the promise is the row, so this finds what a nudge lost.

    If the queue goes away in the middle, the next sweep goes on.
    """
    _hand_to_workers(due_messages(timezone.now()))


def _go_on_with(left: list[int]) -> None:
    if left:
        rest = Message.objects.filter(pk__in=left).order_by("priority", "id")
        _hand_to_workers(list(rest.only("pk", "priority")))


def _hand_to_workers(messages: list[Message]) -> None:
    """Publish the messages, which come most urgent first, some to a task."""
    try:
        for first in range(0, len(messages), IN_TURN):
            together = messages[first : first + IN_TURN]
            deliver.apply_async(
                tuple(message.pk for message in together),
                priority=QUEUE_PRIORITY[together[0].priority],
                expires=HANDED_OUT_FOR_SECONDS,
            )
    except OperationalError:
        logger.warning("the queue is away: messages wait for the next sweep")


@shared_task(name="outbox.take_reports")
def take_reports() -> None:
    """Fetch what mail servers sent back, and match what came too early."""
    now = timezone.now()
    poll_mailbox(now)
    apply_waiting(now)
