"""What the queue reads: rows in the stored order, a page at a time, in few statements."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from concerns.access import visible_concerns
from concerns.models import Concern
from concerns.selectors.legs import legs_of
from safeguarding_portal.accounts.models import User

PAGE_SIZE = 30
VIEWS = ("all", "mine", "unowned")


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, where the next begins (None: no more), and how many there are."""

    rows: list[Concern]
    next_cursor: str | None
    counts: dict[str, int]


def triage_queue(
    user: User, now: datetime, view: str = "all", after: str | None = None
) -> QueuePage:
    """Return open concerns that the person may see, the most urgent first.

    The order is the stored one: danger first, then the next due time (none last), then age. Paging
    is by key, so that a row that arrives meanwhile moves nothing. A cursor that is not ours starts
    at the top.
    """
    base = visible_concerns(user, now).exclude(state=Concern.State.CLOSED)
    counts = base.aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=Q(owner=user)),
        unowned=Count("pk", filter=Q(owner=None)),
    )
    chosen = {"mine": base.filter(owner=user), "unowned": base.filter(owner=None)}.get(view, base)
    rows = list(_after(chosen, after).select_related("owner", "team", "report")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    legs = legs_of(rows)
    for row in rows:
        row.legs = legs[row.pk]  # type: ignore[attr-defined]
    return QueuePage(rows, _cursor(rows[-1]) if more else None, counts)


def _cursor(concern: Concern) -> str:
    due = concern.next_due_at.isoformat() if concern.next_due_at else None
    key = json.dumps([concern.is_p1, due, concern.pk])
    return base64.urlsafe_b64encode(key.encode()).decode()


def _after(concerns: QuerySet[Concern], cursor: str | None) -> QuerySet[Concern]:
    """Return the rows that follow a cursor in the stored order."""
    try:
        is_p1, due, pk = json.loads(base64.urlsafe_b64decode(cursor or ""))
        due_at = datetime.fromisoformat(due) if due else None
        later_id = Q(next_due_at=due_at, pk__gt=int(pk))
    except (ValueError, TypeError, binascii.Error):
        return concerns
    later = later_id
    if due_at is not None:
        later |= Q(next_due_at__gt=due_at) | Q(next_due_at=None)
    follows = Q(is_p1=bool(is_p1)) & later
    if is_p1:
        follows |= Q(is_p1=False)
    return concerns.filter(follows)
