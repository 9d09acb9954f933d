"""Whether this session was opened with more than a password: a mark on the session itself.

    mark_strong(request, method)    after a second factor, a passkey, or a trusted provider
    is_strong(request) -> bool      asked by the middleware on every page; costs no query
    forget_strong(request)          the person took their last second factor away
    strong_method(request) -> str   what it was marked with; empty when it is not strong
    ask_always(request)             this person has a second factor, whatever roles they hold

A person above reporter sees no page but a few until their session is strong (`gates.py`). Whoever
signs a person in calls `mark_strong` after `django.contrib.auth.login` (or allauth's), and only
when the sign-in itself proved two things: a passkey with user verification, or an identity provider
that the council trusts and whose token says so (`amr`, or an agreed rule for that provider).

The mark names the person, so it never passes to the next one at the same browser. Signing out,
"sign out everywhere" and a reset of the second factor end the session, and the mark with it.
"""

from __future__ import annotations

import time
from enum import StrEnum

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest

_KEY = "second_factor"
_ALWAYS = "second_factor_always"


class Method(StrEnum):
    """How a session became strong; kept on the session and in the audit event of the sign-in."""

    TOTP = "totp"
    RECOVERY_CODES = "recovery_codes"
    PASSKEY = "webauthn"
    PROVIDER = "provider"


def mark_strong(request: HttpRequest, method: Method) -> None:
    """Note that the person of this session has proved who they are in two ways.

    Call it after the person is signed in. Raises `ValueError` for a session without a person.
    """
    person = request.session.get(SESSION_KEY)
    if not person:
        raise ValueError("Sign the person in before the session is marked.")
    request.session[_KEY] = {"person": person, "method": str(method), "at": int(time.time())}


def is_strong(request: HttpRequest) -> bool:
    """Whether this session was opened with more than a password, by the person it belongs to."""
    return strong_method(request) != ""


def strong_method(request: HttpRequest) -> str:
    """Return the `Method` this session was marked with; empty when it is not strong."""
    mark = request.session.get(_KEY)
    if not isinstance(mark, dict) or mark.get("person") != request.session.get(SESSION_KEY):
        return ""
    return str(mark.get("method", ""))


def forget_strong(request: HttpRequest) -> None:
    """Take the mark away; the next page asks for a second factor again, or to set one up."""
    request.session.pop(_KEY, None)


def ask_always(request: HttpRequest) -> None:
    """Note at sign-in that the person has a second factor, so that it is asked for without a role.

    Who has set one up expects to be asked, and no page needs to look it up again.
    """
    request.session[_ALWAYS] = True


def asks_always(request: HttpRequest) -> bool:
    """Whether this session asks for a second factor whatever roles the person holds."""
    return bool(request.session.get(_ALWAYS))
