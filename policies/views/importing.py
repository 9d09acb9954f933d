"""Importing the full text: a dry run that shows each change, then a draft."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from policies.forms import ImportForm
from policies.models import Document
from policies.services.drafts import anchors_before, replace_text
from policies.services.errors import PolicyError
from policies.text.changes import section_changes
from policies.text.sections import TextError, as_markdown, keep_anchors, read_markdown
from policies.views.desk import GET_POST, for_editors, form_page
from safeguarding_portal.http import PersonRequest


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
    if not form.is_valid():
        return form_page(
            request,
            form,
            "policies:desk_document",
            "Show what would change",
            slug=slug,
            document=row,
        )
    typed = form.cleaned_data
    now = timezone.now()
    try:
        read = read_markdown(typed["file"] or typed["text"])
        if "keep" in request.POST:
            version = replace_text(
                row.pk, read.sections, typed["is_summary"], typed["missing"], request.user, now
            )
            messages.success(request, "The text is in the draft. Look through it, then send it")
            return redirect("policies:draft", version.pk)
    except (TextError, PolicyError) as refusal:
        form.add_error("file" if typed["file"] else "text", str(refusal))
        return form_page(
            request,
            form,
            "policies:desk_document",
            "Show what would change",
            slug=slug,
            document=row,
        )
    before = anchors_before(row, now)
    sections = keep_anchors(read.sections, before)
    compared = section_changes(before, sections)
    context = {
        "document": row,
        "form": form,
        "sections": sections,
        "changes": [change for change in compared if change.kind != "same"],
        "same": [change for change in compared if change.kind == "same"],
        "whole_text": as_markdown(row.title, sections),
        "open": row.versions.filter(state__in=("draft", "in_review", "approved")).first(),
    }
    return render(request, "policies/import_check.html", context)
