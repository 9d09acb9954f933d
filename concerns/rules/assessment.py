"""One assessment of one report: everything the rules say, with why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, is_dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from concerns.rules.case import Case
from concerns.rules.classify import classify, is_both
from concerns.rules.clocks import Clock, WorkingHours, cap, clocks_for
from concerns.rules.codes import Code, codes_for, source_of_risk
from concerns.rules.consent import OverrideRow, override_rows
from concerns.rules.duties import DO_NOT, PERSONAL, PROMPTS, AdviceRow, applying
from concerns.rules.facts import Facts
from concerns.rules.first_call import FirstCall, first_call
from concerns.rules.places import HOME, SOLIHULL, authorities
from concerns.rules.prioritise import prioritise
from concerns.rules.records import cases_of
from concerns.rules.restrict import Restriction, restriction_for
from concerns.rules.route import routes_for
from concerns.rules.route_rows import OTHER_DOOR, REQUIRED, RouteRow
from concerns.rules.taxonomy import FLAGS, REFERRAL_SOURCES

RULES_VERSION = "2026-11.2"


@dataclass(frozen=True)
class Why:
    """A rule that fired, in plain words, with its source."""

    rule_id: str
    reason: str
    source: str


@dataclass(frozen=True)
class Advice:
    """Something to do, not to do, or to think of, for which people of the report."""

    slug: str
    rule_id: str
    words: str
    source: str
    people: tuple[int, ...]


@dataclass(frozen=True)
class Route:
    """One body for one person.

    `marks`: done, reference_needed (the police know, without a reference), refused, overridden,
    awaiting_consent, override_reason_needed, not_reachable.
    """

    agency: str
    person: int
    requirement: str
    due_at: datetime | None
    reasons: tuple[str, ...]
    rule_ids: tuple[str, ...]
    sources: tuple[str, ...]
    marks: tuple[str, ...]
    detail: str = ""


@dataclass(frozen=True)
class PersonAssessment:
    """One record: a person at risk, or one that follows from them (`linked_to`, R7)."""

    number: int
    ref: str
    group: str
    categories: tuple[str, ...]
    flags: tuple[str, ...]
    codes: tuple[Code, ...]
    priority: int
    why: tuple[Why, ...]
    needs_unconfirmed: bool
    also_child_route: bool
    linked_to: int | None
    source_of_risk: str

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able data, the rules that fired as a list of ids besides."""
        return jsonable(self) | {
            "rules": [why.rule_id for why in self.why],
            "reasons": [why.reason for why in self.why],
        }


