"""The page of one concern, section by section."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from concerns.access import Action, can, get_concern_or_404
from concerns.selectors.concern import concern_head
from concerns.selectors.news import changes_since, news_annotations, news_in
from concerns.selectors.presence import others_reading
from concerns.triage.chronology import (
    chronology,
    chronology_pdf,
    event_words,
    kinds_asked_for,
)
from concerns.triage.next_action import next_action
from concerns.triage.sections import BY_SLUG, SECTIONS
from concerns.triage.words import categories_words, identity_facts, marks_of
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest


@require_safe
def concern(request: PersonRequest, reference: str, section: str = "overview") -> HttpResponse:
    """Show one section of a concern, under what to do next."""
    now = timezone.now()
    chosen = BY_SLUG.get(section)
    if chosen is None:
        raise Http404
    found = get_concern_or_404(
        request.user, reference, now, annotations=news_annotations(request.user)
    )
    news = news_in(found)
    changes = changes_since(request.user, found.pk, news.seen) if news.has_changed else []
    record_view(
        "concern.viewed",
        actor=request.user,
        shown=[chosen.slug],
        concern_id=found.pk,
        report_id=found.report_id,
    )
    head = concern_head(found)
    context = {
        "concern": found,
        "report": found.report,
        "head": head,
        "categories": categories_words(found),
        "identity": identity_facts(head, now),
        "marks": marks_of(found, now),
        "may_take": can(request.user, Action.TAKE, found),
        "may_decide": can(request.user, Action.DECIDE, found),
        "next": next_action(head, now),
        "sections": SECTIONS,
        "section": chosen,
        "others": others_reading(found, request.user, now),
        "changes": [event_words(event) for event in changes],
        "now": now,
        **chosen.context(found, request.user, now, request.GET),
    }
    return render(request, f"triage/sections/{chosen.slug}.html", context)


@require_POST
def printed(request: PersonRequest, reference: str) -> HttpResponse:
    """Note that the page of a concern was printed; a browser with scripts says so."""
    found = get_concern_or_404(request.user, reference, timezone.now())
    record_view(
        "concern.printed", actor=request.user, concern_id=found.pk, report_id=found.report_id
    )
    return HttpResponse(status=204)


@require_safe
def chronology_file(request: PersonRequest, reference: str) -> HttpResponse:
    """Give the chronology as a PDF, with the kinds of entries that the address asks for."""
    now = timezone.now()
    found = get_concern_or_404(request.user, reference, now)
    record_view(
        "concern.exported", actor=request.user, concern_id=found.pk, report_id=found.report_id
    )
    entries = chronology(found.pk, kinds_asked_for(request.GET.getlist("show")))
    name = f"chronology-{found.reference}.pdf"
    return HttpResponse(
        chronology_pdf(found, entries, now),
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
