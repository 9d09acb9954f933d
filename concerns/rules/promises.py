"""What a reporter is promised, and the stages of a professional disagreement, as tables.

Sources: DOMAIN section 5 (the authority "acknowledges, feeds back") and section 1, Escalation:
discuss, line manager, senior or named lead, partnership; within one working week; immediate risk
goes to the front door, never through escalation. The days of each stage are this project's [D].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from concerns.rules.ladder import CORPORATE_LEAD, DIRECTOR, FEEDBACK, OUTCOME, OWNER
from concerns.rules.ladder import TRIAGE_MANAGER as MANAGER


@dataclass(frozen=True)
class Promise:
    """Something the reporter is told within so many working days."""

    slug: str
    words: str
    working_days: int
    source: str


FIRST_WORD = Promise(
    FEEDBACK,
    "what happens with your report",
    1,
    "The portal's own setting, for the council to confirm: acknowledges, feeds back",
)
LAST_WORD = Promise(
    OUTCOME,
    "how it ended, as far as we may",
    1,
    "The portal's own setting, for the council to confirm: feeds back",
)
# How often a reporter may say that nobody told them anything.
ASK_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True)
class Stage:
    """One level of a disagreement: who settles it, by which working day after it was raised."""

    slug: str
    title: str
    who: tuple[str, ...]
    working_days: int
    words: str
    source: str


_ESCALATION = "Older Birmingham training; the days are the portal's own setting"
STAGES = (
    Stage(
        "discuss",
        "Discuss it",
        (OWNER,),
        1,
        "Those who disagree talk to each other, and write down what they agree.",
        _ESCALATION,
    ),
    Stage(
        "manager",
        "Line manager",
        (MANAGER,),
        2,
        "The triage manager talks to the manager on the other side.",
        _ESCALATION,
    ),
    Stage(
        "senior",
        "Named lead",
        (CORPORATE_LEAD,),
        3,
        "The corporate safeguarding lead takes it to the named lead on the other side.",
        _ESCALATION,
    ),
    Stage(
        "partnership",
        "Partnership",
        (DIRECTOR, CORPORATE_LEAD),
        5,
        "The director takes it to the safeguarding partnership, which has the last word.",
        _ESCALATION,
    ),
)

# What may be contested. The words are what a person chooses from.
CONTESTED: Mapping[str, str] = {
    "decision": "What a safeguarding lead decided",
    "no_action": "An agency will take no further action",
    "returned": "An agency gave it back",
    "closed": "It was closed",
    "other": "Something else",
}
