"""Need to know: who may see which concern, and do what with it.

Everything that shows or changes a concern starts here (house rule 3). The rule in one breath: a
person sees an open record because a team of theirs holds it, or a restricted one because they are
named on its access list, and never a report that touches themselves. Rank opens nothing; there is
no superuser. Whoever is out of scope gets the answer of a record that does not exist.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from concerns.models import AccessGrant, Concern, Exclusion, Involvement, Report
from concerns.rules.lifecycle import LEAD_ROLES
from safeguarding_portal.accounts.models import Membership, Role

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Roles that work concerns. A membership without a team covers every team.
CASE_ROLES = (
    Role.LEAD,
    Role.TRIAGE_MANAGER,
    Role.CORPORATE_LEAD,
    Role.DCS,
    Role.DASS,
)
# Roles that answer for the whole of what is held, and may count it.
MANAGER_ROLES = (Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD, Role.DCS, Role.DASS)
# The order in which a record that excludes all its leads finds somebody else (R24).
RESERVE_ROLES = (Role.CORPORATE_LEAD, Role.DCS, Role.DASS)
# An exclusion this soon after receipt was written by filing the report.
AT_FILING = timedelta(hours=1)


class Action(StrEnum):
    """What may be asked of `can`."""

    VIEW = "view"
    TAKE = "take"
    RECORD = "record"
    DECIDE = "decide"
    DECIDE_HOLD = "decide_hold"
    REOPEN = "reopen"
    APPROVE = "approve"


def memberships_in_force(user: User, now: datetime) -> QuerySet[Membership]:
    """Return the case-work memberships of the person at `now` (aware)."""
    return Membership.objects.in_force(now).filter(user=user, role__in=CASE_ROLES)


def leads_concerns(user: User, concern: Concern, now: datetime) -> bool:
    """Whether the person is a lead for this concern's team, or stands in for one (R24)."""
    mine = memberships_in_force(user, now).filter(role__in=LEAD_ROLES)
    return mine.filter(Q(team=concern.team_id) | Q(team=None)).exists()


def works_concerns(user: User, now: datetime) -> bool:
    """Whether the person has any role that works concerns."""
    return user.is_active and memberships_in_force(user, now).exists()


def _exclusions_of(user: User, report_ref: str) -> Exists:
    return Exists(Exclusion.objects.filter(report=OuterRef(report_ref), user=user, lifted_at=None))


def visible_concerns(user: User, now: datetime) -> QuerySet[Concern]:
    """Return the concerns the person may see at `now` (aware); the only base query there is.

    A leaver, or somebody without a case-work role or grant, gets none. An exclusion wins over
    everything, a grant included.
    """
    if not user.is_active:
        return Concern.objects.none()
    mine = memberships_in_force(user, now)
    council_wide = mine.filter(team=None)
    in_team = mine.filter(team=OuterRef("team"))
    granted = (
        AccessGrant.objects.filter(concern=OuterRef("pk"), user=user, revoked_at=None)
        .filter(granted_at__lte=now)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
    )
    return Concern.objects.filter(
        Q(restricted=False) & (Exists(in_team) | Exists(council_wide)) | Exists(granted)
    ).exclude(_exclusions_of(user, "report"))


def countable_concerns(user: User, now: datetime) -> QuerySet[Concern]:
    """Return what a manager may count, not read: all that their teams hold, restricted ones too.

    Only for numbers without references; whatever is listed comes from `visible_concerns`. A report
    from which they are excluded is in no number either. Nobody but a manager has any.
    """
    mine = memberships_in_force(user, now).filter(role__in=MANAGER_ROLES)
    if not user.is_active:
        return Concern.objects.none()
    in_team = mine.filter(team=OuterRef("team"))
    everywhere = Exists(mine.filter(team=None))
    return Concern.objects.filter(Exists(in_team) | everywhere, is_synthetic=False).exclude(
        _exclusions_of(user, "report")
    )


@dataclass(frozen=True)
class Scope:
    """Which teams' open records a person sees at one moment, and in which roles."""

    teams: tuple[int, ...]
    everywhere: bool
    roles: frozenset[str]


def scope_of(user: User, now: datetime) -> Scope:
    """Read the person's memberships in force at `now` (aware), in one statement."""
    held: list[tuple[int | None, str]] = (
        list(memberships_in_force(user, now).values_list("team", "role")) if user.is_active else []
    )
    return Scope(
        teams=tuple(sorted({team for team, _ in held if team is not None})),
        everywhere=any(team is None for team, _ in held),
        roles=frozenset(role for _, role in held),
    )


