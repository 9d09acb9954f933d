"""The search box. What is typed travels in the body of a POST, never in an address."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.selectors.search import SHOWN, search_concerns
from concerns.services.search_index import record_search
from concerns.triage.queue_rows import row_of
from concerns.triage.views_queue import scope_or_404
from safeguarding_portal.http import PersonRequest

MAX_TYPED = 2000


@require_http_methods(["GET", "HEAD", "POST"])
def search(request: PersonRequest) -> HttpResponse:
    """Search, record it, and show what was found."""
    now = timezone.now()
    scope_or_404(request, now)
    typed = request.POST.get("q", "")[:MAX_TYPED]
    context: dict[str, Any] = {"typed": typed, "shown": SHOWN, "now": now}
    if typed.strip():
        hits = search_concerns(request.user, typed, now)
        record_search(request.user, typed, [concern.reference for concern in hits.rows])
        context |= {"hits": hits, "rows": [row_of(concern, now) for concern in hits.rows]}
    return render(request, "triage/search.html", context)
