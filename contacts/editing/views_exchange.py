"""Taking the directory out as CSV or JSON, and bringing it in with a dry run."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from contacts.access import for_editors
from contacts.changes import save_document
from contacts.differences import differences
from contacts.editing.exchange import (
    COLUMNS,
    SCHEMA,
    ImportProblemError,
    as_csv,
    as_json,
    read_file,
)
from contacts.editing.forms import ImportForm
from contacts.editing.pages import UNPROCESSABLE, get_change, get_draft, revision_of
from contacts.models import ChangeSet
from contacts.proof import problems_of
from contacts.publishing import ChangeRefusedError
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest


@require_safe
@for_editors
def export(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Give a change's directory as a file: "json", "lines" or "agencies"."""
    document = get_change(pk).document
    if slug not in {"json", *COLUMNS}:
        raise Http404
    record_view("directory.exported", actor=request.user, shown=[f"{pk}:{slug}"])
    if slug == "json":
        return _file(as_json(document), "directory.json", "application/json")
    return _file(as_csv(document, slug), f"{slug}.csv", "text/csv; charset=utf-8")


def _file(text: str, name: str, kind: str) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(text, content_type=kind, headers={"Content-Disposition": disposition})


@require_safe
@for_editors
def schema(request: PersonRequest) -> HttpResponse:
    """Give the JSON Schema of the exchange format."""
    text = SCHEMA.read_text(encoding="utf-8")
    return _file(text, "directory.schema.json", "application/schema+json")


@require_http_methods(GET_POST)
@for_editors
def bring_in(request: PersonRequest, pk: int) -> HttpResponse:
    """Judge a file and show each change it would make; keep it only when that page is confirmed."""
    change = get_draft(pk)
    form = ImportForm(**given(request))
    if not form.is_valid():
        return _ask_for_file(request, change, form)
    try:
        document = read_file(form.cleaned_data["text"], change.document)
    except ImportProblemError as error:
        for words in error.problems:
            form.add_error("text", words)
        return _ask_for_file(request, change, form)
    if "keep" in request.POST:
        try:
            revision = revision_of(request, change)
            save_document(pk, request.user, document, revision, timezone.now())
        except ChangeRefusedError as refusal:
            form.add_error(None, str(refusal))
            return _ask_for_file(request, change, form)
        messages.success(request, "The file is in the draft. Nothing is published yet.")
        return redirect("contacts:editing:change", pk)
    context = {
        "change": change,
        "form": form,
        "differences": differences(change.document, document),
        "problems": problems_of(
            document, max(change.effective_at or timezone.now(), timezone.now())
        ),
        "back_url": reverse("contacts:editing:bring_in", args=[pk]),
    }
    return render(request, "contacts/editing/dry_run.html", context)


def _ask_for_file(request: PersonRequest, change: ChangeSet, form: ImportForm) -> HttpResponse:
    status = UNPROCESSABLE if form.is_bound else 200
    context = {
        "change": change,
        "form": form,
        "title": form.title,
        "columns": COLUMNS,
        "back_url": reverse("contacts:editing:change", args=[change.pk]),
    }
    return render(request, "contacts/editing/import.html", context, status=status)
