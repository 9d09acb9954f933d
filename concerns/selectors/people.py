"""Who in a concern may be known from another, as far as one reader may know.

A pair is shown only to those who may see a concern on both sides of it. Of a pair with a restricted
record, one role learns that there is one and whom to ask, and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import (
    BooleanField,
    Case,
    Exists,
    F,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    When,
    prefetch_related_objects,
)
from django.db.models.functions import JSONObject

from concerns.access import visible_concerns
from concerns.models import (
    AccessGrant,
    Concern,
    Exclusion,
    Involvement,
    MatchCandidate,
    MatchDecision,
    MatchKey,
)
from safeguarding_portal.accounts.models import Membership, Role, User
from safeguarding_portal.design_system.text import sentence_case

if TYPE_CHECKING:
    from django.db.models.expressions import Combinable

# The one role that may know that a restricted record concerns somebody (issue 3, section 7).
TOLD_OF_RESTRICTED = Role.CORPORATE_LEAD
MOST_SHOWN = 200


@dataclass(frozen=True)
class Place:
    """One appearance of the other person, in a concern that the reader may see."""

    reference: str
    received_at: datetime
    part: str
    name: str
    details: list[dict[str, str]]

    @property
    def part_words(self) -> str:
        """Return what the person is there, in words."""
        return Involvement.Part(self.part).label


@dataclass(frozen=True)
class Decided:
    """What a lead said of a pair, by whom and when."""

    pk: int
    state: str
    reason: str
    by: str
    at: datetime

    @property
    def state_words(self) -> str:
        """Return what was said, in words."""
        return MatchCandidate.State(self.state).label


@dataclass(frozen=True)
class Match:
    """One pair, seen from one person of a concern: the other side, the reasons, the decisions."""

    candidate: MatchCandidate
    root_id: int
    other_root_id: int
    places: list[Place]
    decisions: list[Decided]

    @property
    def reasons_words(self) -> str:
        """Return why the two may be one, as a sentence."""
        reasons = "; ".join(self.candidate.reasons)
        return f"{sentence_case(reasons)}." if reasons else "Nothing that can be compared."


@dataclass(frozen=True)
class Matches:
    """All pairs of a concern that the reader may know, and whom to ask about one they may not."""

    shown: list[Match]
    ask: list[str]


def with_people(concern: Concern) -> Concern:
    """Fetch the people of a concern with their keys, once, and let them stay with it."""
    people = Involvement.objects.select_related("match_key")
    prefetch_related_objects([concern], Prefetch("involvements", people))
    return concern


def person_matches(
    concern: Concern, user: User, now: datetime, candidate_id: int | None = None
) -> Matches:
    """Return the pairs of the people in a concern, the likeliest first, in one statement.

    Reads the people that `with_people` fetched. With `candidate_id`, that one pair
    only, with the details of both.
    """
    roots = {
        person.match_key.root_id
        for person in concern.involvements.all()
        if hasattr(person, "match_key") and person.match_key.root_id is not None
    }
    if not roots:
        return Matches([], [])
    pairs = _pairs(roots, user, now)
    if candidate_id is not None:
        pairs = pairs.filter(pk=candidate_id)
    found = [_match(pair, roots) for pair in pairs[:MOST_SHOWN]]
    blind = {
        name
        for pair, match in found
        if not match.places and pair.is_blind and pair.state != MatchCandidate.State.REJECTED
        for name in (pair.ask or [""])
    }
    return Matches([match for _, match in found if match.places], sorted(blind))


def _match(pair: Any, roots: set[int]) -> tuple[Any, Match]:
    here = pair.left_id if pair.left_id in roots else pair.right_id
    there = pair.right_id if here == pair.left_id else pair.left_id
    places = [
        Place(**{**place, "received_at": datetime.fromisoformat(place["received_at"])})
        for place in pair.places
    ]
    decisions = [
        Decided(**{**said, "at": datetime.fromisoformat(said["at"])}) for said in pair.said
    ]
    return pair, Match(pair, here, there, places, decisions)


def _pairs(roots: set[int], user: User, now: datetime) -> QuerySet[MatchCandidate]:
    other: Combinable = Case(When(left__in=roots, then=F("right_id")), default=F("left_id"))
    said = MatchDecision.objects.filter(candidate=OuterRef("pk")).order_by("-made_at", "-pk")
    return (
        MatchCandidate.objects.filter(Q(left__in=roots) | Q(right__in=roots))
        .annotate(other=other)
        .annotate(
            places=ArraySubquery(_places(user, now)),
            said=ArraySubquery(
                said.values(
                    row=JSONObject(
                        pk="pk",
                        state="state",
                        reason="reason",
                        by="made_by__full_name",
                        at="made_at",
                    )
                )
            ),
            is_blind=Case(
                When(Exists(_hidden(user, now)), then=True),
                default=False,
                output_field=BooleanField(),
            ),
            ask=ArraySubquery(_readers(now)),
        )
        .order_by("-weight", "pk")
    )


def _places(user: User, now: datetime) -> QuerySet[Any, Any]:
    """Return where the other person appears, in concerns that the reader may see."""
    return (
        MatchKey.objects.filter(root=OuterRef("other"), concern__in=visible_concerns(user, now))
        .order_by("concern__number", "pk")
        .values(
            row=JSONObject(
                reference="concern__reference",
                received_at="concern__received_at",
                part="part",
                name="involvement__name",
                details="involvement__details",
            )
        )
    )


def _hidden(user: User, now: datetime) -> QuerySet[MatchKey]:
    """Return the other side, if it is restricted and the reader may know that it exists."""
    role = Membership.objects.in_force(now).filter(user=user, role=TOLD_OF_RESTRICTED)
    kept_out = Exclusion.objects.filter(report=OuterRef("report"), user=user, lifted_at=None)
    return MatchKey.objects.filter(
        Exists(role), pk=OuterRef("other"), concern__restricted=True
    ).exclude(Exists(kept_out))


def _readers(now: datetime) -> QuerySet[Any, Any]:
    """Return who is on the access list of the other side, by name."""
    kept_out = Exclusion.objects.filter(
        report=OuterRef("concern__report"), user=OuterRef("user"), lifted_at=None
    )
    return (
        AccessGrant.objects.filter(
            concern__match_keys__root=OuterRef("other"), user__is_active=True, revoked_at=None
        )
        .filter(granted_at__lte=now)
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .exclude(Exists(kept_out))
        .order_by("user__full_name")
        .values("user__full_name")
        .distinct()
    )
