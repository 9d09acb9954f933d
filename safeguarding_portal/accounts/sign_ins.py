"""Where somebody signed in lately, read from the audit events of their own account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event

SHOWN = 20
SIGNED_IN = "account.signed_in"
_HOW = {
    "password": "Password",
    "webauthn": "Passkey",
    "code": "Code by email",
    "socialaccount": "The council’s sign-in",
}


@dataclass(frozen=True)
class SignIn:
    """One sign-in: when, from which network address, how, and in which browser (a random name)."""

    at: datetime
    address: str
    how: str
    browser: str
    was_new: bool


def sign_ins_of(user: User) -> list[SignIn]:
    """Return the last sign-ins of the person, newest first, at most 20; one query."""
    events = Event.objects.filter(actor=user, name=SIGNED_IN).order_by("-id")[:SHOWN]
    return [
        SignIn(
            at=event.happened_at,
            address=event.source_address or "",
            how=_HOW.get(event.detail.get("method", ""), ""),
            browser=str(event.detail.get("browser", ""))[:4].upper(),
            was_new=bool(event.detail.get("is_new")),
        )
        for event in events
    ]


def has_signed_in(user: User) -> bool:
    """Whether the person ever signed in before."""
    return Event.objects.filter(actor=user, name=SIGNED_IN).exists()
