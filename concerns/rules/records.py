"""One record per person at risk, linked ones included (R7, Think Family).

Each person of a report gets a record, and so does a member of the household whom a worry touches,
or who is any child or unborn child of a household with domestic abuse, seen or not. An allegation
with no identified victim makes one record for whoever was harmed (group "neither").
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from concerns.rules.ages import is_member_under_18, member_kind
from concerns.rules.case import Case, member_as_person
from concerns.rules.classify import classify
from concerns.rules.facts import Facts, Member, Person


def cases_of(facts: Facts, now: datetime) -> tuple[Case, ...]:
    """Return one case per record, grouped: the people of the report, then those who follow."""
    if not facts.people and facts.alleged:
        cases = [Case(facts, Person(), 0, now, group="neither")]
    else:
        people = facts.people or (Person(),)
        cases = [_grouped(Case(facts, person, number, now)) for number, person in enumerate(people)]
    abused = next((case for case in cases if case.has("domestic_abuse")), None)
    if abused is not None:
        cases = [_living_with_abuse(case, cases) for case in cases]
    following = [person for case in cases for person in _unborn_of(case)]
    following += [
        (person, abused.number if abused is not None else 0)
        for member in facts.household
        for person in _from_household(member, cases[0], domestic_abuse=abused is not None)
    ]
    for person, link in following:
        cases.append(_grouped(Case(facts, person, len(cases), now, linked_to=link)))
    return tuple(cases)


def _grouped(case: Case) -> Case:
    return case.regrouped(classify(case).group)


def _living_with_abuse(case: Case, cases: list[Case]) -> Case:
    """Return a child's case with domestic abuse when somebody else of the report suffers it.

    Abuse of a 16 or 17 year old by a partner of their own does not spread to other people.
    """
    suffered = any(
        other.number != case.number
        and other.has("domestic_abuse")
        and not (other.is_child and other.lives_with_abuse_of == "self")
        for other in cases
    )
    if not (case.is_child and suffered) or case.has("domestic_abuse"):
        return case
    categories = (*case.person.categories, "domestic_abuse")
    return replace(case, person=replace(case.person, categories=categories))


def _unborn_of(case: Case) -> Iterator[tuple[Person, int]]:
    """Yield the unborn baby of somebody pregnant in domestic abuse, unless the report names one."""
    named = any(person.group == "unborn" for person in case.facts.people)
    if case.person.pregnant == "yes" and case.has("domestic_abuse") and not named:
        yield _unborn(case.person.ref, ("domestic_abuse",)), case.number


def _from_household(member: Member, first: Case, *, domestic_abuse: bool) -> Iterator[Person]:
    """Yield the people at risk whom a member of the household stands for."""
    today = first.today
    touched = member.touched == "yes" or bool(member.categories)
    if touched or (domestic_abuse and is_member_under_18(member, today)):
        yield member_as_person(member, today, domestic_abuse=domestic_abuse)
    if member_kind(member, today) == "pregnant" and (touched or domestic_abuse):
        abuse = ("domestic_abuse",) if domestic_abuse else ()
        yield _unborn(member.ref, tuple(dict.fromkeys((*member.categories, *abuse))))


def _unborn(mother: str, categories: tuple[str, ...]) -> Person:
    ref = f"unborn baby of {mother}" if mother else "unborn baby"
    return Person(ref=ref, group="unborn", categories=categories or ("unknown",))
