"""Whom inside the council to tell, and the messages that tell them.

A person who is excluded from a report, or not on the list of a restricted record, never hears of it
(R24). Notices carry a reference and a link, nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from concerns.access import visible_concerns
from concerns.models import Concern
from safeguarding_portal.accounts.models import Membership, Role, Team, User
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from django.db.models import QuerySet

OWNER = "owner"


def people_in_roles(
    team: Team, roles: Iterable[str], now: datetime, excluded: Iterable[int] = ()
) -> QuerySet[User]:
    """Return the active people who hold one of the roles for this team, or for all teams."""
    in_force = (
        Membership.objects.filter(role__in=list(roles), starts_at__lte=now)
        .filter(Q(team=team) | Q(team=None))
        .filter(Q(ends_at=None) | Q(ends_at__gt=now))
    )
    return (
        User.objects.filter(is_active=True, pk__in=in_force.values("user"))
        .exclude(pk__in=list(excluded))
        .order_by("pk")
    )


def caseworkers(concern: Concern, roles: Iterable[str], now: datetime) -> list[User]:
    """Return who in these roles may see the concern; "owner" alone stands for its owner.

    With an owner, a rung that names the owner reaches the owner only, as long as they may see it.
    """
    wanted = tuple(roles)
    if OWNER in wanted and concern.owner is not None and may_see(concern.owner, concern, now):
        return [concern.owner]
    candidates = people_in_roles(concern.team, [role for role in wanted if role != OWNER], now)
    return [person for person in candidates if may_see(person, concern, now)]


def may_see(person: User, concern: Concern, now: datetime) -> bool:
    """Whether a notice about this concern may reach the person."""
    return visible_concerns(person, now).filter(pk=concern.pk).exists()


def notice(
    recipient: User, template: str, *, reference: str, link: str, priority: int, key: str
) -> NewMessage:
    """Return a notice to a colleague: what kind, which reference, where to look."""
    return NewMessage(
        kind=template,
        channel="email",
        recipient=recipient.email,
        template=template,
        context={"reference": reference, "urgency": f"P{priority}", "link": link},
        dedupe_key=f"{template}:{key}:{recipient.pk}",
        priority=priority,
        subject_type="user",
        subject_id=str(recipient.pk),
    )


def tell_caseworkers(
    concern: Concern, roles: Iterable[str], template: str, key: str, now: datetime
) -> list[User]:
    """Write one notice for each person in the roles who may see the concern; return them.

    `key` makes the notice unique: the same event told twice is one message.
    """
    return tell_people(concern, caseworkers(concern, roles, now), template, key)


def tell_people(concern: Concern, people: list[User], template: str, key: str) -> list[User]:
    """Write one notice for each of these people, who may all see the concern; return them."""
    link = reverse("concerns:triage:concern", args=[concern.reference])
    enqueue_many(
        [
            notice(
                person,
                template,
                reference=concern.reference,
                link=link,
                priority=concern.priority,
                key=f"{concern.reference}:{key}",
            )
            for person in people
        ]
    )
    return people


def reserve_roles(team: Team) -> tuple[str, ...]:
    """Return who follows, one role at a time, when no lead is left for a record (R24)."""
    director = Role.DASS if team.group == Team.Group.ADULTS else Role.DCS
    return (Role.CORPORATE_LEAD, director)
