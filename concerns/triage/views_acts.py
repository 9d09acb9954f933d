"""What a safeguarding lead does. Each page parses, calls one service, and goes back.

When a service refuses, its words stand above the form and everything typed is still in it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from concerns.access import get_concern_or_404
from concerns.files.area import with_files
from concerns.models import Concern
from concerns.selectors.files import target_or_404
from concerns.services import custody
from concerns.services.custody import Acceptance, CallRecord
from concerns.services.errors import ServiceError
from concerns.triage import forms
from concerns.triage.pages import plain_page, seen_version
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.http import GET_POST, PersonRequest


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
    done = "The acceptance is recorded."
    return plain_page(concern, form, act, done, intro=intro).answer(request)


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
    return plain_page(concern, form, act, "The call is recorded.").answer(request)


@require_http_methods(GET_POST)
def done(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Record that an action outside the portal was done."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    intro = _referral_words(concern, pk)

    def act(form: Any, now: datetime) -> object:
        return custody.mark_done(pk, request.user, form.cleaned_data["note"], now)

    form = forms.DoneForm(**given(request))
    return plain_page(concern, form, act, "Recorded.", intro=intro).answer(request)


@require_http_methods(GET_POST)
def note(request: PersonRequest, reference: str) -> HttpResponse:
    """Add a note, with files if there are any."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    target = target_or_404(request.user, "note", concern.reference, now)

    def act(form: Any, now: datetime) -> object:
        return custody.add_note(concern.pk, request.user, form.cleaned_data["text"], now)

    return with_files(
        request,
        target,
        forms.NoteForm,
        lambda form, area: plain_page(concern, form, act, "The note is added.", area=area),
    )


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

    form = forms.HoldForm(**given(request))
    return plain_page(concern, form, act, "Your decision is recorded.", intro=intro).answer(request)
