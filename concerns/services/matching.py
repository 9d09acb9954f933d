"""Looking for people and concerns that belong together, after a report is filed.

Run every minute by beat, and safe to run twice: a key waits until it was compared, in the
transaction that writes what was found. It reaches across all records, restricted ones too; who may
know of what was found is decided when it is read (`selectors.people`).
"""

from __future__ import annotations

import logging
from datetime import datetime
from itertools import chain

from django.contrib.postgres.search import TrigramSimilarity
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, F, Q, QuerySet, Value, When

from concerns.matching import Score, score
from concerns.matching.linking import Side, suggested_links
from concerns.matching.normalise import with_day_and_month_swapped
from concerns.matching.score import current_weights
from concerns.models import Concern, ConcernLink, Involvement, MatchCandidate, MatchKey
from concerns.services.match_keys import identity_from

logger = logging.getLogger(__name__)

BATCH = 100
MOST_COMPARED = 200
MOST_OFFERED = 30
MOST_LINKS = 20
# Trigram similarity from which two names, each in its main form, are worth comparing.
SIMILAR = 0.45
# One matching or regrouping at a time: two that run beside each other would not see each other.
LOCK = 0x50454F50


def one_at_a_time() -> None:
    """Wait for every other matching to commit; held to the end of the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def match_waiting(now: datetime) -> int:
    """Compare every key that waits; return how many were compared. `now` is aware.

    A key that cannot be compared (a fault, not a rule) is logged by id and tried again next time.
    """
    waiting = MatchKey.objects.filter(matched_at=None).order_by("pk")
    compared = 0
    for key_id in list(waiting.values_list("pk", flat=True)[:BATCH]):
        try:
            compared += match_key(key_id, now)
        except DatabaseError:
            logger.exception("matching of key %s failed; it waits on", key_id)
    return compared


@transaction.atomic
def match_key(key_id: int, now: datetime) -> bool:
    """Compare one key with all before it; false when that was done meanwhile."""
    one_at_a_time()
    key = MatchKey.objects.select_related("concern").filter(pk=key_id, matched_at=None).first()
    if key is None:
        return False
    key.root = _root_of(key)
    alike = _offer_people(key, now) if key.root_id == key.pk else {}
    _suggest_links(key, alike, now)
    key.matched_at = now
    key.save(update_fields=["root", "matched_at"])
    return True


def _root_of(key: MatchKey) -> MatchKey:
    """Return the first key of the same person in the same report: it speaks for all of them."""
    if not key.reported_as:
        return key
    same = MatchKey.objects.filter(report=key.report_id, reported_as=key.reported_as)
    return same.order_by("pk")[0]


def _offer_people(key: MatchKey, now: datetime) -> dict[int, Score]:
    """Write the pairs that a lead should look at; return the scores by the other's key."""
    identity = identity_from(key)
    scored = [(other, score(identity, identity_from(other))) for other in _possible(key)]
    offered = sorted(
        ((other, found) for other, found in scored if found.is_offered),
        key=lambda item: -item[1].weight,
    )[:MOST_OFFERED]
    MatchCandidate.objects.bulk_create(
        (candidate_for(key, other, found, now) for other, found in offered),
        ignore_conflicts=True,
    )
    return {other.pk: found for other, found in offered}


def candidate_for(key: MatchKey, other: MatchKey, found: Score, now: datetime) -> MatchCandidate:
    """Return the unsaved pair of two roots, the older first."""
    left, right = sorted((key.pk, other.pk))
    return MatchCandidate(
        left_id=left,
        right_id=right,
        weight=found.weight,
        is_likely=found.is_likely,
        reasons=list(found.reasons),
        weights_version=current_weights().version,
        created_at=now,
    )


def _possible(key: MatchKey) -> QuerySet[MatchKey]:
    """Return the earlier people worth comparing, those with the strongest ground first, bounded.

    Raises the trigram threshold for the transaction, so that the index does the narrowing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(SIMILAR)]
        )
    grounds, strongest = Q(), []
    if key.nhs:
        grounds |= Q(nhs=key.nhs)
        strongest.append(When(nhs=key.nhs, then=Value(0)))
    if key.phones:
        grounds |= Q(phones__overlap=key.phones)
        strongest.append(When(phones__overlap=key.phones, then=Value(0)))
    if key.born:
        days = [day for day in (key.born, with_day_and_month_swapped(key.born)) if day]
        grounds |= Q(born__in=days)
        strongest.append(When(born__in=days, then=Value(1)))
    if key.name_key:
        grounds |= Q(name_key__trigram_similar=key.name_key)
    if not grounds:
        return MatchKey.objects.none()
    return (
        MatchKey.objects.filter(grounds, root=F("pk"))
        .exclude(report=key.report_id)
        .annotate(
            ground=Case(*strongest, default=Value(2)),
            likeness=TrigramSimilarity("name_key", key.name_key),
        )
        .order_by("ground", "-likeness", "-pk")[:MOST_COMPARED]
    )


def _suggest_links(key: MatchKey, alike: dict[int, Score], now: datetime) -> None:
    """Write the links that a lead should look at; one that was ever decided stays as it is."""
    others = {other.pk: other for other in chain(_near(key), _subjects_among(key, alike))}
    mine = _side(key)
    links: dict[tuple[int, int, str], ConcernLink] = {}
    for other in others.values():
        same = other.root_id in alike
        for rule in suggested_links(mine, _side(other), may_be_same=same):
            first, second = sorted((key.concern_id, other.concern_id))
            links[first, second, rule.kind] = ConcernLink(
                first_id=first,
                second_id=second,
                kind=rule.kind,
                state=ConcernLink.State.SUGGESTED,
                why=rule.words,
                made_at=now,
            )
    ConcernLink.objects.bulk_create(links.values(), ignore_conflicts=True)


def _near(key: MatchKey) -> list[MatchKey]:
    """Return earlier people with the same home, place or account, the newest first, bounded."""
    grounds = Q()
    if key.part == Involvement.Part.SUBJECT and key.home:
        grounds |= Q(home=key.home, part=Involvement.Part.SUBJECT)
    if key.place:
        grounds |= Q(place=key.place)
    if key.account:
        grounds |= Q(account__overlap=key.account)
    return _others(key, grounds)


def _subjects_among(key: MatchKey, alike: dict[int, Score]) -> list[MatchKey]:
    """Return the people at risk who may be this one."""
    if key.part != Involvement.Part.SUBJECT or not alike:
        return []
    return _others(key, Q(root__in=alike, part=Involvement.Part.SUBJECT))


def _others(key: MatchKey, grounds: Q) -> list[MatchKey]:
    if not grounds:
        return []
    found = MatchKey.objects.filter(grounds, matched_at__isnull=False).exclude(report=key.report_id)
    return list(found.select_related("concern").order_by("-pk")[:MOST_LINKS])


def _side(key: MatchKey) -> Side:
    concern, is_subject = key.concern, key.part == Involvement.Part.SUBJECT
    return Side(
        received_at=concern.received_at,
        is_open=concern.state != Concern.State.CLOSED,
        is_child=is_subject and concern.group == Concern.Group.CHILD,
        categories=frozenset(concern.categories) if is_subject else frozenset(),
        words=tuple(key.words),
        home=key.home if is_subject else "",
        place=key.place,
        account=tuple(key.account),
    )
