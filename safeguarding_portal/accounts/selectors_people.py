"""The people of the council as those who manage them see them; reads only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from safeguarding_portal.accounts.leavers import may_close_accounts
from safeguarding_portal.accounts.models import Membership, Source, User
from safeguarding_portal.accounts.selectors import (
    manager_and_deputies,
    may_invite,
    roles_to_give,
    teams_managed_by,
)

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Whom to list: any part of a name or the start of an address, a role, a team, who has left."""

    text: str = ""
    role: str = ""
    team: int | None = None
    left: bool = False


@dataclass(frozen=True)
class PeoplePage:
    """One page of people, how many there are in all, and whether more follow."""

    people: Sequence[User]
    total: int
    number: int
    has_more: bool


def may_see_people(user: User, now: datetime) -> bool:
    """Whether the person may see who holds what: triage managers and the corporate lead."""
    return may_invite(user, now)


def people_found(wanted: Wanted, number: int, now: datetime) -> PeoplePage:
    """Return one page of people by name, each with the roles in force as `held`."""
    found = User.objects.people().filter(is_active=not wanted.left)
    for word in wanted.text.replace("\x00", " ").split()[:6]:
        found = found.filter(Q(full_name__icontains=word) | Q(email__istartswith=word))
    in_force = Membership.objects.in_force(now)
    if wanted.role or wanted.team:
        asked = in_force.filter(role=wanted.role) if wanted.role else in_force
        asked = asked.filter(team=wanted.team) if wanted.team else asked
        found = found.filter(pk__in=asked.values("user"))
    start = (number - 1) * PAGE
    rows = found.select_related("directorate").order_by("full_name", "pk")
    held = in_force.select_related("team").order_by("role", "pk")
    people = list(
        rows.prefetch_related(Prefetch("memberships", held, to_attr="held"))[
            start : start + PAGE + 1
        ]
    )
    return PeoplePage(people[:PAGE], found.count(), number, len(people) > PAGE)


@dataclass(frozen=True)
class HeldRole:
    """One role of a person, now or in the past, and whether the viewer may end it."""

    membership: Membership
    may_end: bool


@dataclass(frozen=True)
class PersonView:
    """One person as a manager sees them, and what the manager may do."""

    person: User
    roles: list[HeldRole]
    past: list[Membership]
    kept_out_with: list[User]
    is_self: bool
    may_give: bool
    may_close: bool


def person_view(pk: int, viewer: User, now: datetime) -> PersonView | None:
    """Return one person, or None when there is no such person.

    `kept_out_with` are the people whom a report that names the person keeps out too.
    """
    person = User.objects.people().select_related("directorate", "manager").filter(pk=pk).first()
    if person is None:
        return None
    is_self = person == viewer
    roles = () if is_self else roles_to_give(viewer, now)
    teams = _teams_managed(viewer, now)
    rows = list(person.memberships.select_related("team").order_by("-starts_at", "-pk"))
    in_force = [item for item in rows if item.ends_at is None or item.ends_at > now]
    return PersonView(
        person,
        [
            HeldRole(
                item,
                item.role in roles
                and item.source != Source.GROUPS
                and (item.team_id is None or item.team_id in teams),
            )
            for item in in_force
        ],
        [item for item in rows if item not in in_force],
        manager_and_deputies(person),
        is_self,
        bool(roles) and person.is_active,
        not is_self and may_close_accounts(viewer, now),
    )


def _teams_managed(viewer: User, now: datetime) -> set[int]:
    return set(teams_managed_by(viewer, now).values_list("pk", flat=True))
