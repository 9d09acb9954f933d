"""What a row of the routes is, and the questions that its conditions ask of a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import Case, is_allegation
from concerns.rules.facts import Alleged

REQUIRED, OFFERED, NOT_NEEDED = "required", "offered", "not_needed"
CASS, ASC = "childrens-social-care", "adult-social-care"
SOLIHULL_DOOR, OTHER_DOOR = "solihull-childrens-social-care", "other-authority-children"
CARE_LEAVER_AGE = 25


@dataclass(frozen=True)
class RouteRow:
    """When `when` fits a person, this body is required, offered or not needed."""

    rule_id: str
    body: str
    when: Callable[[Case], bool]
    requirement: str
    reason: str
    source: str
    marks: tuple[str, ...] = ()


def is_early_help(case: Case) -> bool:
    """Whether a child has wants or needs only, no harm."""
    return case.is_child and not case.is_harmed


def is_child_referral(case: Case) -> bool:
    """Whether a child is harmed or at risk of harm, and goes to a front door."""
    return case.is_child and case.is_harmed


def is_999(case: Case) -> bool:
    """Whether the police and ambulance are called on 999."""
    travels = case.may_travel and case.travel == "today"
    plans = case.has("radicalisation") and case.person.plan_to_harm == "yes"
    return case.is_r1 or case.is_high_risk_missing or travels or plans


def is_police_named(case: Case) -> bool:
    """Whether R11, R12, R16 or R17 names the police, whatever consent says."""
    known_fgm = case.is_child and case.person.fgm in {"told_by_girl", "saw_signs"}
    travels = case.may_travel and case.travel == "soon"
    honour = case.has("honour", "forced_marriage")
    return known_fgm or case.is_missing or travels or honour or case.is_slavery


def _is_paid_to_care(item: Alleged) -> bool:
    return item.paid_carer == "yes" or item.relation == "provider"


def is_children_workforce(case: Case) -> bool:
    """Whether an allegation is about somebody who works or volunteers with children (R9).

    Somebody paid to care for a child works with children, whether it is said or not.
    """
    return any(
        is_allegation(item)
        and (
            item.workforce in {"children", "both"}
            or (case.is_child and item.workforce == "unknown" and _is_paid_to_care(item))
        )
        for item in case.alleged
    )


def _works_with_adults(case: Case, item: Alleged) -> bool:
    """Whether somebody works with adults who need care; staff of a service do unless it is said."""
    return item.workforce in {"adults", "both"} or (
        item.workforce in {"unknown", "none"} and not case.is_child and _is_paid_to_care(item)
    )


def is_adult_workforce(case: Case) -> bool:
    """Whether an allegation is about somebody who works or volunteers with adults (R10)."""
    return any(is_allegation(item) and _works_with_adults(case, item) for item in case.alleged)


def is_poor_practice_only(case: Case) -> bool:
    """Whether somebody's work is in question for poor practice alone (R10)."""
    return any(item.conduct == ("practice",) for item in case.alleged)


def is_workforce_unknown(case: Case) -> bool:
    """Whether somebody's work is in question but not whom they work with."""
    return any(
        item.workforce == "unknown" and bool(item.conduct) and is_allegation(item)
        for item in case.alleged
    )


def is_child_harmed_at_work(case: Case) -> bool:
    """Whether an allegation without a child's record still goes to the child front door (R9).

    The alleged harm is to a child, also in the past while contact continues; not knowing counts.
    """
    return (
        not case.is_child
        and case.person.harm_continues_contact != "no"
        and any(is_allegation(item) and item.harmed_child == "yes" for item in case.alleged)
    )


def is_another_child_at_risk(case: Case) -> bool:
    """Whether an identified child is at risk from whoever harmed somebody else (R7, R9)."""
    return not case.is_child and any(item.child_at_risk == "yes" for item in case.alleged)


def is_regulated(case: Case, answer: str) -> bool:
    """Whether the CQC regulates the service of somebody who works with adults: yes, no, unknown."""
    return any(
        item.regulated_provider == answer and item.private_life != "yes"
        for item in case.alleged
        if _works_with_adults(case, item)
    )


def is_private_life_only(case: Case) -> bool:
    """Whether harm by somebody who works with adults was in their private life."""
    return is_adult_workforce(case) and any(item.private_life == "yes" for item in case.alleged)


def is_care_leaver(case: Case) -> bool:
    """Whether a young adult up to 25 has a personal adviser to be told (R8)."""
    young = case.age_low is None or case.age_low <= CARE_LEAVER_AGE
    return not case.is_child and young and case.person.leaving_care in {"open", "leaver"}
