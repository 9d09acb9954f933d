"""Who was found, what was collected, and what is taken out of it: for the officer with leave."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from concerns.form_page import FormPage
from concerns.matching.redaction import pieces_of
from concerns.models import AccessCandidate, AccessItem, AccessRequest
from concerns.rules.access_requests import REDACTING, STEPS
from concerns.selectors.subject_access import candidate_groups, readable_items
from concerns.services.subject_access_gather import decide_candidate
from concerns.services.subject_access_items import decide_item, next_undecided
from concerns.subject_access import forms
from concerns.subject_access.pages import GET_POST, asked, page_of, seen
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest


def _handled(request: PersonRequest, reference: str) -> AccessRequest:
    """Return a request that the person handles; for everybody else this page does not exist."""
    found, _ = asked(request, reference)
    if found.officer_id != request.user.pk or not found.is_open:
        raise Http404
    return found


@require_safe
def found(request: PersonRequest, reference: str) -> HttpResponse:
    """List who may be the person, the likeliest first."""
    handled = _handled(request, reference)
    groups = candidate_groups(handled, request.user)
    seen(request, handled, [row for group in groups for row in group.references])
    context = {
        "found": handled,
        "groups": groups,
        "waiting": sum(group.first.state == AccessCandidate.State.OPEN for group in groups),
        "gathering": handled.gatherings.first(),
    }
    return render(request, "subject_access/found.html", context)


@require_http_methods(GET_POST)
def candidate(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Show one who was found beside the person who asks; say whether they are one."""
    handled = _handled(request, reference)
    groups = candidate_groups(handled, request.user)
    group = next((one for one in groups if pk in {row.pk for row in one.rows}), None)
    if group is None or handled.state not in STEPS["search_again"].before:
        raise Http404
    seen(request, handled, group.references)
    first = group.first
    form = forms.CandidateForm(
        **given(request),
        initial={"reason": first.reason}
        | ({"is_person": _yes_no(first)} if first.decided_at else {}),
    )
    return FormPage(
        form,
        lambda valid, now: decide_candidate(
            handled.pk,
            pk,
            request.user,
            is_person=valid.cleaned_data["is_person"] == "yes",
            reason=valid.cleaned_data["reason"],
            now=now,
        ),
        "Your decision is recorded.",
        back=page_of(handled, "found"),
        caption=handled.reference,
        template="subject_access/candidate.html",
        context={"found": handled, "group": group},
    ).answer(request)


def _yes_no(row: AccessCandidate) -> str:
    return "yes" if row.state == AccessCandidate.State.CONFIRMED else "no"


@require_safe
def items(request: PersonRequest, reference: str) -> HttpResponse:
    """List what was collected, and what was decided of it."""
    handled = _handled(request, reference)
    rows = list(readable_items(handled, request.user))
    seen(request, handled, [str(row.pk) for row in rows])
    context = {
        "found": handled,
        "items": rows,
        "waiting": sum(row.decision == AccessItem.Decision.OPEN for row in rows),
        "may_decide": handled.state == REDACTING,
    }
    return render(request, "subject_access/items.html", context)


@require_http_methods(GET_POST)
def item(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Show one item with what is taken out of it; decide, and go to the next."""
    handled = _handled(request, reference)
    rows = {row.pk: row for row in readable_items(handled, request.user)}
    one = rows.get(pk)
    if one is None or handled.state != REDACTING:
        raise Http404
    record_view(
        "access_request.viewed",
        actor=request.user,
        shown=[handled.reference],
        concern_id=one.concern_id,
        report_id=one.report_id,
    )
    following = next_undecided(rows.values(), one)
    to = (
        reverse("concerns:subject_access:item", args=[reference, following.pk])
        if following
        else page_of(handled, "items")
    )
    cut = [row.words for row in one.redactions.all() if row.dropped_at is None]
    return FormPage(
        forms.ItemForm(**given(request), item=one),
        lambda valid, now: decide_item(handled.pk, pk, request.user, valid.decided(), now),
        "Your decision is recorded.",
        back=page_of(handled, "items"),
        to=to,
        button="Save, and go to the next" if following else "Save",
        caption=handled.reference,
        template="subject_access/item.html",
        context={"item": one, "pieces": pieces_of(one.text, cut)},
    ).answer(request)
