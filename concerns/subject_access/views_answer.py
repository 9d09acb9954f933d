"""The second check, and the answer: compared with the record, downloaded, handed over by hand."""

from __future__ import annotations

from pathlib import Path

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.form_page import FormPage
from concerns.matching.redaction import pieces_of
from concerns.models import AccessItem
from concerns.selectors.subject_access import readable_items
from concerns.services import subject_access as service
from concerns.services import subject_access_answer as answering
from concerns.services.errors import ServiceError
from concerns.subject_access import forms
from concerns.subject_access.pages import GET_POST, asked, do, page_of, seen
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.http import PersonRequest

SCHEMA = Path(__file__).resolve().parent / "subject-access-answer.schema.json"


@login_not_required
@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """Publish the schema of the answer in JSON, version 1."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")


@require_POST
def ask_check(request: PersonRequest, reference: str) -> HttpResponse:
    """Ask for the second check."""
    found, now = asked(request, reference)
    return do(
        request,
        lambda: service.ask_check(found.pk, request.user, now),
        "Somebody else is asked to check it.",
        page_of(found),
    )


@require_POST
def take_check(request: PersonRequest, reference: str) -> HttpResponse:
    """Begin the second check."""
    found, now = asked(request, reference)
    return do(
        request,
        lambda: service.take_check(found.pk, request.user, now),
        "You check it. Compare each item with what is handed over.",
        page_of(found),
    )


@require_http_methods(GET_POST)
def check(request: PersonRequest, reference: str) -> HttpResponse:
    """Show original and answer side by side; agree, or send it back with words."""
    found, _ = asked(request, reference)
    if not found.checks.filter(answered_at=None, checker=request.user).exists():
        raise Http404
    rows = list(readable_items(found, request.user).prefetch_related("redactions"))
    seen(request, found, [str(row.pk) for row in rows])
    sides = [(row, pieces_of(row.text, _cut(row))) for row in rows]

    return FormPage(
        forms.CheckForm(**given(request)),
        lambda valid, now: service.answer_check(
            found.pk,
            request.user,
            agreed=valid.cleaned_data["agreed"] == "yes",
            words=valid.cleaned_data["words"],
            now=now,
        ),
        "Your check is recorded.",
        back=page_of(found),
        caption=found.reference,
        template="subject_access/check.html",
        context={"found": found, "sides": sides},
    ).answer(request)


def _cut(item: AccessItem) -> list[str]:
    return [one.words for one in item.redactions.all() if one.dropped_at is None]


@require_http_methods(GET_POST)
def changes(request: PersonRequest, reference: str) -> HttpResponse:
    """Show what changed in the record since, and ask why it is left out."""
    found, now = asked(request, reference)
    compared = answering.last_comparison(found, now)
    if found.officer_id != request.user.pk or compared is None or not compared.changes:
        raise Http404
    return FormPage(
        forms.ChangesForm(**given(request)),
        lambda valid, now: answering.leave_out_changes(
            found.pk, request.user, valid.cleaned_data["why"], now
        ),
        "Recorded.",
        back=page_of(found),
        caption=found.reference,
        template="subject_access/changes.html",
        context={"found": found, "changes": compared.changes},
    ).answer(request)


@require_safe
@fresh_sign_in_required(reads=True)
def download(request: PersonRequest, reference: str, form: str) -> HttpResponse:
    """Give the answer as a file, to the officer who handles it, after they signed in anew."""
    found, now = asked(request, reference)
    if form not in answering.CONTENT_TYPES:
        raise Http404
    try:
        content = answering.download(found, form, request.user, now)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
        return redirect(page_of(found))
    return HttpResponse(
        content,
        content_type=answering.CONTENT_TYPES[form],
        headers={"Content-Disposition": f'attachment; filename="answer-{found.reference}.{form}"'},
    )


@require_http_methods(GET_POST)
def handed_over(request: PersonRequest, reference: str) -> HttpResponse:
    """Record how the answer was handed over."""
    found, _ = asked(request, reference)
    return FormPage(
        forms.HandOverForm(**given(request)),
        lambda valid, now: answering.hand_over(
            found.pk, request.user, valid.cleaned_data["how"], now
        ),
        "The request is answered.",
        back=page_of(found),
        caption=found.reference,
    ).answer(request)
