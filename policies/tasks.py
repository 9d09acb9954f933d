"""What the clock does for policies; safe to run twice."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from policies.services.remind import remind_readers, remind_reviews

logger = logging.getLogger(__name__)


@shared_task(name="policies.remind")
def remind() -> None:
    """Remind owners of reviews, and readers of what waits to be read."""
    now = timezone.now()
    reviews, readers = remind_reviews(now), remind_readers(now)
    logger.info("policy reminders: %s of reviews, %s of reading", reviews, readers)
