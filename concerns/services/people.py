"""What a lead says about two people who may be one. Nothing is merged by itself.

Who is who follows from the pairs that leads confirmed and from nothing else: everybody who is tied
by confirmed pairs is one `Person`. To undo, the lead decides anew about a pair; the people are then
worked out again, so that any decision can be taken back, in any order.

Events carry no concern: a person who may see only one of the two must find no trace of the other in
its chronology. `selectors.people` shows each decision to those who may see both.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.http import Http404

from concerns.access import visible_concerns
from concerns.matching import score
from concerns.models import MatchCandidate, MatchDecision, MatchKey, Person
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.match_keys import identity_from
from concerns.services.matching import candidate_for, one_at_a_time
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

DECISIONS = {
    MatchCandidate.State.CONFIRMED: "match.confirmed",
    MatchCandidate.State.REJECTED: "match.rejected",
    MatchCandidate.State.PARKED: "match.parked",
}


@transaction.atomic
def decide_match(
    candidate_id: int, actor: User, state: str, reason: str, seen: int, now: datetime
) -> MatchCandidate:
    """Record whether two people are one; `seen` is the newest decision the actor saw (0: none).

    Deciding the same again with the same words changes nothing (a double click). Raises `Http404`
    unless the actor may see both sides, and `ConflictError` when somebody decided meanwhile.
    """
    one_at_a_time()
    candidate = MatchCandidate.objects.filter(pk=candidate_id).first()
    if candidate is None or not _sees_both(actor, candidate, now):
        raise Http404
    newest = candidate.decisions.first()
    said = (state, reason, actor.pk)
    if newest is not None and (newest.state, newest.reason, newest.made_by_id) == said:
        return candidate
    if (newest.pk if newest else 0) != seen:
        raise ConflictError("Someone decided about these two while you were reading.")
    MatchDecision.objects.create(
        candidate=candidate, state=state, reason=reason, made_by=actor, made_at=now
    )
    was, candidate.state = candidate.state, state
    candidate.save(update_fields=["state"])
    _record(DECISIONS[MatchCandidate.State(state)], actor, candidate, was)
    if MatchCandidate.State.CONFIRMED in (was, state) and was != state:
        _regroup(candidate, actor, now)
    return candidate


@transaction.atomic
def compare_people(left_id: int, right_id: int, actor: User, now: datetime) -> MatchCandidate:
    """Put two people before the lead who thinks they are one; return the pair, old or new.

    Raises `Http404` unless the actor may see both, and `NotAllowedError` for two of one report or
    for people who are not compared yet (the minute task does it).
    """
    one_at_a_time()
    keys = list(
        MatchKey.objects.filter(
            pk__in={left_id, right_id}, concern__in=visible_concerns(actor, now)
        ).select_related("root")
    )
    if len(keys) != 2:
        raise Http404
    roots = [key.root for key in keys if key.root is not None]
    if len(roots) != 2:
        raise NotAllowedError("This report is still being read. Try again in a minute.")
    if roots[0].report_id == roots[1].report_id:
        raise NotAllowedError("These two are in one report, which names them as two people.")
    left, right = sorted(roots, key=lambda root: root.pk)
    found = MatchCandidate.objects.filter(left=left, right=right).first()
    if found is None:
        scored = score(identity_from(left), identity_from(right))
        found = candidate_for(left, right, scored, now)
        found.save()
        _record("match.proposed", actor, found, "")
    return found


def _sees_both(actor: User, candidate: MatchCandidate, now: datetime) -> bool:
    seen = MatchKey.objects.filter(
        root__in=(candidate.left_id, candidate.right_id),
        concern__in=visible_concerns(actor, now),
    )
    return seen.values("root").distinct().count() == 2


def _record(name: str, actor: User, candidate: MatchCandidate, was: str) -> None:
    record(
        name,
        actor=actor,
        object_type="match",
        object_id=str(candidate.pk),
        detail={"was": was, "left": candidate.left_id, "right": candidate.right_id},
    )


def _regroup(candidate: MatchCandidate, actor: User, now: datetime) -> None:
    """Work out anew who is one person on both sides of a pair that was tied or untied."""
    first = tied_to(candidate.left_id)
    groups: list[tuple[set[int], Person | None]]
    if candidate.right_id in first:
        person = _oldest_person(first) or Person.objects.create(created_at=now)
        name, groups = "person.joined", [(first, person)]
    else:
        second = tied_to(candidate.right_id)
        # The larger side, or the one that was reported first, keeps the person they were.
        kept, parted = sorted((first, second), key=lambda side: (-len(side), min(side)))
        old = _oldest_person(kept) if len(kept) > 1 else None
        new = Person.objects.create(created_at=now) if len(parted) > 1 else None
        name, groups = "person.parted", [(kept, old), (parted, new)]
    for roots, person_or_none in groups:
        MatchKey.objects.filter(root__in=roots).update(person=person_or_none)
    record(
        name,
        actor=actor,
        object_type="match",
        object_id=str(candidate.pk),
        detail={"people": [person.pk for _, person in groups if person is not None]},
    )


def tied_to(root_id: int) -> set[int]:
    """Return everybody (as roots) who is tied to one by confirmed pairs, that one included."""
    found, edge = {root_id}, {root_id}
    while edge:
        pairs = MatchCandidate.objects.filter(
            Q(left__in=edge) | Q(right__in=edge), state=MatchCandidate.State.CONFIRMED
        ).values_list("left_id", "right_id")
        edge = {root for pair in pairs for root in pair} - found
        found |= edge
    return found


def _oldest_person(roots: set[int]) -> Person | None:
    return Person.objects.filter(keys__in=roots).order_by("pk").first()
