"""The reporter's page for files of a report that is still being written."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.files.area import FilesArea
from concerns.journey.views import GET_POST
from concerns.selectors.files import target_or_404
from concerns.services.drafts import own_draft
from safeguarding_portal.http import PersonRequest


@require_http_methods(GET_POST)
def files(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Add files, or take them out; then back to check and send."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    now = timezone.now()
    area = FilesArea(request, target_or_404(request.user, "report", str(draft.pk), now))
    check_url = reverse("concerns:journey:check", args=[draft.pk])
    if request.method == "POST" and not area.take(now):
        return redirect(check_url)
    context = {"draft": draft, "title": "Add a file", "area": area, "back_url": check_url}
    return render(request, "journey/files.html", context, status=422 if area.problems else 200)
