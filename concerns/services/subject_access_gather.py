"""The worker's part of a request for one's own data: find the person, collect, compare.

It reaches across every concern, restricted ones too; what it finds is read by nobody but an officer
with leave. A run is a row: claimed by compare-and-set, taken again when a worker died, and safe to
run twice, because every piece has a stable key.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchQuery, TrigramSimilarity
from django.db import DatabaseError, transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from concerns.dates import local_date
from concerns.matching import Identity, Reported, identity_of, score
from concerns.matching.compare import AGREEING
from concerns.matching.normalise import home_of, name_key, with_day_and_month_swapped
from concerns.models import (
    AccessCandidate,
    AccessGathering,
    AccessItem,
    AccessLeave,
    AccessRequest,
    Involvement,
    MatchKey,
    SearchDocument,
)
from concerns.rules.access_requests import STEPS
from concerns.selectors.personal_data import Found, Scope
from concerns.selectors.personal_data_sources import SOURCES
from concerns.selectors.subject_access import candidates_for
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.match_keys import identity_from
from concerns.services.notices import OWNER, tell_caseworkers
from concerns.services.subject_access import (
    end_leaves,
    give_leaves,
    lock_request,
    step_back_if_touched,
    take_step,
)
from concerns.services.subject_access_items import keep_found, third_parties
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

logger = logging.getLogger(__name__)
Kind = AccessGathering.Kind
# Past it a worker is taken to have died.
LEASE = timedelta(minutes=10)
MOST = 500
SIMILAR = 0.45
TASK = "concerns.gather_personal_data"
IN_THE_WORDS = "The name stands in the words of the concern, not as a person in it"
SAID_BY_LEADS = "A lead said that this is the same person as another who was found"
THEIR_ACCOUNT = "Picked from the staff list"
# What changes with every reading is no change of the record.
VOLATILE = ("readings:", "read:")


@transaction.atomic
def ask_for(pk: int, actor: User, kind: str, now: datetime) -> AccessGathering:
    """Ask the worker to search, collect or compare; the row is the promise.

    Raises `NotAllowedError` while somebody who was found waits for a decision.
    """
    step = {Kind.SEARCH: "search_again", Kind.COLLECT: "collect", Kind.COMPARE: "hand_over"}[
        Kind(kind)
    ]
    request = lock_request(pk, actor, now, step)
    if request.gatherings.filter(done_at=None).exists():
        raise ConflictError("The portal is looking already.")
    undecided = request.candidates.filter(state=AccessCandidate.State.OPEN)
    if kind == Kind.COLLECT and undecided.exists():
        raise NotAllowedError("Say of everybody who was found whether it is this person.")
    if kind == Kind.COLLECT and not request.gatherings.filter(kind=Kind.SEARCH).exists():
        raise NotAllowedError("Look for the person first.")
    gathering = AccessGathering.objects.create(
        request=request,
        kind=kind,
        asked_at=now,
        asked_by=actor,
        steps=len(SOURCES) if kind != Kind.SEARCH else 1,
    )
    if kind == Kind.COMPARE:
        record(
            "access_request.compare",
            actor=actor,
            object_type="access_request",
            object_id=str(request.pk),
        )
    else:
        take_step(request, actor, step)
    return gathering


def nudge(run: object) -> None:
    """Ask a worker to begin now; the sweep of each minute does it anyway."""
    try:
        run.delay()  # type: ignore[attr-defined]
    except OperationalError:
        logger.warning("the queue is away: the search waits for the next sweep")


def gather_waiting(now: datetime) -> int:
    """Do every run that waits, and tell of every new leave; return how many runs were done.

    One that fails is logged by id and tried again when its lease is over.
    """
    done = 0
    for gathering in AccessGathering.objects.filter(done_at=None).order_by("pk"):
        if not _claimed(gathering.pk, now):
            continue
        try:
            _do(gathering, now)
        except DatabaseError:
            logger.exception("gathering %s failed, it is tried again", gathering.pk)
        else:
            done += 1
    announce_leaves(now)
    return done


def _claimed(pk: int, now: datetime) -> bool:
    free = Q(claimed_at=None) | Q(claimed_at__lt=now - LEASE)
    return bool(
        AccessGathering.objects.filter(free, pk=pk, done_at=None).update(claimed_at=now, step=0)
    )


def _do(gathering: AccessGathering, now: datetime) -> None:
    request = gathering.request
    if gathering.kind == Kind.SEARCH:
        found = _search(request, now)
    elif gathering.kind == Kind.COLLECT:
        found = _collect(gathering, now)
    else:
        gathering.changes = changes_since(request)
        found = len(gathering.changes)
    with transaction.atomic():
        _ask_again(gathering)
        AccessGathering.objects.filter(pk=gathering.pk).update(
            done_at=now, step=gathering.steps, found=found, changes=gathering.changes
        )
        record(
            "access_request.gathered",
            actor_label="rules",
            object_type="access_request",
            object_id=str(request.pk),
            detail={"reference": request.reference, "kind": gathering.kind, "found": found},
        )


def _ask_again(gathering: AccessGathering) -> None:
    """Let other changes than those that were answered for be answered for anew."""
    compared = gathering.request.gatherings.filter(kind=Kind.COMPARE, done_at__isnull=False)
    before = compared.order_by("pk").last()
    if gathering.kind == Kind.COMPARE and before and before.changes != gathering.changes:
        AccessRequest.objects.filter(pk=gathering.request_id).update(changes_left_out="")


# --- Finding the person --------------------------------------------------------------------------
def identities(request: AccessRequest) -> list[Identity]:
    """Return the person in comparable form, once for each name they go by."""
    names = [request.name, *request.aliases.splitlines()]
    return [
        identity_of(
            Reported(
                name=name,
                born=request.born,
                address=request.address,
                nhs=request.nhs,
                contact=request.phones,
            ),
            local_date(request.created_at),
        )
        for name in dict.fromkeys(name.strip() for name in names)
        if name
    ]


@transaction.atomic
def _search(request: AccessRequest, now: datetime) -> int:
    """Write everybody who may be the person; what was decided before stays decided."""
    people = identities(request)
    rows = {
        (row.concern_id, row.involvement_id): row
        for row in [*_by_key(request, people), *_by_name(request, people), *_by_account(request)]
    }
    for row in _by_words(request, {concern for concern, _ in rows}):
        rows[row.concern_id, None] = row
    AccessCandidate.objects.bulk_create(rows.values(), ignore_conflicts=True)
    step_back_if_touched(request, now)
    return request.candidates.count()


def _by_key(request: AccessRequest, people: list[Identity]) -> Iterable[AccessCandidate]:
    """Yield people as reported who agree with the person, and whoever leads say is one of them."""
    best: dict[tuple[int, str], tuple[float, tuple[str, ...]]] = {}
    keys = {key.pk: key for person in people for key in _possible(person)}
    for key in keys.values():
        for person in people:
            worth = score(person, identity_from(key))
            agrees = worth.levels.get("name") in AGREEING["name"]
            group = _group(key)
            if (worth.is_offered or agrees) and worth.weight > best.get(group, (-99.0, ()))[0]:
                best[group] = (worth.weight, worth.reasons)
    known = {key.person_id for key in keys.values() if _group(key) in best} - {None}
    for key in MatchKey.objects.filter(person__in=known):
        best.setdefault(_group(key), (0.0, (SAID_BY_LEADS,)))
    same = MatchKey.objects.filter(report__in={report for report, _ in best})
    for key in same:
        if _group(key) in best:
            weight, reasons = best[_group(key)]
            yield _candidate(
                request, key.concern_id, key.involvement_id, _named(_group(key)), weight, reasons
            )


def _group(key: MatchKey) -> tuple[int, str]:
    return (key.report_id, key.reported_as or f"key {key.pk}")


def _named(group: tuple[int, str]) -> str:
    return f"{group[0]}:{group[1]}"


def _possible(person: Identity) -> list[MatchKey]:
    """Return the keys worth comparing: a number, birthday, home, or a name like theirs."""
    grounds = Q()
    if person.nhs:
        grounds |= Q(nhs=person.nhs)
    if person.phones:
        grounds |= Q(phones__overlap=list(person.phones))
    if person.born:
        days = [day for day in (person.born, with_day_and_month_swapped(person.born)) if day]
        grounds |= Q(born__in=days)
    if home := home_of(person):
        grounds |= Q(home=home)
    name = name_key(person.words)
    if name:
        grounds |= Q(name_key__trigram_similar=name)
    if not grounds:
        return []
    keys = MatchKey.objects.filter(grounds)
    return list(keys.annotate(alike=TrigramSimilarity("name_key", name)).order_by("-alike")[:MOST])


def _by_name(request: AccessRequest, people: list[Identity]) -> Iterable[AccessCandidate]:
    """Yield people who are never compared by leads (who told the reporter), by their name."""
    today = local_date(request.created_at)
    for person in people:
        named = Involvement.objects.filter(match_key=None).annotate(
            alike=TrigramSimilarity("name", " ".join(person.words))
        )
        for row in named.filter(alike__gte=SIMILAR).select_related("concern")[:MOST]:
            worth = score(person, identity_of(Reported(name=row.name), today))
            if worth.levels.get("name") in AGREEING["name"]:
                group = f"{row.concern.report_id}:{row.part}:{row.name}"[:60]
                yield _candidate(
                    request, row.concern_id, row.pk, group, worth.weight, worth.reasons
                )


def _by_account(request: AccessRequest) -> Iterable[AccessCandidate]:
    if request.staff_id is None:
        return
    for row in Involvement.objects.filter(staff_member=request.staff).select_related("concern"):
        group = f"{row.concern.report_id}:staff"
        yield _candidate(request, row.concern_id, row.pk, group, 20.0, (THEIR_ACCOUNT,))


def _by_words(request: AccessRequest, known: set[int]) -> Iterable[AccessCandidate]:
    """Yield concerns in whose words a whole name of the person stands."""
    wanted = Q()
    for name in [request.name, *request.aliases.splitlines()]:
        if len(name.split()) > 1:
            wanted |= Q(words=SearchQuery(name, search_type="phrase", config="english"))
            wanted |= Q(words=SearchQuery(name, search_type="phrase", config="simple"))
    if not wanted:
        return
    found = SearchDocument.objects.filter(wanted).exclude(pk__in=known)
    for pk in found.order_by("-pk").values_list("pk", flat=True)[:MOST]:
        yield _candidate(request, pk, None, f"words:{pk}", -10.0, (IN_THE_WORDS,))


def _candidate(
    request: AccessRequest,
    concern: int,
    involvement: int | None,
    group: str,
    weight: float,
    reasons: tuple[str, ...],
) -> AccessCandidate:
    return AccessCandidate(
        request=request,
        concern_id=concern,
        involvement_id=involvement,
        group=group[:60],
        weight=weight,
        reasons=list(reasons),
    )


# --- Collecting ----------------------------------------------------------------------------------
def scope_of(request: AccessRequest) -> Scope:
    """Return where the person was found, as far as an officer said so."""
    confirmed = request.candidates.filter(state=AccessCandidate.State.CONFIRMED)
    return Scope(dict(confirmed.values_list("concern_id", "concern__report_id")), request.staff)


def _collect(gathering: AccessGathering, now: datetime) -> int:
    """Write what is held, source by source, so that the officer sees how far it is."""
    request, scope = gathering.request, scope_of(gathering.request)
    others = third_parties(request, scope)
    for number, source in enumerate(SOURCES, start=1):
        with transaction.atomic():
            keep_found(request, list(source.load(scope)), others, now)
            AccessGathering.objects.filter(pk=gathering.pk).update(step=number, claimed_at=now)
    # What this run did not meet is no longer in the record, or no longer this person's.
    AccessItem.objects.filter(request=request, gone_at=None, gathered_at__lt=now).update(
        gone_at=now
    )
    return request.items.filter(gone_at=None).count()


def changes_since(request: AccessRequest) -> list[dict[str, str]]:
    """Return what is in the record now and was not when it was collected, changed, or has gone."""
    scope = scope_of(request)
    held: dict[str, Found] = {
        found.key: found for source in SOURCES for found in source.load(scope) if not _moves(found)
    }
    kept = {
        key: (title, text)
        for key, title, text in request.items.filter(gone_at=None).values_list(
            "key", "title", "text"
        )
        if not key.startswith(VOLATILE)
    }
    new = [(held[key].title, "New", held[key].clean) for key in held if key not in kept]
    gone = [(title, "Gone", "") for key, (title, _) in kept.items() if key not in held]
    changed = [
        (title, "Changed", held[key].clean)
        for key, (title, text) in kept.items()
        if key in held and text != held[key].clean
    ]
    return [
        {"title": title, "what": what, "sha256": hashlib.sha256(text.encode()).hexdigest()}
        for title, what, text in [*new, *changed, *gone]
    ]


def _moves(found: Found) -> bool:
    return found.key.startswith(VOLATILE)


def announce_leaves(now: datetime) -> int:
    """Tell those who work a concern that an officer may read parts of it; return how many."""
    waiting = AccessLeave.objects.filter(announced_at=None).select_related(
        "request", "concern__team", "concern__report", "concern__owner"
    )
    for leave in waiting:
        with transaction.atomic():
            key = f"{leave.request.reference}:{leave.user_id}"
            tell_caseworkers(leave.concern, (OWNER, "lead"), "access_leave", key, now)
            AccessLeave.objects.filter(pk=leave.pk).update(announced_at=now)
    return len(waiting)


@transaction.atomic
def decide_candidate(
    pk: int, candidate_id: int, actor: User, *, is_person: bool, reason: str, now: datetime
) -> list[AccessCandidate]:
    """Say whether somebody who was found is the person, and why; on each concern of that report.

    Yes gives the officer leave to read what is gathered there; no ends it.
    """
    request = lock_request(pk, actor, now, "search_again")
    first = candidates_for(request, actor).filter(pk=candidate_id).first()
    if first is None:
        raise NotAllowedError("It was not found. Look again.")
    rows = list(request.candidates.filter(group=first.group))
    state = AccessCandidate.State.CONFIRMED if is_person else AccessCandidate.State.DROPPED
    request.candidates.filter(group=first.group).update(
        state=state, reason=reason, decided_by=actor, decided_at=now
    )
    # What was collected before no longer fits: it is collected anew.
    request.state = STEPS["search_again"].after
    request.save(update_fields=["state"])
    record(
        "access_request.candidate_decided",
        actor=actor,
        object_type="access_request",
        object_id=str(pk),
        detail={"state": state, "concerns": [row.concern_id for row in rows]},
    )
    confirmed = set(
        request.candidates.filter(state=AccessCandidate.State.CONFIRMED).values_list(
            "concern_id", flat=True
        )
    )
    mine = {row.concern_id for row in rows}
    if give := mine & confirmed:
        give_leaves(request, actor, now, give)
    if end := mine - confirmed:
        end_leaves(request, now, concerns=end)
    return rows
