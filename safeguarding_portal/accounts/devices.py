"""The browser that a person has signed in with before.

A council shares one address, so an address can be neither trusted nor shut out. A signed cookie
tells a browser in which somebody has signed in from an unknown one: wrong passwords elsewhere then
never lock that person out here (the "device cookie" of OWASP's advice on guessing), and a page
sent after the session ended is kept for the person who was signed in.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import salted_hmac

_SALT = "safeguarding_portal.device"
_REMEMBERED_FOR = timedelta(days=90)
_PEOPLE_PER_DEVICE = 8


def _cookie_name() -> str:
    return "__Host-device" if settings.SESSION_COOKIE_SECURE else "device"


@dataclass(frozen=True)
class Device:
    """What the cookie says: its own random name, and who has signed in here.

    `people` are keyed digests of e-mail addresses, the latest first; `last_user_id` is who signed
    in last.
    """

    name: str
    people: tuple[str, ...]
    last_user_id: int | None

    def knows(self, email: str) -> bool:
        """Whether the owner of this address has signed in with this browser before."""
        return _digest(email) in self.people


_UNKNOWN = Device("", (), None)


def _digest(email: str) -> str:
    return salted_hmac(_SALT, email.lower(), algorithm="sha256").hexdigest()[:24]


def device_of(request: HttpRequest) -> Device:
    """Read the cookie; a missing, forged or outdated one is an unknown device that knows nobody."""
    try:
        name, people, last_user_id = signing.loads(
            request.COOKIES.get(_cookie_name(), ""), salt=_SALT, max_age=_REMEMBERED_FOR
        )
    except (signing.BadSignature, ValueError, TypeError):
        return _UNKNOWN
    return Device(name, tuple(people), last_user_id)


def remember_device(
    request: HttpRequest, response: HttpResponseBase, user_id: int, email: str
) -> str:
    """Note on this browser that the person signed in here; return the browser's random name."""
    device = device_of(request)
    name = device.name or secrets.token_hex(8)
    digest = _digest(email)
    people = [digest, *(known for known in device.people if known != digest)]
    value = signing.dumps([name, people[:_PEOPLE_PER_DEVICE], user_id], salt=_SALT)
    response.set_cookie(
        _cookie_name(),
        value,
        max_age=_REMEMBERED_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return name
