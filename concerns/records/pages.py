"""What the pages of those who keep records share: who may enter, pages of a list, one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from concerns.selectors.retention import keeps_records
from concerns.services.errors import ServiceError
from safeguarding_portal.middleware import kept_answers

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from safeguarding_portal.design_system.forms import PortalForm
    from safeguarding_portal.http import PersonRequest

GET_POST = ["GET", "HEAD", "POST"]
PAGE = 50
MOST_PAGES = 1_000
Row = TypeVar("Row", bound="Model")


def keeper_or_404(request: PersonRequest) -> datetime:
    """Return the moment of the request; raise `Http404` for whoever does not keep records."""
    now = timezone.now()
    if not keeps_records(request.user, now):
        raise Http404
    return now


def given(request: PersonRequest) -> dict[str, Any]:
    """Return what a form is built from: what was posted, or what was typed before a sign-in."""
    if request.method == "POST":
        return {"data": request.POST}
    return {"raw": dict(typed.lists()) if (typed := kept_answers(request)) else None}


def page_of(request: PersonRequest, found: QuerySet[Row]) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of the page asked for, and the addresses of the pages beside it."""
    text = request.GET.get("page", "")
    number = int(text) if text.isdecimal() and 0 < int(text[:6]) <= MOST_PAGES else 1
    rows = list(found[(number - 1) * PAGE : number * PAGE + 1])
    asked = request.GET.copy()
    beside = {}
    for name, other, is_there in (
        ("previous_url", number - 1, number > 1),
        ("next_url", number + 1, len(rows) > PAGE),
    ):
        if is_there:
            asked["page"] = str(other)
            beside[name] = f"?{asked.urlencode()}"
    return rows[:PAGE], beside


@dataclass(frozen=True)
class FormPage:
    """One form, what its button does, and where it leads.

    `act` gets the valid form and now; on refusal the page says why, above what was typed.
    """

    form: PortalForm
    act: Callable[[Any, datetime], object]
    done: str
    leads_to: tuple[Any, ...]
    back_url: str
    button: str
    template: str = "records/form.html"
    context: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks."""
        if request.method == "POST" and self.form.is_valid():
            try:
                self.act(self.form, timezone.now())
            except ServiceError as refusal:
                self.form.add_error(None, str(refusal))
            else:
                messages.success(request, self.done)
                return redirect(*self.leads_to)
        context = {"form": self.form, "back_url": self.back_url, "button": self.button}
        status = 422 if request.method == "POST" else 200
        return render(request, self.template, context | self.context, status=status)
