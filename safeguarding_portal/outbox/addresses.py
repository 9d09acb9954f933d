"""Where a message really goes. The one place that decides it, asked at the moment of sending.

A row may have been written under other settings, on another machine, or restored from a backup of
production: so the rule belongs to the sending, not to the writing. Outside production nothing can
reach a real mailbox or phone unless the settings name it.
"""

from __future__ import annotations

from django.conf import settings

from safeguarding_portal.outbox.errors import PermanentSendError
from safeguarding_portal.outbox.models import Message

# Reserved by RFC 2606 and 6761: nobody reads mail there.
PLACEHOLDER_DOMAINS = ("example.org", "example.com", "example.net")
PLACEHOLDER_SUFFIXES = (".example", ".invalid", ".test")


def is_placeholder(address: str) -> bool:
    """Whether an e-mail address is one that no reader can have."""
    domain = address.rpartition("@")[2].lower()
    return domain in PLACEHOLDER_DOMAINS or domain.endswith(PLACEHOLDER_SUFFIXES)


def delivery_address(message: Message) -> str:
    """Return where this message goes now.

    Raises `PermanentSendError` in production for an address that the council has still to supply:
    better a red mark and a phone call than a referral that nobody receives.
    """
    intended = message.recipient
    if not settings.OUTBOX_REAL_DELIVERY:
        if intended in settings.OUTBOX_ALLOW_LIST:
            return intended
        return _catch_all(message)
    if message.channel == Message.Channel.EMAIL and is_placeholder(intended):
        raise PermanentSendError("The council must supply this address in the directory.")
    return intended


def _catch_all(message: Message) -> str:
    """Return the local address that takes everything outside production."""
    match message.channel:
        case Message.Channel.EMAIL:
            return settings.OUTBOX_CATCH_ALL_EMAIL
        case Message.Channel.SMS:
            return settings.OUTBOX_CATCH_ALL_PHONE
        case _:
            raise PermanentSendError("Webhooks outside production need to be on the allow-list.")
