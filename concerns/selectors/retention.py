"""How long records are kept, what is due for disposal, and what stands in its way; reads only.

Who keeps records sees references, kinds, dates and blockers, never what a report says: that opens
only on a concern's own page, to whoever may see it there. A report from which somebody is kept out
does not exist for them here either.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, Exists, F, Func, OuterRef, QuerySet, TextField
from django.http import Http404

from concerns.dates import local_date
from concerns.models import (
    Concern,
    DisposalItem,
    Exclusion,
    Involvement,
    LegalHold,
    MatchKey,
    Retention,
    RetentionSchedule,
)
from concerns.rules.checklists import TRUST_BODIES
from concerns.rules.retention import (
    ADULT_AGE,
    YOUNGEST_AT_WORK,
    KeptPerson,
    RecordFacts,
    Schedule,
    plus_years,
    schedule_from,
    shipped,
)
from concerns.rules.taxonomy import BY_GROUP
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.accounts.selectors import roles_of

RECORD_ROLES = frozenset({Role.RECORDS_OFFICER, Role.CORPORATE_LEAD})
# Worries that mean that a child is, or becomes, looked after by the council.
LOOKED_AFTER = frozenset({"unaccompanied"})
IN_CARE = frozenset({"open", "leaver"})
NO_HARM = frozenset(item.slug for item in BY_GROUP["child"].values() if not item.is_harm)


def keeps_records(user: User, now: datetime) -> bool:
    """Whether the person keeps records, or answers for them, at `now` (aware)."""
    return not roles_of(user, now).isdisjoint(RECORD_ROLES)


def current_schedule() -> Schedule:
    """Return the schedule that counts: the council's newest, or the shipped one."""
    newest = (
        RetentionSchedule.objects.filter(state=RetentionSchedule.State.PUBLISHED)
        .order_by("-answered_at", "-pk")
        .first()
    )
    return schedule_from(newest.version, newest.rows) if newest else shipped()


class Blockers(Func):
    """What stands in the way of disposing of a concern now, as the database itself says."""

    function = "concerns_disposal_blockers"
    output_field = ArrayField(TextField())


class Holds(Func):
    """The ids of the legal holds in force on a concern."""

    function = "concerns_legal_holds"
    output_field = ArrayField(BigIntegerField())


def concerns_for_records(user: User) -> QuerySet[Concern]:
    """Return the closed concerns that somebody who keeps records may know of."""
    return Concern.objects.filter(state=Concern.State.CLOSED).exclude(kept_out_of(user))


def kept_out_of(user: User, report: str = "report") -> Exists:
    """Return the condition of being about a report from which the person is kept out."""
    return Exists(Exclusion.objects.filter(report=OuterRef(report), user=user, lifted_at=None))


def due_list(user: User, now: datetime, group: str = "", row: str = "") -> QuerySet[Concern]:
    """Return what is due at `now`, the longest overdue first, each with its `blockers`.

    Narrowed to a group or to what one row of the schedule keeps. The dates were worked out by a
    task, not here.
    """
    found = (
        concerns_for_records(user)
        .filter(retention__due_on__lte=local_date(now))
        .select_related("retention")
        .annotate(blockers=Blockers(F("pk")), in_batch=Exists(_waiting_items()))
        .order_by("retention__due_on", "pk")
    )
    if group:
        found = found.filter(group=group)
    return found.filter(retention__row_id=row) if row else found


def _waiting_items() -> QuerySet[DisposalItem]:
    return DisposalItem.objects.filter(concern=OuterRef("pk"), state=DisposalItem.State.WAITING)


def record_or_404(user: User, reference: str) -> Concern:
    """Return one closed concern with its retention and blockers; else `Http404`."""
    concern = (
        concerns_for_records(user)
        .select_related("retention__kept_by")
        .annotate(blockers=Blockers(F("pk")), in_batch=Exists(_waiting_items()))
        .filter(reference=reference)
        .first()
    )
    if concern is None:
        raise Http404
    return concern


def holds_seen_by(user: User) -> QuerySet[LegalHold]:
    """Return the holds that somebody who keeps records may know of, the newest first."""
    return (
        LegalHold.objects.select_related(
            "concern", "report", "involvement__concern", "placed_by", "lifted_by"
        )
        .exclude(kept_out_of(user, "report"))
        .exclude(kept_out_of(user, "concern__report"))
        .exclude(kept_out_of(user, "involvement__concern__report"))
    )


def record_keepers(now: datetime) -> QuerySet[User]:
    """Return the active people who keep records at `now` (aware): they propose, approve, stop."""
    return User.objects.holding(RECORD_ROLES, now)


def holds_on(concern: Concern) -> list[LegalHold]:
    """Return the legal holds in force on a concern, in one statement."""
    ids = Concern.objects.filter(pk=concern.pk).values(hold=Func(Holds(F("pk")), function="unnest"))
    return list(LegalHold.objects.filter(pk__in=ids).select_related("placed_by"))


