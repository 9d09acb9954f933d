"""Two gates behind sign-in, for every page at once: the idle lock, and the second factor.

What stays open is listed here by the name of the address; whatever is not listed is closed. No
gate costs a statement on a page of somebody who has passed it. Decision 0050 says why making a
report is open without a second factor, and nothing that was reported is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from safeguarding_portal.accounts import idle
from safeguarding_portal.accounts.reauthentication import ask_first
from safeguarding_portal.accounts.second_factor import asks_always, is_strong
from safeguarding_portal.context import MenuRoles

OPEN_WHEN_LOCKED = frozenset({"account_logout", "accounts:unlock", "accounts:active"})
OPEN_WITHOUT_SECOND_FACTOR = OPEN_WHEN_LOCKED | {
    "account_reauthenticate",
    "accounts:second_factor",
    "accounts:set_up",
    "accounts:set_up_app",
    "accounts:set_up_passkey",
}
# Making a report, and the confirmation with the numbers to call: never closed for want of a phone.
OPEN_NAMESPACE = "concerns:journey"
HTTP_NO_CONTENT = 204
# What lock.mjs listens for, when a part of the page learns first that the screen is locked.
LOCKED_EVENT = "portal-locked"


def needs_second_factor(request: HttpRequest) -> bool:
    """Whether the person must still prove who they are in a second way.

    Everybody who holds a role above reporter must, whenever it was given; so must a reporter who
    has set a second factor up for themselves. One query, shared with the menu of the page, and
    none for a session that has passed.
    """
    if is_strong(request):
        return False
    return asks_always(request) or bool(MenuRoles.of(request).held)


class GatesMiddleware:
    """Stands behind `SignInMiddleware`, so that it only meets pages that need sign-in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        key = request.session.session_key
        is_locked = bool(key) and idle.is_locked(request)
        request.is_locked = is_locked  # type: ignore[attr-defined]
        response = self.get_response(request)
        if not request.session.session_key:
            return response
        began = request.session.session_key != key or getattr(request, "person_is_there", False)
        still_there = not is_locked and not idle.is_background(request)
        if began or (still_there and idle.should_write(request)):
            idle.note_active(request, response)
        return response

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        """Lead to the page that opens the gate; keep what was sent."""
        if not getattr(view_func, "login_required", True) or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if request.is_locked and name not in OPEN_WHEN_LOCKED:  # type: ignore[attr-defined]
            if idle.is_background(request):
                return HttpResponse(status=HTTP_NO_CONTENT, headers={"HX-Trigger": LOCKED_EVENT})
            return ask_first(request, "accounts:unlock")
        if _is_open_without_second_factor(name) or not needs_second_factor(request):
            return None
        return ask_first(request, "accounts:second_factor")


def _is_open_without_second_factor(name: str) -> bool:
    return name in OPEN_WITHOUT_SECOND_FACTOR or name.startswith(f"{OPEN_NAMESPACE}:")
