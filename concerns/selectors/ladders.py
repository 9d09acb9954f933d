"""The ladders of a team as they are and were, and the turns of duty to come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from concerns.models import DutyTurn, LadderVersion
from concerns.rules.ladder import LADDERS, Rung
from safeguarding_portal.accounts.models import Team


@dataclass(frozen=True)
class LadderRow:
    """One version of a ladder in words. The shipped one has no start and no maker."""

    steps: list[str]
    interval: str
    warning: str
    source: str
    starts_at: datetime | None
    is_in_force: bool


def span_words(minutes: int) -> str:
    """Return a span in its largest whole unit: "15 minutes", "1 hour", "2 days"."""
    for size, word in ((24 * 60, "day"), (60, "hour"), (1, "minute")):
        number, rest = divmod(minutes, size)
        if number and not rest:
            return f"{number} {word}" if number == 1 else f"{number} {word}s"
    return "no time"


def ladder_versions(team: Team) -> list[LadderVersion]:
    """Return every version of the team's ladders, the newest first; one statement."""
    return list(team.ladders.select_related("made_by"))


def ladder_history(versions: list[LadderVersion], priority: int, now: datetime) -> list[LadderRow]:
    """Return the versions for one priority, the newest first and the shipped one last."""
    mine = [version for version in versions if version.priority == priority]
    started = [version.pk for version in mine if version.starts_at <= now]
    in_force = started[0] if started else None
    rows = [
        LadderRow(
            [Rung(tuple(who)).words for who in version.rungs],
            span_words(version.interval_minutes),
            span_words(version.warn_minutes),
            f"Set by {version.made_by}",
            version.starts_at,
            version.pk == in_force,
        )
        for version in mine
    ]
    shipped = LADDERS[priority]
    rows.append(
        LadderRow(
            [rung.words for rung in shipped.rungs],
            span_words(int(shipped.interval.total_seconds() // 60)),
            span_words(int(shipped.warn_before.total_seconds() // 60)),
            shipped.source,
            None,
            in_force is None,
        )
    )
    return rows


def turns_to_come(now: datetime) -> list[DutyTurn]:
    """Return the turns of duty that run or will run, at most 200."""
    rows = DutyTurn.objects.filter(cancelled_at=None, ends_at__gt=now)
    return list(rows.select_related("user", "team")[:200])
