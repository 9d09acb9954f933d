"""What stands in the way of disposing of a concern, in words: one row for each blocker.

Whether a blocker holds is asked of the database's own function `concerns_disposal_blockers`
(migration 0150), so that pages, services and the function that removes can never differ; a test
holds the two lists together. Source, where a row names no other: issue "Worthy of trust",
section 4.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Blocker:
    """One reason why a concern cannot be disposed of now."""

    slug: str
    words: str
    what_to_do: str


BLOCKERS: tuple[Blocker, ...] = (
    Blocker("open", "It is open", "It can only be disposed of years after it was closed."),
    Blocker(
        "unaccepted",
        "A referral is open: no named person has accepted it",
        "Its owner records who accepted it, or decides it.",
    ),
    Blocker("call_due", "A call is due", "Its owner records the call."),
    Blocker("task_open", "A task is open", "Its owner finishes or cancels it."),
    Blocker("clock_running", "A clock is running", "Its owner meets the clock."),
    Blocker("bell_rings", "Somebody still has to answer", "Its owner answers it."),
    Blocker("closing_asked", "Closing it waits for another lead", "A lead answers."),
    Blocker(
        "unread",
        "What the reporter wrote was never read",
        "A lead reads the messages with the reporter.",
    ),
    Blocker(
        "conflicted",
        "A similar name waits: it is not decided who may see it",
        "A lead without conflict decides.",
    ),
    Blocker("contested", "A decision about it is contested", "The disagreement has to end."),
    Blocker(
        "glass_unreviewed",
        "Access in an emergency was not reviewed",
        "Somebody independent reviews it.",
    ),
    Blocker("gap_open", "A gap in custody is open", "A manager mends it."),
    Blocker(
        "request_open",
        "Somebody's request for their own data is open, or a complaint about it",
        "A records officer answers it.",
    ),
    Blocker(
        "right_open",
        "A correction or objection is not decided, or its use is restricted",
        "Its owner decides it, or ends the restriction.",
    ),
    Blocker("message_waiting", "A message about it is still on its way", "Wait until it is sent."),
    Blocker(
        "linked_open", "It is linked with a concern that is open", "Wait until that is closed."
    ),
    Blocker("held", "A legal hold is on it", "Whoever put it on lifts it, with the reason."),
    Blocker(
        "not_computed",
        "How long it is kept has not been worked out since it last changed",
        "Wait for the next run of the schedule.",
    ),
    Blocker("not_due", "It is to be kept longer", "Wait until its date."),
)
BY_SLUG = {row.slug: row for row in BLOCKERS}
