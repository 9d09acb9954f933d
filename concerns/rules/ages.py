"""How old somebody is, as far as anybody knows."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from concerns.rules.facts import Member, Person

LONDON = ZoneInfo("Europe/London")
ADULT_AGE = 18


def age_on(day: date, dob: date) -> int:
    """Return the age in years; a birthday counts from its first minute, 29 Feb from 1 March."""
    return day.year - dob.year - ((day.month, day.day) < (dob.month, dob.day))


def age_range(person: Person, today: date) -> tuple[int | None, int | None]:
    """Return the lowest and highest age that anybody states for the person; None is not known."""
    ages = [age for age in (person.age_min, person.age_max, person.claimed_age) if age is not None]
    if person.dob is not None:
        ages.append(age_on(today, person.dob))
    if person.age_max is not None and person.age_min is None:
        ages.append(0)
    if not ages:
        return None, None
    open_ended = person.age_min is not None and person.age_max is None and len(ages) == 1
    return min(ages), None if open_ended else max(ages)


def proven_age(person: Person, today: date) -> int | None:
    """Return the age by a date of birth with evidence, which alone ends a doubt."""
    if person.dob is None or person.dob_evidence != "yes":
        return None
    return age_on(today, person.dob)


def may_be_under_18(person: Person, today: date) -> bool:
    """Whether the child route is the safe one (R3, R4): under 18, or nobody can tell.

    Any stated age under 18 counts, and so does no age at all unless the reporter said "adult".
    """
    proven = proven_age(person, today)
    if person.group == "unborn" or proven is not None:
        return person.group == "unborn" or (proven is not None and proven < ADULT_AGE)
    low, _ = age_range(person, today)
    if low is None:
        return person.group != "adult"
    return low < ADULT_AGE or person.group == "child"


def member_kind(member: Member, today: date) -> str:
    """Return what a member of the household is: their age decides where it is known."""
    if member.kind in {"unborn", "pregnant"}:
        return member.kind
    ages = [age for age in (member.age,) if age is not None]
    if member.dob is not None:
        ages.append(age_on(today, member.dob))
    if not ages:
        return member.kind
    return "child" if min(ages) < ADULT_AGE else "adult"


def is_member_under_18(member: Member, today: date) -> bool:
    """Whether a member of the household is a child, unborn or born; somebody pregnant by age."""
    if member.kind == "pregnant":
        age = member.age if member.dob is None else age_on(today, member.dob)
        return age is not None and age < ADULT_AGE
    return member_kind(member, today) in {"child", "unborn"}
