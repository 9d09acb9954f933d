"""Who may see a concern: the mirror of `access.visible_concerns`."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from concerns.access import CASE_ROLES
from concerns.models import Concern, Exclusion
from safeguarding_portal.accounts.models import Membership, User


def readers_of(concern: Concern, now: datetime) -> QuerySet[User]:
    """Return everybody who may see the concern at `now`: the mirror of `visible_concerns`."""
    in_force = Membership.objects.in_force(now).filter(
        Q(team=concern.team) | Q(team=None), user=OuterRef("pk"), role__in=CASE_ROLES
    )
    granted = concern.grants.filter(
        user=OuterRef("pk"), revoked_at=None, granted_at__lte=now
    ).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    excluded = Exclusion.objects.filter(
        report=concern.report_id, user=OuterRef("pk"), lifted_at=None
    )
    scope = Q(Exists(granted)) if concern.restricted else Exists(in_force) | Exists(granted)
    return (
        User.objects.filter(scope, is_active=True).exclude(Exists(excluded)).order_by("full_name")
    )
