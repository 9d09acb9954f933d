"""The one button of a reporter who was told nothing: it rings, and rings further up each time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from concerns.models import Bell, Concern, Correspondence
from concerns.rules.ladder import WAITING
from concerns.rules.promises import ASK_AGAIN_AFTER
from concerns.services.bells import begin_bell
from concerns.services.conversation import lock_own_concerns, record_for_each
from concerns.services.errors import NotAllowedError
from concerns.services.escalate import ring_bell

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


@transaction.atomic
def chase(report_id: int, actor: User, now: datetime) -> Correspondence:
    """Say that nobody has told one anything; every record's ladder rings at once.

    Once an hour, so that it stays a bell. Raises `NotAllowedError` before that, `Http404` for
    somebody else's report.
    """
    report, concerns = lock_own_concerns(report_id, actor)
    kind = Correspondence.Kind.CHASE
    if report.correspondence.filter(kind=kind, created_at__gt=now - ASK_AGAIN_AFTER).exists():
        raise NotAllowedError("You have told us within the last hour, and the next people know")
    row = Correspondence.objects.create(
        report=report,
        author=actor,
        from_reporter=True,
        kind=kind,
        happened_at=now,
        created_at=now,
    )
    record_for_each("reporter.chased", concerns, actor, row)
    for concern in concerns:
        ring_bell(_waiting_bell(concern, row, now).pk, now)
    return row


def _waiting_bell(concern: Concern, row: Correspondence, now: datetime) -> Bell:
    """Return the bell that rings now: the one that has rung before, where nobody heard it."""
    ringing = concern.bells.filter(kind=WAITING, ended_at=None).first()
    if ringing is None:
        return begin_bell(concern, WAITING, str(row.pk), now, now)
    ringing.rings_at = now
    ringing.save(update_fields=["rings_at"])
    return ringing