def _scope_parts(user: User, now: datetime, scope: Scope) -> list[Q]:
    """Return one condition for each team, and one for what only a grant opens."""
    in_scope = Q(restricted=False)
    parts = [Q(restricted=False, team=team) for team in scope.teams]
    if scope.everywhere:
        parts = [in_scope]
    else:
        in_scope &= Q(team__in=scope.teams)
    granted = AccessGrant.objects.filter(user=user, revoked_at=None, granted_at__lte=now).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    return [*parts, Q(has_grants=True, pk__in=granted.values("concern")) & ~in_scope]


def visible_branches(user: User, now: datetime, scope: Scope) -> list[QuerySet[Concern]]:
    """Return `visible_concerns` in parts that share no row, for lists over very many concerns.

    One part for each team and one for what a grant opens: each is served by an index in the order
    of the list, where their union in one condition is not. No parts, no concerns. `scope` is that
    of `scope_of` at the same `now`; a test holds the two readings together.
    """
    parts = _scope_parts(user, now, scope) if user.is_active else []
    return [Concern.objects.filter(part).exclude(_exclusions_of(user, "report")) for part in parts]


def visible_within(user: User, now: datetime, scope: Scope) -> QuerySet[Concern]:
    """Return the same in one condition, for counting in one pass."""
    if not user.is_active:
        return Concern.objects.none()
    either = reduce(or_, _scope_parts(user, now, scope))
    return Concern.objects.filter(either).exclude(_exclusions_of(user, "report"))


def visible_reports(user: User) -> QuerySet[Report]:
    """Return the reports that the person filed: a reporter may read their own words.

    Not once they have left, nor once somebody found that the report touches them: an exclusion
    that came later, or a similar name that a lead confirmed. What filing itself wrote (the reporter
    manages the person who is named, for one) keeps them from the record, not from their words.
    """
    if not user.is_active:
        return Report.objects.none()
    found_later = Exclusion.objects.filter(
        Q(reason=Exclusion.Reason.SIMILAR_NAME)
        | Q(created_at__gt=OuterRef("received_at") + AT_FILING),
        report=OuterRef("pk"),
        user=user,
        kind=Exclusion.Kind.EXCLUDED,
        lifted_at=None,
    )
    return Report.objects.filter(reporter=user).exclude(Exists(found_later))


def get_concern_or_404(
    user: User,
    reference: str,
    now: datetime,
    action: Action = Action.VIEW,
    annotations: Mapping[str, Any] | None = None,
) -> Concern:
    """Fetch and authorise in one step; raise `Http404`, the same for absent and for forbidden.

    The concern carries `subject_name`, the name of the person at risk as reported.
    """
    name = Involvement.objects.filter(concern=OuterRef("pk"), part=Involvement.Part.SUBJECT)
    concern = (
        visible_concerns(user, now)
        .select_related("report", "team", "owner")
        .annotate(subject_name=Subquery(name.order_by("id").values("name")[:1]))
        .filter(reference=reference)
        .annotate(**(annotations or {}))
        .first()
    )
    if concern is None or not can(user, action, concern):
        raise Http404
    return concern


def can(user: User, action: Action, concern: Concern) -> bool:
    """Whether a person who sees the concern may also do this to it, as it stands now.

    `TAKE`: anybody who sees it and does not own it already, so that cover is never blocked.
    `RECORD` (a call, an acceptance, a note): anybody who sees it; a fact must not wait for its
    owner, not even once the concern is closed. `DECIDE` (send an offered route, close): its owner,
    while it is open. `DECIDE_HOLD`: who sees it, being by that without conflict. `REOPEN`: who sees
    it, once it is closed. `APPROVE` (a second pair of eyes): who sees it while it is open; that
    they lead and did not ask themselves is asked of the request.
    """
    is_open = concern.state != Concern.State.CLOSED
    match action:
        case Action.VIEW | Action.RECORD | Action.DECIDE_HOLD:
            return True
        case Action.TAKE:
            return is_open and concern.owner_id != user.pk
        case Action.REOPEN:
            return not is_open
        case Action.APPROVE:
            return is_open
        case Action.DECIDE:
            return is_open and concern.owner_id == user.pk
