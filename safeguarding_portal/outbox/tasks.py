"""Delivery as Celery tasks. They take ids, claim before acting, and are safe to run twice."""

import logging

from celery import shared_task
from django.utils import timezone
from kombu.exceptions import OperationalError

from safeguarding_portal.outbox.delivery import deliver_message, due_messages

logger = logging.getLogger(__name__)


@shared_task(name="outbox.deliver")
def deliver(message_id: int) -> None:
    """Deliver one message."""
    deliver_message(message_id, timezone.now())


@shared_task(name="outbox.sweep")
def sweep() -> None:
    """Hand every due message to a worker: the promise is the row, so this finds what a nudge lost.

    If the broker goes away in the middle, this worker delivers the message itself.
    """
    for message_id in due_messages(timezone.now()):
        try:
            deliver.delay(message_id)
        except OperationalError:
            logger.warning("the queue is away: delivering from the sweep")
            deliver_message(message_id, timezone.now())
