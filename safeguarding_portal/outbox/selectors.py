"""What has not arrived, for whoever keeps the portal running."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

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


def stuck_subjects(subject_type: str, now: datetime) -> list[str]:
    """Return the subjects whose message is late, or failed and nobody has acted on it for as long.

    At most 500: with more, the first of them already say what is wrong.
    """
    unsettled = Message.objects.filter(
        status=Message.Status.FAILED, outcome_handled_at=None, failed_at__lt=now - LATE
    )
    waiting = Message.objects.filter(
        status__in=(Message.Status.QUEUED, Message.Status.SENDING), next_attempt_at__lt=now - LATE
    )
    stuck = (waiting | unsettled).filter(subject_type=subject_type)
    return list(stuck.order_by("id").values_list("subject_id", flat=True)[:500])


def messages_about(
    subject_type: str, subject_ids: Iterable[str] | QuerySet[Any], dedupe_prefixes: list[str]
) -> list[Message]:
    """Return the messages of these subjects and those whose dedupe key begins so, oldest first."""
    wanted = Q(subject_type=subject_type, subject_id__in=subject_ids)
    for prefix in dedupe_prefixes:
        wanted |= Q(dedupe_key__startswith=prefix)
    return list(Message.objects.filter(wanted).order_by("created_at", "id"))
