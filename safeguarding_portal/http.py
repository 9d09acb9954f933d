"""The request as a page behind sign-in gets it, and the way to a page that asks something first."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.middleware import HtmxDetails

from safeguarding_portal.accounts.models import User

# What a page with a form answers to.
GET_POST = ["GET", "HEAD", "POST"]


class PersonRequest(HttpRequest):
    """A request of a signed-in person; `SignInMiddleware` lets no other through."""

    user: User
    htmx: HtmxDetails


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks, for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def led_to(request: HttpRequest, url_name: str) -> HttpResponse:
    """Lead to a page that asks something first, and from there back to where the person was.

    A page that asked for a part of itself is led there whole.
    """
    here = request.get_full_path()
    if is_partial(request):
        here = _path_of(request.headers.get("HX-Current-URL", ""))
    target = f"{reverse(url_name)}?{urlencode({'next': here}, safe='/')}"
    if is_partial(request):
        return HttpResponse(headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def _path_of(url: str) -> str:
    """Return the path of an address that a browser names; the home page's for none."""
    try:
        return urlsplit(url).path or "/"
    except ValueError:
        return "/"
