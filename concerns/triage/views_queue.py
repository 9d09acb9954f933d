"""The queue: what a safeguarding lead reads all day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.access import works_concerns
from concerns.models import Concern
from concerns.selectors.legs import Leg
from concerns.selectors.queue import VIEWS, triage_queue
from concerns.triage.words import categories_words, marks_of, number_to_ring
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.marks import Mark
from safeguarding_portal.http import PersonRequest

SEEN_KEY = "queue_shown"


@dataclass(frozen=True)
class Row:
    """One concern of the queue, in words."""

    concern: Concern
    categories: str
    marks: list[Mark]
    due: datetime | None
    is_late: bool
    ring: str


@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """Show the open concerns that the person may see, the most urgent first."""
    now = timezone.now()
    if not works_concerns(request.user, now):
        raise Http404
    view = request.GET.get("view", "all")
    page = triage_queue(request.user, now, view, request.GET.get("after"))
    shown = [concern.reference for concern in page.rows]
    # A refresh that shows the same adds no event; anything else is recorded before it is shown.
    if request.session.get(SEEN_KEY) != [view, *shown]:
        record_view("queue.viewed", actor=request.user, shown=shown)
        request.session[SEEN_KEY] = [view, *shown]
    context = {
        "rows": [_row(concern, now) for concern in page.rows],
        "counts": [(name, page.counts[name]) for name in VIEWS],
        "view": view if view in VIEWS else "all",
        "next_cursor": page.next_cursor,
        "now": now,
    }
    return render(request, "triage/queue.html", context)


def _row(concern: Concern, now: datetime) -> Row:
    legs: list[Leg] = concern.legs  # type: ignore[attr-defined]
    failed = [leg for leg in legs if leg.is_undelivered]
    return Row(
        concern=concern,
        categories=categories_words(concern),
        marks=marks_of(concern, now),
        due=concern.next_due_at,
        is_late=concern.next_due_at is not None and concern.next_due_at < now,
        ring=number_to_ring(failed[0].referral.agency_slug, now) if failed else "",
    )
