"""Whom inside the council to tell, and the messages that tell them.

A person who is excluded from a report, or not on the list of a restricted record, never hears of it
(R24). Notices carry a reference and a link, nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse

from concerns.access import visible_concerns
from concerns.dates import local_date
from concerns.models import Concern
from concerns.selectors.readers import readers_of
from safeguarding_portal.accounts.absences import Absences, absences_on
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from django.db.models import QuerySet

OWNER = "owner"


def people_in_roles(
    team: Team, roles: Iterable[str], now: datetime, excluded: Collection[int] = ()
) -> QuerySet[User]:
    """Return the active people who hold one of the roles for this team, or for all teams."""
    holding = User.objects.holding(roles, now, Q(team=team) | Q(team=None))
    return holding.exclude(pk__in=excluded) if excluded else holding


def caseworkers(
    concern: Concern, roles: Iterable[str], now: datetime, audience: Audience | None = None
) -> list[User]:
    """Return who in these roles may see the concern; "owner" alone stands for its owner.

    With an owner, a rung that names the owner reaches the owner only, as long as they may see it.
    Who is away is stood in for; if then nobody is left, those who are away hear of it all the same.
    """
    wanted = tuple(roles)
    audience = audience or audience_of(concern, now)
    if OWNER in wanted and concern.owner_id is not None:
        found = audience.answering([concern.owner_id])
        if found:
            return found
    others = people_in_roles(concern.team, [role for role in wanted if role != OWNER], now)
    candidates = [person.pk for person in others]
    return audience.answering(candidates) or audience.among(candidates)


@dataclass(frozen=True)
class Audience:
    """Who may see one concern at one moment, and who of them is away."""

    readers: dict[int, User]
    away: Absences

    def among(self, user_ids: Iterable[int]) -> list[User]:
        """Return those of the people who may see it, in the order given, away or not."""
        return [self.readers[pk] for pk in dict.fromkeys(user_ids) if pk in self.readers]

    def answering(self, user_ids: Iterable[int]) -> list[User]:
        """Return who answers for the people today and may see it: they, or who stands in."""
        answering = (self.away.answering_for(pk) for pk in user_ids)
        return self.among(pk for pk in answering if pk is not None)


def audience_of(concern: Concern, now: datetime) -> Audience:
    """Return the audience of a concern at `now` (aware), in two statements."""
    readers = {person.pk: person for person in readers_of(concern, now)}
    return Audience(readers, absences_on(local_date(now)))


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


def tell_people(
    concern: Concern, people: Iterable[User], template: str, key: str, priority: int | None = None
) -> list[User]:
    """Write one notice for each of these people, who may all see the concern; return them."""
    told = list(people)
    link = reverse("concerns:triage:concern", args=[concern.reference])
    enqueue_many(
        [
            notice(
                person,
                template,
                reference=concern.reference,
                link=link,
                priority=priority or concern.priority,
                key=f"{concern.reference}:{key}",
            )
            for person in told
        ]
    )
    return told


def reserve_roles(team: Team) -> tuple[str, ...]:
    """Return who follows, one role at a time, when no lead is left for a record (R24)."""
    director = Role.DASS if team.group == Team.Group.ADULTS else Role.DCS
    return (Role.CORPORATE_LEAD, director)
