"""Correction, restriction, objection: from a concern, or from a request for personal data."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.access import get_concern_or_404
from concerns.form_page import FormPage
from concerns.models import Concern, DataRight
from concerns.services import data_rights
from concerns.subject_access import forms
from concerns.subject_access.pages import GET_POST, asked, page_of
from concerns.triage.pages import record_read
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.http import PersonRequest


@require_http_methods(GET_POST)
def from_request(request: PersonRequest, reference: str, concern: str) -> HttpResponse:
    """Record what the person says of a concern that was confirmed as theirs."""
    found, _ = asked(request, reference)
    if found.officer_id != request.user.pk:
        raise Http404
    leaves = found.leaves.filter(user=request.user, ended_at=None)
    one = get_object_or_404(Concern, pk__in=leaves.values("concern"), reference=concern)
    return FormPage(
        forms.RightForm(**given(request)),
        lambda valid, now: data_rights.record_right(
            one.pk, request.user, data_rights.NewRight(**valid.cleaned_data), now, found
        ),
        "Recorded. Those who work the concern decide about it.",
        back=page_of(found),
        caption=f"{found.reference}, concern {one.reference}",
    ).answer(request)


def _section(reference: str) -> str:
    return reverse("concerns:triage:section", args=[reference, "rights"])


@require_http_methods(GET_POST)
def record(request: PersonRequest, reference: str) -> HttpResponse:
    """Record what a person says of a concern that one sees."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    record_read(request, concern)
    return FormPage(
        forms.RightForm(**given(request)),
        lambda valid, now: data_rights.record_right(
            concern.pk, request.user, data_rights.NewRight(**valid.cleaned_data), now
        ),
        "Recorded. Decide about it within a month.",
        back=_section(reference),
        caption=f"Concern {reference}",
    ).answer(request)


def _right(request: PersonRequest, reference: str, pk: int) -> DataRight:
    concern = get_concern_or_404(request.user, reference, timezone.now())
    record_read(request, concern)
    return get_object_or_404(concern.data_rights, pk=pk)


@require_http_methods(GET_POST)
def decide(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Decide about a correction, restriction or objection."""
    right = _right(request, reference, pk)
    return FormPage(
        forms.DecideRightForm(**given(request)),
        lambda valid, now: data_rights.decide_right(
            pk,
            request.user,
            valid.cleaned_data["decision"],
            valid.cleaned_data["reason"],
            valid.cleaned_data["correction"],
            now,
        ),
        "Your decision is recorded. Tell the person.",
        back=_section(reference),
        caption=f"Concern {reference}: {right.get_kind_display().lower()}",
        context={"said": right.what},
    ).answer(request)


@require_http_methods(GET_POST)
def end(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """End a restriction."""
    _right(request, reference, pk)
    return FormPage(
        forms.EndRestrictionForm(**given(request)),
        lambda valid, now: data_rights.end_restriction(
            pk, request.user, valid.cleaned_data["why"], now
        ),
        "The restriction has ended.",
        back=_section(reference),
        caption=f"Concern {reference}",
    ).answer(request)
