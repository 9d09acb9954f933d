"""The idle lock: after 15 minutes without a person at the screen, only the password opens it again.

When the person was last there stands in a signed cookie of its own, bound to the session and
written at most once a minute, so that no request costs a statement for it. Without the cookie, or
with one of another session, the session counts as idle for long: throwing it away opens nothing.

What a page asks for by itself (the queue's refresh, who else is reading) is no sign of a person.
The session itself goes on, and so does what is typed on the screen: `lock.mjs` hides it, and
`kept_pages.py` keeps what is sent while it is locked.
"""

from __future__ import annotations

import time

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.utils.crypto import constant_time_compare, salted_hmac

from safeguarding_portal.http import is_partial

_SALT = "safeguarding_portal.idle"
_WRITE_EVERY = 60
# What a part of a page sends that asks again and again without anybody doing anything.
BACKGROUND_HEADER = "X-Background"


def cookie_name() -> str:
    """Return the name of the cookie that says when the person was last there."""
    return "__Host-active" if settings.SESSION_COOKIE_SECURE else "active"


def cookie_value(session_key: str) -> str:
    """Return what the cookie says now for the session with this key."""
    return signing.dumps([_digest(session_key), int(time.time())], salt=_SALT)


def idle_seconds(request: HttpRequest) -> float:
    """Return for how long nobody was there; without end when the cookie does not say."""
    try:
        digest, last = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return float("inf")
    if not constant_time_compare(str(digest), _digest(request.session.session_key or "")):
        return float("inf")
    return time.time() - float(last)


def is_locked(request: HttpRequest) -> bool:
    """Whether the screen of this session is locked. Says nothing about a session without a person.

    A limit of zero minutes turns the lock off.
    """
    limit = settings.IDLE_LOCK_AFTER.total_seconds()
    return limit > 0 and idle_seconds(request) > limit


def is_background(request: HttpRequest) -> bool:
    """Whether the page asks by itself: marked so, or fetched by a script other than htmx."""
    if BACKGROUND_HEADER in request.headers:
        return True
    mode = request.headers.get("Sec-Fetch-Mode", "navigate")
    return mode != "navigate" and not is_partial(request)


def note_active(request: HttpRequest, response: HttpResponseBase) -> None:
    """Write down that the person of this session is there now."""
    response.set_cookie(
        cookie_name(),
        cookie_value(request.session.session_key or ""),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def should_write(request: HttpRequest) -> bool:
    """Whether the cookie is old enough to be written again."""
    return idle_seconds(request) >= _WRITE_EVERY


def _digest(session_key: str) -> str:
    return salted_hmac(_SALT, session_key, algorithm="sha256").hexdigest()[:32]
