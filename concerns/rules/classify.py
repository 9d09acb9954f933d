"""Child, adult at risk, or neither: R3 to R8.

Rows are tried in order; the first that fits decides. "Don't know" never blocks: the safe reading
is the child route, and the authority, not the portal, decides whether section 42 is met.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from concerns.rules.ages import ADULT_AGE, age_on, may_be_under_18
from concerns.rules.case import Case

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


def _is_proven_child(case: Case) -> bool:
    return case.proven_age is not None and case.proven_age < ADULT_AGE


def _is_certain_child(case: Case) -> bool:
    """Whether nothing that was said allows 18 or over."""
    if case.proven_age is not None:
        return False
    if case.age_low is None:
        return case.person.group == "child"
    return case.age_high is not None and case.age_high < ADULT_AGE


def _may_be_child(case: Case) -> bool:
    return may_be_under_18(case.person, case.today)


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
        _is_certain_child,
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


def was_harmed_as_a_child(case: Case) -> bool:
    """Whether harm was done before 18 to somebody who is now 18 or over (R8)."""
    if case.is_child or case.is_unidentified:
        return False
    dob = case.person.dob
    dated = dob is not None and any(
        age_on(day, dob) < ADULT_AGE for day in case.person.harm_dates if day <= case.today
    )
    return dated or case.person.harm_before_18 == "yes"


def is_both(case: Case) -> bool:
    """Whether harm before 18, told after it, also goes to the child front door (R8).

    When the harm is under 12 months old, or the alleged person still has contact with any child.
    """
    if not was_harmed_as_a_child(case):
        return False
    recent = any(_is_within_a_year(day, case.today) for day in case.person.harm_dates)
    contact = case.person.harm_continues_contact == "yes"
    return recent or contact or any(item.child_at_risk == "yes" for item in case.alleged)


def may_be_both(case: Case) -> bool:
    """Whether the child front door may be needed too, its conditions not being known."""
    unknown_when = not case.person.harm_dates
    unknown_contact = case.person.harm_continues_contact == "unknown"
    return was_harmed_as_a_child(case) and not is_both(case) and (unknown_when or unknown_contact)


def _is_within_a_year(day: date, today: date) -> bool:
    """Whether a past day is under 12 months ago, counted as an age is."""
    return day <= today and age_on(today, day) < 1
