"""P1 to P4. The rows are tried in order and the first that fits wins.

Containment never lowers a P2 ground, a reporter may raise a priority, and only a lead may lower it,
with a reason. Source: DOMAIN section 2, "Priority [D]", as SETTLED reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import Case

SOURCE = "The portal's own priorities, for the council to confirm"


@dataclass(frozen=True)
class PriorityRow:
    """When `when` fits, the record has this priority."""

    rule_id: str
    when: Callable[[Case], bool]
    priority: int
    reason: str
    source: str = SOURCE


def _has_p2_category(case: Case) -> bool:
    return any(item.makes_p2 for item in case.categories)


def _is_serious_outside(case: Case) -> bool:
    """Whether somebody outside R3 and R5 is urgent (SETTLED): nothing else makes them P1 or P2.

    Flags count as what they map to (FGM is physical); honour-based abuse is P2 for any adult.
    """
    serious = case.has("physical", "sexual", "fgm", "forced_marriage", "honour")
    return case.is_outside and (serious or case.is_exploited or case.has_marac_grounds)


PRIORITIES: tuple[PriorityRow, ...] = (
    PriorityRow(
        "P1.R1",
        lambda case: case.is_r1,
        1,
        "Someone is in danger now, needs medical help now, or has been taken.",
        "R1",
    ),
    PriorityRow(
        "P1.R13",
        lambda case: case.has("radicalisation") and case.person.plan_to_harm == "yes",
        1,
        "There is a plan to hurt people.",
        "R13",
    ),
    PriorityRow(
        "P1.R16",
        lambda case: case.is_high_risk_missing,
        1,
        "Missing, with danger to life, an unknown person, or a child with signs of exploitation.",
        "R16",
    ),
    PriorityRow(
        "P1.travel",
        lambda case: case.may_travel and case.travel == "today",
        1,
        "They travel today or are on the way already.",
        "R11, R17",
    ),
    PriorityRow(
        "P1.raised",
        lambda case: case.person.reporter_priority == "P1",
        1,
        "The reporter asks for it to be dealt with at once.",
    ),
    PriorityRow(
        "P2.trust",
        lambda case: case.is_position_of_trust,
        2,
        "An allegation against somebody who works or volunteers with children or adults.",
        f"{SOURCE}; R9, R10",
    ),
    PriorityRow(
        "P2.child",
        lambda case: case.is_child and _has_p2_category(case),
        2,
        "A child who is being abused or neglected, or is at risk of it.",
    ),
    PriorityRow(
        "P2.self_harm",
        lambda case: not case.is_outside and case.person.self_harm_now == "yes",
        2,
        "Self-harm with an injury or a plan now.",
    ),
    PriorityRow(
        "P2.adult",
        lambda case: case.is_adult_at_risk and _has_p2_category(case),
        2,
        "Physical or sexual harm, exploitation, FGM, forced marriage or honour-based abuse, or "
        "missing at risk.",
    ),
    PriorityRow(
        "P2.needs",
        lambda case: not case.is_outside and bool(case.person.missing_now),
        2,
        "Food, heat, medicine or care is missing now.",
    ),
    PriorityRow(
        "P2.injury",
        lambda case: case.is_injured,
        2,
        "A head injury or strangulation: medical help today.",
    ),
    PriorityRow(
        "P2.outside",
        _is_serious_outside,
        2,
        "Not adult safeguarding, but the harm is serious.",
        "R6",
    ),
    PriorityRow(
        "P2.raised",
        lambda case: case.person.reporter_priority == "P2",
        2,
        "The reporter asks for it to be dealt with today.",
    ),
    PriorityRow(
        "P3",
        lambda case: not case.is_outside and case.is_harmed,
        3,
        "Harm or risk of harm, with no ground to act today: by the next working day.",
    ),
    PriorityRow(
        "P3.raised",
        lambda case: case.person.reporter_priority == "P3",
        3,
        "The reporter asks for it to be dealt with by the next working day.",
    ),
    PriorityRow(
        "P4",
        lambda case: True,
        4,
        "For advice or early help, or not safeguarding.",
    ),
)


def prioritise(case: Case) -> PriorityRow:
    """Return the row that gives the record its priority."""
    return next(row for row in PRIORITIES if row.when(case))
