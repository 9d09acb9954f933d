"""A page with one form of a concern: shown, refused with everything typed kept, or done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from concerns.access import visible_concerns
from concerns.models import Concern
from concerns.services.errors import ServiceError
from concerns.triage.conflict import changes_while_open, opened_upon
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest
from safeguarding_portal.middleware import kept_answers

GET_POST = ["GET", "HEAD", "POST"]


def seen_version(request: HttpRequest) -> int:
    """Return the version of the concern that the form was filled against; 0 fits none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def given(request: PersonRequest) -> dict[str, Any]:
    """Return what a form is built from: what was posted, or what was typed before a sign-in."""
    if request.method == "POST":
        return {"data": request.POST}
    return {"raw": dict(typed.lists()) if (typed := kept_answers(request)) else None}


def record_read(request: PersonRequest, concern: Concern) -> None:
    """Record that the page was read: a form of a concern tells of it."""
    record_view(
        "concern.viewed",
        actor=request.user,
        concern_id=concern.pk,
        report_id=concern.report_id,
    )


def record_form(request: PersonRequest, concern: Concern) -> None:
    """Record that a form of a concern was opened. It shows little, and nobody reads news there."""
    record_view(
        "concern.form_viewed",
        actor=request.user,
        concern_id=concern.pk,
        report_id=concern.report_id,
    )


@dataclass(frozen=True)
class ActPage:
    """One form of one concern, what its Save does, and where it leads.

    `act` gets the valid form, the version that was seen, and now; what it returns, if it is text,
    is the good news shown next, else `done` is.
    """

    concern: Concern
    form: PortalForm
    act: Callable[[Any, int, datetime], object]
    done: str = "Your decision is recorded."
    section: str = "decide"
    template: str = "triage/decide/form.html"
    context: dict[str, Any] = field(default_factory=dict)

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks; on refusal say why, above what was typed.

        What others did while it was open is shown first; sending again is then with open eyes.
        """
        status, changes = 200, []
        if request.method == "POST":
            changes = changes_while_open(request, self.concern)
            if self.form.is_valid() and not changes:
                try:
                    news = self.act(self.form, seen_version(request), timezone.now())
                except ServiceError as refusal:
                    self.form.add_error(None, str(refusal))
                else:
                    messages.success(request, news if isinstance(news, str) else self.done)
                    return back_to(request, self.concern, self.section)
            status = 422
        record_read(request, self.concern)
        context = {"form": self.form, "concern": self.concern, "section": self.section}
        context |= {"changes": changes, "seen": opened_upon(request, self.concern)}
        return render(request, self.template, context | self.context, status=status)


def back_to(request: PersonRequest, concern: Concern, section: str) -> HttpResponse:
    """Go to a section of the concern; to the queue, when it is in somebody else's hands now."""
    if not visible_concerns(request.user, timezone.now()).filter(pk=concern.pk).exists():
        return redirect("concerns:triage:queue")
    return redirect("concerns:triage:section", concern.reference, section)