@dataclass(frozen=True)
class Assessment:
    """What follows from one report. Lists keep the order of the people in the facts."""

    rules_version: str
    priority: int
    people: tuple[PersonAssessment, ...]
    routes: tuple[Route, ...]
    first_call: FirstCall
    clocks: tuple[Clock, ...]
    personal_duties: tuple[Advice, ...]
    do_not: tuple[Advice, ...]
    prompts: tuple[Advice, ...]
    restriction: Restriction
    referral_source: str
    referral_source_words: str

    @property
    def restricted(self) -> bool:
        """Whether the report is kept to a named list (R24)."""
        return self.restriction.restricted

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able data; times in ISO 8601, UTC."""
        return jsonable(vars(self) | {"people": [person.to_dict() for person in self.people]})


def jsonable(value: Any) -> Any:
    """Return data with dataclasses as dicts, tuples as lists and times as text."""
    if is_dataclass(value):
        value = vars(value)
    if isinstance(value, dict):
        return {key: jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    return value.isoformat() if isinstance(value, datetime) else value


def assess(facts: Facts, now: datetime, hours: WorkingHours) -> Assessment:
    """Apply every rule to one report received at `now` (aware; `ValueError` if naive)."""
    if now.tzinfo is None:
        raise ValueError("The time of receipt has no time zone.")
    cases = cases_of(facts, now)
    people = tuple(_person(case) for case in cases)
    clocks = [clocks_for(case, hours) for case in cases]
    routes = [_routes(case, own) for case, own in zip(cases, clocks, strict=True)]
    return Assessment(
        rules_version=RULES_VERSION,
        priority=min(person.priority for person in people),
        people=people,
        routes=tuple(chain.from_iterable(routes)),
        first_call=first_call(cases),
        clocks=tuple(chain.from_iterable(clocks)),
        personal_duties=_advice(PERSONAL, cases),
        do_not=_advice(DO_NOT, cases),
        prompts=_advice(PROMPTS, cases),
        restriction=restriction_for(facts),
        referral_source=facts.reporter.source,
        referral_source_words=REFERRAL_SOURCES[facts.reporter.source],
    )


def assess_case(case: Case, hours: WorkingHours) -> tuple[PersonAssessment, tuple[Route, ...]]:
    """Apply the rules to one record alone, for a lead who corrected its facts."""
    return _person(case), tuple(_routes(case, clocks_for(case, hours)))


def _person(case: Case) -> PersonAssessment:
    priority = prioritise(case)
    why = [Why(priority.rule_id, priority.reason, priority.source)]
    row = None
    if not case.is_unidentified:
        row = classify(case.regrouped(""))
        why.insert(0, Why(row.rule_id, row.reason, row.source))
    if case.linked_to is not None:
        why.append(Why("R7", "Linked: the same household or contact is affected.", "R7"))
    slugs = [item.slug for item in case.categories]
    flags = FLAGS if not case.is_child else frozenset()
    return PersonAssessment(
        number=case.number,
        ref=case.person.ref,
        group=case.group,
        categories=tuple(slug for slug in slugs if slug not in flags),
        flags=tuple(slug for slug in slugs if slug in FLAGS),
        codes=codes_for(case),
        priority=priority.priority,
        why=tuple(why),
        needs_unconfirmed=row is not None and row.rule_id == "R5.unconfirmed",
        also_child_route=is_both(case),
        linked_to=case.linked_to,
        source_of_risk=source_of_risk(case),
    )


def _routes(case: Case, clocks: tuple[Clock, ...]) -> Iterable[Route]:
    priority = prioritise(case)
    due = {clock.slug: clock.due_at for clock in clocks}
    for row in routes_for(case):
        due_at = None
        if row.requirement == REQUIRED:
            due_at = due["lado"] if row.body == "lado" else due.get("priority")
        yield Route(
            agency=row.body,
            person=case.number,
            requirement=row.requirement,
            due_at=cap(due_at, case) if due_at else None,
            reasons=(row.reason, *(override.reason for override in _overrides(row, case))),
            rule_ids=(
                row.rule_id,
                *(override.rule_id for override in _overrides(row, case)),
                priority.rule_id,
            ),
            sources=(row.source,),
            marks=_marks(row, case),
            detail=_detail(row, case),
        )


def _needs_override(row: RouteRow, case: Case) -> bool:
    """Whether the police are told of an adult who has not agreed."""
    return (
        row.body.startswith("police")
        and row.requirement == REQUIRED
        and not case.is_child
        and case.person.consent.police != "given"
    )


def _overrides(row: RouteRow, case: Case) -> tuple[OverrideRow, ...]:
    return override_rows(case) if _needs_override(row, case) else ()


def _marks(row: RouteRow, case: Case) -> tuple[str, ...]:
    marks = list(row.marks)
    if row.body.startswith("police") and row.requirement == REQUIRED:
        marks += _police_marks(row, case)
    if row.body == "allocated-worker" and case.person.worker_reachable == "no":
        marks.append("not_reachable")
    return tuple(marks)


def _police_marks(row: RouteRow, case: Case) -> list[str]:
    marks = []
    if case.facts.police_informed == "yes":
        marks.append("done")
        if not case.facts.police_reference:
            marks.append("reference_needed")
    if _needs_override(row, case) and not case.person.override_reason:
        marks.append("override_reason_needed")
    return marks


def _detail(row: RouteRow, case: Case) -> str:
    """Return the names of the other councils that a child's route goes to."""
    if row.body != OTHER_DOOR:
        return ""
    return ", ".join(place for place in authorities(case) if place not in {HOME, SOLIHULL})


def _advice(table: tuple[AdviceRow, ...], cases: tuple[Case, ...]) -> tuple[Advice, ...]:
    """Return the rows that fit anybody, each once, with the people whom they fit."""
    fits = {case.number: set(applying(table, case)) for case in cases}
    return tuple(
        Advice(
            row.slug,
            row.rule_id,
            row.words,
            row.source,
            tuple(number for number, rows in fits.items() if row in rows),
        )
        for row in table
        if any(row in rows for rows in fits.values())
    )
