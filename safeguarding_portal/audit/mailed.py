"""The other second place for seals: a mailbox that whoever runs the portal cannot change.

Once an hour the digest of the newest seal is sent there. Each digest stands for all seals before
it, so one is enough to prove that none of them was changed or cut off since:
`manage.py audit_verify --digest SEAL:DIGEST`.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import transaction

from safeguarding_portal.audit.models import Seal
from safeguarding_portal.outbox.services import NewMessage, enqueue_many


@transaction.atomic
def mail_out(now: datetime) -> bool:
    """Promise the digest of the newest seal to `AUDIT_SEAL_MAILBOX`, once an hour; say whether."""
    seal = Seal.objects.defer("leaves", "event_ids").last()
    if not settings.AUDIT_SEAL_MAILBOX or seal is None:
        return False
    hour = now.astimezone(UTC).strftime("%Y-%m-%dT%H")
    message = NewMessage(
        kind="seal_copy",
        channel="email",
        recipient=settings.AUDIT_SEAL_MAILBOX,
        template="seal_copy",
        context={"reference": f"SEAL-{seal.pk}", "code": seal.digest},
        dedupe_key=f"seal_copy:{hour}",
        subject_type="seal",
        subject_id=str(seal.pk),
    )
    enqueue_many([message])
    return True
