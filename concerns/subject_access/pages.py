"""What the pages of a request share: one form with one act, refused with everything typed kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from concerns.models import AccessRequest
from concerns.selectors.subject_access import get_request_or_404
from concerns.services.errors import ServiceError
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.forms import PortalForm
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


@dataclass(frozen=True)
class FormPage:
    """One form, what its button does, and where it leads. `act` gets the valid form and now."""

    form: PortalForm
    act: Callable[[Any, datetime], object]
    done: str
    back: str
    to: str = ""
    button: str = "Save"
    caption: str = ""
    template: str = "subject_access/form.html"
    context: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks; on refusal say why, above what was typed."""
        status = 200
        if request.method == "POST":
            if self.form.is_valid():
                try:
                    result = self.act(self.form, timezone.now())
                except ServiceError as refusal:
                    self.form.add_error(None, str(refusal))
                else:
                    messages.success(request, self.done)
                    return redirect(result if isinstance(result, str) else self.to or self.back)
            status = 422
        context = {
            "form": self.form,
            "back_url": self.back,
            "button": self.button,
            "caption": self.caption,
            **self.context,
        }
        return render(request, self.template, context, status=status)


def seen(request: PersonRequest, found: AccessRequest, shown: list[str]) -> None:
    """Record that a page with personal data of a request was read, before it is shown."""
    record_view("access_request.viewed", actor=request.user, shown=[found.reference, *shown])
