"""Events in plain words for auditors: what, by whom, of which record. Never what a record says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from concerns.models import Concern, Report
from concerns.triage.chronology import LABELS, TITLES, filled
from safeguarding_portal.audit.trail import sealed_in

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event

# What the chronology of a record does not tell: lists, searches, sign-in, the portal's own.
MORE_TITLES = {
    "absence.cancelled": "Cancelled an absence",
    "absence.entered": "Entered an absence",
    "access.glass_refused": "Tried to open a record in an emergency, and was refused",
    "access_reviews.viewed": "Looked at accesses in an emergency",
    "account.password_set": "Set a password",
    "account.sign_in_failed": "Sign-in failed",
    "account.signed_in": "Signed in",
    "concern.searched": "Searched for concerns",
    "cover.gap_told": "Told managers of a gap in cover",
    "cover.viewed": "Looked at who covers what",
    "custody.viewed": "Looked at custody",
    "digest.sent": "Sent news of saved filters",
    "directory.exported": "Downloaded the directory",
    "draft.deleted": "Deleted a draft",
    "draft.expired": "Removed an old draft",
    "draft.started": "Began a report",
    "duty.cancelled": "Cancelled a turn of duty",
    "duty.entered": "Entered a turn of duty",
    "filter.removed": "Removed a saved filter",
    "filter.saved": "Saved a filter",
    "filter.watched": "Chose news of a saved filter",
    "finding.opened": "Reads to look at were noticed",
    "finding.rang": "Reads to look at were late: people were told",
    "finding.reviewed": "Reads were reviewed",
    "findings.viewed": "Looked at reads to look at",
    "invitation.accepted": "Accepted an invitation",
    "invitation.made": "Invited somebody",
    "invitation.withdrawn": "Took back an invitation",
    "ladder.changed": "Changed who is told",
    "link.made": "Linked two concerns",
    "link.parked": "Put off a link of two concerns",
    "link.rejected": "Rejected a link of two concerns",
    "match.confirmed": "Decided that two people are the same",
    "match.listed": "Looked at possible matches of people",
    "match.parked": "Put off whether two people are the same",
    "match.proposed": "Proposed that two people are the same",
    "match.rejected": "Decided that two people are not the same",
    "paper_batch.chased": "Asked for paper forms that are out",
    "paper_batch.issued": "Issued paper forms",
    "paper_batch.printed": "Printed paper forms",
    "paper_batch.seen": "Said that paper forms are still there",
    "paper_form.begun": "Began to enter a paper form",
    "paper_form.voided": "Declared a paper form void",
    "person.joined": "Joined what is known of one person",
    "person.parted": "Parted what was known of one person",
    "preference.changed": "Changed their preferences",
    "queue.viewed": "Looked at the list of concerns",
    "queue.viewed_with_names": "Looked at the list of concerns, with names",
    "receipt.taken": "Took in a delivery report",
    "report.people_excluded": "People were kept out of a report",
    "report.submitted": "Filed a report",
    "report.viewed": "Read a report of their own",
    "staff_homes.loaded": "The homes of staff were loaded",
    "statement.exported": "Downloaded a daily statement",
    "statement.viewed": "Looked at a daily statement",
    "statement.written": "Wrote the statement of the day",
    "statements.viewed": "Looked at the daily statements",
    "trail.check_asked": "Asked for a check of the audit trail",
    "trail.checked": "Checked the audit trail",
    "trail.export_asked": "Asked to take events out",
    "trail.exported": "Took events out",
    "trail.person_viewed": "Looked at what a person did",
    "trail.readers_viewed": "Looked at who reads most",
    "trail.record_viewed": "Looked at who read a record",
    "work.viewed": "Looked at their own work",
}


@dataclass(frozen=True)
class TrailEntry:
    """One event as an auditor reads it. `seal` is empty while it is not sealed."""

    event_id: int
    name: str
    title: str
    by: str
    actor_id: int | None
    at: datetime
    happened_at: datetime
    reference: str
    shown: int
    address: str
    seal: int | None
    sealed_at: datetime | None


def title_of(event: Event) -> str:
    """Return what happened in words; a name that no table knows is still readable."""
    found = TITLES.get(event.name) or MORE_TITLES.get(event.name)
    if found is None:
        thing, _, act = event.name.replace("_", " ").partition(".")
        return f"{thing.capitalize()}: {act}"
    return filled(found, event)


def entries_of(events: Sequence[Event]) -> list[TrailEntry]:
    """Return events in words with their records' references and their seals; three statements."""
    references = references_of(events)
    seals = sealed_in([event.pk for event in events])
    return [_entry(event, references, seals.get(event.pk)) for event in events]


def _entry(
    event: Event,
    references: dict[tuple[str, int], str],
    seal: tuple[int, datetime] | None,
) -> TrailEntry:
    of_concern = references.get(("concern", event.concern_id or 0), "")
    shown = event.detail.get("shown")
    return TrailEntry(
        event_id=event.pk,
        name=event.name,
        title=title_of(event),
        by=str(event.actor) if event.actor else LABELS.get(event.actor_label, event.actor_label),
        actor_id=event.actor_id,
        at=event.recorded_at,
        happened_at=event.happened_at,
        reference=of_concern or references.get(("report", event.report_id or 0), ""),
        shown=len(shown) if isinstance(shown, list) and event.concern_id is None else 0,
        address=event.source_address or "",
        seal=seal[0] if seal else None,
        sealed_at=seal[1] if seal else None,
    )


def references_of(events: Iterable[Event]) -> dict[tuple[str, int], str]:
    """Return the references of the records that events speak of; what is gone has none."""
    rows = list(events)
    concerns = {event.concern_id for event in rows if event.concern_id}
    reports = {event.report_id for event in rows if event.report_id}
    found = {
        ("concern", pk): reference
        for pk, reference in Concern.objects.filter(pk__in=concerns).values_list("pk", "reference")
    }
    of_reports = Report.objects.filter(pk__in=reports).values_list("pk", "reference")
    return found | {("report", pk): reference for pk, reference in of_reports}
