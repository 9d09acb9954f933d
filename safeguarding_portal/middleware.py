"""What every request passes through: its id, a lost database, sign-in, a kept page, no copies."""

from __future__ import annotations

import logging
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.signals import got_request_exception
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils import timezone

from safeguarding_portal import views
from safeguarding_portal.accounts.kept_pages import (
    find_kept_page,
    forget_page,
    has_kept_page,
    keep_page,
    typed_in,
)
from safeguarding_portal.accounts.models import KeptPage
from safeguarding_portal.http import is_partial, led_to
from safeguarding_portal.request_id import new_request_id
from safeguarding_portal.typed import Typed

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponseBase]
HTTP_METHOD_NOT_ALLOWED = 405
# Passkeys are the one thing of a device that the portal uses.
PERMISSIONS = (
    "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
    "magnetometer=(), microphone=(), payment=(), usb=(), "
    "publickey-credentials-create=(self), publickey-credentials-get=(self)"
)
# The button of the kept page that throws it away.
DISCARD_FIELD = "discard-kept-page"


class RequestIdMiddleware:
    """Gives every request an id, so that what a person saw can be found in the logs."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = new_request_id()
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class OddAddressMiddleware:
    """Answers 404 to an address with a control character in it.

    No record has one in its name, and PostgreSQL takes no NUL: asking it would be a fault of ours.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if any(unicodedata.category(sign) == "Cc" for sign in request.path_info):
            return views.page_not_found(request)
        return self.get_response(request)


class DatabaseAwayMiddleware:
    """Answers 503 in plain words when the database is away, with what was typed and the numbers.

    Django turns an exception into an answer at the innermost layer that meets it, so wrapping
    `get_response` would miss most; the signal of a failed request is sent for all of them. The
    page itself asks the database nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        got_request_exception.connect(_note_lost_database, dispatch_uid="database_away")

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if getattr(request, "database_is_away", False):
            return views.database_away(request)
        return response


def _note_lost_database(request: HttpRequest | None = None, **_: Any) -> None:
    error = sys.exc_info()[1]
    if request is not None and isinstance(error, (OperationalError, InterfaceError)):
        request.database_is_away = True  # type: ignore[attr-defined]
        logger.error("database is away: %s", type(error).__name__)


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks for sign-in on every page that is not public.

    Django's own asks who the visitor is before it looks whether the page is public; with the
    database away that would take the public numbers from everybody who is signed in.
    """

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Let public pages pass without a query."""
        if not getattr(view_func, "login_required", True):
            return None
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(  # type: ignore[override]
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseBase:
        """Lead to sign-in; a page that refreshes itself is led there whole."""
        if is_partial(request):
            return led_to(request, settings.LOGIN_URL)
        return super().handle_no_permission(request, view_func)


class KeepTypedPageMiddleware:
    """Keeps a page that arrives after its session has ended, and brings it back after sign-in.

    Stands after authentication and before `SignInMiddleware`. A view that can show the typed text
    in its own form asks `kept_answers(request)`; for every other page we show it here.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.page_is_kept = has_kept_page(request)  # type: ignore[attr-defined]
        response = self.get_response(request)
        page: KeptPage | None = getattr(request, "kept_page", None)
        if page is None or getattr(request, "database_is_away", False):
            return response
        if request.method == "POST":
            if response.status_code < 400:
                forget_page(page, response)
            return response
        return self._show(request, page, response)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Keep what an anonymous visitor sent; find again what this person sent."""
        if not getattr(view_func, "login_required", True):
            return None
        now = timezone.now()
        if request.user.is_authenticated:
            if request.page_is_kept:  # type: ignore[attr-defined]
                request.kept_page = find_kept_page(request, request.user, now)  # type: ignore[attr-defined]
                if request.kept_page and DISCARD_FIELD in request.POST:  # type: ignore[attr-defined]
                    return HttpResponseRedirect(request.path)
            return None
        if request.method != "POST":
            return None
        response = led_to(request, settings.LOGIN_URL)
        keep_page(request, response, now)
        return response

    def _show(
        self, request: HttpRequest, page: KeptPage, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Show the kept text, if the page itself let this person in, or takes only what is sent."""
        was_shown = getattr(request, "kept_page_was_shown", False)
        if was_shown or response.status_code not in {200, HTTP_METHOD_NOT_ALLOWED}:
            return response
        typed = typed_in(page)
        if typed is None:
            return response
        context = kept_context(request, typed) | {"discard_field": DISCARD_FIELD}
        return HttpResponse(render_to_string("account/kept_page.html", context, request))


def kept_context(request: HttpRequest, typed: QueryDict) -> dict[str, object]:
    """Return the context of `components/_typed.html` for a page that was kept."""
    rows = [Typed(name, value) for name, values in typed.lists() for value in values if value]
    return {
        "typed": rows,
        "has_short": any(not row.is_long for row in rows),
        "may_resend": True,
        "resend_to": request.get_full_path(),
        "resend_token": get_token(request),
    }


class ShutDoorsMiddleware:
    """Shuts what no page needs, on every answer: static files, redirects and refusals too."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        response["Permissions-Policy"] = PERMISSIONS
        return response


class NoStoreMiddleware:
    """Keeps pages out of shared computers' caches.

    A signed-in visitor is told by the cookie, not by a query. A public page may allow caching for
    visitors without one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        return response
