"""Where a message really goes. The one place that decides it, asked at the moment of sending.

A row may have been written under other settings, on another machine, or restored from a backup of
production: so the rule belongs to the sending, not to the writing. Outside production nothing can
reach a real mailbox or phone unless the settings name it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings

from safeguarding_portal.outbox.errors import PermanentSendError
from safeguarding_portal.outbox.models import Message

# Reserved by RFC 2606 and RFC 6761: nobody answers there.
PLACEHOLDER_DOMAINS = ("example.org", "example.com", "example.net", "localhost")
PLACEHOLDER_SUFFIXES = (
    *(f".{name}" for name in PLACEHOLDER_DOMAINS),
    ".example",
    ".invalid",
    ".test",
)
# Kept free by Ofcom for stories, as national digits: mobiles, then Birmingham.
PLACEHOLDER_PHONES = ("07700900", "01214960")


def delivery_address(message: Message) -> str:
    """Return where this message goes now.

    Raises `PermanentSendError` in production for an address that the council has still to supply:
    better a red mark and a phone call than a referral that nobody receives.
    """
    intended = message.recipient
    if not intended:
        raise PermanentSendError("The directory has no address for it.")
    if not settings.OUTBOX_REAL_DELIVERY:
        return intended if intended in settings.OUTBOX_ALLOW_LIST else _catch_all(message)
    if is_placeholder(message.channel, intended):
        raise PermanentSendError("The council must supply this address in the directory.")
    return intended


def is_placeholder(channel: str, address: str) -> bool:
    """Whether an address is one that nobody can have."""
    if channel == Message.Channel.SMS:
        national = re.sub(r"\D", "", address).removeprefix("00")
        return re.sub(r"^440?", "0", national).startswith(PLACEHOLDER_PHONES)
    if channel == Message.Channel.WEBHOOK:
        domain = urlsplit(address).hostname or ""
    else:
        domain = address.rpartition("@")[2].strip().lower()
    domain = domain.rstrip(".")
    return domain in PLACEHOLDER_DOMAINS or domain.endswith(PLACEHOLDER_SUFFIXES)


def _catch_all(message: Message) -> str:
    """Return the local address that takes everything outside production."""
    match message.channel:
        case Message.Channel.EMAIL:
            return settings.OUTBOX_CATCH_ALL_EMAIL
        case Message.Channel.SMS:
            return settings.OUTBOX_CATCH_ALL_PHONE
        case _:
            raise PermanentSendError("Webhooks outside production need to be on the allow-list.")
