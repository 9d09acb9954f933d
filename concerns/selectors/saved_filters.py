"""The filters a person has saved, and those that were shared with a team of theirs."""

from __future__ import annotations

from datetime import datetime

from django.db.models import CharField, Prefetch, Q, QuerySet, Value
from django.http import Http404

from concerns.access import CASE_ROLES, Scope
from concerns.models import Bundle, FilterWatch, SavedFilter
from safeguarding_portal.accounts.models import Directorate, Team, User

MAX_SHOWN = 40


def saved_filters_for(user: User, scope: Scope) -> QuerySet[SavedFilter]:
    """Return a person's own filters and those shared with a team of theirs, by name."""
    return SavedFilter.objects.filter(Q(owner=user) | Q(team__in=scope.teams)).select_related(
        "owner", "team"
    )


def watched_filters(user: User, scope: Scope) -> list[SavedFilter]:
    """Return the same, each with what this person wants to be told of it under `mine`."""
    mine = Prefetch("watches", FilterWatch.objects.filter(user=user), to_attr="mine")
    return list(saved_filters_for(user, scope).prefetch_related(mine)[:200])


def get_saved_filter_or_404(user: User, scope: Scope, pk: int, *, own: bool = False) -> SavedFilter:
    """Return one of them; with `own`, only if it is the person's own."""
    found = saved_filters_for(user, scope).filter(pk=pk).first()
    if found is None or (own and found.owner_id != user.pk):
        raise Http404
    return found


def team_options(scope: Scope) -> list[tuple[str, str]]:
    """Return the teams of the person; every team for somebody who works for the whole council."""
    teams = Team.objects.filter(is_active=True)
    mine = teams if scope.everywhere else teams.filter(pk__in=scope.teams)
    return [(str(team.pk), team.name) for team in mine]


def directorate_options() -> list[tuple[str, str]]:
    """Return the directorates."""
    return [(str(item.pk), item.name) for item in Directorate.objects.all()]


def colleague_options(scope: Scope, now: datetime) -> list[tuple[str, str]]:
    """Return who works concerns in the same teams at `now` (aware): who may own one."""
    same = Q() if scope.everywhere else Q(team__in=scope.teams) | Q(team=None)
    people = User.objects.holding(CASE_ROLES, now, same)
    return [(str(person.pk), str(person)) for person in people.order_by("full_name", "pk")]


def bundle_options() -> list[tuple[str, str]]:
    """Return the bundles, by name. A name tells nothing of what is in it."""
    return [(str(item.pk), item.name) for item in Bundle.objects.all()[:500]]


def names_of(asked: dict[str, list[int]]) -> dict[tuple[str, str], str]:
    """Return names of what a filter speaks of, by (field, id), in one statement at most."""
    rows = {
        "owner": User.objects.values_list("pk", "full_name"),
        "team": Team.objects.values_list("pk", "name"),
        "directorate": Directorate.objects.values_list("pk", "name"),
        "bundle": Bundle.objects.values_list("pk", "name"),
    }
    parts = [
        rows[field].filter(pk__in=ids).order_by().annotate(field=Value(field, CharField()))
        for field, ids in asked.items()
        if ids
    ]
    if not parts:
        return {}
    found = parts[0].union(*parts[1:], all=True)
    return {(field, str(pk)): name for pk, name, field in found}
