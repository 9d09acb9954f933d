"""Who is told next, and when, while something waits for a person who has not acted.

Sources: DOMAIN sections 2 and 5 and SETTLED "Sending, owning, accepting" [D]: P1 within 15 minutes,
P2 within one hour while the agency's line is staffed (otherwise within one hour of its opening),
P3 by its clock; the referrals of P4 never escalate. After the first bell each rung has one more
interval. The ladders here are the ones the portal is shipped with; a team may have its own, by
date (`concerns.models.LadderVersion`). Times are aware.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

OWNER, DEPUTY, LEAD, DUTY = "owner", "deputy", "lead", "duty"
TRIAGE_MANAGER, CORPORATE_LEAD, DIRECTOR = "triage_manager", "corporate_lead", "director"

# Who may stand on a rung, in the order in which a page offers them.
WHO: Mapping[str, str] = {
    OWNER: "The owner, or every lead of the team while nobody owns it",
    DEPUTY: "The owner's deputies",
    LEAD: "Every lead of the team",
    TRIAGE_MANAGER: "The triage manager",
    CORPORATE_LEAD: "The corporate safeguarding lead",
    DIRECTOR: "The director",
    DUTY: "Whoever is on duty, outside the team's hours",
}
# A ladder ends with somebody who answers for the whole council.
TOPS = frozenset({CORPORATE_LEAD, DIRECTOR})
# A team works the hours of the front door that it refers to [D].
FRONT_DOOR_OF = {
    "children": "childrens-social-care",
    "adults": "adult-social-care",
    "both": "childrens-social-care",
}
# How far ahead managers see who covers what.
OUTLOOK = timedelta(days=14)


@dataclass(frozen=True)
class Rung:
    """One step of a ladder: who is told together."""

    who: tuple[str, ...]

    @property
    def words(self) -> str:
        """Return who that is, for a page."""
        first, *others = (WHO[slug] for slug in self.who)
        return "; ".join([first, *(words[:1].lower() + words[1:] for words in others)])


@dataclass(frozen=True)
class Ladder:
    """What happens while nobody acts: rung after rung, one `interval` apart.

    `warn_before` is how long before each bell the people it will ring past are warned.
    """

    rungs: tuple[Rung, ...]
    interval: timedelta
    warn_before: timedelta
    source: str


_RUNGS = (
    Rung((OWNER, DUTY)),
    Rung((DEPUTY,)),
    Rung((TRIAGE_MANAGER,)),
    Rung((CORPORATE_LEAD,)),
    Rung((DIRECTOR, DUTY)),
)
_SHIPPED = "The portal's own setting, for the council to confirm"

# Priority -> its ladder. P4 has none: its referrals never escalate.
LADDERS: Mapping[int, Ladder] = {
    1: Ladder(_RUNGS, timedelta(minutes=15), timedelta(minutes=5), _SHIPPED),
    2: Ladder(_RUNGS, timedelta(hours=1), timedelta(minutes=20), _SHIPPED),
    3: Ladder(_RUNGS, timedelta(days=1), timedelta(hours=8), _SHIPPED),
}
# The first bell of each priority in words, as `first_bell` reckons it.
FIRST_BELLS: Mapping[int, str] = {
    1: "15 minutes after receipt, day and night",
    2: "one hour after receipt, or after the agency's line opens",
    3: "when it is due",
}
# No warning comes earlier than this before its bell, whatever a team has chosen.
LONGEST_WARNING = timedelta(days=2)


@dataclass(frozen=True)
class BellKind:
    """Something besides a referral that rings the ladder while it waits for a person."""

    slug: str
    words: str
    template: str


FEEDBACK, OUTCOME, WAITING, DANGER, CONTEST, OWNER_LEFT = (
    "feedback",
    "outcome",
    "reporter_waiting",
    "danger",
    "contest",
    "owner_left",
)
BELLS: Mapping[str, BellKind] = {
    kind.slug: kind
    for kind in (
        BellKind(FEEDBACK, "The reporter has had no word", "feedback_due"),
        BellKind(OUTCOME, "The reporter was not told how it ended", "feedback_due"),
        BellKind(WAITING, "The reporter says that nobody told them anything", "reporter_waiting"),
        BellKind(DANGER, "The reporter added that somebody is in danger", "danger_added"),
        BellKind(CONTEST, "A stage of a disagreement ran out", "contest_ran_out"),
        BellKind(OWNER_LEFT, "Its owner has left and nobody has taken it", "owner_left"),
    )
}


def shipped_ladder(priority: int) -> Ladder:
    """Return the shipped ladder; what waits on a P4 record, if at all, climbs the one of P3."""
    return LADDERS[min(priority, max(LADDERS))]


def first_bell(
    priority: int, received_at: datetime, opens_at: datetime | None, due_at: datetime | None
) -> datetime | None:
    """Return when a referral that nobody has accepted first rings, or None when it never does.

    `opens_at` is when the agency's own line opens next, None when it is open at receipt. It moves
    only P2: danger (P1) does not wait for office hours. `due_at` is the route's own due time.
    This first bell is the portal's rule for every team; a team's ladder says who, and what follows.
    """
    if priority not in LADDERS:
        return None
    interval = LADDERS[priority].interval
    if priority == 3:
        return due_at or received_at + interval
    start = opens_at if priority == 2 and opens_at is not None else received_at
    return start + interval
