"""Looking at one file: its page, what we made of it, the file itself, and its sealed original.

These addresses lie apart from everything else, give nothing that a browser would run, and write
down every read before they answer.
"""

from __future__ import annotations

import logging
from itertools import chain
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from concerns.files.forms import UnsealForm
from concerns.selectors.files import Seen, file_or_404
from concerns.services.files import record_file_read, unseal_original
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.files.errors import DamagedFileError
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.services import read, read_part, text_of
from safeguarding_portal.http import GET_POST

if TYPE_CHECKING:
    from django.http import HttpRequest

    from safeguarding_portal.files.services import Content
    from safeguarding_portal.http import PersonRequest

logger = logging.getLogger(__name__)
Role = StoredObject.Role
UNAVAILABLE = 503


def content_response(request: HttpRequest, content: Content | None) -> HttpResponseBase:
    """Give bytes to be saved, never to be run; a file that cannot be read is said, not cut off.

    Raises `Http404` for nothing.
    """
    if content is None:
        raise Http404
    try:
        first = next(content.chunks)
    except (DamagedFileError, OSError):
        logger.error("a file cannot be read from the store")  # noqa: TRY400 - no trace helps
        return render(request, "files/damaged.html", status=UNAVAILABLE)
    return StreamingHttpResponse(
        chain([first], content.chunks),
        content_type=content.media_type,
        headers={
            "Content-Length": str(content.size),
            "Content-Disposition": content_disposition_header(True, content.name) or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "no-store",
        },
    )


def _file(seen: Seen) -> StoredFile:
    file = seen.attachment.file
    if file is None:
        raise Http404
    return file


def _back(seen: Seen) -> str:
    """Return where the person came from: the record, their report, or their draft."""
    item = seen.attachment
    if seen.concern is not None and seen.is_lead:
        return reverse("concerns:triage:section", args=[seen.concern.reference, "files"])
    if item.report is not None:
        return reverse("concerns:reporter:report", args=[item.report.reference])
    return reverse("concerns:journey:step", args=[item.draft_id, "files"])


@require_safe
def page(request: PersonRequest, file_id: UUID) -> HttpResponse:
    """Show what may be shown of a file, and what is known of it."""
    seen = file_or_404(request.user, file_id, timezone.now())
    file = _file(seen)
    record_file_read(seen, request.user)
    numbers: list[int] = []
    texts: list[str] = []
    is_damaged = False
    if file.preview == file.Preview.READY:
        numbers = list(file.sealed.filter(role=Role.PAGE).values_list("number", flat=True))
        try:
            texts = text_of(file)
        except (DamagedFileError, OSError):
            is_damaged = True
    context = {
        "seen": seen,
        "item": seen.attachment,
        "file": file,
        "pages": list(zip(numbers, texts, strict=False)),
        "left_out": max(0, file.pages - len(numbers)) if numbers else 0,
        # Not "text": the parts of the page that are included read that.
        "words": texts[0] if texts and not numbers else "",
        "is_damaged": is_damaged,
        "back_url": _back(seen),
        "may_unseal": seen.is_lead and bool(file.original_because) and file.is_clean,
        "unsealings": list(seen.attachment.unsealings.select_related("person"))
        if seen.is_lead
        else [],
    }
    return render(request, "files/file.html", context)


@require_safe
def download(request: PersonRequest, file_id: UUID) -> HttpResponseBase:
    """Give the file: of a picture the copy made anew, of anything else what was sent."""
    seen = file_or_404(request.user, file_id, timezone.now())
    content = read(_file(seen))
    if content is None:
        raise Http404
    record_file_read(seen, request.user, "file.exported")
    return content_response(request, content)


@require_safe
def shown(request: PersonRequest, file_id: UUID, number: int = 0) -> HttpResponseBase:
    """Give a page as a picture, or the picture made anew (number 0), for the file's own page."""
    seen = file_or_404(request.user, file_id, timezone.now())
    role = Role.PAGE if number else Role.COPY
    content = read_part(_file(seen), role, number or 1) if number < 1000 else None
    if content is None:
        raise Http404
    record_file_read(seen, request.user, part=f"{role}:{number}")
    return content_response(request, content)


@require_http_methods(GET_POST)
def original(request: PersonRequest, file_id: UUID) -> HttpResponseBase:
    """Ask a lead why, then give the sealed original of a picture."""
    now = timezone.now()
    seen = file_or_404(request.user, file_id, now)
    file = _file(seen)
    if not (seen.is_lead and file.original_because and file.is_clean):
        raise Http404
    form = UnsealForm(**given(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        return content_response(request, unseal_original(seen, request.user, reason, now))
    context = {
        "form": form,
        "item": seen.attachment,
        "back_url": reverse("concerns:files:page", args=[file_id]),
    }
    status = 422 if form.errors else 200
    return render(request, "files/original.html", context, status=status)
