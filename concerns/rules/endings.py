"""How a concern may end, and when another lead has to agree to it first, as tables.

Source, where a row names no other: issue "The triage desk", section 3, and DOMAIN section 9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from concerns.rules.taxonomy import BY_GROUP


@dataclass(frozen=True)
class Outcome:
    """One way to end. `is_no_action`: nobody protects the person after it."""

    slug: str
    words: str
    tell: str
    is_no_action: bool = False
    needs_accepted: bool = False
    needs_reference: bool = False


OUTCOMES: tuple[Outcome, ...] = (
    Outcome(
        "accepted_by_agency",
        "An agency has accepted it",
        "Say who works with them now.",
        needs_accepted=True,
    ),
    Outcome("early_help", "Early help", "Say which help, and who agreed to it."),
    Outcome("advice_given", "Advice given", "Say which advice, and to whom.", is_no_action=True),
    Outcome("no_further_action", "No further action", "Say why not.", is_no_action=True),
    Outcome(
        "not_safeguarding",
        "Not safeguarding",
        "Say where they were pointed to.",
        is_no_action=True,
    ),
    Outcome(
        "duplicate",
        "The same as another concern",
        "Give the other reference below. Nothing is deleted.",
        needs_reference=True,
    ),
    Outcome("opened_in_error", "Opened in error", "Say what went wrong.", is_no_action=True),
    Outcome("person_died", "The person died", "Say who told you, and who else has to know."),
    Outcome(
        "transferred", "Passed to another authority", "Say which, and who there has taken it on."
    ),
)
OUTCOME_BY_SLUG = {row.slug: row for row in OUTCOMES}


@dataclass(frozen=True)
class Ending:
    """What is asked of the second-eyes table: the concern as it would be closed."""

    group: str
    categories: frozenset[str]
    kinds: frozenset[str]
    outcome: str


@dataclass(frozen=True)
class EyesRow:
    """When `when` fits, another lead has to agree before it is closed."""

    rule_id: str
    when: Callable[[Ending], bool]
    words: str
    source: str


def _is_abused_child(ending: Ending) -> bool:
    known = BY_GROUP["child"]
    abused = any(known[slug].makes_p2 for slug in ending.categories if slug in known)
    return ending.group == "child" and abused


SECOND_EYES: tuple[EyesRow, ...] = (
    EyesRow(
        "EYES.child",
        lambda ending: _is_abused_child(ending) and OUTCOME_BY_SLUG[ending.outcome].is_no_action,
        "No action is taken for a child with a category of abuse, now or as reported.",
        "The portal's own setting, for the council to confirm",
    ),
    EyesRow(
        "EYES.trust",
        lambda ending: "position_of_trust" in ending.kinds,
        "It is about somebody in a position of trust.",
        "The portal's own setting, for the council to confirm; R9, R10",
    ),
)


def second_eyes(ending: Ending) -> EyesRow | None:
    """Return the first row that asks for another lead, or None."""
    return next((row for row in SECOND_EYES if row.when(ending)), None)
