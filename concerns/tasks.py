"""Clocks that ring. Each task takes nothing but ids or nothing, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from concerns.services.drafts import expire_drafts
from concerns.services.escalate import escalate_due, handle_undelivered
from concerns.services.saved_filters import send_digests
from concerns.triage.queue_filters import matching
from safeguarding_portal.outbox.services import settle_outcomes


@shared_task(name="concerns.escalate")
def escalate() -> None:
    """Ring what is due, then turn messages that failed for good into calls that are due."""
    now = timezone.now()
    escalate_due(now)
    settle_outcomes("referral", lambda subject_id: handle_undelivered(subject_id, now))


@shared_task(name="concerns.expire_drafts")
def expire_old_drafts() -> None:
    """Remind owners of drafts that will expire, and remove those that have."""
    expire_drafts(timezone.now())


@shared_task(name="concerns.filter_digests")
def tell_filter_news() -> None:
    """Tell people what is new in the filters they watch, as often as they chose."""
    send_digests(timezone.now(), matching)
