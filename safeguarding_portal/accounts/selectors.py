"""Who holds which role, who manages whom; reads only."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper
from django.utils import timezone

from safeguarding_portal.accounts.models import (
    Invitation,
    Membership,
    Role,
    Team,
    User,
)

STAFF_SEARCH_LIMIT = 20


def memberships_in_force(user: User, now: datetime) -> QuerySet[Membership]:
    """Return the memberships of the person at `now` (aware)."""
    return Membership.objects.in_force(now).filter(user=user)


def roles_of(user: User, now: datetime | None = None) -> frozenset[str]:
    """Return the roles the person holds at `now` (aware; the present by default); one query."""
    if not user.is_active:
        return frozenset()
    held = memberships_in_force(user, now or timezone.now())
    return frozenset(held.values_list("role", flat=True))


def has_role(user: User, role: str, now: datetime | None = None) -> bool:
    """Whether the person holds the role in any team at `now` (aware; the present by default)."""
    return role in roles_of(user, now)


def staff_search(text: str) -> list[User]:
    """Find active people by any part of their name or by the start of their e-mail address.

    At most 20, by name. Every word must fit; fewer than two letters find nobody, so that the
    staff list cannot be read out by its first letters.
    """
    words = text.replace("\x00", " ").split()[:6]
    if sum(len(word) for word in words) < 2:
        return []
    people = User.objects.people().filter(is_active=True).select_related("directorate")
    for word in words:
        people = people.filter(Q(full_name__icontains=word) | Q(email__istartswith=word))
    return list(people.order_by(Upper("full_name"), "pk")[:STAFF_SEARCH_LIMIT])


def manager_and_deputies(user: User) -> list[User]:
    """Return the person's manager, the manager's deputies and the person's own, without repeats.

    They must not see a report that names the person (CONTENT, `harm-by-staff`).
    """
    managers = Q(pk=user.manager_id) if user.manager_id else Q(pk__in=[])
    deputy_of = Q(
        pk__in=User.deputies.through.objects.filter(
            from_user_id__in=[user.pk, user.manager_id]
        ).values("to_user_id")
    )
    return list(User.objects.filter(managers | deputy_of).exclude(pk=user.pk).order_by("pk"))


def may_invite(user: User, now: datetime) -> bool:
    """Whether the person may invite anybody: triage managers and the corporate lead may."""
    return not roles_of(user, now).isdisjoint({Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD})


def roles_to_give(user: User, now: datetime) -> tuple[str, ...]:
    """Return the roles the person may give by invitation; the empty one ("may report") is first.

    A triage manager gives the role of lead, in a team of theirs. Everything else, the other roles
    of triage managers included, is the corporate lead's to give.
    """
    held = roles_of(user, now)
    if Role.CORPORATE_LEAD in held:
        return ("", *Role.values)
    return ("", Role.LEAD) if Role.TRIAGE_MANAGER in held else ()


def may_give(user: User, role: str, team: Team | None, now: datetime) -> bool:
    """Whether the person may invite somebody into this role, in this team, at `now` (aware)."""
    if role not in roles_to_give(user, now):
        return False
    return team is None or teams_managed_by(user, now).filter(pk=team.pk).exists()


def teams_managed_by(user: User, now: datetime) -> QuerySet[Team]:
    """Return the teams the person may invite into: their own, or all for the corporate lead."""
    held = memberships_in_force(user, now)
    active = Team.objects.filter(is_active=True)
    if held.filter(role=Role.CORPORATE_LEAD).exists():
        return active
    return active.filter(pk__in=held.filter(role=Role.TRIAGE_MANAGER).values("team"))


def invitations_seen_by(user: User, now: datetime) -> list[Invitation]:
    """Return the invitations that wait, newest first: all for the corporate lead, else one's own.

    At most 200; those that ran out within the last 30 days are among them.
    """
    waiting = Invitation.objects.select_related("team", "invited_by").filter(
        accepted_at=None, withdrawn_at=None, expires_at__gt=now - timedelta(days=30)
    )
    if Role.CORPORATE_LEAD not in roles_of(user, now):
        waiting = waiting.filter(invited_by=user)
    return list(waiting[:200])


def open_invitation(email: str, now: datetime) -> Invitation | None:
    """Return the invitation that lets this address sign up at `now` (aware)."""
    return (
        Invitation.objects.select_related("team", "directorate")
        .filter(email__iexact=email, accepted_at=None, withdrawn_at=None, expires_at__gt=now)
        .first()
    )
