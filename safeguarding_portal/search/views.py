"""The search page. A search is a GET, so that it can be sent and repeated; it is not recorded."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

import contacts.search
import policies.search
from safeguarding_portal.http import PersonRequest
from safeguarding_portal.search.forms import SearchForm


@require_safe
def search(request: PersonRequest) -> HttpResponse:
    """Show what fits in the directory first, a number may be needed now, then in policies."""
    form = SearchForm(request.GET if "q" in request.GET else None)
    context: dict[str, object] = {"form": form, "query": ""}
    if form.is_valid():
        query, now = form.cleaned_data["q"], timezone.now()
        context |= {
            "query": query,
            "numbers": contacts.search.search(query, now),
            "sections": policies.search.search(query, now),
            "searched": True,
        }
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "search/search.html", context, status=status)
