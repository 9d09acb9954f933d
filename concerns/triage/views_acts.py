"""What a safeguarding lead does. Each page parses, calls one service, and goes back.

When a service refuses, its words stand above the form and everything typed is still in it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from concerns.access import get_concern_or_404
from concerns.files.area import FilesArea
from concerns.models import Concern
from concerns.selectors.files import target_or_404
from concerns.services import custody
from concerns.services.custody import Acceptance, CallRecord
from concerns.services.errors import ServiceError
from concerns.triage import forms
from concerns.triage.conflict import changes_while_open, opened_upon
from concerns.triage.pages import GET_POST, given, record_form, seen_version
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest

Act = Callable[[Any, datetime], object]


@require_POST
def take(request: PersonRequest, reference: str) -> HttpResponse:
    """Take a concern."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    try:
        custody.take_concern(concern.pk, request.user, seen_version(request), now)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "You have taken this concern.")
    return redirect("concerns:triage:concern", reference)


def form_page(
    request: PersonRequest,
    concern: Concern,
    form: PortalForm,
    act: Act,
    done: str,
    intro: str = "",
    area: FilesArea | None = None,
) -> HttpResponse:
    """Show a form, or do what it asks; on refusal say why, above what was typed."""
    status, changes = 200, []
    if area is not None and not form.is_bound:
        status = 422 if area.problems else 200
    elif request.method == "POST":
        changes = changes_while_open(request, concern)
        if form.is_valid() and not changes:
            try:
                act(form, timezone.now())
            except ServiceError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, done)
                return redirect("concerns:triage:concern", concern.reference)
        status = 422
    record_form(request, concern)
    context = {"form": form, "title": form.title, "concern": concern, "intro": intro}
    context |= {"changes": changes, "seen": opened_upon(request, concern), "area": area}
    return render(request, "triage/form.html", context, status=status)


def _referral_words(concern: Concern, pk: int) -> str:
    referral = concern.referrals.filter(pk=pk).first()
    if referral is None:
        raise Http404
    return agency_name(referral.agency_slug)


@require_http_methods(GET_POST)
def accepted(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Record an acceptance that was given in a call."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    intro = _referral_words(concern, pk)

    def act(form: Any, now: datetime) -> object:
        typed = form.cleaned_data
        person = Acceptance(typed["name"], typed["role"], typed["phone"], form.happened_at(now))
        return custody.record_acceptance(pk, request.user, person, now)

    form = forms.AcceptedForm(**given(request))
    return form_page(request, concern, form, act, "The acceptance is recorded.", intro)


@require_http_methods(GET_POST)
def call(request: PersonRequest, reference: str) -> HttpResponse:
    """Record a call that was made."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    slugs = dict.fromkeys([*(item.agency_slug for item in concern.calls.still_due())])
    agencies = [(slug, agency_name(slug)) for slug in slugs]
    directory = current_directory(now)
    agencies += [
        (slug, item.name) for slug, item in directory.agencies.items() if slug not in slugs
    ]

    def act(form: Any, now: datetime) -> object:
        typed = form.cleaned_data
        made = CallRecord(
            agency_slug=typed["agency"],
            number=typed["number"],
            spoke_to=typed["spoke_to"],
            agency_reference=typed["reference"],
            outcome=typed["outcome"],
            made_at=form.happened_at(now),
        )
        return custody.record_call(concern.pk, request.user, made, now)

    form = forms.CallForm(agencies, **given(request))
    return form_page(request, concern, form, act, "The call is recorded.")


@require_http_methods(GET_POST)
def done(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Record that an action outside the portal was done."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    intro = _referral_words(concern, pk)

    def act(form: Any, now: datetime) -> object:
        return custody.mark_done(pk, request.user, form.cleaned_data["note"], now)

    return form_page(request, concern, forms.DoneForm(**given(request)), act, "Recorded.", intro)


@require_http_methods(GET_POST)
def note(request: PersonRequest, reference: str) -> HttpResponse:
    """Add a note, with files if there are any."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    area = FilesArea(request, target_or_404(request.user, "note", concern.reference, now))
    only_files = request.method == "POST" and area.take(now)
    kept = {"raw": dict(request.POST.lists())} if only_files else given(request)

    def act(form: Any, now: datetime) -> object:
        return custody.add_note(concern.pk, request.user, form.cleaned_data["text"], now)

    form = forms.NoteForm(**kept)
    return form_page(request, concern, form, act, "The note is added.", area=area)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def hold(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Decide whether a person with a similar name is the one in the report."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    held = concern.report.exclusions.select_related("user").filter(pk=pk).first()
    if held is None:
        raise Http404
    intro = f"{held.user.full_name}, {held.user.job_title}"

    def act(form: Any, now: datetime) -> object:
        keep = form.cleaned_data["same"] == "yes"
        return custody.decide_hold(pk, request.user, keep=keep, now=now)

    return form_page(
        request,
        concern,
        forms.HoldForm(**given(request)),
        act,
        "Your decision is recorded.",
        intro,
    )
