"""Batches of disposal: proposed, answered by another, stopped, shown until done; the register."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.form_page import FormPage
from concerns.models import DisposalBatch
from concerns.records import forms
from concerns.records.certificate import certificate_pdf
from concerns.records.pages import keeper_or_404, page_of
from concerns.records.words import item_row, removed_words
from concerns.selectors import disposal
from concerns.selectors.retention import current_schedule
from concerns.services import disposal as acts
from concerns.services.errors import ServiceError
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

State = DisposalBatch.State


@require_safe
def batches(request: PersonRequest) -> HttpResponse:
    """List the batches, the newest first."""
    keeper_or_404(request)
    found, beside = page_of(request, disposal.batches())
    record_view("disposal.listed", actor=request.user, shown=[str(item.pk) for item in found])
    return render(request, "records/batches.html", {"batches": found, **beside})


@require_POST
def propose(request: PersonRequest) -> HttpResponse:
    """Put what was picked together, for another person to agree to."""
    now = keeper_or_404(request)
    try:
        picked = [item for item in request.POST.getlist("pick") if item.isprintable()]
        batch = acts.propose_batch(request.user, picked, now)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
        return redirect("concerns:records:due")
    messages.success(request, "Proposed. Another person who keeps records has to agree.")
    return redirect("concerns:records:batch", batch.pk)


def _batch_or_404(request: PersonRequest, pk: int) -> tuple[Any, datetime]:
    now = keeper_or_404(request)
    batch: Any = disposal.batches().select_related("ended_by").filter(pk=pk).first()
    if batch is None:
        raise Http404
    return batch, now


def _context(request: PersonRequest, batch: Any, now: datetime) -> dict[str, Any]:
    items = disposal.items_seen_by(batch, request.user)
    record_view("disposal.viewed", actor=request.user, shown=[item.reference for item in items])
    return {
        "batch": batch,
        "rows": [item_row(item) for item in items],
        "hidden": batch.total - len(items),
        "is_mine": batch.made_by_id == request.user.pk,
        "now": now,
    }


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what is in a batch, why, and how far it is."""
    found, now = _batch_or_404(request, pk)
    return render(request, "records/batch.html", _context(request, found, now))


@require_http_methods(GET_POST)
@fresh_sign_in_required
def answer(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve a batch as another person, having seen what it is and why; or refuse it."""
    found, now = _batch_or_404(request, pk)

    def act(form: Any, now: datetime) -> object:
        if form.cleaned_data["answer"] == "approve":
            return acts.approve_batch(pk, request.user, now)
        return acts.refuse_batch(pk, request.user, form.cleaned_data["reason"], now)

    return FormPage(
        form=forms.AnswerForm(**given(request)),
        act=act,
        done="Your answer is recorded.",
        back=reverse("concerns:records:batch", args=[pk]),
        button="Save my answer",
        template="records/answer.html",
        context=_context(request, found, now)
        | {"unconfirmed": any(row.confirm for row in current_schedule().rows)},
    ).answer(request)


@require_http_methods(GET_POST)
def stop(request: PersonRequest, pk: int) -> HttpResponse:
    """Stop a batch: what is not gone yet is kept."""
    found, _ = _batch_or_404(request, pk)

    def act(form: Any, now: datetime) -> object:
        return acts.stop_batch(pk, request.user, form.cleaned_data["reason"], now)

    return FormPage(
        form=forms.StopForm(**given(request)),
        act=act,
        done="Stopped. What is not gone yet is kept.",
        back=reverse("concerns:records:batch", args=[pk]),
        button="Stop it",
        context={"caption": f"Batch {found.pk}"},
    ).answer(request)


@require_safe
def certificate(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the certificate of a batch that is done."""
    found, _ = _batch_or_404(request, pk)
    if found.state != State.DONE:
        raise Http404
    record_view("disposal.certified", actor=request.user, shown=[str(pk)])
    return HttpResponse(
        certificate_pdf(found),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="disposal-certificate-{pk}.pdf"'},
    )


@require_safe
def register(request: PersonRequest) -> HttpResponse:
    """List what was disposed of, and say whether the chain of the register is whole."""
    keeper_or_404(request)
    found, beside = page_of(request, disposal.records())
    record_view(
        "disposal.register_viewed", actor=request.user, shown=[item.reference for item in found]
    )
    context = {
        "records": [(item, removed_words(item)) for item in found],
        "chain": disposal.chain_of(found[::-1]),
        **beside,
    }
    return render(request, "records/register.html", context)
