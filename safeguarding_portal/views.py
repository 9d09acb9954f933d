"""Pages of the platform itself (being written)."""

from django.http import HttpRequest, HttpResponse


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say how accessible the portal is."""
    return HttpResponse()


def privacy(request: HttpRequest) -> HttpResponse:
    """Say what the portal does with personal data."""
    return HttpResponse()


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Keep what was typed."""
    return HttpResponse(status=403)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return HttpResponse(status=400)


permission_denied = page_not_found = server_error = bad_request
