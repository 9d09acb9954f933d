"""Whom to call first, and who comes after (SETTLED, First number and routes).

999 if required; else the required front door of the person with the highest priority, a child
before an adult on a tie; else LADO, PiPoT, 101 in that order; early help and advice have a front
door's number. Prevent, the Forced Marriage Unit, the helpline and Solihull are listed, never first.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from concerns.rules.case import Case
from concerns.rules.prioritise import prioritise
from concerns.rules.route import routes_for
from concerns.rules.route_rows import ASC, CASS, OFFERED, OTHER_DOOR, REQUIRED, SOLIHULL_DOOR

EMERGENCY = "police-emergency"
OFFICERS = ("lado", "pipot", "police-non-emergency")
LISTED = (
    SOLIHULL_DOOR,
    "forced-marriage-unit",
    "prevent",
    "modern-slavery-helpline",
)


@dataclass(frozen=True)
class FirstCall:
    """Whom to call first, and who comes after; the number depends on the minute, not on rules."""

    agency: str
    then: tuple[str, ...]
    reason: str


def first_call(cases: tuple[Case, ...]) -> FirstCall:
    """Return whom to call for a report: agency slugs of the directory, in order."""
    named = {(row.body, row.requirement) for case in cases for row in routes_for(case)}
    required = {body for body, requirement in named if requirement == REQUIRED}
    doors = tuple(dict.fromkeys(_doors(cases)))
    officers = tuple(body for body in OFFICERS if body in required)
    listed = tuple(body for body in LISTED if body in required or (body, OFFERED) in named)
    order = (*doors, *officers) or (_advice_line(cases),)
    if EMERGENCY in required:
        order = order if doors else (_advice_line(cases), *officers)
        return FirstCall(
            EMERGENCY, _unique((*order, *listed)), "Danger now: 999 first, then social care (R1)."
        )
    if doors:
        reason = "The front door of the person who needs help most."
    else:
        reason = "The officer for this worry." if officers else "For advice."
    return FirstCall(order[0], _unique((*order[1:], *listed)), reason)


def _unique(slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slugs))


def _doors(cases: tuple[Case, ...]) -> Iterable[str]:
    """Yield the required front doors, that of the most urgent person first.

    Birmingham's own children's door stands for another council's, which is listed under it.
    """
    for case in sorted(cases, key=lambda case: (prioritise(case).priority, not case.is_child)):
        required = {row.body for row in routes_for(case) if row.requirement == REQUIRED}
        if case.is_child and required & {CASS, SOLIHULL_DOOR, OTHER_DOOR}:
            yield CASS
        if ASC in required:
            yield ASC
        if not case.is_child and CASS in required:
            yield CASS


def _advice_line(cases: tuple[Case, ...]) -> str:
    """Return the front door that gives advice when none is required."""
    return CASS if any(case.is_child for case in cases) else ASC
