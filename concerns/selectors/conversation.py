"""What was said with the reporter, what of it is new to the reader, and what is contested."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Max, Prefetch

from concerns.models import Concern, Contest, ContestStage, Correspondence, Report
from concerns.rules.promises import CONTESTED, STAGES, Stage
from safeguarding_portal.audit.services import last_viewed

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# The event of a reporter's look at their report, and of a lead's look at the conversation.
REPORTER_LOOKED, LEAD_LOOKED = "report.read", "conversation.viewed"


@dataclass(frozen=True)
class Said:
    """One thing that was said, and whether the reader has not seen it."""

    item: Correspondence
    is_new: bool


def conversation(report: Report, reader: User, look: str) -> list[Said]:
    """Return all that was said about a report, oldest first, in two statements.

    `look` is the event of the reader's kind of look; ask before it is recorded anew.
    """
    seen_at = last_viewed(reader, [look], [report.pk]).get(report.pk)
    items = report.correspondence.select_related("author")
    return [
        Said(item, item.author_id != reader.pk and (seen_at is None or item.created_at > seen_at))
        for item in items
    ]


def reports_with_news(reports: Sequence[Report], reporter: User) -> set[int]:
    """Return the ids of the reports in which there is word that their reporter has not seen."""
    ids = [report.pk for report in reports]
    seen = last_viewed(reporter, [REPORTER_LOOKED], ids)
    newest = (
        Correspondence.objects.filter(report__in=ids, from_reporter=False)
        .order_by()
        .values("report_id")
        .annotate(at=Max("created_at"))
    )
    return {
        row["report_id"]
        for row in newest
        if row["report_id"] not in seen or row["at"] > seen[row["report_id"]]
    }


@dataclass(frozen=True)
class StageRow:
    """One stage of a disagreement with its words."""

    row: ContestStage
    stage: Stage
    is_late: bool
    is_newest: bool


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
    """Return the disagreements about some records, newest first, in three statements.

    A reporter sees those that they raised themselves.
    """
    stages = ContestStage.objects.select_related("outcome_by").prefetch_related("people")
    found = (
        Contest.objects.filter(concern__in=concerns)
        .select_related("raised_by", "referral", "concern")
        .prefetch_related(Prefetch("stages", queryset=stages))
    )
    if raised_by is not None:
        found = found.filter(raised_by=raised_by, by_reporter=True)
    return [_contest_row(contest, now) for contest in found]


def _contest_row(contest: Contest, now: datetime) -> ContestRow:
    rows = list(contest.stages.all())
    return ContestRow(
        contest,
        CONTESTED.get(contest.about, contest.about),
        [
            StageRow(
                row,
                STAGES[row.level],
                row.outcome_at is None and row.due_at < now,
                row is rows[-1],
            )
            for row in rows
        ],
        bool(rows) and rows[-1].level < len(STAGES) - 1,
    )
