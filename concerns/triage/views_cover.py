"""Who covers what: the outlook, the ladders of a team, and the duty rota."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.access import CASE_ROLES, works_concerns
from concerns.form_page import FormPage
from concerns.models import DutyTurn
from concerns.rules.ladder import FIRST_BELLS, LADDERS
from concerns.selectors.ladders import ladder_history, ladder_versions, turns_to_come
from concerns.services.cover import (
    NewLadder,
    add_duty_turn,
    cancel_duty_turn,
    ladder_in_force,
    set_ladder,
)
from concerns.services.outlook import cover_of
from concerns.triage.forms_cover import EVERY_TEAM, DutyForm, LadderForm
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.accounts.selectors import teams_managed_by
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

View = Callable[..., HttpResponse]


def _for_caseworkers(view: View) -> View:
    """Answer 404 to whoever does not work concerns, as the queue does."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_concerns(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def _managed_or_404(request: PersonRequest, slug: str) -> Team:
    team = teams_managed_by(request.user, timezone.now()).filter(slug=slug).first()
    if team is None:
        raise Http404
    return team


@require_safe
@_for_caseworkers
def overview(request: PersonRequest) -> HttpResponse:
    """Show who covers each team now, and where nobody will in the coming fortnight."""
    now = timezone.now()
    record_view("cover.viewed", actor=request.user)
    managed = set(teams_managed_by(request.user, now).values_list("pk", flat=True))
    teams = cover_of(Team.objects.filter(is_active=True), now)
    return render(
        request,
        "triage/ladders/overview.html",
        {"teams": teams, "may_manage": bool(managed), "managed": managed, "now": now},
    )


@require_safe
@_for_caseworkers
def team_ladders(request: PersonRequest, slug: str) -> HttpResponse:
    """Show the ladders of one team, as they are and as they were."""
    now = timezone.now()
    team = Team.objects.filter(slug=slug, is_active=True).first()
    if team is None:
        raise Http404
    record_view("cover.viewed", actor=request.user)
    versions = ladder_versions(team)
    context = {
        "team": team,
        "ladders": [
            (priority, FIRST_BELLS[priority], ladder_history(versions, priority, now))
            for priority in LADDERS
        ],
        "may_change": teams_managed_by(request.user, now).filter(pk=team.pk).exists(),
    }
    return render(request, "triage/ladders/team.html", context)


@require_http_methods(GET_POST)
def change_ladder(request: PersonRequest, slug: str, priority: int) -> HttpResponse:
    """Write a new version of one ladder."""
    team = _managed_or_404(request, slug)
    if priority not in LADDERS:
        raise Http404

    def act(form: Any, now: datetime) -> None:
        new = NewLadder(
            team,
            priority,
            form.rungs,
            form.minutes("interval"),
            form.minutes("warn"),
            form.starts_at(now),
        )
        set_ladder(request.user, new, now)

    ladder = ladder_in_force(team.pk, priority, timezone.now())
    form = LadderForm(ladder=ladder, **given(request))
    back = reverse("concerns:cover:team", args=[team.slug])
    caption = f"{team}, P{priority}"
    return FormPage(form, act, "The ladder is changed.", back, caption=caption).answer(request)


@require_safe
@_for_caseworkers
def duty(request: PersonRequest) -> HttpResponse:
    """Show who is on duty outside the teams' hours, now and to come."""
    now = timezone.now()
    record_view("cover.viewed", actor=request.user)
    managed = set(teams_managed_by(request.user, now).values_list("pk", flat=True))
    rows = [
        (turn, bool(managed) and turn.team_id in (None, *managed)) for turn in turns_to_come(now)
    ]
    context = {"rows": rows, "may_manage": bool(managed), "now": now}
    return render(request, "triage/ladders/duty.html", context)


@require_http_methods(GET_POST)
def add_duty(request: PersonRequest) -> HttpResponse:
    """Put somebody on duty."""
    now = timezone.now()
    teams = list(teams_managed_by(request.user, now))
    if not teams:
        raise Http404
    people = _caseworkers(now)

    def act(form: Any, now: datetime) -> None:
        typed = form.cleaned_data
        team = next((item for item in teams if item.slug == typed["team"]), None)
        person = people[typed["person"]]
        add_duty_turn(request.user, person, team, form.moment("first"), form.moment("last"), now)

    form = DutyForm(
        people=[(pk, f"{person.full_name}, {person.job_title}") for pk, person in people.items()],
        teams=[(EVERY_TEAM, "Every team"), *((team.slug, team.name) for team in teams)],
        **given(request),
    )
    return FormPage(form, act, "They are on the rota.", reverse("concerns:cover:duty")).answer(
        request
    )


def _caseworkers(now: datetime) -> dict[str, User]:
    """Return who works concerns, by id as a form has it."""
    found = User.objects.holding(CASE_ROLES, now).order_by("full_name")
    return {str(person.pk): person for person in found}


@require_POST
def cancel_duty(request: PersonRequest, pk: int) -> HttpResponse:
    """Take a turn of duty back."""
    try:
        cancel_duty_turn(pk, request.user, timezone.now())
    except DutyTurn.DoesNotExist as refusal:
        raise Http404 from refusal
    messages.success(request, "The turn is cancelled.")
    return redirect("concerns:cover:duty")
