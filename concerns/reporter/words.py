"""A report's state in the words of the one who filed it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from concerns.models import Concern, Correspondence
from concerns.rules.promises import FIRST_WORD, LAST_WORD
from concerns.services.bells import promised_by

STATE_WORDS = {
    Concern.State.NEW: "Sent. A safeguarding lead has not taken it yet",
    Concern.State.IN_TRIAGE: "A safeguarding lead is looking at it",
    Concern.State.REFERRED: "Waiting for an agency to accept it",
    Concern.State.ACCEPTED: "Accepted by an agency",
    Concern.State.CLOSED: "Closed",
}


@dataclass(frozen=True)
class Promised:
    """What we will tell the reporter, by when; or nothing more to promise."""

    words: str
    due_at: datetime
    is_late: bool


def state_words(concern: Concern) -> str:
    """Return the state in plain words."""
    return STATE_WORDS[Concern.State(concern.state)]


def promised(concern: Concern, said: list[Correspondence], now: datetime) -> Promised | None:
    """Return what the reporter is still promised about one record, or None once it was kept."""
    told = [item for item in said if item.kind in Correspondence.WORD]
    outcomes = [item for item in told if item.kind == Correspondence.Kind.OUTCOME]
    if concern.state == Concern.State.CLOSED:
        if any(item.concern_id == concern.pk for item in outcomes):
            return None
        due_at = promised_by(LAST_WORD, concern.closed_at or now)
        return Promised(LAST_WORD.words, due_at, due_at < now)
    if told:
        return None
    due_at = promised_by(FIRST_WORD, concern.received_at)
    return Promised(FIRST_WORD.words, due_at, due_at < now)
