"""One way to show a form, or to do what it asks; with a refusal's words above what was typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from concerns.services.errors import ServiceError
from concerns.triage.pages import record_form
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest
from safeguarding_portal.middleware import kept_answers

GET_POST = ["GET", "HEAD", "POST"]
HTTP_UNPROCESSABLE = 422
Act = Callable[[Any, datetime], object]


def given(request: PersonRequest) -> dict[str, Any]:
    """Return what a form is built from: what was posted, or what was typed before a sign-in."""
    if request.method == "POST":
        return {"data": request.POST}
    return {"raw": dict(typed.lists()) if (typed := kept_answers(request)) else None}


def form_page(
    request: PersonRequest,
    template: str,
    form: PortalForm,
    act: Act,
    *,
    done: str,
    to: str,
    context: dict[str, Any],
) -> HttpResponse:
    """Show a form, or do what it asks and go on `to` the next page.

    `act` may return an address of its own to go to.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid():
            try:
                elsewhere = act(form, timezone.now())
            except ServiceError as refusal:
                form.add_error(None, str(refusal))
            else:
                if done:
                    messages.success(request, done)
                return redirect(elsewhere if isinstance(elsewhere, str) else to)
        status = HTTP_UNPROCESSABLE
    if "concern" in context:
        record_form(request, context["concern"])
    context = {"form": form, "title": form.title, **context}
    return render(request, template, context, status=status)
