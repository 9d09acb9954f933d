"""Whether a telephone number or a mailbox can be in the directory."""

from __future__ import annotations

import re

import phonenumbers
from django.conf import settings

from safeguarding_portal.outbox.addresses import PLACEHOLDER_PHONES

_PHONE_CHARACTERS = re.compile(r"\+?[0-9 ()-]{3,30}")


def is_uk_number(text: str) -> bool:
    """Whether this is a whole UK number, or a short code such as 999, 101 or 111.

    Numbers that Ofcom keeps free for stories count in a demonstration only.
    """
    if not _PHONE_CHARACTERS.fullmatch(text.strip()):
        return False
    try:
        number = phonenumbers.parse(text, "GB")
    except phonenumbers.NumberParseException:
        return False
    if number.country_code != 44:
        return False
    national = "0" + phonenumbers.national_significant_number(number)
    if settings.IS_DEMO and national.startswith(PLACEHOLDER_PHONES) and len(national) == 11:
        return True
    return phonenumbers.is_valid_number(number) or (
        phonenumbers.is_valid_short_number_for_region(number, "GB")
    )


def is_allowed_mailbox(address: str, *, is_placeholder: bool) -> bool:
    """Whether a mailbox lies in an allowed domain or below one.

    A placeholder that is marked as one may lie in the domains kept for examples (RFC 2606).
    """
    domain = address.rpartition("@")[2].strip().lower()
    allowed = list(settings.DIRECTORY_MAIL_DOMAINS)
    if is_placeholder:
        allowed += ["example.org", "example.com"]
    return "@" in address and any(
        domain == name or domain.endswith(f".{name}") for name in map(str.lower, allowed)
    )
