"""Requests for one's own data, as far as one officer may know of them.

`visible_requests` is the base query of everything here: records officers, and whoever gives second
checks, but never somebody whom the request or anything found for it touches. What was gathered is
read by the officer who handles the request, and by the one who checks it, under an `AccessLeave`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.http import Http404

from concerns.models import (
    AccessCandidate,
    AccessCheck,
    AccessItem,
    AccessLeave,
    AccessRequest,
    Exclusion,
    Involvement,
)
from concerns.rules import access_requests as rules
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.accounts.selectors import roles_of

if TYPE_CHECKING:
    from collections.abc import Iterable

HANDLES = frozenset({Role.RECORDS_OFFICER})
CHECKS = frozenset({Role.RECORDS_OFFICER, Role.CORPORATE_LEAD})
# Trigram similarity from which a name in a record is like the officer's own.
SIMILAR = 0.6


def may_handle(user: User, now: datetime) -> bool:
    """Whether the person answers requests."""
    return not roles_of(user, now).isdisjoint(HANDLES)


def _touches(user: User) -> Q:
    """Whether the report of somebody who was found touches the person.

    They are kept out of it, or named in it, or it is theirs.
    """
    report = OuterRef("concern__report")
    kept_out = Exclusion.objects.filter(report=report, user=user, lifted_at=None)
    named = Involvement.objects.filter(concern__report=report).annotate(
        alike=TrigramSimilarity("name", user.full_name)
    )
    return (
        Q(Exists(kept_out))
        | Q(Exists(named.filter(Q(staff_member=user) | Q(alike__gte=SIMILAR))))
        | Q(concern__report__reporter=user)
    )


def _touching(user: User) -> Exists:
    """Whether anything found for a request, and not dropped, touches the person."""
    found = AccessCandidate.objects.filter(_touches(user), request=OuterRef("pk"))
    return Exists(found.exclude(state=AccessCandidate.State.DROPPED))


def untouched(user: User) -> QuerySet[AccessRequest]:
    """Return the requests that do not touch the person in any way."""
    return AccessRequest.objects.exclude(staff=user).exclude(_touching(user))


def visible_requests(
    user: User, now: datetime, held: frozenset[str] | None = None
) -> QuerySet[AccessRequest]:
    """Return the requests the person may know of at `now` (aware), by the roles they hold then."""
    held = roles_of(user, now) if held is None else held
    if held.isdisjoint(CHECKS):
        return AccessRequest.objects.none()
    found = untouched(user).select_related("officer", "staff")
    if held.isdisjoint(HANDLES):
        return found.filter(Exists(AccessCheck.objects.filter(request=OuterRef("pk"))))
    return found


def get_request_or_404(
    user: User, reference: str, now: datetime, held: frozenset[str] | None = None
) -> AccessRequest:
    """Fetch and authorise in one step; raise `Http404`, the same for absent and for forbidden."""
    found = visible_requests(user, now, held).filter(reference=reference).first()
    if found is None:
        raise Http404
    return found


def readable_items(request: AccessRequest, user: User) -> QuerySet[AccessItem]:
    """Return the items that the person has leave to read, the ones that are gone left out."""
    leave = AccessLeave.objects.filter(
        request=request, concern=OuterRef("concern"), user=user, ended_at=None
    )
    mine = Q(concern=None) if is_reader(request, user) else Q(pk__in=[])
    return (
        AccessItem.objects.filter(request=request, gone_at=None)
        .filter(mine | Exists(leave))
        .select_related("concern", "report", "decided_by")
    )


def is_reader(request: AccessRequest, user: User) -> bool:
    """Whether the person handles the request while it is open, or checks it now."""
    if not request.is_open:
        return False
    check = request.checks.filter(answered_at=None, checker=user)
    return request.officer_id == user.pk or check.exists()


def officers_for(request: AccessRequest, roles: Iterable[str], now: datetime) -> list[User]:
    """Return who in these roles may take part in a request: nobody whom it touches."""
    people = User.objects.holding(roles, now)
    return [person for person in people if untouched(person).filter(pk=request.pk).exists()]


@dataclass(frozen=True)
class Group:
    """One person of one report who may be the one who asks, on one or several concerns."""

    rows: list[AccessCandidate]

    @property
    def first(self) -> AccessCandidate:
        """Return the row that stands for the others."""
        return self.rows[0]

    @property
    def references(self) -> list[str]:
        """Return the references of their concerns."""
        return [row.concern.reference for row in self.rows]


def candidates_for(request: AccessRequest, user: User) -> QuerySet[AccessCandidate]:
    """Return who was found, without what touches the person, dropped or not."""
    return request.candidates.exclude(_touches(user))


def candidate_groups(request: AccessRequest, user: User) -> list[Group]:
    """Return who was found, as the person may see it, the likeliest first, in one statement."""
    found = candidates_for(request, user)
    rows = found.select_related("concern__report", "involvement", "decided_by")
    return [
        Group(list(found)) for _, found in groupby(rows, key=lambda row: (-row.weight, row.group))
    ]


@dataclass(frozen=True)
class Counts:
    """How far the work on the items is."""

    items: int
    undecided: int
    withheld: int


def counts_of(request: AccessRequest) -> Counts:
    """Count the items of a request in one statement."""
    decision = AccessItem.Decision
    return Counts(
        **request.items.filter(gone_at=None).aggregate(
            items=Count("pk"),
            undecided=Count("pk", filter=Q(decision=decision.OPEN)),
            withheld=Count("pk", filter=Q(decision=decision.WITHHOLD)),
        )
    )


def open_first(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Return requests, those that are owed an answer first, by the day on which it is due."""
    ended = ~Q(state__in=sorted(rules.OPEN))
    by_day = F("due_on").asc(nulls_last=True)
    return requests.annotate(ended=ended).order_by("ended", by_day, "id")
