"""The small council of the tests of concerns, and a referral on its way."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest

from concerns.models import Draft, Referral, Report
from concerns.services.routing import hash_secret
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.outbox.models import Message, Receipt
from tests.answers import Raw
from tests.concerns.conftest import Council, council
from tests.factories import NOON, make_concern, make_referral

__all__ = ["Council", "council"]


def file(owner: User, answers: Raw, now: datetime) -> Report:
    """File a report with these answers."""
    draft = Draft.objects.create(owner=owner, answers=answers, expires_at=now + timedelta(days=30))
    return submit_report(draft.pk, owner, now)


def carried(referral: Referral, **fields: Any) -> Message:
    """Return the message that carries a referral, handed over at noon unless the fields differ."""
    values: dict[str, Any] = {
        "created_at": NOON,
        "next_attempt_at": NOON,
        "kind": "referral",
        "channel": "email",
        "recipient": "front-door@example.org",
        "agency_slug": referral.agency_slug,
        "template": "referral",
        "dedupe_key": f"referral:{referral.concern.reference}:{uuid.uuid4()}",
        "subject_type": "referral",
        "subject_id": f"{referral.concern.reference}:{referral.agency_slug}",
        "status": Message.Status.SENT,
        "sent_at": NOON,
        "sent_to": "front-door@example.org",
        "provider": "smtp",
        "provider_id": f"<{uuid.uuid4()}@example.org>",
    }
    return Message.objects.create(**values | fields)


def reported(message: Message, kind: str) -> Receipt:
    """Return a receipt that was applied to a message, not yet noted on its leg."""
    return Receipt.objects.create(
        source="mailbox",
        kind=kind,
        dedupe_key=str(uuid.uuid4()),
        happened_at=NOON,
        received_at=NOON,
        message=message,
        applied_at=NOON,
    )


@pytest.fixture
def leg(council: Council) -> Referral:
    """Return a referral with a link whose secret is "secret"."""
    return make_referral(
        make_concern(council.children),
        link_hash=hash_secret("secret"),
        link_expires_at=NOON + timedelta(days=30),
    )
