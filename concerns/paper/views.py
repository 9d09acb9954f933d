"""Paper forms for an outage: issue, print, enter what came back, ask for the rest.

Whoever works concerns sees every batch; its holder sees it too. Anybody who signs in may enter a
form, as anybody may report.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.access import works_concerns
from concerns.paper import forms
from concerns.paper.pack import pack_pdf
from concerns.paper.selectors import PAGE_SIZE, batches_seen_by, get_batch_or_404
from concerns.services import paper
from concerns.services.errors import ServiceError
from contacts.selectors import current_directory
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import GET_POST, PersonRequest


@require_safe
def batches(request: PersonRequest) -> HttpResponse:
    """List the batches that the person issues, holds or oversees."""
    now = timezone.now()
    may_issue = works_concerns(request.user, now)
    rows = list(batches_seen_by(request.user, now)[:PAGE_SIZE])
    if not (may_issue or rows):
        raise Http404
    return render(request, "paper/batches.html", {"batches": rows, "may_issue": may_issue})


@require_http_methods(GET_POST)
def issue(request: PersonRequest) -> HttpResponse:
    """Issue a batch."""
    now = timezone.now()
    if not works_concerns(request.user, now):
        raise Http404
    form = forms.IssueForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            batch = paper.issue_batch(
                request.user, typed["holder"], typed["place"], typed["count"], now
            )
        except ServiceError as refusal:
            form.add_error("holder", str(refusal).rstrip("."))
        else:
            messages.success(request, "The forms are ready to print.")
            return redirect("concerns:paper:batch", batch.pk)
    return _form_page(request, form, reverse("concerns:paper:batches"), "Issue the forms")


def _form_page(
    request: PersonRequest, form: PortalForm, back_url: str, button: str, **more: object
) -> HttpResponse:
    context = {"form": form, "back_url": back_url, "button": button, **more}
    return render(
        request, "paper/form.html", context, status=422 if request.method == "POST" else 200
    )


@require_safe
def batch(request: PersonRequest, pk: int) -> HttpResponse:
    """Show which forms of a batch are out, entered or void."""
    now = timezone.now()
    found = get_batch_or_404(request.user, pk, now)
    rows = list(found.forms.select_related("draft__owner", "voided_by"))
    context = {
        "batch": found,
        "forms": rows,
        "out": sum(form.is_out for form in rows),
        "has_old_numbers": found.directory_version != current_directory(now).version,
    }
    return render(request, "paper/batch.html", context)


@require_safe
@fresh_sign_in_required(reads=True)
def pack(request: PersonRequest, pk: int) -> HttpResponse:
    """Hand out the pack to print; who printed it is recorded."""
    now = timezone.now()
    found = get_batch_or_404(request.user, pk, now)
    record_view("paper_batch.printed", actor=request.user, shown=[str(found.pk)])
    return HttpResponse(
        pack_pdf(found, now),
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="outage-pack-{found.pk}.pdf"'},
    )


@require_POST
def held(request: PersonRequest, pk: int) -> HttpResponse:
    """Record that what is out is still in its place and blank."""
    now = timezone.now()
    found = get_batch_or_404(request.user, pk, now)
    paper.confirm_held(found.pk, request.user, now)
    messages.success(request, "Recorded. We ask again later.")
    return redirect("concerns:paper:batch", found.pk)


@require_http_methods(GET_POST)
def void(request: PersonRequest, pk: int, reference: str) -> HttpResponse:
    """Ask why, then take a reference out of use."""
    now = timezone.now()
    found = get_batch_or_404(request.user, pk, now)
    if reference not in {form.reference for form in found.forms.all()}:
        raise Http404
    form = forms.VoidForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            paper.void_form(found.pk, reference, request.user, form.cleaned_data["reason"], now)
        except ServiceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{reference} is void.")
            return redirect("concerns:paper:batch", found.pk)
    back_url = reverse("concerns:paper:batch", args=[found.pk])
    return _form_page(request, form, back_url, "Make it void", caption=f"Paper form {reference}")


@require_http_methods(GET_POST)
def enter(request: PersonRequest) -> HttpResponse:
    """Take the reference and the real time of a form that came back; the journey does the rest."""
    now = timezone.now()
    form = forms.EnterForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        entry = paper.Entry(form.written_at(), typed["name"], typed["role"], typed["phone"])
        try:
            draft = paper.begin_entry(typed["reference"], request.user, entry, now)
        except ServiceError as refusal:
            field = "clock" if isinstance(refusal, paper.WrongTimeError) else "reference"
            form.add_error(field, str(refusal).rstrip("."))
        else:
            return redirect("concerns:journey:resume", draft.pk)
    return _form_page(request, form, reverse("concerns:home"), "Continue", is_report=True)
