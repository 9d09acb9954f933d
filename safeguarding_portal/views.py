"""Pages of the platform itself: the two public statements, and every page that says "no".

Pages that say "no" are rendered without the request, its context processors or the database: they
must stand when those are what failed. The numbers to call come from the contacts snapshot, a file.
"""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from safeguarding_portal.context import MenuRoles, names
from safeguarding_portal.menu import doors_for
from safeguarding_portal.typed import typed_context


@login_not_required
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is (Accessibility Regulations 2018, regulation 8)."""
    return render(request, "pages/accessibility.html")


@login_not_required
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """Say what the portal does with personal data (UK GDPR, articles 13 and 14)."""
    return render(request, "pages/privacy.html")


@require_safe
def more(request: HttpRequest) -> HttpResponse:
    """List the pages that are not in the menu, as far as they are open to the person."""
    groups = doors_for(MenuRoles.of(request).held)
    return render(request, "pages/more.html", {"groups": groups})


def _refuse(template: str, status: int, context: dict[str, object] | None = None) -> HttpResponse:
    page = render_to_string(f"errors/{template}.html", names() | (context or {}))
    return HttpResponse(page, status=status, headers={"Cache-Control": "no-store"})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the request could not be read."""
    return _refuse("400", 400)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that the account does not allow it. Records out of scope answer 404, not this."""
    return _refuse("403", 403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say that there is no such page, the same for "none" and "not yours"."""
    return _refuse("404", 404)


def too_many_requests(request: HttpRequest) -> HttpResponse:
    """Say that there were too many tries, and what is open meanwhile. allauth asks for it."""
    return _refuse("429", 429)


def server_error(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours."""
    return _refuse("500", 500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what was typed on the screen, ready to send again with a fresh token."""
    return _refuse("csrf", 403, typed_context(request))


def database_away(request: HttpRequest) -> HttpResponse:
    """Say that nothing can be saved now, whom to call, and show what was typed."""
    response = _refuse("database_away", 503, typed_context(request))
    response["Retry-After"] = "60"
    return response
