"""The retention schedule: read, changed by one person, published by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from concerns.form_page import FormPage
from concerns.models import RetentionSchedule
from concerns.records import forms
from concerns.records.pages import keeper_or_404
from concerns.rules.retention import CONDITIONS, KINDS, Schedule, schedule_from
from concerns.selectors.retention import current_schedule
from concerns.services import retention as acts
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

SHOWN = 50


@require_safe
def schedule(request: PersonRequest) -> HttpResponse:
    """Show the schedule that counts, what is proposed, and earlier versions."""
    keeper_or_404(request)
    current = current_schedule()
    record_view("schedule.viewed", actor=request.user, shown=[current.version])
    versions = RetentionSchedule.objects.select_related("made_by", "answered_by")
    context = {
        "schedule": current,
        "rows": _rows(current),
        "versions": list(versions[:SHOWN]),
        "unconfirmed": sum(row.confirm for row in current.rows),
    }
    return render(request, "records/schedule.html", context)


def _rows(found: Schedule) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "kind": KINDS[row.kind],
            "measures": [
                f"{item.words} (only if {CONDITIONS[item.only_if]})" if item.only_if else item.words
                for item in row.measures
            ],
        }
        for row in found.rows
    ]


@require_http_methods(GET_POST)
def change(request: PersonRequest, row: str) -> HttpResponse:
    """Propose other years for one row."""
    keeper_or_404(request)
    found = next((item for item in current_schedule().rows if item.id == row), None)
    if found is None:
        raise Http404

    def act(form: Any, now: datetime) -> object:
        typed = form.cleaned_data
        return acts.propose_row(request.user, row, form.years(), typed["source"], typed["why"], now)

    return FormPage(
        form=forms.RowForm(**given(request), row=found),
        act=act,
        done="Proposed. Another person has to publish it.",
        back=reverse("concerns:records:schedule"),
        button="Propose the change",
        context={"caption": found.words},
    ).answer(request)


@require_http_methods(GET_POST)
def proposal(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a proposed schedule changes; publish or refuse it as another person."""
    keeper_or_404(request)
    found = RetentionSchedule.objects.select_related("made_by", "answered_by").filter(pk=pk).first()
    if found is None:
        raise Http404
    record_view("schedule.viewed", actor=request.user, shown=[found.version])

    def act(form: Any, now: datetime) -> object:
        publish = form.cleaned_data["answer"] == "publish"
        return acts.answer_schedule(pk, request.user, now, publish=publish)

    before = {item["row"].id: item for item in _rows(current_schedule())}
    rows = _rows(schedule_from(found.version, found.rows))
    return FormPage(
        form=forms.ScheduleAnswerForm(**given(request)),
        act=act,
        done="Your answer is recorded.",
        back=reverse("concerns:records:schedule"),
        button="Save my answer",
        template="records/proposal.html",
        context={
            "found": found,
            "is_mine": found.made_by_id == request.user.pk,
            "changed": [
                (before.get(item["row"].id), item)
                for item in rows
                if item != before.get(item["row"].id)
            ],
        },
    ).answer(request)
