"""What every template may use, without a query unless a template asks for it."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.http import HttpRequest

from safeguarding_portal.accounts.selectors import roles_of
from safeguarding_portal.menu import CASE_WORK

PORTAL_NAME = "Safeguarding portal"
COUNCIL_NAME = "Birmingham City Council"
# Where "Exit this page" leads: the default of the GOV.UK Design System (DOMAIN section 7).
EXIT_URL = "https://www.bbc.co.uk/weather"


class MenuRoles:
    """Which entries of the menu a person sees. It grants nothing: every page asks for itself."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @classmethod
    def of(cls, request: HttpRequest) -> MenuRoles:
        """Return the roles of this request, looked up once for the gates and the menu."""
        if not hasattr(request, "menu_roles"):
            request.menu_roles = cls(request)  # type: ignore[attr-defined]
        found: MenuRoles = request.menu_roles  # type: ignore[attr-defined]
        return found

    @cached_property
    def held(self) -> frozenset[str]:
        """Return the roles in force now; one query, and only when a menu is shown."""
        user = getattr(self._request, "user", None)
        if user is None or not user.is_authenticated:
            return frozenset()
        return roles_of(user)

    @property
    def works_concerns(self) -> bool:
        """Say whether the person works concerns, so that the menu leads to the queue.

        A page that has found out already says so on the request.
        """
        if getattr(self._request, "works_concerns", False):
            return True
        return not self.held.isdisjoint(CASE_WORK)


def names() -> dict[str, object]:
    """Return the names and the mode of the portal, for pages that have no request to ask."""
    return {
        "portal_name": PORTAL_NAME,
        "council_name": COUNCIL_NAME,
        "is_demo": settings.IS_DEMO,
        "exit_url": EXIT_URL,
    }


def portal(request: HttpRequest) -> dict[str, object]:
    """Return what every page of the portal may use."""
    lock_seconds = int(settings.IDLE_LOCK_AFTER.total_seconds())
    return {**names(), "menu": MenuRoles.of(request), "lock_seconds": lock_seconds}
