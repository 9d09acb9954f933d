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


def seen_version(request: HttpRequest) -> int:
    """Return the version of the concern that the form was filled against; 0 fits none."""
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


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
    """One form of one concern, what its Save does, and where it leads: to a section, or its page.

    `act` gets the valid form, the version that was seen, and now; what it returns, if it is text,
    is the good news shown next, else `done` is; a response is the answer. `record` writes down that
    the form was shown.
    """

    concern: Concern
    form: PortalForm
    act: Callable[[Any, int, datetime], object]
    done: str = "Your decision is recorded."
    section: str = "decide"
    template: str = "triage/form.html"
    context: dict[str, Any] = field(default_factory=dict)
    record: Callable[[PersonRequest, Concern], None] = record_read

    def answer(self, request: PersonRequest) -> HttpResponse:
        """Show the form, or do what it asks; on refusal say why, above what was typed.

        What others did while it was open is shown first; sending again is then with open eyes.
        """
        if request.method != "POST":
            return self.show(request)
        if self.form.is_valid() and not changes_while_open(request, self.concern):
            try:
                news = self.act(self.form, seen_version(request), timezone.now())
            except ServiceError as refusal:
                self.form.add_error(None, str(refusal))
            else:
                if isinstance(news, HttpResponse):
                    return news
                messages.success(request, news if isinstance(news, str) else self.done)
                return back_to(request, self.concern, self.section)
        return self.show(request, 422)

    def show(self, request: PersonRequest, status: int = 200) -> HttpResponse:
        """Show the form as it is, and above it what others did since it was opened."""
        self.record(request, self.concern)
        context = {"form": self.form, "concern": self.concern, "section": self.section}
        context |= {
            "changes": changes_while_open(request, self.concern),
            "seen": opened_upon(request, self.concern),
        }
        return render(request, self.template, context | self.context, status=status)


def plain_page(
    concern: Concern,
    form: PortalForm,
    act: Callable[[Any, datetime], object],
    done: str,
    section: str = "",
    **context: Any,
) -> ActPage:
    """Return a page whose form shows little of the concern, and whose act needs no version."""
    return ActPage(
        concern,
        form,
        lambda form, version, now: act(form, now),
        done,
        section,
        context=context,
        record=record_form,
    )


def back_to(request: PersonRequest, concern: Concern, section: str) -> HttpResponse:
    """Go to the concern or a section; to the queue, when it is in somebody else's hands now."""
    if not visible_concerns(request.user, timezone.now()).filter(pk=concern.pk).exists():
        return redirect("concerns:triage:queue")
    if not section:
        return redirect("concerns:triage:concern", concern.reference)
    return redirect("concerns:triage:section", concern.reference, section)
