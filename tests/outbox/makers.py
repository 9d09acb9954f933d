"""Small makers of messages for the tests of the outbox."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

LONG_AGO = datetime(2026, 1, 5, 9, tzinfo=UTC)


def new_message(**fields: Any) -> NewMessage:
    """Return a referral that can be promised."""
    values: dict[str, Any] = {
        "kind": "referral",
        "channel": "email",
        "recipient": "front-door@example.org",
        "template": "referral",
        "context": {"reference": "K7M2P9QX-1", "urgency": "Now (P1)", "link": "/r/abc/"},
        "dedupe_key": f"test:{uuid.uuid4()}",
        "priority": 1,
    }
    return NewMessage(**values | fields)


def promise(**fields: Any) -> Message:
    """Promise one message and return its row."""
    new = new_message(**fields)
    with transaction.atomic():
        enqueue_many([new])
    return Message.objects.get(dedupe_key=new.dedupe_key)


def unsaved(**fields: Any) -> Message:
    """Return a message that no database knows, for what needs none."""
    new = new_message(**fields)
    return Message(
        created_at=LONG_AGO,
        next_attempt_at=LONG_AGO,
        kind=new.kind,
        channel=new.channel,
        recipient=new.recipient,
        template=new.template,
        context=new.context,
        dedupe_key=new.dedupe_key,
        priority=new.priority,
    )


def later(**parts: float) -> datetime:
    """Return a moment after now."""
    return timezone.now() + timedelta(**parts)


def fixed(value: float) -> random.Random:
    """Return a source of chance that always answers with the same share of the range."""

    class Fixed(random.Random):
        def uniform(self, a: float, b: float) -> float:
            return a + (b - a) * value

    return Fixed()


Send = Callable[[Message, str], str]
