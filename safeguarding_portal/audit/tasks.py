"""What beat asks of the audit trail."""

from celery import shared_task
from django.utils import timezone

from safeguarding_portal.audit.sealing import seal_new_events


@shared_task(name="audit.seal")
def seal() -> None:
    """Seal the events of the last minute. Safe to run twice, and with several workers."""
    seal_new_events(timezone.now())
