"""Clocks that ring. Each task takes nothing but ids or nothing, and is safe to run twice."""

from celery import shared_task
from django.utils import timezone

from concerns.services.bells import begin_promised
from concerns.services.drafts import expire_drafts
from concerns.services.escalate import escalate_due, handle_undelivered, warn_before_bells
from concerns.services.outlook import warn_of_gaps
from safeguarding_portal.outbox.services import settle_outcomes


@shared_task(name="concerns.escalate")
def escalate() -> None:
    """Ring what is due, then turn messages that failed for good into calls that are due."""
    now = timezone.now()
    escalate_due(now)
    settle_outcomes("referral", lambda subject_id: handle_undelivered(subject_id, now))
    warn_before_bells(now)
    begin_promised(now)


@shared_task(name="concerns.watch_cover")
def watch_cover() -> None:
    """Tell managers once a day of each team in whose cover there is a gap now."""
    warn_of_gaps(timezone.now())


@shared_task(name="concerns.expire_drafts")
def expire_old_drafts() -> None:
    """Remind owners of drafts that will expire, and remove those that have."""
    expire_drafts(timezone.now())
