"""The clocks of a concern as a lead decided it, which may differ from what the facts alone say.

Due times come from the rows of `clocks.CLOCKS`; only when a row runs is asked of the decision. A
test holds the two together: decided as the rules propose, the clocks are those of the rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from concerns.rules.case import Case
from concerns.rules.clocks import CLOCKS, Clock, WorkingHours, start_clock
from concerns.rules.route_rows import ASC, CASS, OTHER_DOOR, SOLIHULL_DOOR

FRONT_DOORS = frozenset({CASS, SOLIHULL_DOOR, OTHER_DOOR})


@dataclass(frozen=True)
class Decided:
    """What a concern is by decision: its group, its priority, and who is told for certain."""

    group: str
    priority: int
    agencies: frozenset[str]

    @property
    def goes_to_front_door(self) -> bool:
        """Whether a child front door is told."""
        return not self.agencies.isdisjoint(FRONT_DOORS)

    @property
    def is_urgent_child(self) -> bool:
        """Whether a child's front door is rung now."""
        return self.group == "child" and self.goes_to_front_door and self.priority <= 2


# By the rule of the clock. A clock that is not named here (FGM) runs by the facts alone.
RUNS: Mapping[str, Callable[[Decided], bool]] = {
    "P1.due": lambda decided: decided.priority == 1,
    "P2.due": lambda decided: decided.priority == 2,
    "P3.due": lambda decided: decided.priority == 3,
    "CALL": lambda decided: decided.is_urgent_child,
    "WFU": lambda decided: decided.is_urgent_child,
    "DEC": lambda decided: decided.goes_to_front_door,
    "ASM": lambda decided: decided.goes_to_front_door,
    "LADO": lambda decided: "lado" in decided.agencies,
    "TRIAGE": lambda decided: decided.group == "adult_at_risk",
    "CHASE": lambda decided: ASC in decided.agencies,
}


def decided_clocks(decided: Decided, case: Case, hours: WorkingHours) -> dict[str, Clock]:
    """Return the clocks that run, by slug; `case.now` is when they start."""
    return {
        row.slug: start_clock(row, case, hours)
        for row in CLOCKS
        if (RUNS[row.rule_id](decided) if row.rule_id in RUNS else row.when(case, decided.agencies))
    }
