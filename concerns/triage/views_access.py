"""Who may see a concern: naming, keeping out, restricting, and access in an emergency."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.access import get_concern_or_404, works_concerns
from concerns.selectors.access import acts_under, is_reviewer, reviews_for
from concerns.services import access
from concerns.services.errors import ServiceError
from concerns.triage import forms_access as forms
from concerns.triage.chronology import event_words
from concerns.triage.pages import plain_page
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

SHOWN = 100


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def grant(request: PersonRequest, reference: str) -> HttpResponse:
    """Name a colleague on the access list."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, now: datetime) -> object:
        reason = form.cleaned_data["reason"]
        return access.grant_access(
            concern.pk, request.user, form.chosen(), reason, form.until(), now
        )

    form = forms.GrantForm(**given(request))
    return plain_page(concern, form, act, "They can see this concern now.").answer(request)


@require_POST
@fresh_sign_in_required
def revoke(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Take somebody off the access list."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    if not concern.grants.filter(pk=pk).exists():
        raise Http404
    try:
        access.revoke_access(pk, request.user, now)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "They can no longer see this concern by name.")
    return redirect("concerns:triage:section", reference, "access")


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def exclude(request: PersonRequest, reference: str) -> HttpResponse:
    """Keep a person out of the whole report."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, now: datetime) -> object:
        reason = form.cleaned_data["reason"]
        return access.exclude_person(concern.pk, request.user, form.chosen(), reason, now)

    form = forms.ExcludeForm(**given(request))
    return plain_page(concern, form, act, "They are kept out from now on.").answer(request)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def restrict(request: PersonRequest, reference: str) -> HttpResponse:
    """Restrict a concern."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, now: datetime) -> object:
        return access.restrict_concern(concern.pk, request.user, form.cleaned_data["reason"], now)

    form = forms.RestrictForm(**given(request))
    return plain_page(concern, form, act, "Only its access list can see it now.").answer(request)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def open_again(request: PersonRequest, reference: str) -> HttpResponse:
    """Open a restricted concern to its team: at its own address, so that no Save does it twice."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, now: datetime) -> object:
        return access.open_restricted(concern.pk, request.user, form.cleaned_data["reason"], now)

    form = forms.OpenForm(**given(request))
    return plain_page(concern, form, act, "Its team can see it now.").answer(request)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def break_glass(request: PersonRequest) -> HttpResponse:
    """Open a concern that is closed to the person, in an emergency."""
    now = timezone.now()
    if not works_concerns(request.user, now):
        raise Http404
    form = forms.BreakGlassForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            concern = access.break_glass(
                typed["reference"], request.user, typed["reason"], int(typed["minutes"]), now
            )
        except ServiceError as refusal:
            form.add_error("reference", str(refusal))
        else:
            return redirect("concerns:triage:concern", concern.reference)
    context = {"form": form, "title": form.title}
    status = 422 if form.errors else 200
    return render(request, "triage/access/break_glass.html", context, status=status)


@require_safe
def access_reviews(request: PersonRequest) -> HttpResponse:
    """List the accesses in an emergency that the person is independent for."""
    now = timezone.now()
    if not is_reviewer(request.user, now):
        raise Http404
    reviews = list(reviews_for(request.user, now).order_by("reviewed_at", "due_at")[:SHOWN])
    record_view("access_reviews.viewed", actor=request.user, shown=[str(r.pk) for r in reviews])
    context = {
        "waiting": [review for review in reviews if review.reviewed_at is None],
        "reviewed": [review for review in reviews if review.reviewed_at is not None],
        "now": now,
    }
    return render(request, "triage/access/reviews.html", context)


@require_http_methods(GET_POST)
def access_review(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one access in an emergency, without the record, and take what is found about it."""
    now = timezone.now()
    review = reviews_for(request.user, now).filter(pk=pk).first()
    if review is None:
        raise Http404
    form = forms.ReviewForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        right = typed["justified"] == "yes"
        try:
            access.review_break_glass(
                pk, request.user, justified=right, words=typed["words"], now=now
            )
        except ServiceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your review is recorded.")
            return redirect("concerns:triage:access_reviews")
    events = [event_words(event) for event in acts_under(review)]
    context = {"form": form, "review": review, "events": events}
    status = 422 if form.errors else 200
    return render(request, "triage/access/review.html", context, status=status)
