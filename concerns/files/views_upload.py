"""A file in parts, for scripts: begin, send parts, ask how far it came, give up.

The shape is that of tus: an address for each upload, an offset, and after a lost connection the
server says where to go on. The last part answers with the list that the page shows.
"""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from concerns.files.area import FilesArea, about_child
from concerns.selectors.files import Target, target_or_404
from concerns.services.errors import ServiceError
from concerns.services.files import add_file, check_may_add
from safeguarding_portal.files import uploads
from safeguarding_portal.files.errors import FileError, NotKeptError
from safeguarding_portal.files.models import Upload
from safeguarding_portal.files.tidy import remove_uploads
from safeguarding_portal.http import PersonRequest

OFFSET = "Upload-Offset"


def _problem(refusal: Exception) -> JsonResponse:
    """Say what is wrong; where sending again helps, the status says so too."""
    status = 503 if isinstance(refusal, NotKeptError) else 422
    return JsonResponse({"problem": str(refusal)}, status=status)


@require_POST
def start(request: PersonRequest, part: str, of: str) -> HttpResponse:
    """Begin an upload, or go on with the same file."""
    now = timezone.now()
    target = target_or_404(request.user, part, of, now)
    typed = request.POST
    size = typed.get("size", "")
    new = uploads.NewUpload(
        typed.get("name", ""),
        int(size) if size.isdecimal() and len(size) < 12 else 0,
        typed.get("sha256", ""),
    )
    try:
        check_may_add(target, request.user, about_child=about_child(target))
        upload = uploads.start(request.user, target.subject, new, now)
    except (FileError, ServiceError) as refusal:
        return _problem(refusal)
    url = reverse("concerns:files:upload", args=[part, of, upload.pk])
    return JsonResponse({"url": url, "offset": upload.received}, status=201)


@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: PersonRequest, part: str, of: str, upload_id: UUID) -> HttpResponse:
    """Say how far an upload came, take its next part, or give it up."""
    target = target_or_404(request.user, part, of, timezone.now())
    found = uploads.own_upload(request.user, upload_id)
    if found.subject != target.subject:
        raise Http404
    if request.method == "HEAD":
        return HttpResponse(headers={OFFSET: str(found.received)})
    if request.method == "DELETE":
        remove_uploads([found])
        return HttpResponse(status=204)
    return _take(request, target, found)


def _take(request: PersonRequest, target: Target, found: Upload) -> HttpResponse:
    """Take a part; after the last one, keep the file with what it belongs to."""
    offset = request.headers.get(OFFSET, "")
    try:
        if request.body or found.received < found.size:
            at = int(offset) if offset.isdecimal() and len(offset) < 12 else -1
            found = uploads.add_part(found.pk, request.user, at, request.body)
        if found.received < found.size:
            return HttpResponse(status=204, headers={OFFSET: str(found.received)})
        add_file(target, request.user, uploads.finish(found), timezone.now())
    except UnreadablePostError:
        return HttpResponse(status=400)
    except uploads.OffsetError:
        return HttpResponse(status=409, headers={OFFSET: str(found.received)})
    except ServiceError as refusal:
        remove_uploads([found])
        return _problem(refusal)
    except FileError as refusal:
        return _problem(refusal)
    remove_uploads([found])
    return render(request, "files/_waiting.html", {"area": FilesArea(request, target)})
