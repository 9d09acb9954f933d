"""What the pages of a request share: one form with one act, refused with everything typed kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from concerns.models import AccessRequest
from concerns.selectors.subject_access import get_request_or_404
from concerns.services.errors import ServiceError
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest

GET_POST = ["GET", "HEAD", "POST"]


def asked(request: PersonRequest, reference: str) -> tuple[AccessRequest, datetime]:
    """Return a request that the person may know of, and now; raise `Http404` else."""
    now = timezone.now()
    return get_request_or_404(request.user, reference, now), now


def page_of(found: AccessRequest, name: str = "request") -> str:
    """Return the address of a page of a request."""
    return reverse(f"concerns:subject_access:{name}", args=[found.reference])


def do(request: PersonRequest, act: Callable[[], object], done: str, to: str) -> HttpResponse:
    """Do what a button asks, say how it went, and go to a page."""
    try:
        act()
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(to)


def seen(request: PersonRequest, found: AccessRequest, shown: list[str]) -> None:
    """Record that a page with personal data of a request was read, before it is shown."""
    record_view("access_request.viewed", actor=request.user, shown=[found.reference, *shown])
