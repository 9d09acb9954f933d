"""Who may do what with policies. Reading them needs no role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from policies.models import DocumentVersion
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.accounts.selectors import roles_of

EDITORS = frozenset({Role.POLICY_EDITOR})
APPROVERS = frozenset({Role.POLICY_EDITOR, Role.CORPORATE_LEAD, Role.DCS, Role.DASS})
# Who sees all policies with their dates, and everybody's confirmations.
OVERSEERS = APPROVERS | {Role.TRIAGE_MANAGER}


def can_edit(user: User, now: datetime) -> bool:
    """Whether the person may write drafts and publish what others approved."""
    return not roles_of(user, now).isdisjoint(EDITORS)


def can_oversee(user: User, now: datetime) -> bool:
    """Whether the person sees drafts, review dates and everybody's confirmations."""
    return not roles_of(user, now).isdisjoint(OVERSEERS)


def holders_of(roles: Iterable[str], now: datetime) -> QuerySet[User]:
    """Return the active people who hold one of the roles at `now` (aware), each once."""
    in_force = Q(memberships__ends_at=None) | Q(memberships__ends_at__gt=now)
    return User.objects.filter(
        in_force, is_active=True, memberships__role__in=roles, memberships__starts_at__lte=now
    ).distinct()


def why_not_approve(user: User, version: DocumentVersion, now: datetime) -> str:
    """Say why the person may not approve this version; empty when they may (four eyes)."""
    if roles_of(user, now).isdisjoint(APPROVERS):
        return "You cannot approve policies. Ask a policy editor or a director"
    if version.writers.filter(pk=user.pk).exists() or version.submitted_by_id == user.pk:
        return "You wrote this version. Somebody else must approve it"
    return ""


def active_people() -> QuerySet[User]:
    """Return everybody who may be asked to read something: machines read nothing."""
    return User.objects.people().filter(is_active=True)


def people_seen_by(user: User, now: datetime) -> QuerySet[User]:
    """Return the active people whose confirmations the person may see.

    Everybody for those who oversee policies, else the people whose manager they are.
    """
    active = active_people()
    return active if can_oversee(user, now) else active.filter(manager=user)
