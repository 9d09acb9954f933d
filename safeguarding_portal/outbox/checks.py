"""What is wrong with the settings for sending, said at start and not at the first referral."""

from __future__ import annotations

from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from safeguarding_portal.outbox.addresses import is_placeholder
from safeguarding_portal.outbox.models import Message

SENDERS = ("smtp", "notify")
NOTIFY_SETTINGS = ("NOTIFY_API_KEY", "NOTIFY_EMAIL_TEMPLATE_ID")


def check_sender(**kwargs: Any) -> list[CheckMessage]:
    """E-mail has one known sender, with all that it needs."""
    if settings.EMAIL_SENDER not in SENDERS:
        return [Error(f"EMAIL_SENDER must be one of: {', '.join(SENDERS)}.", id="outbox.E001")]
    missing = [name for name in NOTIFY_SETTINGS if not getattr(settings, name)]
    if settings.EMAIL_SENDER == "notify" and missing:
        return [Error(f"EMAIL_SENDER=notify needs: {', '.join(missing)}.", id="outbox.E002")]
    return []


def check_deployment(**kwargs: Any) -> list[CheckMessage]:
    """A portal in use sends to real people, from an address that can be answered."""
    if not settings.OUTBOX_REAL_DELIVERY:
        words = "OUTBOX_REAL_DELIVERY is off: every message goes to the catch-all, no agency hears."
        return [Warning(words, id="outbox.W001")]
    sender = parseaddr(settings.DEFAULT_FROM_EMAIL)[1]
    if is_placeholder(Message.Channel.EMAIL, sender):
        words = "DEFAULT_FROM_EMAIL is a made-up address: mail servers will refuse what it sends."
        return [Warning(words, id="outbox.W002")]
    return []
