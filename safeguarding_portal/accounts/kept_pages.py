"""Keep what somebody typed while their session ended, until they have signed in again.

`given(request)` is what a form is built from, whichever way it was typed.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict

from safeguarding_portal.accounts.devices import device_of
from safeguarding_portal.accounts.keys import fernet_of
from safeguarding_portal.accounts.models import KeptPage, User

KEPT_FOR = timedelta(minutes=30)
# A page of the portal is far smaller; more is not what a person typed.
MAX_BODY = 1024 * 1024
# A browser that signs out in the middle of several tabs needs a few; a script gets no store.
MAX_PER_PERSON = 20
KEPT_WORDS = (
    "We asked you to sign in first. What you typed is here, and not saved yet: send it again"
)
_SALT = "safeguarding_portal.kept_page"
_SECRETS = ("password", "oldpassword", "password1", "password2", "csrfmiddlewaretoken", "code")


def cookie_name() -> str:
    """Return the name of the cookie that carries the key."""
    return "__Host-kept" if settings.SESSION_COOKIE_SECURE else "kept"


def _fernet() -> MultiFernet:
    return fernet_of(_SALT, settings.KEPT_PAGE_KEYS)


def without_secrets(typed: QueryDict) -> QueryDict:
    """Return what was typed, without passwords, codes and the form's own token."""
    kept = typed.copy()
    for name in _SECRETS:
        kept.pop(name, None)
    return kept


def keep_page(
    request: HttpRequest, response: HttpResponseBase, now: datetime, owner_id: int | None = None
) -> bool:
    """Keep the body of this POST for its owner: whoever was last signed in with this browser.

    `owner_id` names the person who still is, and is asked to prove it. `now` is aware. Nothing is
    kept for a browser in which nobody has signed in, for a very large body, or beyond 20 pages a
    person: a stranger cannot fill the table. A press of a button without any text is kept too, so
    that the page after sign-in can ask whether it still holds.
    """
    owner_id = owner_id or device_of(request).last_user_id
    typed = without_secrets(request.POST)
    body = json.dumps(dict(typed.lists())).encode()
    if owner_id is None or len(body) > MAX_BODY or len(request.path) > 500:
        return False
    waiting = KeptPage.objects.filter(owner=owner_id, expires_at__gt=now).count()
    if waiting >= MAX_PER_PERSON or not User.objects.filter(pk=owner_id, is_active=True).exists():
        return False
    key = _key_of(request) or secrets.token_urlsafe(32)
    KeptPage.objects.update_or_create(
        key_hash=_hash(key),
        path=request.path,
        defaults={
            "owner_id": owner_id,
            "body": _fernet().encrypt(body),
            "expires_at": now + KEPT_FOR,
        },
    )
    response.set_cookie(
        cookie_name(),
        signing.dumps(key, salt=_SALT),
        max_age=KEPT_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return True


def has_kept_page(request: HttpRequest) -> bool:
    """Whether this browser says that a page of it was kept; costs no query."""
    return _key_of(request) != ""


def find_kept_page(request: HttpRequest, user: User, now: datetime) -> KeptPage | None:
    """Return the page this browser sent to this very address, if it is this person's and in time.

    `now` is aware. The caller must still ask the page itself whether the person may open it.
    """
    key = _key_of(request)
    if not key:
        return None
    return KeptPage.objects.filter(
        key_hash=_hash(key), owner=user, path=request.path, expires_at__gt=now
    ).first()


def typed_in(page: KeptPage) -> QueryDict | None:
    """Decrypt what was typed; None when the keys have been changed since."""
    try:
        lists = json.loads(_fernet().decrypt(bytes(page.body)))
    except InvalidToken:
        return None
    typed = QueryDict(mutable=True)
    for name, values in lists.items():
        typed.setlist(name, values)
    return typed


def forget_page(page: KeptPage, response: HttpResponseBase) -> None:
    """Delete a page that was sent again or thrown away, and the key when no other needs it."""
    page.delete()
    if not KeptPage.objects.filter(key_hash=page.key_hash).exists():
        response.delete_cookie(cookie_name(), samesite="Lax")


def purge_kept_pages(now: datetime) -> int:
    """Delete the pages whose half hour is over at `now` (aware); return how many."""
    deleted, _ = KeptPage.objects.filter(expires_at__lte=now).delete()
    return deleted


def _key_of(request: HttpRequest) -> str:
    """Return the key that this browser holds; empty when it has none, or a forged or old one."""
    try:
        return str(
            signing.loads(request.COOKIES.get(cookie_name(), ""), salt=_SALT, max_age=KEPT_FOR)
        )
    except signing.BadSignature:
        return ""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def kept_answers(request: HttpRequest) -> QueryDict | None:
    """Return what this person typed on this page before their session ended, for its own form.

    Call it only after checking that the person may open the page. None in the ordinary case.
    """
    page: KeptPage | None = getattr(request, "kept_page", None)
    typed = typed_in(page) if page and request.method == "GET" else None
    if typed is not None:
        request.kept_page_was_shown = True  # type: ignore[attr-defined]
        messages.info(request, KEPT_WORDS)
    return typed


def given(request: HttpRequest) -> dict[str, Any]:
    """Return what a form is built from: what was posted, or what was typed before a sign-in."""
    if request.method == "POST":
        return {"data": request.POST}
    typed = kept_answers(request)
    return {"raw": dict(typed.lists())} if typed else {}
