"""What has not arrived, for whoever keeps the portal running."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from safeguarding_portal.outbox.models import Message

# By then a worker and two sweeps have had their chance.
LATE = timedelta(minutes=10)


def failed_messages() -> QuerySet[Message]:
    """Return every message that will not arrive by itself, the latest failure first."""
    return Message.objects.filter(status=Message.Status.FAILED).order_by("-failed_at", "-id")


def late_messages(now: datetime) -> QuerySet[Message]:
    """Return what was promised more than ten minutes before `now` (aware) and is not yet sent."""
    waiting = (Message.Status.QUEUED, Message.Status.SENDING)
    return Message.objects.filter(status__in=waiting, created_at__lt=now - LATE).order_by(
        "priority", "created_at"
    )
