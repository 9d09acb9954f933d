"""P1 to P4. The rows are tried in order and the first that fits wins.

Containment never lowers a P2 ground, a reporter may raise a priority, and only a lead may lower it,
with a reason. Source: DOMAIN section 2, "Priority [D]", as SETTLED reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.case import Case

SOURCE = "Portal priorities [D], DOMAIN section 2"


@dataclass(frozen=True)
class PriorityRow:
    """When `when` fits, the record has this priority."""

    rule_id: str
    when: Callable[[Case], bool]
    priority: int
    reason: str
    source: str = SOURCE


def is_outside(case: Case) -> bool:
    """Whether the person is neither a child nor an adult at risk."""
    return case.group == "neither"


def _may_be_urgent(case: Case) -> bool:
    """Whether somebody outside R3 and R5 can be P1 or P2 at all (SETTLED).

    Danger now is a threat of physical harm, whatever category was ticked.
    """
    serious = case.has("physical", "sexual", "forced_marriage") or case.is_exploited
    return not is_outside(case) or serious or case.has_marac_grounds or case.is_r1


def _has_p2_category(case: Case) -> bool:
    return any(item.makes_p2 for item in case.categories)


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
        lambda case: case.is_high_risk_missing and _may_be_urgent(case),
        1,
        "Missing, with danger to life, an unknown person, or a child with signs of exploitation.",
        "R16",
    ),
    PriorityRow(
        "P1.travel",
        lambda case: case.has("fgm", "forced_marriage") and case.person.travel == "today",
        1,
        "They travel today or are on the way already.",
        "R11, R17",
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
        lambda case: case.has("self_harm", "self_neglect") and case.person.self_harm_now == "yes",
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
        lambda case: case.is_adult_at_risk and bool(case.person.missing_now),
        2,
        "Food, heat, medicine or care is missing now.",
    ),
    PriorityRow(
        "P2.injury",
        lambda case: case.person.head_injury_or_strangled == "yes" and not is_outside(case),
        2,
        "A head injury or strangulation: medical help today.",
    ),
    PriorityRow(
        "P2.outside",
        lambda case: (
            is_outside(case)
            and (
                case.has("physical", "sexual", "forced_marriage")
                or case.is_exploited
                or case.has_marac_grounds
            )
        ),
        2,
        "Not adult safeguarding, but the harm is serious.",
        "R6",
    ),
    PriorityRow(
        "P3",
        lambda case: not is_outside(case) and case.is_harmed,
        3,
        "Harm or risk of harm, contained for now: by the next working day.",
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
