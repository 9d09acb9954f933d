"""A fresh sign-in before something dangerous: the password or a passkey, at most 5 minutes old.

    @fresh_sign_in_required                  asks when something is sent (POST and the like)
    @fresh_sign_in_required(reads=True)      asks before the page or the file is shown, too
    is_fresh(request) -> bool                for a page that only warns

What was sent is kept (`kept_pages.py`) and comes back when the person has proved who they are, so
nothing typed is lost and no act is done twice. Which addresses need it stands in `dangerous.py`; a
test compares that table with the views, in both directions.

Put it nearest to the function that acts, below `require_POST` and guards that answer 403 or 404:
who may not do a thing is not asked to prove who they are for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast, overload

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone

from safeguarding_portal.accounts.kept_pages import keep_page
from safeguarding_portal.http import led_to

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person has proved who they are in this session within the time that counts."""
    records = get_authentication_records(request, request.user if request.user.pk else None)
    if not records:
        return False
    age = time.time() - max(record["at"] for record in records)
    return bool(age < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


@overload
def fresh_sign_in_required(view: View) -> View: ...
@overload
def fresh_sign_in_required(*, reads: bool) -> Callable[[View], View]: ...
def fresh_sign_in_required(
    view: View | None = None, *, reads: bool = False
) -> View | Callable[[View], View]:
    """Ask for the password or a passkey first, unless the person gave one just now."""

    def decorate(inner: View) -> View:
        @wraps(inner)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (reads or request.method not in SAFE) and not is_fresh(request):
                return ask_first(request, "account_reauthenticate")
            return inner(request, *args, **kwargs)

        guarded.asks_for_fresh_sign_in = True  # type: ignore[attr-defined]
        return cast("View", guarded)

    return decorate(view) if view else decorate


def ask_first(request: HttpRequest, url_name: str) -> HttpResponse:
    """Lead a signed-in person to a page that asks something first; keep what they sent."""
    response = led_to(request, url_name)
    if request.method == "POST":
        keep_page(request, response, timezone.now(), owner_id=request.user.pk)
        # Found when this request began, and just written anew: it must not be cleared as answered.
        request.kept_page = None  # type: ignore[attr-defined]
    return response
