"""Batches of disposal and the records that stay; reads only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, QuerySet

from concerns.models import DisposalBatch, DisposalItem, DisposalRecord
from concerns.selectors.retention import Blockers, kept_out_of

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

BEGINNING = "0" * 64
ItemState = DisposalItem.State


def batches() -> QuerySet[DisposalBatch]:
    """Return all batches, the newest first, each with how far it is."""
    return DisposalBatch.objects.select_related("made_by", "answered_by").annotate(
        total=Count("items"),
        gone=Count("items", filter=Q(items__state=ItemState.DISPOSED)),
        kept=Count("items", filter=Q(items__state=ItemState.KEPT)),
    )


def items_seen_by(batch: DisposalBatch, user: User) -> list[DisposalItem]:
    """Return the records of a batch that the person may know of, with `blockers`; one statement."""
    return list(
        batch.items.exclude(kept_out_of(user, "concern__report"))
        .select_related("concern__retention")
        .annotate(blockers=Blockers(F("concern")))
    )


def hidden_items(batch: DisposalBatch, user: User) -> int:
    """Return how many records of a batch the person must not know of."""
    return batch.items.filter(kept_out_of(user, "concern__report")).count()


def records() -> QuerySet[DisposalRecord]:
    """Return the register of disposal, the newest first."""
    return DisposalRecord.objects.select_related("batch__made_by", "batch__answered_by")


@dataclass(frozen=True)
class Chain:
    """Whether the register is whole: the first record that does not fit, if one does not."""

    broken: DisposalRecord | None

    @property
    def is_whole(self) -> bool:
        """Whether every record fits."""
        return self.broken is None


def chain_of(found: Iterable[DisposalRecord]) -> Chain:
    """Check records, oldest first: each against its hash, its columns, and the one before it."""
    before: DisposalRecord | None = None
    for item in found:
        right = hashlib.sha256(f"{item.previous_hash}{item.content}".encode()).hexdigest()
        follows = before is None or item.previous_hash == before.hash
        if item.hash != right or not follows or not _tells_the_same(item):
            return Chain(item)
        before = item
    return Chain(None)


def _tells_the_same(item: DisposalRecord) -> bool:
    content = json.loads(item.content)
    return (
        content["reference"] == item.reference
        and content["report_reference"] == item.report_reference
        and content["row"] == item.row_id
        and content["schedule"] == item.schedule_version
        and content["batch"] == item.batch_id
        and content["removed"] == item.counts
    )
