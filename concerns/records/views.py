"""What is due for disposal, and one record under review."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.access import visible_concerns
from concerns.form_page import FormPage
from concerns.models import Concern
from concerns.records import forms
from concerns.records.pages import keeper_or_404, page_of
from concerns.records.words import due_row, kind_words
from concerns.selectors.retention import current_schedule, due_list, holds_on, record_or_404
from concerns.services import retention as acts
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest


@require_safe
def due(request: PersonRequest) -> HttpResponse:
    """List what is due, the longest overdue first, each with why and what stands in its way."""
    now = keeper_or_404(request)
    schedule = current_schedule()
    group = _one_of(request.GET.get("group", ""), Concern.Group.values)
    row = _one_of(request.GET.get("row", ""), [item.id for item in schedule.rows])
    found, beside = page_of(request, due_list(request.user, now, group, row))
    record_view("records.viewed", actor=request.user, shown=[item.reference for item in found])
    context = {
        "rows": [due_row(concern) for concern in found],
        "groups": Concern.Group.choices,
        "schedule_rows": [(item.id, item.words) for item in schedule.rows],
        "group": group,
        "row": row,
        **beside,
    }
    return render(request, "records/due.html", context)


def _one_of(asked: str, known: list[Any]) -> str:
    return asked if asked in known else ""


@require_http_methods(GET_POST)
def review(request: PersonRequest, reference: str) -> HttpResponse:
    """Show why one record is due and what stands in its way; keep it longer."""
    keeper_or_404(request)
    concern = record_or_404(request.user, reference)
    record_view(
        "record.reviewed",
        actor=request.user,
        concern_id=concern.pk,
        report_id=concern.report_id,
    )

    def act(form: Any, now: Any) -> object:
        typed = form.cleaned_data
        return acts.keep_longer(concern.pk, request.user, typed["until"], typed["reason"], now)

    may_read = visible_concerns(request.user, timezone.now()).filter(pk=concern.pk).exists()
    return FormPage(
        form=forms.KeepForm(**given(request)),
        act=act,
        done="It is kept longer. It is looked at again on its new date.",
        to=reverse("concerns:records:review", args=[reference]),
        back=reverse("concerns:records:due"),
        button="Keep it longer",
        template="records/review.html",
        context={
            "row": due_row(concern),
            "concern": concern,
            "kinds": kind_words(concern),
            "holds": holds_on(concern),
            "may_read": may_read,
        },
    ).answer(request)
