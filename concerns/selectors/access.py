"""The access section of a concern, and the list of broken glass to review."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet

from concerns.access import RESERVE_ROLES
from concerns.models import AccessGrant, BreakGlassReview, Concern, Exclusion
from concerns.selectors.readers import readers_of
from safeguarding_portal.accounts.selectors import memberships_in_force
from safeguarding_portal.audit.services import events_of, with_readings

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User
    from safeguarding_portal.audit.models import Event


@dataclass(frozen=True)
class AccessPage:
    """Who may see a concern or has read it (`may_see`, `times`, `last_at`); why; who may not."""

    people: list[User]
    grants: list[AccessGrant]
    exclusions: list[Exclusion]


def access_page(concern: Concern, now: datetime) -> AccessPage:
    """Gather the access section, in three statements."""
    return AccessPage(
        people=list(with_readings(readers_of(concern, now), concern.pk).order_by("full_name")),
        grants=list(
            concern.grants.filter(revoked_at=None)
            .filter(Q(expires_at=None) | Q(expires_at__gt=now))
            .select_related("user", "granted_by")
            .order_by("granted_at", "id")
        ),
        exclusions=list(
            Exclusion.objects.filter(report=concern.report_id, lifted_at=None)
            .select_related("user")
            .order_by("created_at", "id")
        ),
    )


def is_reviewer(user: User, now: datetime) -> bool:
    """Whether the person holds a role that reviews access in an emergency."""
    return memberships_in_force(user, now).filter(role__in=RESERVE_ROLES).exists()


def reviews_for(user: User, now: datetime) -> QuerySet[BreakGlassReview]:
    """Return the reviews that the person is independent for; an exclusion hides them wholly."""
    if not (user.is_active and is_reviewer(user, now)):
        return BreakGlassReview.objects.none()
    excluded = Exclusion.objects.filter(
        report=OuterRef("grant__concern__report"), user=user, lifted_at=None
    )
    return (
        BreakGlassReview.objects.filter(~Exists(excluded))
        .exclude(grant__user=user)
        .select_related("grant__user", "grant__concern", "reviewer")
    )


def acts_under(review: BreakGlassReview) -> list[Event]:
    """Return what the person did with the concern while the glass was broken."""
    grant = review.grant
    return events_of(grant.user_id, grant.concern_id, grant.granted_at, grant.expires_at)
