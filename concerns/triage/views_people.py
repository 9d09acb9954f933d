"""Who is who across concerns, and which concerns belong together: what a lead reads and decides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.access import get_concern_or_404, visible_concerns
from concerns.models import Concern, ConcernLink, Involvement
from concerns.selectors.links import link_history, visible_link
from concerns.selectors.people import Match, person_matches, with_people
from concerns.services.errors import ServiceError
from concerns.services.links import decide_link, link_concerns
from concerns.services.people import compare_people, decide_match
from concerns.triage.forms import LinkDecisionForm, LinkForm, MatchForm, SamePersonForm
from concerns.triage.pages import record_form
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

if TYPE_CHECKING:
    from safeguarding_portal.design_system.forms import PortalForm

SAME_PERSON = "same_person"


def _number(request: PersonRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isdecimal() and len(typed) < 19 else 0


def _saved(form: PortalForm, act: Callable[[], object]) -> bool:
    """Whether a valid form could be saved; a refusal stands above what was typed."""
    if not form.is_valid():
        return False
    try:
        act()
    except ServiceError as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


@require_http_methods(GET_POST)
def match(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Show two people side by side, and take what the lead says of them."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    found = _match_or_404(concern, request, now, pk)
    form = MatchForm(**given(request))
    if request.method == "POST" and _saved(form, lambda: _decide(form, request, pk, now)):
        messages.success(request, "Your decision is recorded. You can change it at any time.")
        return redirect("concerns:triage:section", concern.reference, "people")
    if form.is_bound:
        found = _match_or_404(concern, request, now, pk)
    for seen in _read(concern, found, request, now):
        record_view(
            "concern.viewed", actor=request.user, concern_id=seen.pk, report_id=seen.report_id
        )
    context = {
        "concern": concern,
        "match": found,
        "here": _person_here(concern, found),
        "form": form,
        "seen": found.decisions[0].pk if found.decisions else 0,
    }
    return render(
        request, "triage/people/match.html", context, status=422 if form.is_bound else 200
    )


def _decide(form: PortalForm, request: PersonRequest, pk: int, now: datetime) -> object:
    typed = form.cleaned_data
    return decide_match(
        pk, request.user, typed["state"], typed["reason"], _number(request, "seen"), now
    )


def _match_or_404(concern: Concern, request: PersonRequest, now: datetime, pk: int) -> Match:
    with_people(concern)
    found = person_matches(concern, request.user, now, pk).shown
    if not found:
        raise Http404
    return found[0]


def _read(concern: Concern, found: Match, request: PersonRequest, now: datetime) -> list[Concern]:
    """Return the concerns whose people are on the page: it is a reading of each."""
    references = [concern.reference, *(place.reference for place in found.places)]
    return list(visible_concerns(request.user, now).filter(reference__in=references))


def _person_here(concern: Concern, found: Match) -> Involvement | None:
    return next(
        (
            person
            for person in concern.involvements.all()
            if hasattr(person, "match_key") and person.match_key.root_id == found.root_id
        ),
        None,
    )


@require_http_methods(GET_POST)
def link(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Show why two concerns may belong together, and take what the lead says."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    row = visible_link(pk, concern, request.user, now)
    if row is None:
        raise Http404
    form = LinkDecisionForm(**given(request))

    def act() -> object:
        typed = form.cleaned_data
        shown = _number(request, "seen") or pk
        return decide_link(shown, request.user, typed["state"], typed["why"], now)

    if request.method == "POST" and _saved(form, act):
        messages.success(request, "Your decision is recorded. You can change it at any time.")
        return redirect("concerns:triage:section", concern.reference, "links")
    if form.is_bound:
        row = visible_link(pk, concern, request.user, now) or row
    record_form(request, concern)
    context = {"concern": concern, "row": row, "history": link_history(row.link), "form": form}
    return render(request, "triage/people/link.html", context, status=422 if form.is_bound else 200)


@require_http_methods(GET_POST)
def new_link(request: PersonRequest, reference: str) -> HttpResponse:
    """Link another concern that the lead knows of, or go on to say who is the same person."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    kinds = [(SAME_PERSON, "The same person is in both"), *ConcernLink.Kind.choices]
    form = LinkForm(kinds, **given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        other = _visible_by_reference(request, typed["other"], now)
        if other is None:
            form.add_error("other", "You can see no concern with that reference. Check it")
        elif typed["kind"] == SAME_PERSON:
            return redirect("concerns:triage:same_person", concern.reference, other.reference)
        elif _saved(
            form,
            lambda: link_concerns(concern, other, request.user, typed["kind"], typed["why"], now),
        ):
            messages.success(request, "The concerns are linked.")
            return redirect("concerns:triage:section", concern.reference, "links")
    return _form_page(request, concern, form)


def _visible_by_reference(request: PersonRequest, typed: str, now: datetime) -> Concern | None:
    """Return the concern with this reference, however it was typed, if the reader may see it."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    written = "-".join(part for part in (signs[:4], signs[4:8], signs[8:]) if part)
    wanted = [typed.strip().upper(), written]
    return visible_concerns(request.user, now).filter(reference__in=wanted).first()


@require_http_methods(GET_POST)
def same_person(request: PersonRequest, reference: str, other: str) -> HttpResponse:
    """Say who of one concern is who of another; the page that compares the two comes next."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    second = get_concern_or_404(request.user, other, now)
    form = SamePersonForm(_choices(concern), _choices(second), **given(request))
    if request.method == "POST" and form.is_valid():
        keys = int(form.cleaned_data["here"]), int(form.cleaned_data["there"])
        try:
            pair = compare_people(*keys, request.user, now)
        except ServiceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("concerns:triage:match", concern.reference, pair.pk)
    record_view(
        "concern.viewed", actor=request.user, concern_id=second.pk, report_id=second.report_id
    )
    return _form_page(request, concern, form, intro=f"and {second.reference}")


def _choices(concern: Concern) -> list[tuple[str, str]]:
    with_people(concern)
    return [
        (
            str(person.match_key.pk),
            f"{person.get_part_display()}: {person.name or 'name not given'}",
        )
        for person in concern.involvements.all()
        if hasattr(person, "match_key")
    ]


def _form_page(
    request: PersonRequest, concern: Concern, form: PortalForm, intro: str = ""
) -> HttpResponse:
    context = {"form": form, "title": form.title, "concern": concern, "intro": intro}
    status = 422 if form.is_bound else 200
    record_form(request, concern)
    return render(request, "triage/form.html", context, status=status)
