"""The daily statement: what the council held when the day ended, each chained to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from concerns.dates import local_date
from concerns.models import Concern, DailyStatement
from concerns.rules.case import LONDON
from concerns.selectors.reconcile import custody_sum
from safeguarding_portal.audit.services import record

BEGINNING = "0" * 64


@transaction.atomic
def write_statement(now: datetime) -> DailyStatement | None:
    """Write the statement of the day that ended last before `now` (aware), in London; once.

    None when it stands already. A day on which nothing ran has no statement: what was held then
    cannot be known afterwards, and the gap in the dates shows it.
    """
    day = local_date(now) - timedelta(days=1)
    if DailyStatement.objects.filter(day=day).exists():
        return None
    previous = DailyStatement.objects.order_by("-day").values_list("hash", flat=True).first()
    numbers, references = custody_sum(now).numbers(), _references(day)
    previous_hash = previous or BEGINNING
    statement, is_new = DailyStatement.objects.get_or_create(
        day=day,
        defaults={
            "made_at": now,
            "numbers": numbers,
            "references": references,
            "previous_hash": previous_hash,
            "hash": statement_hash(day, now, numbers, references, previous_hash),
        },
    )
    if not is_new:
        return None
    record(
        "statement.written",
        actor_label="clock",
        object_type="statement",
        object_id=day.isoformat(),
        detail={"hash": statement.hash},
    )
    return statement


def statement_hash(
    day: date,
    made_at: datetime,
    numbers: dict[str, int],
    references: dict[str, list[str]],
    previous_hash: str,
) -> str:
    """Return the SHA-256 over the canonical JSON of a statement and the hash before it."""
    content: dict[str, Any] = {
        "day": day.isoformat(),
        "made_at": made_at.timestamp(),
        "numbers": numbers,
        "references": references,
        "previous_hash": previous_hash,
    }
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def first_broken(statements: Sequence[DailyStatement]) -> DailyStatement | None:
    """Return the first statement, oldest first, that does not fit its hash or the one before it."""
    before: DailyStatement | None = None
    for item in statements:
        right = statement_hash(
            item.day, item.made_at, item.numbers, item.references, item.previous_hash
        )
        if item.hash != right or (before is not None and item.previous_hash != before.hash):
            return item
        before = item
    return None


def _references(day: date) -> dict[str, list[str]]:
    """Return the references of all open concerns by state, and of those closed on the day."""
    begins = datetime.combine(day, time(), tzinfo=LONDON)
    ends = datetime.combine(day + timedelta(days=1), time(), tzinfo=LONDON)
    listed: dict[str, list[str]] = {state: [] for state in Concern.State.values}
    real = Concern.objects.filter(is_synthetic=False)
    rows = real.exclude(state=Concern.State.CLOSED).values_list("state", "reference")
    for state, reference in rows.order_by("reference"):
        listed[state].append(reference)
    closed = real.filter(state=Concern.State.CLOSED, closed_at__gte=begins, closed_at__lt=ends)
    listed[Concern.State.CLOSED] = list(
        closed.order_by("reference").values_list("reference", flat=True)
    )
    return listed
