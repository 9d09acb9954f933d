"""What every template may use, without a query."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

PORTAL_NAME = "Safeguarding portal"
COUNCIL_NAME = "Birmingham City Council"
# Where "Exit this page" leads: the default of the GOV.UK Design System (DOMAIN section 7).
EXIT_URL = "https://www.bbc.co.uk/weather"


def portal(request: HttpRequest | None = None) -> dict[str, object]:
    """Return the names and the mode of the portal; error pages call it without a request."""
    return {
        "portal_name": PORTAL_NAME,
        "council_name": COUNCIL_NAME,
        "is_demo": settings.IS_DEMO,
        "exit_url": EXIT_URL,
    }
