"""When a record is restricted to a named list (R24)."""

from __future__ import annotations

from dataclasses import dataclass

from concerns.rules.facts import Facts

WORDS = {
    "council_staff": "It concerns a member of the council's staff.",
    "councillor": "It concerns a councillor.",
    "vip": "It concerns a person of public interest.",
    "lead": "It concerns a safeguarding lead, who will not see it.",
    "kin_of_reader": "It concerns a relative of somebody who could read it.",
}


@dataclass(frozen=True)
class Restriction:
    """Whether a report is restricted, and why."""

    restricted: bool
    reasons: tuple[str, ...]
    grounds: tuple[str, ...]
    rule_id: str = "R24"


def restriction_for(facts: Facts) -> Restriction:
    """Return the restriction that the people in a report bring with them."""
    named = {ground for person in facts.people for ground in person.sensitive}
    named |= {ground for alleged in facts.alleged for ground in alleged.sensitive}
    grounds = tuple(ground for ground in WORDS if ground in named)
    return Restriction(bool(grounds), tuple(WORDS[ground] for ground in grounds), grounds)
