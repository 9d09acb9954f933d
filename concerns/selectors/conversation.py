"""What was said with the reporter, what of it is new to the reader, and what is contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import CharField, Exists, OuterRef
from django.db.models.functions import Cast

from concerns.models import Bell, Concern, Contest, ContestStage, Correspondence, Report
from concerns.rules.ladder import DANGER
from concerns.rules.promises import CONTESTED, STAGES, Stage
from safeguarding_portal.audit.services import last_look

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# How a reporter's look at their report is recorded, and a lead's look at the conversation.
REPORTER_LOOKED = ("report.read", "")
LEAD_LOOKED = ("concern.viewed", "conversation")


@dataclass(frozen=True)
class Said:
    """One thing that was said, whether the reader has not seen it, and whether danger waits."""

    item: Correspondence
    is_new: bool
    danger_waits: bool = False


def conversation(
    report: Report, reader: User, look: tuple[str, str], concern: Concern | None = None
) -> list[Said]:
    """Return all that was said about a report, oldest first, in one statement.

    `look` is how the reader's kind of look is recorded; `concern` the record on whose page a lead
    reads it.
    """
    waits = Bell.objects.filter(
        concern=concern, kind=DANGER, ended_at=None, key=Cast(OuterRef("pk"), CharField())
    )
    items = report.correspondence.select_related("author").annotate(
        seen_at=last_look(reader, *look), waits=Exists(waits)
    )
    return [
        Said(
            item,
            item.author_id != reader.pk
            and (item.seen_at is None or item.created_at > item.seen_at),
            item.waits,
        )
        for item in items
    ]


def additions_to(report: Report) -> list[Correspondence]:
    """Return what the reporter added to the statement, oldest first."""
    return list(report.correspondence.filter(kind__in=Correspondence.ADDITIONS))


def word_on(reports: Sequence[Report], reporter: User) -> dict[int, list[Said]]:
    """Return the word that their reporter had on each report, by its id; in one statement."""
    ids = [report.pk for report in reports]
    word = Correspondence.objects.filter(report__in=ids, from_reporter=False).defer("text")
    found: dict[int, list[Said]] = {pk: [] for pk in ids}
    for item in word.annotate(seen_at=last_look(reporter, *REPORTER_LOOKED)):
        is_new = item.seen_at is None or item.created_at > item.seen_at
        found[item.report_id].append(Said(item, is_new))
    return found


@dataclass(frozen=True)
class StageRow:
    """One stage of a disagreement with its words."""

    row: ContestStage
    stage: Stage
    is_late: bool


@dataclass(frozen=True)
class ContestRow:
    """One disagreement with its stages so far, the oldest first."""

    contest: Contest
    about: str
    stages: list[StageRow]
    may_go_further: bool


def contests_of(
    concerns: Sequence[Concern], now: datetime, raised_by: User | None = None
) -> list[ContestRow]:
    """Return the disagreements about some records, newest first, in one statement.

    A reporter sees those that they raised themselves.
    """
    stages = ContestStage.objects.filter(contest__concern__in=concerns).select_related(
        "outcome_by", "contest__raised_by", "contest__referral", "contest__concern"
    )
    if raised_by is not None:
        stages = stages.filter(contest__raised_by=raised_by, contest__by_reporter=True)
    by_contest: dict[int, list[ContestStage]] = {}
    for row in stages.order_by("-contest__raised_at", "-contest", "level"):
        by_contest.setdefault(row.contest_id, []).append(row)
    return [_contest_row(rows, now) for rows in by_contest.values()]


def _contest_row(rows: list[ContestStage], now: datetime) -> ContestRow:
    contest = rows[0].contest
    return ContestRow(
        contest,
        CONTESTED.get(contest.about, contest.about),
        [
            StageRow(row, STAGES[row.level], row.outcome_at is None and row.due_at < now)
            for row in rows
        ],
        rows[-1].level < len(STAGES) - 1,
    )
