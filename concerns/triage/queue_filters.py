"""Choosing, saving and watching filters of the queue, and how the queue looks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.access import scope_of
from concerns.models import SavedFilter
from concerns.selectors.preferences import preference_of
from concerns.selectors.queue import VIEWS, matching_ids
from concerns.selectors.saved_filters import (
    bundle_options,
    colleague_options,
    directorate_options,
    get_saved_filter_or_404,
    team_options,
    watched_filters,
)
from concerns.services import saved_filters as services
from concerns.services.errors import ServiceError
from concerns.triage.filters import (
    FIXED_OWNERS,
    Chosen,
    QueueFilter,
    as_querydict,
    chosen_in,
    url_of,
)
from concerns.triage.forms_queue import PreferenceForm, SaveFilterForm, WatchForm
from concerns.triage.views_queue import scope_or_404
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.http import GET_POST, PersonRequest


def _view_of(params: QueryDict) -> str:
    view = params.get("view", "all")
    return view if view in VIEWS else "all"


@require_http_methods(GET_POST)
def choose(request: PersonRequest) -> HttpResponse:
    """Show the whole filter; what is chosen becomes the address of the list."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    view = _view_of(request.GET)
    data = request.POST if request.method == "POST" else as_querydict(chosen_in(request.GET))
    asked = QueueFilter(data, request.user, now, scope)
    asked.offer("team", team_options(scope))
    asked.offer("directorate", directorate_options())
    asked.offer("owner", [*FIXED_OWNERS, *colleague_options(scope, now)])
    asked.offer("bundle", bundle_options())
    form, status = asked.form, 200
    if request.method == "POST":
        if form.is_valid():
            return redirect(f"{reverse('concerns:triage:queue')}{url_of(form.raw_answers(), view)}")
        status = 422
    context = {"form": form, "view": VIEWS[view]}
    return render(request, "triage/queue_filter.html", context, status=status)


@require_http_methods(GET_POST)
def save(request: PersonRequest) -> HttpResponse:
    """Keep the filter of the address under a name."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    teams = team_options(scope)
    form = SaveFilterForm(teams, data=request.POST if request.method == "POST" else None)
    status = 422 if form.is_bound else 200
    if form.is_bound and form.is_valid():
        query = {**chosen_in(request.GET), "view": [_view_of(request.GET)]}
        team = Team.objects.filter(pk=form.cleaned_data["team"] or 0).first()
        try:
            services.save_filter(request.user, form.cleaned_data["name"], query, team, now)
        except ServiceError as refusal:
            form.add_error("name", str(refusal))
        else:
            messages.success(request, "The filter is saved.")
            return redirect("concerns:triage:filters")
    return _form(request, form, status)


@require_safe
def saved(request: PersonRequest) -> HttpResponse:
    """List the saved filters, and what one is told of each."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    context = {
        "filters": watched_filters(request.user, scope),
        "wants": preference_of(request.user),
    }
    return render(request, "triage/queue_filters.html", context)


@require_safe
def open_saved(request: PersonRequest, pk: int) -> HttpResponse:
    """Lead to the list that a saved filter asks for."""
    scope = scope_or_404(request, timezone.now())
    chosen, view = _stored(get_saved_filter_or_404(request.user, scope, pk))
    return redirect(f"{reverse('concerns:triage:queue')}{url_of(chosen, view)}")


@require_http_methods(GET_POST)
def watch(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what one wants to be told of a saved filter."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    kept = get_saved_filter_or_404(request.user, scope, pk)
    if request.method == "POST":
        form = WatchForm(data=request.POST)
        if form.is_valid():
            services.watch_filter(
                kept,
                request.user,
                on_new=form.cleaned_data["on_new"],
                threshold=form.cleaned_data["threshold"],
                matching=matching(kept, request.user, now),
            )
            messages.success(request, "Saved. Choose below how often you are told.")
            return redirect("concerns:triage:filters")
        return _form(request, form, 422, intro=kept.name)
    mine = kept.watches.filter(user=request.user).first()
    initial = {"on_new": mine.on_new, "threshold": mine.threshold} if mine else None
    return _form(request, WatchForm(initial=initial), intro=kept.name)


@require_http_methods(GET_POST)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask, then remove a filter of one's own."""
    scope = scope_or_404(request, timezone.now())
    kept = get_saved_filter_or_404(request.user, scope, pk, own=True)
    if request.method == "POST":
        services.remove_filter(kept, request.user)
        messages.success(request, "The filter is removed.")
        return redirect("concerns:triage:filters")
    return render(request, "triage/queue_filter_remove.html", {"kept": kept})


@require_http_methods(GET_POST)
def preferences(request: PersonRequest) -> HttpResponse:
    """Say how one wants the queue."""
    scope_or_404(request, timezone.now())
    if request.method == "POST":
        form = PreferenceForm(data=request.POST)
        if form.is_valid():
            services.save_preference(request.user, services.Wanted(**form.cleaned_data))
            messages.success(request, "Saved.")
            return redirect("concerns:triage:queue")
        return _form(request, form, 422)
    kept = preference_of(request.user)
    names = ("show_names", "shortcuts", "digest")
    initial = {name: getattr(kept, name) for name in names}
    initial["at"] = kept.digest_at.strftime("%H:%M")
    return _form(request, PreferenceForm(initial=initial))


def _form(request: PersonRequest, form: Any, status: int = 200, intro: str = "") -> HttpResponse:
    context = {"form": form, "caption": intro, "back_url": reverse("concerns:triage:queue")}
    return render(request, "layouts/form.html", context, status=status)


def _stored(kept: SavedFilter) -> tuple[Chosen, str]:
    chosen: Chosen = {name: values for name, values in kept.query.items() if name != "view"}
    return chosen, next(iter(kept.query.get("view", [])), "all")


def matching(kept: SavedFilter, user: User, now: datetime) -> list[int]:
    """Return the ids that a saved filter shows this person now, at most 1,001."""
    scope = scope_of(user, now)
    if not scope.roles:
        return []
    chosen, view = _stored(kept)
    asked = QueueFilter(as_querydict(chosen), user, now, scope)
    return matching_ids(user, now, view, asked.narrow, scope)
