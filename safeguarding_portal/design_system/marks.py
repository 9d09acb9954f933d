"""Marks for priority and state: a word and a sign each, so that colour says nothing alone."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Tone(StrEnum):
    """How loud a mark is."""

    DANGER = "danger"
    WARN = "warn"
    PLAIN = "plain"
    GOOD = "good"
    QUIET = "quiet"


_SIGNS = {Tone.DANGER: "▲", Tone.WARN: "◆", Tone.PLAIN: "●", Tone.GOOD: "✓", Tone.QUIET: "○"}
_PRIORITIES = {
    "P1": (Tone.DANGER, "P1 now"),
    "P2": (Tone.WARN, "P2 today"),
    "P3": (Tone.PLAIN, "P3 next working day"),
    "P4": (Tone.QUIET, "P4 no deadline"),
}


@dataclass(frozen=True)
class Mark:
    """A short word about a record, with how loud it is."""

    text: str
    tone: Tone = Tone.PLAIN

    @property
    def sign(self) -> str:
        """Return the shape that goes with the tone, for eyes that do not see the colour."""
        return _SIGNS[self.tone]


def priority_mark(priority: str) -> Mark:
    """Return the mark of a priority P1 to P4 (DOMAIN section 2, priority); KeyError for others."""
    tone, text = _PRIORITIES[priority]
    return Mark(text, tone)
