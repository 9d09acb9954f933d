"""One assessment of one report: everything the rules say, with why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from concerns.rules.case import Case, member_as_person
from concerns.rules.classify import classify, is_both
from concerns.rules.clocks import Clock, WorkingHours, cap, clocks_for
from concerns.rules.codes import Code, codes_for
from concerns.rules.consent import override_rows
from concerns.rules.duties import DO_NOT, PERSONAL, PROMPTS, AdviceRow, applying
from concerns.rules.facts import Facts, Person
from concerns.rules.prioritise import prioritise
from concerns.rules.restrict import Restriction, restriction_for
from concerns.rules.route import (
    ASC,
    CASS,
    REQUIRED,
    RouteRow,
    authorities,
    found_in,
    is_early_help,
    routes_for,
)
from concerns.rules.taxonomy import FLAGS

RULES_VERSION = "2026-11.1"
CHILD_DOORS = {"birmingham": CASS, "solihull": "solihull-childrens-social-care"}
THEN = ("lado", "pipot", "police-non-emergency")


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
    """One body for one person. `marks`: done, refused, awaiting_consent, override_reason_needed."""

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

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able data, the rules that fired as a list of ids besides."""
        return jsonable(asdict(self)) | {
            "rules": [why.rule_id for why in self.why],
            "reasons": [why.reason for why in self.why],
        }


@dataclass(frozen=True)
class FirstCall:
    """Whom to call first, and who comes after; the number depends on the minute, not on rules."""

    agency: str
    then: tuple[str, ...]
    reason: str


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

    @property
    def restricted(self) -> bool:
        """Whether the report is kept to a named list (R24)."""
        return self.restriction.restricted

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON-able data; times in ISO 8601, UTC."""
        return jsonable(asdict(self)) | {"people": [person.to_dict() for person in self.people]}


def jsonable(value: Any) -> Any:
    """Return dataclass data with tuples as lists and times as text."""
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
    routes = tuple(route for case in cases for route in _routes(case, hours))
    return Assessment(
        rules_version=RULES_VERSION,
        priority=min(person.priority for person in people),
        people=people,
        routes=routes,
        first_call=_first_call(cases, people, routes),
        clocks=tuple(clock for case in cases for clock in clocks_for(case, hours)),
        personal_duties=_advice(PERSONAL, cases),
        do_not=_advice(DO_NOT, cases),
        prompts=_advice(PROMPTS, cases),
        restriction=restriction_for(facts),
    )


def cases_of(facts: Facts, now: datetime) -> tuple[Case, ...]:
    """Return one case per record, grouped: each person, then those who follow from them (R7).

    An allegation with no identified victim makes one record, group "neither". A member of the
    household gets a record when a worry touches them, or as any child or unborn child of a
    household with domestic abuse.
    """
    if not facts.people:
        return (Case(facts, Person(categories=("unknown",)), 0, now, group="neither"),)
    cases = [
        _grouped(Case(facts, person, number, now)) for number, person in enumerate(facts.people)
    ]
    abused = next((case for case in cases if case.has("domestic_abuse")), None)
    for case in tuple(cases):
        if case.person.pregnant == "yes" and case.has("domestic_abuse"):
            unborn = Person(
                ref=f"unborn baby of {case.person.ref}",
                group="unborn",
                categories=("domestic_abuse",),
            )
            cases.append(_grouped(Case(facts, unborn, len(cases), now, linked_to=case.number)))
    for member in facts.household:
        in_abuse = abused is not None and member.kind in {"child", "unborn"}
        if member.touched == "yes" or in_abuse:
            person = member_as_person(member, domestic_abuse=abused is not None)
            link = abused.number if in_abuse and abused is not None else 0
            cases.append(_grouped(Case(facts, person, len(cases), now, linked_to=link)))
        if member.kind == "pregnant" and (member.touched == "yes" or abused is not None):
            unborn = Person(
                ref=f"unborn baby of {member.ref}",
                group="unborn",
                categories=member.categories or ("domestic_abuse",),
            )
            cases.append(_grouped(Case(facts, unborn, len(cases), now, linked_to=0)))
    return tuple(cases)


def _grouped(case: Case) -> Case:
    return case.regrouped(classify(case).group)


def _person(case: Case) -> PersonAssessment:
    priority = prioritise(case)
    why = [Why(priority.rule_id, priority.reason, priority.source)]
    row = None
    if case.facts.people:
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
    )


def _routes(case: Case, hours: WorkingHours) -> Iterable[Route]:
    priority = prioritise(case)
    clocks = {clock.slug: clock.due_at for clock in clocks_for(case, hours)}
    for row in routes_for(case):
        due_at = None
        if row.requirement == REQUIRED:
            due_at = clocks["lado"] if row.body == "lado" else clocks.get("priority")
        yield Route(
            agency=row.body,
            person=case.number,
            requirement=row.requirement,
            due_at=cap(due_at, case) if due_at else None,
            reasons=(row.reason, *_override_words(row, case)),
            rule_ids=(row.rule_id, *_override_ids(row, case), priority.rule_id),
            sources=(row.source,),
            marks=_marks(row, case),
            detail=_detail(row, case),
        )


def _needs_override(row: RouteRow, case: Case) -> bool:
    """Whether the police are told of an adult who has not agreed."""
    return (
        row.body == "police-non-emergency"
        and row.requirement == REQUIRED
        and not case.is_child
        and case.person.consent.police != "given"
    )


def _override_words(row: RouteRow, case: Case) -> tuple[str, ...]:
    if not _needs_override(row, case):
        return ()
    return tuple(override.reason for override in override_rows(case))


def _override_ids(row: RouteRow, case: Case) -> tuple[str, ...]:
    if not _needs_override(row, case):
        return ()
    return tuple(override.rule_id for override in override_rows(case))


def _marks(row: RouteRow, case: Case) -> tuple[str, ...]:
    marks = list(row.marks)
    if row.body.startswith("police") and case.facts.police_informed == "yes":
        marks.append("done")
    if row.requirement == "offered" and not case.is_child:
        marks.append("awaiting_consent")
    if _needs_override(row, case) and not case.person.override_reason:
        marks.append("override_reason_needed")
    if row.body == "allocated-worker" and case.person.worker_reachable == "no":
        marks.append("not_reachable")
    return tuple(marks)


def _detail(row: RouteRow, case: Case) -> str:
    if row.body != "other-authority-children":
        return ""
    return ", ".join(place for place in authorities(case) if place not in CHILD_DOORS)


def front_door(case: Case) -> str:
    """Return the social care front door of a person: a child's where they are found (R20)."""
    if case.is_child or is_both(case):
        return CHILD_DOORS.get(found_in(case), "other-authority-children")
    return ASC


