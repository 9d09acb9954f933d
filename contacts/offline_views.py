"""What a device keeps for use without a network. All public: no sign-in and no database."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from contacts.bundle import bundle_text
from contacts.offline_files import manifest, offline_page, worker_script

# A visitor without a session may keep a copy, and asks each time whether it is still right.
MAY_BE_KEPT = {"Cache-Control": "no-cache"}


@login_not_required
@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """Show every number; the page's script finds the one for this minute, with no server."""
    return HttpResponse(offline_page(timezone.now()), headers=MAY_BE_KEPT)


@login_not_required
@require_safe
@gzip_page
def bundle(request: HttpRequest) -> HttpResponse:
    """Hand out the signed bundle."""
    text = bundle_text(timezone.now())
    return HttpResponse(text, content_type="application/json", headers=MAY_BE_KEPT)


@login_not_required
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Hand out the service worker; its address limits it to "Get help now"."""
    script = worker_script(timezone.now())
    return HttpResponse(script, content_type="text/javascript", headers=MAY_BE_KEPT)


@login_not_required
@require_safe
def app_manifest(request: HttpRequest) -> HttpResponse:
    """Say how the page is installed."""
    return JsonResponse(manifest(), content_type="application/manifest+json", headers=MAY_BE_KEPT)
