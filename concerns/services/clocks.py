"""Writing the clocks of a concern again, each change with its reason.

A clock that was met stays met. One that runs is only brought forward, unless a lead lowers the
priority; one that no longer applies is withdrawn; a new one starts at the decision.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from concerns.clockface import working_hours
from concerns.models import Call, Clock, Concern, Referral
from concerns.rules import facts_from_dict
from concerns.rules.assessment import jsonable
from concerns.rules.case import Case
from concerns.rules.classify import classify
from concerns.rules.clocks import CLOCKS
from concerns.rules.clocks import Clock as RuleClock
from concerns.rules.decided import Decided, decided_clocks
from concerns.rules.facts import Person
from concerns.rules.ladder import first_bell
from concerns.rules.records import cases_of
from concerns.services.routing import due_call
from contacts.selectors import current_directory

PRIORITY = "priority"
OF_THE_RULES = frozenset(row.slug for row in CLOCKS)
GONE, STARTS = "It no longer applies.", "It starts at this decision."


def corrections_of(concern: Concern) -> dict[str, Any]:
    """Return the facts that leads have corrected so far; empty when none."""
    last = concern.reassessments.last()
    return dict(last.corrections) if last else {}


def corrected(known: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return corrections with later ones on top, fact by fact."""
    merged = {part: known.get(part, {}) | more.get(part, {}) for part in ("person", "alleged")}
    return {part: facts for part, facts in merged.items() if facts}


def case_of(concern: Concern, corrections: dict[str, Any], at: datetime) -> Case:
    """Return the concern's case by the report's facts with a lead's corrections, as of `at`.

    `corrections` is {"person": facts, "alleged": facts of the first alleged person}. The report
    itself stays as it was filed.
    """
    data = copy.deepcopy(concern.report.facts)
    index, person = concern.number - 1, corrections.get("person", {})
    people = data.setdefault("people", [])
    if alleged := corrections.get("alleged"):
        first, *rest = data.get("alleged") or [{}]
        data["alleged"] = [first | alleged, *rest]
    if person and not people:
        people.append({})
    if index < len(people):
        people[index] = people[index] | person
    facts = facts_from_dict(data)
    cases = cases_of(facts, at)
    case = cases[index] if index < len(cases) else Case(facts, Person(), index, at)
    # A linked record (R7) follows from the household: its person is corrected by itself.
    return case if index < max(len(people), 1) else _with_person(case, person)


def _with_person(case: Case, person: dict[str, Any]) -> Case:
    known = {key: _as_text(value) for key, value in asdict(case.person).items()}
    read = facts_from_dict({"people": [jsonable(known) | person]}).people[0]
    corrected = replace(case, person=read)
    return corrected.regrouped(classify(corrected.regrouped("")).group)


def _as_text(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_as_text(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def rewrite_clocks(
    concern: Concern,
    corrections: dict[str, Any],
    now: datetime,
    *,
    lowered: bool = False,
    again: frozenset[str] = frozenset(),
) -> list[dict[str, Any]]:
    """Write the clocks of a locked concern for what it is now; return each change with its why.

    Group and priority are those of the concern, saved or not. `lowered`: the first contact clock
    may move back, to what the receipt gives. `again` names clocks that start again though met.
    """
    gone = (Referral.State.OFFERED, Referral.State.WITHDRAWN)
    agencies = concern.referrals.exclude(state__in=gone).values_list("agency_slug", flat=True)
    decided = Decided(concern.group, concern.priority, frozenset(agencies))
    hours = working_hours(current_directory(now))
    runs = decided_clocks(decided, case_of(concern, corrections, now), hours)
    if lowered:
        since = decided_clocks(decided, case_of(concern, corrections, concern.received_at), hours)
        runs |= {slug: clock for slug, clock in since.items() if slug == PRIORITY}
    have = {clock.slug: clock for clock in concern.clocks.all()}
    changes = [
        change
        for clock in have.values()
        if (change := _rewrite(clock, runs.get(clock.slug), now, lowered, again)) is not None
    ]
    new = [_new_clock(concern, clock) for slug, clock in runs.items() if slug not in have]
    changes += [_change(clock, None, STARTS) for clock in new]
    Clock.objects.bulk_update(
        have.values(), ["due_at", "label", "why", "source", "met_at", "met_by", "withdrawn_because"]
    )
    Clock.objects.bulk_create(new)
    return changes


def _rewrite(
    clock: Clock, runs: RuleClock | None, now: datetime, lowered: bool, again: frozenset[str]
) -> dict[str, Any] | None:
    """Change one clock in place for what runs now; return the change, or None."""
    was = clock.due_at
    if runs is None:
        if clock.slug not in OF_THE_RULES or clock.met_at is not None:
            return None
        clock.met_at, clock.withdrawn_because = now, GONE
        return _change(clock, was, GONE)
    starts = clock.met_at is not None
    if starts and not (clock.withdrawn_because or clock.slug in again):
        return None
    moves_back = lowered and clock.slug == PRIORITY
    due_at = runs.due_at if starts or moves_back else min(was, runs.due_at)
    if not starts and due_at == was:
        return None
    clock.due_at, clock.label, clock.why, clock.source = due_at, runs.label, runs.why, runs.source
    clock.met_at, clock.met_by, clock.withdrawn_because = None, None, ""
    return _change(clock, was, STARTS if starts else runs.why)


def _new_clock(concern: Concern, runs: RuleClock) -> Clock:
    return Clock(
        concern=concern,
        slug=runs.slug,
        label=runs.label,
        due_at=runs.due_at,
        why=runs.why,
        source=runs.source,
    )


def _change(clock: Clock, was: datetime | None, why: str) -> dict[str, Any]:
    runs = clock.met_at is None
    return {
        "clock": clock.slug,
        "label": clock.label,
        "from": was.isoformat() if was else None,
        "to": clock.due_at.isoformat() if runs else None,
        "why": why,
    }


def restart_after_closing(concern: Concern, now: datetime) -> list[dict[str, Any]]:
    """Start again what closing withdrew, and the first contact clock; return the changes."""
    again = frozenset({PRIORITY})
    return rewrite_clocks(concern, corrections_of(concern), now, again=again)


def move_bells(concern: Concern, now: datetime, *, lowered: bool) -> None:
    """Move the bells of open referrals to the priority of a locked concern.

    Raised: they ring sooner, and a call is due where one is due at that priority. Lowered: they
    ring as they would have, had it been so from now on.
    """
    directory = current_directory(now)
    waiting = list(concern.referrals.filter(state__in=Referral.OPEN_STATES))
    called = set(concern.calls.values_list("referral_id", flat=True))
    calls = []
    for referral in waiting:
        opens_at = None
        if referral.agency_slug in directory.agencies:
            answer = directory.who_to_call(referral.agency_slug, now)
            opens_at = None if answer.own_line_open else answer.own_line_changes_at
        bell = first_bell(concern.priority, now, opens_at, referral.due_at)
        old = referral.escalate_at
        sooner = min(filter(None, (bell, old)), default=None)
        referral.escalate_at = bell if lowered else sooner
        if referral.pk not in called and not lowered:
            calls.append(due_call(referral, concern, now))
    Referral.objects.bulk_update(waiting, ["escalate_at"])
    Call.objects.bulk_create(call for call in calls if call is not None)