def _first_call(
    cases: tuple[Case, ...], people: tuple[PersonAssessment, ...], routes: tuple[Route, ...]
) -> FirstCall:
    """Return whom to call first (SETTLED, First number and routes).

    999 if required; else the front door of the person with the highest priority, a child before an
    adult; else LADO, PiPoT, 101; early help and advice have the front door's number.
    """
    required = {route.agency for route in routes if route.requirement == REQUIRED}
    by_need = sorted(cases, key=lambda case: (people[case.number].priority, not case.is_child))
    told = {(route.person, route.agency) for route in routes if route.requirement == REQUIRED}
    doors = [front_door(case) for case in by_need if (case.number, front_door(case)) in told]
    callable_doors = [CASS if door == "other-authority-children" else door for door in doors]
    rest = [agency for agency in THEN if agency in required]
    if not callable_doors and CASS in required:
        callable_doors = [CASS]
    order = list(dict.fromkeys([*callable_doors, *rest]))
    if not order:
        early = any(is_early_help(case) for case in cases)
        order = [CASS if early or any(case.is_child for case in cases) else ASC]
    if "police-emergency" in required:
        return FirstCall("police-emergency", tuple(order), "Danger now: 999 first (R1).")
    words = "The front door of the person who needs help most." if callable_doors else "For advice."
    return FirstCall(order[0], tuple(order[1:]), words)


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
