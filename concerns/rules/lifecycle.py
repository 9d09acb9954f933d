"""The life of a concern, as tables: its states and the ways between them (ends: `endings.py`).

A state is never set: it follows from the ledger (who owns it, what the agencies said), by the first
row of `STATES` that fits. A transition says from where, to where, who may, what it needs, and what
it causes; services ask this table, and tests hold the two tables together. Source, where a row
names no other: issue "The triage desk", section 3, and DOMAIN sections 2 and 9.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

NEW, IN_TRIAGE, REFERRED, ACCEPTED, CLOSED = "new", "in_triage", "referred", "accepted", "closed"
OWNED = (IN_TRIAGE, REFERRED, ACCEPTED)
OPEN = (NEW, *OWNED)

# States of a referral in which the council still waits for a named person.
WAITING = frozenset({"to_do", "sent", "opened", "returned"})


@dataclass(frozen=True)
class Ledger:
    """What the state of a concern follows from."""

    is_closed: bool
    has_owner: bool
    referrals: tuple[str, ...]

    @property
    def live(self) -> frozenset[str]:
        """The states of the referrals that were not withdrawn."""
        return frozenset(self.referrals) - {"withdrawn"}


@dataclass(frozen=True)
class StateRow:
    """When `when` fits the ledger, the concern is in this state."""

    state: str
    when: Callable[[Ledger], bool]
    words: str


STATES: tuple[StateRow, ...] = (
    StateRow(CLOSED, lambda ledger: ledger.is_closed, "It was closed with an outcome."),
    StateRow(NEW, lambda ledger: not ledger.has_owner, "Nobody has taken it."),
    StateRow(
        IN_TRIAGE,
        lambda ledger: not ledger.live or not ledger.live.isdisjoint({"offered", "returned"}),
        "A lead has something to decide, or nobody was told.",
    ),
    StateRow(
        REFERRED,
        lambda ledger: not ledger.live.isdisjoint(WAITING),
        "An agency has not accepted yet.",
    ),
    StateRow(ACCEPTED, lambda ledger: True, "A named person answered for every referral."),
)


def state_of(ledger: Ledger) -> str:
    """Return the state that the ledger means."""
    return next(row.state for row in STATES if row.when(ledger))


# What a transition can need. The words are what a person reads when it is missing.
REASON, OUTCOME, REVIEW_DATE = "reason", "outcome", "review_date"
NOTHING_OPEN, NO_TASKS, OVERRIDE = "nothing_open", "no_tasks", "override_reason"
NOTHING_ASKED, ASKED, SECOND_EYES_NEED = "nothing_asked", "asked", "second_eyes"
NEEDS: dict[str, str] = {
    REASON: "Write the reason for your decision.",
    OUTCOME: "Choose an outcome, and write what came of it.",
    REVIEW_DATE: "Give a date on which it is looked at again, at most 28 days from now.",
    NOTHING_OPEN: "You cannot close this yet. A referral or a call is still open: record who "
    "accepted it, or decide it first.",
    NO_TASKS: "You cannot close this yet. A task is still open: finish it, or cancel it with the "
    "reason.",
    OVERRIDE: "Somebody is told without agreement. Write on which ground and why (R21).",
    NOTHING_ASKED: "Closing this waits for another lead. Take that request back first.",
    ASKED: "Nobody asked to close this, or it was answered already.",
    SECOND_EYES_NEED: "Another lead has to answer this, not the one who asked.",
}
MAX_HOLD = timedelta(days=28)
# Roles that may decide what only a lead may: leads, and those who stand in for them (R24).
LEAD_ROLES = ("lead", "corporate_lead", "dcs", "dass")


@dataclass(frozen=True)
class Transition:
    """One way a concern changes.

    `permission` is an action of `concerns.access`; "agency" stands for the agency's named person.
    `lead_only`: the person also holds one of `LEAD_ROLES`. `event` is written with every use;
    `clocks` says what it does to clocks; `notice` is the message template that tells of it.
    """

    slug: str
    words: str
    leaves: tuple[str, ...]
    leads_to: tuple[str, ...]
    permission: str
    event: str
    needs: tuple[str, ...] = ()
    lead_only: bool = False
    clocks: str = ""
    notice: str = ""
    source: str = "The portal's own setting, for the council to confirm"


TRANSITIONS: tuple[Transition, ...] = (
    Transition("take", "Took it", OPEN, OWNED, "take", "concern.taken"),
    Transition(
        "refer",
        "Sent it to an agency",
        (IN_TRIAGE,),
        (IN_TRIAGE, REFERRED),
        "decide",
        "referral.decided",
        (REASON, OVERRIDE, NOTHING_ASKED),
        clocks="The agency's bells start.",
        notice="referral",
        source="R21; SETTLED, Sending, owning, accepting",
    ),
    Transition(
        "set_aside",
        "Did not send it to an agency",
        (IN_TRIAGE,),
        OWNED,
        "decide",
        "referral.decided",
        (REASON, NOTHING_ASKED),
        source="Seven golden rules: record the decision not to share (DOMAIN section 6)",
    ),
    Transition(
        "accept",
        "A named person of an agency accepted",
        (NEW, IN_TRIAGE, REFERRED),
        OPEN,
        "record",
        "referral.accepted",
        clocks="Its bells and due calls stop; the last required one stops the first contact clock.",
        source="SETTLED, Sending, owning, accepting",
    ),
    Transition(
        "return",
        "An agency returned it",
        (NEW, IN_TRIAGE, REFERRED),
        (NEW, IN_TRIAGE),
        "agency",
        "referral.returned",
        (REASON,),
        clocks="It rings at once.",
        notice="referral_returned",
        source="SETTLED, Sending, owning, accepting",
    ),
    Transition(
        "do_by_hand",
        "Did something outside the portal",
        (NEW, IN_TRIAGE, REFERRED),
        OPEN,
        "record",
        "referral.done",
        clocks="Its bells and due calls stop.",
        source="SETTLED: bodies without a directory slug are done by the lead",
    ),
    Transition(
        "close",
        "Closed it",
        (IN_TRIAGE, ACCEPTED),
        (CLOSED,),
        "decide",
        "concern.closed",
        (OUTCOME, NOTHING_OPEN, NO_TASKS, OVERRIDE, NOTHING_ASKED),
        clocks="Clocks that still run are withdrawn.",
    ),
    Transition(
        "ask_close",
        "Asked to close it",
        (IN_TRIAGE, ACCEPTED),
        (IN_TRIAGE, ACCEPTED),
        "decide",
        "closing.asked",
        (OUTCOME, NOTHING_OPEN, NO_TASKS, OVERRIDE, NOTHING_ASKED),
        clocks="Nothing stops.",
        notice="approval_asked",
    ),
    Transition(
        "approve_close",
        "Agreed to closing it",
        (IN_TRIAGE, ACCEPTED),
        (CLOSED,),
        "approve",
        "closing.approved",
        (ASKED, SECOND_EYES_NEED, NOTHING_OPEN, NO_TASKS),
        lead_only=True,
        clocks="Clocks that still run are withdrawn.",
        notice="approval_answered",
    ),
    Transition(
        "refuse_close",
        "Did not agree to closing it",
        OWNED,
        OWNED,
        "approve",
        "closing.refused",
        (ASKED, SECOND_EYES_NEED, REASON),
        lead_only=True,
        clocks="Nothing stops.",
        notice="approval_answered",
    ),
    Transition(
        "withdraw_close",
        "Took back the request to close it",
        OWNED,
        OWNED,
        "decide",
        "closing.withdrawn",
        (ASKED,),
    ),
    Transition(
        "reopen",
        "Reopened it",
        (CLOSED,),
        (IN_TRIAGE, ACCEPTED),
        "reopen",
        "concern.reopened",
        (REASON,),
        clocks="What closing withdrew starts again; so does the first contact clock.",
        notice="concern_reopened",
    ),
    Transition(
        "hold",
        "Put it on hold",
        OWNED,
        OWNED,
        "decide",
        "concern.held",
        (REASON, REVIEW_DATE, NOTHING_ASKED),
        clocks="A review rings on its date. Danger, agencies, calls and tasks go on ringing.",
    ),
    Transition(
        "resume",
        "Took it off hold",
        OPEN,
        OPEN,
        "record",
        "concern.resumed",
        clocks="The review is met.",
    ),
    Transition(
        "reclassify",
        "Decided again what it is",
        OWNED,
        OPEN,
        "decide",
        "concern.reclassified",
        (OVERRIDE, NOTHING_ASKED),
        clocks="Clocks are written again for the new decision.",
        notice="referral_withdrawn",
        source="DOMAIN section 2: the rules propose, the lead decides",
    ),
    Transition(
        "raise_priority",
        "Raised the priority",
        OPEN,
        OPEN,
        "record",
        "concern.priority_raised",
        (REASON,),
        clocks="The first contact clock and the bells come forward.",
        source="The portal's own setting, for the council to confirm",
    ),
    Transition(
        "lower_priority",
        "Lowered the priority",
        OWNED,
        OWNED,
        "decide",
        "concern.priority_lowered",
        (REASON, NOTHING_ASKED),
        lead_only=True,
        clocks="The first contact clock and the bells go back.",
        source="The portal's own setting: only a lead may lower a priority",
    ),
    Transition(
        "decide_sharing",
        "Recorded agreement, capacity and wishes",
        OWNED,
        OWNED,
        "decide",
        "concern.sharing_decided",
        source="R21",
    ),
)
BY_SLUG = {row.slug: row for row in TRANSITIONS}


@dataclass(frozen=True)
class QuietRow:
    """A clock that a hold keeps out of the queue's order, from this priority down."""

    slug: str
    from_priority: int
    source: str = "The portal's own setting: only our own clocks; danger and agencies never wait"


QUIETED: tuple[QuietRow, ...] = (
    QuietRow("lead_triage", 2),
    QuietRow("chase_adult_social_care", 2),
    QuietRow("priority", 3),
)


def quieted(priority: int) -> frozenset[str]:
    """Return the clocks that a hold quiets; none at P1."""
    return frozenset(row.slug for row in QUIETED if 1 < row.from_priority <= priority)
