"""What a safeguarding lead reads: the queue, and one concern."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.access import Action, can, get_concern_or_404, works_concerns
from concerns.models import Concern, Referral
from concerns.rules.taxonomy import BY_GROUP
from concerns.selectors import VIEWS, ConcernPage, Leg, concern_page, triage_queue
from concerns.triage.words import event_words
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark
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
        ring=_number(failed[0].referral.agency_slug, now) if failed else "",
    )


def marks_of(concern: Concern, now: datetime) -> list[Mark]:
    """Return the marks of a concern: each a word and a sign, never colour alone."""
    marks = [priority_mark(f"P{concern.priority}")]
    if concern.next_due_at is not None and concern.next_due_at < now:
        marks.append(Mark("Late", Tone.DANGER))
    if concern.restricted:
        marks.append(Mark("Restricted", Tone.WARN))
    if concern.state == Concern.State.ACCEPTED:
        marks.append(Mark("Accepted", Tone.GOOD))
    return marks


def categories_words(concern: Concern) -> str:
    """Return what the worry is, in plain words."""
    known = BY_GROUP["child" if concern.group == Concern.Group.CHILD else "adult"]
    slugs = dict.fromkeys([*concern.categories, *concern.flags])
    return "; ".join(known[slug].words for slug in slugs if slug in known)


def _number(agency_slug: str, now: datetime) -> str:
    directory = current_directory(now)
    if agency_slug not in directory.agencies:
        return ""
    return directory.who_to_call(agency_slug, now).number


@require_safe
def concern(request: PersonRequest, reference: str) -> HttpResponse:
    """Show one concern, and the one thing to do next."""
    now = timezone.now()
    found = get_concern_or_404(request.user, reference, now)
    record_view(
        "concern.viewed", actor=request.user, concern_id=found.pk, report_id=found.report_id
    )
    page = concern_page(found, request.user, now)
    context = {
        "page": page,
        "concern": found,
        "report": found.report,
        "categories": categories_words(found),
        "marks": marks_of(found, now),
        "may_take": can(request.user, Action.TAKE, found),
        "may_decide": can(request.user, Action.DECIDE, found),
        "next": next_action(page, now),
        "events": [event_words(event) for event in page.chronology],
        "assessment": found.report.assessment,
        "now": now,
    }
    return render(request, "triage/concern.html", context)


def next_action(page: ConcernPage, now: datetime) -> dict[str, object] | None:
    """Return the one thing to do next, the gravest first; None when nothing waits."""
    for leg in page.legs:
        if leg.is_undelivered:
            return _act("Not delivered: phone them now", leg.referral, now)
    due = [call for call in page.calls if call.made_at is None and call.needless_at is None]
    if due:
        return {
            "text": f"Call {agency_name(due[0].agency_slug)}",
            "due": due[0].due_at,
            "number": _number(due[0].agency_slug, now),
        }
    if page.concern.owner_id is None and page.concern.state != Concern.State.CLOSED:
        return {"text": "Nobody has taken this concern", "due": page.concern.next_due_at}
    for leg in page.legs:
        if leg.referral.state == Referral.State.RETURNED:
            return _act("Returned: decide who has it now", leg.referral, now)
    waiting = [leg.referral for leg in page.legs if leg.referral.is_open]
    if waiting:
        return _act("Has not accepted yet", waiting[0], now)
    offered = [leg for leg in page.legs if leg.referral.state == Referral.State.OFFERED]
    if offered and page.concern.state != Concern.State.CLOSED:
        return {"text": f"Decide about {agency_name(offered[0].referral.agency_slug)}"}
    return None


def _act(text: str, referral: Referral, now: datetime) -> dict[str, object]:
    return {
        "text": f"{agency_name(referral.agency_slug)}: {text[:1].lower()}{text[1:]}",
        "due": referral.escalate_at or referral.due_at,
        "number": _number(referral.agency_slug, now),
    }
