"""Child, adult at risk, or neither: R3 to R8.

Rows are tried in order; the first that fits decides. "Don't know" never blocks: the safe reading
is the child route, and the authority, not the portal, decides whether section 42 is met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import ADULT_AGE, Case, age_on

CARE_ACT = "Care Act 2014, section 42"
CHILDREN_ACT = "Children Act 1989, section 105: a child is under 18"


@dataclass(frozen=True)
class GroupRow:
    """When `when` fits a person, they belong to `group`."""

    rule_id: str
    when: Callable[[Case], bool]
    group: str
    reason: str
    source: str


def age_range(case: Case) -> tuple[int | None, int | None]:
    """Return the lowest and highest age that anybody states for the person; None is not known."""
    person = case.person
    ages = [age for age in (person.age_min, person.age_max, person.claimed_age) if age is not None]
    if person.dob is not None:
        ages.append(age_on(case.today, person.dob))
    if person.age_max is not None and person.age_min is None:
        ages.append(0)
    if not ages:
        return None, None
    open_ended = person.age_min is not None and person.age_max is None and len(ages) == 1
    return min(ages), None if open_ended else max(ages)


def proven_age(case: Case) -> int | None:
    """Return the age by a date of birth with evidence, which alone ends a doubt."""
    person = case.person
    if person.dob is None or person.dob_evidence != "yes":
        return None
    return age_on(case.today, person.dob)


def _is_proven_child(case: Case) -> bool:
    age = proven_age(case)
    return age is not None and age < ADULT_AGE


def _is_certain_child(case: Case) -> bool:
    """Whether nothing that was said allows 18 or over."""
    low, high = age_range(case)
    stated_child = case.person.group == "child"
    return (high is not None and high < ADULT_AGE) or (stated_child and low is None)


def _may_be_child(case: Case) -> bool:
    if proven_age(case) is not None:
        return False
    low, _ = age_range(case)
    if low is not None:
        return low < ADULT_AGE or case.person.group == "child"
    return case.person.group != "adult"


def _is_harmed_adult(case: Case) -> bool:
    return case.regrouped("adult_at_risk").is_harmed


GROUPS: tuple[GroupRow, ...] = (
    GroupRow(
        "R3.unborn",
        lambda case: case.is_unborn,
        "child",
        "An unborn baby is on the child route; refer through the mother, early.",
        "West Midlands procedures, pre-birth",
    ),
    GroupRow(
        "R3.proven",
        _is_proven_child,
        "child",
        "The date of birth, with evidence, makes them under 18.",
        CHILDREN_ACT,
    ),
    GroupRow(
        "R3",
        lambda case: proven_age(case) is None and _is_certain_child(case),
        "child",
        "Under 18. 16 and 17 year olds are children wherever they live, work or study.",
        f"{CHILDREN_ACT}; Corporate Safeguarding Policy 6.2, 6.3",
    ),
    GroupRow(
        "R4",
        _may_be_child,
        "child",
        "They could be under 18, so they are treated as a child until their age is known.",
        "Modern Slavery Act 2015, section 51, extended to every case",
    ),
    GroupRow(
        "R5",
        lambda case: case.person.care_needs == "yes" and _is_harmed_adult(case),
        "adult_at_risk",
        "18 or over, with care and support needs, and harmed or at risk of harm. Adult Social Care "
        "decides whether they can protect themselves.",
        CARE_ACT,
    ),
    GroupRow(
        "R5.unconfirmed",
        lambda case: case.person.care_needs == "unknown" and _is_harmed_adult(case),
        "adult_at_risk",
        "18 or over and harmed or at risk of harm. Care and support needs are not known, which "
        "never holds up a report: Adult Social Care finds out.",
        CARE_ACT,
    ),
    GroupRow(
        "R6.no_harm",
        lambda case: case.person.care_needs != "no",
        "neither",
        "18 or over, and nothing says that they are harmed or at risk of harm.",
        CARE_ACT,
    ),
    GroupRow(
        "R6",
        lambda case: True,
        "neither",
        "18 or over with no care and support needs: not adult safeguarding. Others can help.",
        CARE_ACT,
    ),
)


def classify(case: Case) -> GroupRow:
    """Return the row that decides the person's group."""
    return next(row for row in GROUPS if row.when(case))


def is_both(case: Case) -> bool:
    """Whether harm before 18, told after it, also goes to the child front door (R8).

    When the harm is under 12 months old, or the alleged person still has contact with any child.
    """
    if case.is_child or case.person.harm_before_18 != "yes":
        return False
    recent = any((case.today - day).days < 366 for day in case.person.harm_dates)
    contact = case.person.harm_continues_contact == "yes"
    return recent or contact or any(item.child_at_risk == "yes" for item in case.alleged)
