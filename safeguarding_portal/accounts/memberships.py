"""Giving and ending roles: by hand, or as the groups of the council's directory say.

    give_role(actor, user_id, role, team, now) -> Membership
    end_role(actor, membership_id, now) -> None
    follow_groups(user, groups, now) -> None
    end_all(user, by, now) -> list[Membership]

Whoever loses a role keeps nothing that only the role let them see: it is handed over in the same
transaction. A team that has no lead left is announced to the corporate lead at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse

from safeguarding_portal.accounts.groups import roles_of_groups
from safeguarding_portal.accounts.leaving import By, hand_over
from safeguarding_portal.accounts.models import Membership, Role, Source, Team, User
from safeguarding_portal.accounts.selectors import may_give
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many


class PeopleError(Exception):
    """It cannot be done; the text says why, in words for the person who asked."""


@transaction.atomic
def give_role(actor: User, user_id: int, role: str, team: Team | None, now: datetime) -> Membership:
    """Give a person one more role by hand. Raises `PeopleError`, `User.DoesNotExist`."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    if user == actor:
        raise PeopleError("You cannot change your own roles. Ask a colleague to do it")
    if not user.is_active:
        raise PeopleError("This account is closed. Open it again first")
    if role not in Role.values or not may_give(actor, role, team, now):
        raise PeopleError("You cannot give this role. Ask the corporate safeguarding lead")
    if role in Role.of_a_team() and team is None:
        raise PeopleError(f"Choose a team: a {Role(role).label.lower()} works in one")
    if Membership.objects.filter(user=user, team=team, role=role, ends_at=None).exists():
        raise PeopleError("They have this role already")
    membership = Membership.objects.create(user=user, team=team, role=role)
    _record("membership.given", membership, By(Source.HAND, actor))
    return membership


@transaction.atomic
def end_role(actor: User, membership_id: int, now: datetime) -> None:
    """End one role by hand, at once; without effect when it has ended.

    One that a group gave cannot be ended here: the next sign-in would give it again. Raises
    `PeopleError`, `Membership.DoesNotExist`.
    """
    memberships = Membership.objects.select_for_update(of=("self",)).select_related("team", "user")
    membership = memberships.get(pk=membership_id)
    if membership.user == actor:
        raise PeopleError("You cannot change your own roles. Ask a colleague to do it")
    if not may_give(actor, membership.role, membership.team, now):
        raise PeopleError("You cannot end this role. Ask the corporate safeguarding lead")
    if membership.source == Source.GROUPS:
        raise PeopleError("A group of the council's directory gives this role. Have it ended there")
    if membership.ends_at is None or membership.ends_at > now:
        _end([membership], By(Source.HAND, actor), now)
        hand_over(membership.user, By(Source.HAND, actor), now)


def end_all(user: User, by: By, now: datetime) -> list[Membership]:
    """End every role of a person at once; return those that ended. The caller hands over."""
    held = Membership.objects.filter(user=user).filter(Q(ends_at=None) | Q(ends_at__gt=now))
    ended = list(held.select_related("team").order_by("pk"))
    _end(ended, by, now)
    return ended


@transaction.atomic
def follow_groups(user: User, groups: Iterable[str], now: datetime) -> None:
    """Give and end what the groups of the council's directory say; `groups` are their ids.

    Roles that were given by hand are left alone, and one that is held by hand is not given twice.
    Whoever was closed meanwhile gets nothing.
    """
    by = By(Source.GROUPS)
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    if not user.is_active:
        return
    teams = {team.slug: team for team in Team.objects.filter(is_active=True)}
    wanted = {
        (row.role, teams[row.team].pk if row.team else None)
        for row in roles_of_groups(groups)
        if not row.team or row.team in teams
    }
    held = list(Membership.objects.filter(user=user, ends_at=None).select_related("team"))
    has = {(item.role, item.team_id) for item in held}
    over = [
        item
        for item in held
        if item.source == Source.GROUPS and (item.role, item.team_id) not in wanted
    ]
    _end(over, by, now)
    for role, team_id in sorted(wanted - has, key=str):
        given = Membership.objects.create(user=user, role=role, team_id=team_id, source=by.source)
        _record("membership.given", given, by)
    if over:
        hand_over(user, by, now)


def _end(memberships: list[Membership], by: By, now: datetime) -> None:
    for membership in memberships:
        membership.ends_at = max(now, membership.starts_at)
        membership.save(update_fields=["ends_at"])
        _record("membership.ended", membership, by)
    for membership in memberships:
        _ring_if_nobody_is_left(membership, now)


def holders_of(role: str, team: Team | None, now: datetime) -> QuerySet[User]:
    """Return the active people who hold a role in a team, or across the council without one."""
    return User.objects.holding([role], now, Q(team=team))


def corporate_leads(now: datetime) -> list[User]:
    """Return who answers for people and cover: the corporate leads, else the directors."""
    return list(holders_of(Role.CORPORATE_LEAD, None, now)) or [
        *holders_of(Role.DCS, None, now),
        *holders_of(Role.DASS, None, now),
    ]


def _ring_if_nobody_is_left(membership: Membership, now: datetime) -> None:
    """Tell the corporate lead when a team has lost its last lead, or the directors of theirs."""
    if membership.role not in {Role.LEAD, Role.CORPORATE_LEAD}:
        return
    if holders_of(membership.role, membership.team, now).exclude(pk=membership.user_id).exists():
        return
    tell_corporate_leads("without_lead", f"{membership.pk}", now)
    record(
        "team.without_lead",
        actor_label="rules",
        object_type="team",
        object_id=str(membership.team_id or ""),
        detail={"role": membership.role},
    )


def tell_corporate_leads(template: str, key: str, now: datetime) -> None:
    """Write one notice to each corporate lead: a link to the people, no name."""
    enqueue_many(
        [
            NewMessage(
                kind=template,
                channel="email",
                recipient=person.email,
                template=template,
                context={"link": reverse("accounts:people")},
                dedupe_key=f"{template}:{key}:{person.pk}",
                priority=1,
                subject_type="account",
            )
            for person in corporate_leads(now)
        ]
    )


def _record(name: str, membership: Membership, by: By) -> None:
    record(
        name,
        actor=by.actor,
        actor_label=by.label,
        object_type="user",
        object_id=str(membership.user_id),
        detail={
            "membership": membership.pk,
            "role": membership.role,
            "team_id": membership.team_id,
            "source": membership.source,
        },
    )
