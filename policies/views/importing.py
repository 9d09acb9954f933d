"""Importing the full text: a dry run that shows each change, then a draft."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies.forms import ImportForm
from policies.models import Document, DocumentVersion
from policies.services.drafts import anchors_before, replace_text
from policies.services.errors import PolicyError
from policies.text.changes import section_changes
from policies.text.sections import (
    DocumentText,
    TextError,
    as_markdown,
    keep_anchors,
    read_markdown,
)
from policies.views.desk import for_editors, form_page
from safeguarding_portal.http import GET_POST, PersonRequest


@require_http_methods(GET_POST)
@for_editors
def import_text(request: PersonRequest, slug: str) -> HttpResponse:
    """Read a file or pasted text and show what would change; keep it only when that was confirmed.

    The confirming page carries the text itself, and it is judged again. Nothing is kept of a text
    with any fault.
    """
    row = get_object_or_404(Document, slug=slug)
    is_post = request.method == "POST"
    form = ImportForm(*((request.POST, request.FILES) if is_post else (None,)))
    read = _read(form) if form.is_valid() else None
    if read and "keep" in request.POST and (version := _kept(request, row, form, read)):
        messages.success(request, "The text is in the draft. Look through it, then send it")
        return redirect("policies:draft", version.pk)
    if read is None or form.errors:
        button = "Show what would change"
        return form_page(request, form, "policies:desk_document", button, slug=slug, document=row)
    return render(request, "policies/import_check.html", _dry_run(row, form, read))


def _read(form: ImportForm) -> DocumentText | None:
    """Return the text in its sections; what is wrong with it becomes an error of the form."""
    typed = form.cleaned_data
    try:
        return read_markdown(typed["file"] or typed["text"])
    except TextError as refusal:
        form.add_error("file" if typed["file"] else "text", str(refusal))
        return None


def _kept(
    request: PersonRequest, row: Document, form: ImportForm, read: DocumentText
) -> DocumentVersion | None:
    """Put the text in a draft; a refusal becomes an error of the form."""
    is_summary, missing = form.cleaned_data["is_summary"], form.cleaned_data["missing"]
    try:
        return replace_text(
            row.pk, read.sections, is_summary, missing, request.user, timezone.now()
        )
    except PolicyError as refusal:
        form.add_error("text", str(refusal))
        return None


def _dry_run(row: Document, form: ImportForm, read: DocumentText) -> dict[str, Any]:
    """Return what the page of changes shows."""
    before = anchors_before(row, timezone.now())
    sections = keep_anchors(read.sections, before)
    compared = section_changes(before, sections)
    return {
        "document": row,
        "form": form,
        "sections": sections,
        "changes": [change for change in compared if change.kind != "same"],
        "same": [change for change in compared if change.kind == "same"],
        "whole_text": as_markdown(row.title, sections),
        "open": row.versions.filter(state__in=DocumentVersion.OPEN).first(),
    }
