"""The portal's addresses and an empty page for whoever is signed in: the floor of a request."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def empty(request: HttpRequest) -> HttpResponse:
    """Answer with nothing: what is left is signing in and the middleware."""
    return HttpResponse("")


urlpatterns = [
    path("bench/empty/", empty),
    path("", include("safeguarding_portal.urls")),
]
