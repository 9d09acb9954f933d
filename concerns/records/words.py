"""Records in words for those who keep them: kinds, dates and blockers, never a name or a story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from concerns.models import Concern, DisposalItem, DisposalRecord, LegalHold, Retention
from concerns.rules.disposal import BY_SLUG, Blocker
from concerns.rules.taxonomy import BY_GROUP

KEPT = {"stopped": "The batch was stopped", "refused": "The second person did not agree"}


@dataclass(frozen=True)
class DueRow:
    """One record with until when it is kept, why, and what stands in the way."""

    reference: str
    group: str
    closed_at: datetime | None
    retention: Retention | None
    blockers: list[Blocker]
    in_batch: bool

    @property
    def is_free(self) -> bool:
        """Whether it can be proposed."""
        return not self.blockers and not self.in_batch

    @property
    def due_on(self) -> date | None:
        """The day until which it is kept."""
        return self.retention.due_on if self.retention else None

    @property
    def reasons(self) -> list[str]:
        """Why, a line each, the one that counts first."""
        return self.retention.because.splitlines() if self.retention else []


def due_row(concern: Any) -> DueRow:
    """Return the row of a concern as `selectors.retention` gives it."""
    return DueRow(
        concern.reference,
        concern.get_group_display(),
        concern.closed_at,
        getattr(concern, "retention", None),
        blockers_in_words(concern.blockers),
        concern.in_batch,
    )


def blockers_in_words(slugs: list[str]) -> list[Blocker]:
    """Return what stands in the way, in words."""
    return [BY_SLUG[slug] for slug in slugs]


def kind_words(concern: Concern) -> str:
    """Return what it was about, in the words of the categories."""
    known = BY_GROUP["child" if concern.group == Concern.Group.CHILD else "adult"]
    slugs = dict.fromkeys([*concern.categories, *concern.flags])
    return "; ".join(known[slug].words for slug in slugs if slug in known)


@dataclass(frozen=True)
class ItemRow:
    """One record of a batch."""

    item: DisposalItem
    row: DueRow | None
    kept_because: list[str]


def item_row(item: Any) -> ItemRow:
    """Return the row of an item as `selectors.disposal.items_seen_by` gives it."""
    concern = item.concern
    row = None
    if concern is not None:
        row = DueRow(
            concern.reference,
            concern.get_group_display(),
            concern.closed_at,
            getattr(concern, "retention", None),
            blockers_in_words(item.blockers or []),
            item.state == DisposalItem.State.WAITING,
        )
    words = [KEPT.get(slug) or BY_SLUG[slug].words for slug in item.kept_because]
    return ItemRow(item, row, words)


@dataclass(frozen=True)
class HoldRow:
    """One legal hold with what it is on."""

    hold: LegalHold
    on: str
    reference: str


def hold_row(hold: LegalHold) -> HoldRow:
    """Return a hold in words."""
    if hold.concern is not None:
        return HoldRow(hold, "One concern", hold.concern.reference)
    if hold.report is not None:
        return HoldRow(hold, "One report", hold.report.reference)
    if hold.involvement is not None:
        part = hold.involvement.get_part_display().lower()
        return HoldRow(hold, f"A person ({part}), wherever leads know them", _concern_of(hold))
    return HoldRow(hold, _inquiry(hold), "")


def _concern_of(hold: LegalHold) -> str:
    return hold.involvement.concern.reference if hold.involvement else ""


def _inquiry(hold: LegalHold) -> str:
    words = {item.slug: item.words for group in BY_GROUP.values() for item in group.values()}
    parts = [hold.get_group_display()] if hold.group else ["Everybody"]
    if hold.received_from:
        parts.append(f"reported from {hold.received_from:%-d %B %Y}")
    if hold.received_to:
        parts.append(f"until {hold.received_to:%-d %B %Y}")
    if hold.categories:
        parts.append("; ".join(words.get(slug, slug) for slug in hold.categories))
    return ", ".join(parts)


def removed_words(record: DisposalRecord) -> str:
    """Return how many rows were removed, and from how many tables."""
    total = sum(record.counts.values())
    return f"{total} rows of {len(record.counts)} kinds"