@dataclass(frozen=True)
class Keeping:
    """Until when a concern is kept, for its own page."""

    retention: Retention | None
    holds: list[LegalHold]


def keeping_of(concern: Concern) -> Keeping:
    """Return how long a concern is kept, and what holds it; two statements."""
    found = Retention.objects.filter(concern=concern).select_related("kept_by").first()
    return Keeping(found, holds_on(concern))


def facts_of(concern: Concern) -> RecordFacts:
    """Return the dates and kinds that count, from a closed concern with its parts at hand.

    Needs `report`, `match_keys`, `referrals` and `reassessments` fetched.
    """
    if concern.closed_at is None:
        raise ValueError("Only what is closed is kept until a day.")
    received, closed = local_date(concern.received_at), local_date(concern.closed_at)
    keys = list(concern.match_keys.all())
    people = [_subject(concern, keys, received, closed), *_trusted(concern, received)]
    people += [_housemate(key, received) for key in keys if key.part == Involvement.Part.HOUSEHOLD]
    return RecordFacts(received, closed, tuple(people))


def _subject(concern: Concern, keys: list[MatchKey], received: date, closed: date) -> KeptPerson:
    said = _said_of(concern)
    own = next((key for key in keys if key.part == Involvement.Part.SUBJECT), None)
    days = set(_days([said, *(item.corrections for item in concern.reassessments.all())]))
    if own is not None and own.born is not None:
        days.add(own.born)
    bounds = [own.born_to] if own is not None and own.born_to is not None else []
    is_child = concern.group == Concern.Group.CHILD
    return KeptPerson(
        kinds=_kinds(concern, str(said.get("leaving_care", ""))),
        born=next(iter(days)) if len(days) == 1 else None,
        born_by=max([*days, *bounds], default=None) if len(days) > 1 or bounds else None,
        died_by=closed if concern.outcome == "person_died" else None,
        youngest=_youngest(said, is_child=is_child),
    )


def _youngest(said: dict[str, Any], *, is_child: bool) -> int | None:
    """Return the lowest age that the person can have had at receipt; None: not born yet."""
    if not is_child:
        return ADULT_AGE
    if said.get("group") == "unborn":
        return None
    ages = [said[name] for name in ("age_min", "claimed_age") if isinstance(said.get(name), int)]
    return min(ages, default=0)


def _said_of(concern: Concern) -> dict[str, Any]:
    """Return what the report's facts say of the person at risk."""
    people: list[dict[str, Any]] = concern.report.facts.get("people", [])
    ref = concern.assessment.get("ref")
    return next((found for found in people if found.get("ref") == ref), {})


def _days(sources: Iterable[dict[str, Any]]) -> Iterator[date]:
    """Yield every date of birth that was stated or corrected."""
    for source in sources:
        for said in (source, source.get("person", {})):
            if isinstance(said, dict) and isinstance(said.get("dob"), str):
                yield date.fromisoformat(said["dob"])


def _kinds(concern: Concern, leaving_care: str) -> frozenset[str]:
    """Return what kinds of record the person at risk makes it."""
    worries = frozenset([*concern.categories, *concern.flags])
    looked_after = leaving_care in IN_CARE or not worries.isdisjoint(LOOKED_AFTER)
    kinds = {"looked_after"} if looked_after else set()
    match concern.group:
        case Concern.Group.CHILD:
            kinds.add("child_in_need" if worries and worries <= NO_HARM else "child_protection")
        case Concern.Group.ADULT_AT_RISK:
            kinds.add("adult_at_risk")
        case _:
            kinds.add("neither")
    return frozenset(kinds)


def _trusted(concern: Concern, received: date) -> list[KeptPerson]:
    """Return the person in a position of trust, if it is about one; unknown age: a young one."""
    alleged: list[dict[str, Any]] = concern.report.facts.get("alleged", [])
    works_with = {str(item.get("workforce")) for item in alleged} & {"children", "adults", "both"}
    bodies = {
        item.agency_slug
        for item in concern.referrals.all()
        if item.agency_slug in TRUST_BODIES and item.state != "withdrawn"
    }
    if not (works_with or bodies or "P2.trust" in concern.assessment.get("rules", [])):
        return []
    ages = [item.get("age") for item in alleged]
    known = [age for age in ages if isinstance(age, int)]
    is_known = bool(ages) and len(known) == len(ages)
    kinds = (
        {"trust"}
        if works_with == {"adults"} and "lado" not in bodies
        else {
            "trust",
            "trust_children",
        }
    )
    youngest = min(known) if is_known else YOUNGEST_AT_WORK
    return [KeptPerson(frozenset(kinds), youngest=youngest)]


def _housemate(key: MatchKey, received: date) -> KeptPerson:
    """Return somebody of the household: a child unless their age says that they were not."""
    latest = key.born or key.born_to
    is_adult = latest is not None and plus_years(latest, ADULT_AGE) <= received
    kinds = frozenset() if is_adult else frozenset({"household_child"})
    return KeptPerson(kinds, born=key.born, born_by=key.born_to, youngest=None)
