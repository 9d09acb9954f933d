"""Who else has this concern open, and whether it has changed under the reader's eyes."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.access import get_concern_or_404
from concerns.selectors.presence import others_reading
from safeguarding_portal.http import PersonRequest


@require_safe
def presence(request: PersonRequest, reference: str) -> HttpResponse:
    """Answer the page of a concern, which asks again and again; tells nothing of the record."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    context = {
        "concern": concern,
        "others": others_reading(concern, request.user, now),
        "has_changed": request.GET.get("version", "") not in {"", str(concern.version)},
    }
    return render(request, "triage/_presence.html", context)
