"""Legal holds: put on one record or on all that fits, listed, lifted."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from concerns.access import visible_concerns
from concerns.form_page import FormPage
from concerns.models import Concern
from concerns.records import forms
from concerns.records.pages import keeper_or_404, page_of
from concerns.records.words import hold_row
from concerns.selectors.retention import holds_seen_by, kept_out_of
from concerns.services import holds as acts
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest


@require_safe
def holds(request: PersonRequest) -> HttpResponse:
    """List the holds, those in force first."""
    keeper_or_404(request)
    found, beside = page_of(request, holds_seen_by(request.user).order_by("-lifted_at", "-pk"))
    record_view("holds.viewed", actor=request.user, shown=[str(item.pk) for item in found])
    rows = [hold_row(item) for item in found]
    context = {
        "in_force": [row for row in rows if row.hold.lifted_at is None],
        "lifted": [row for row in rows if row.hold.lifted_at is not None],
        **beside,
    }
    return render(request, "records/holds.html", context)


@require_http_methods(GET_POST)
def find(request: PersonRequest) -> HttpResponse:
    """Ask for the reference of the record to hold."""
    keeper_or_404(request)
    form = forms.FindForm(**given(request))
    if request.method == "POST" and form.is_valid():
        reference = form.cleaned_data["reference"].strip().upper()
        if _known(request, reference).exists():
            return redirect("concerns:records:hold_record", reference)
        form.add_error("reference", "There is no concern of that reference. Check each sign")
    context = {
        "form": form,
        "back_url": reverse("concerns:records:holds"),
        "button": "Continue",
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "layouts/form.html", context, status=status)


def _known(request: PersonRequest, reference: str) -> Any:
    return Concern.objects.filter(reference=reference).exclude(kept_out_of(request.user))


@require_http_methods(GET_POST)
def hold_record(request: PersonRequest, reference: str) -> HttpResponse:
    """Put a hold on a concern, its report, or a person in it."""
    now = keeper_or_404(request)
    concern = _known(request, reference).first()
    if concern is None:
        raise Http404
    may_read = visible_concerns(request.user, now).filter(pk=concern.pk).exists()
    record_view(
        "record.reviewed",
        actor=request.user,
        concern_id=concern.pk,
        report_id=concern.report_id,
    )

    def act(form: Any, now: datetime) -> object:
        kind, _, person = form.cleaned_data["on"].partition(":")
        reason = form.cleaned_data["reason"]
        return acts.hold_record(reference, kind, request.user, reason, now, int(person or 0))

    return FormPage(
        form=forms.HoldForm(
            **given(request), people=list(concern.involvements.all()), may_read=may_read
        ),
        act=act,
        done="The hold is on. Nothing it is on can be disposed of until it is lifted.",
        back=reverse("concerns:records:holds"),
        button="Put the hold on",
        context={"caption": f"Concern {reference}"},
    ).answer(request)


@require_http_methods(GET_POST)
def hold_inquiry(request: PersonRequest) -> HttpResponse:
    """Put a hold on everything that fits."""
    keeper_or_404(request)

    def act(form: Any, now: datetime) -> object:
        typed = form.cleaned_data
        inquiry = acts.Inquiry(
            typed["received_from"],
            typed["received_to"],
            "" if typed["group"] == "all" else typed["group"],
            typed["categories"],
        )
        return acts.hold_for_inquiry(request.user, inquiry, typed["reason"], now)

    return FormPage(
        form=forms.InquiryForm(**given(request)),
        act=act,
        done="The hold is on. What is filed later and fits is held too.",
        back=reverse("concerns:records:holds"),
        button="Put the hold on",
    ).answer(request)


@require_http_methods(GET_POST)
def lift(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask why, then lift a hold."""
    keeper_or_404(request)
    hold = holds_seen_by(request.user).filter(pk=pk).first()
    if hold is None:
        raise Http404
    row = hold_row(hold)

    def act(form: Any, now: datetime) -> object:
        return acts.lift_hold(pk, request.user, form.cleaned_data["reason"], now)

    return FormPage(
        form=forms.LiftForm(**given(request)),
        act=act,
        done="The hold is lifted.",
        back=reverse("concerns:records:holds"),
        button="Lift it",
        context={"caption": f"{row.on} {row.reference}".strip(), "said": hold.reason},
    ).answer(request)
