"""Where one person stands with one document: pure, so that pages, exports and reminders agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

YEARLY = timedelta(days=365)


class Asks(StrEnum):
    """What the person is asked to read."""

    NOTHING = ""
    WHOLE = "whole"
    CHANGES = "changes"


@dataclass(frozen=True)
class Started:
    """A version that has come into force: its number, when, and whether the meaning changed."""

    number: int
    at: datetime
    meaning_changed: bool


@dataclass(frozen=True)
class Confirmed:
    """What a person confirmed, and when."""

    number: int
    at: datetime
    whole: bool


@dataclass(frozen=True)
class Standing:
    """What is asked and until when (aware); `since` is the newest version that was confirmed."""

    asks: Asks
    due_at: datetime | None
    confirmed_at: datetime | None
    since: int

    def is_overdue(self, now: datetime) -> bool:
        """Say whether the deadline has passed."""
        return self.due_at is not None and self.due_at <= now


def standing(
    started: Sequence[Started],
    confirmed: Sequence[Confirmed],
    asked_since: datetime,
    within: timedelta,
    now: datetime,
) -> Standing:
    """Return where a person stands at `now`; all times are aware.

    Never confirmed: the whole text, from the day they were asked. A year after the whole text: the
    whole text again. A change of meaning since: only the parts that changed.
    """
    newest = max((item.number for item in confirmed), default=0)
    latest = max((item.at for item in confirmed), default=None)
    whole = max((item.at for item in confirmed if item.whole), default=None)
    if whole is None:
        return Standing(Asks.WHOLE, asked_since + within, latest, newest)
    if whole + YEARLY <= now:
        return Standing(Asks.WHOLE, whole + YEARLY + within, latest, newest)
    changes = [item.at for item in started if item.number > newest and item.meaning_changed]
    if changes:
        return Standing(Asks.CHANGES, min(changes) + within, latest, newest)
    return Standing(Asks.NOTHING, None, latest, newest)
