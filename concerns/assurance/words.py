"""Events in plain words for auditors: what, by whom, of which record. Never what a record says."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from concerns.models import Concern, Report
from concerns.triage.chronology import LABELS, TITLES
from contacts.selectors import agency_name
from safeguarding_portal.audit.trail import sealed_in

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event

# What the chronology of a record does not tell: lists, searches, sign-in, the portal's own.
MORE_TITLES = {
    "access.glass_refused": "Tried to open a record in an emergency, and was refused",
    "access_reviews.viewed": "Looked at accesses in an emergency",
    "account.password_set": "Set a password",
    "account.sign_in_failed": "Sign-in failed",
    "account.signed_in": "Signed in",
    "concern.printed": "Printed",
    "concern.searched": "Searched for concerns",
    "cover.viewed": "Looked at who covers what",
    "custody.viewed": "Looked at custody",
    "directory.exported": "Downloaded the directory",
    "draft.deleted": "Deleted a draft",
    "draft.started": "Began a report",
    "finding.opened": "Reads to look at were noticed",
    "finding.rang": "Reads to look at were late: people were told",
    "finding.reviewed": "Reads were reviewed",
    "findings.viewed": "Looked at reads to look at",
    "match.listed": "Looked at possible matches of people",
    "paper_batch.printed": "Printed paper forms",
    "queue.viewed": "Looked at the list of concerns",
    "queue.viewed_with_names": "Looked at the list of concerns, with names",
    "report.submitted": "Filed a report",
    "report.viewed": "Read a report of their own",
    "statement.exported": "Downloaded a daily statement",
    "statement.viewed": "Looked at a daily statement",
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
    agency = event.detail.get("agency", "")
    return found.format(agency=agency_name(agency) if agency else "an agency")


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
