"""What became of files after they were sent: into the record's history, and to those concerned.

The scan is the platform's business and calls nobody; once a minute its outcomes are looked up here.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from concerns.access import visible_reports
from concerns.models import Attachment, Concern
from concerns.services.cover import tell_ladder
from concerns.services.files import record_added, record_on_records, remove_unsent
from concerns.services.notices import notice
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.outbox.services import enqueue_many

if TYPE_CHECKING:
    from uuid import UUID

HANDLED_AT_ONCE = 200
State, Reason = StoredFile.State, StoredFile.Reason
# What can only be helped by sending the file again in another form.
HOPELESS = Q(file__state=State.UNSCANNED) & ~Q(file__reason=Reason.AWAY)
ENDED = Q(file__state__in=(State.CLEAN, State.INFECTED)) | HOPELESS


def tell_of_files(now: datetime) -> int:
    """Write what became of files into the history of their records, and tell of the bad ones.

    Each in a transaction of its own, locked; safe to run twice. Returns how many were handled.
    """
    sent = Q(sent_at__isnull=False)
    waiting = Attachment.objects.filter(told_at=None, file__isnull=False).filter(
        (sent & Q(noted_at=None)) | (sent & ENDED) | Q(file__state=State.INFECTED)
    )
    handled = 0
    for pk in list(waiting.values_list("pk", flat=True)[:HANDLED_AT_ONCE]):
        handled += _follow(pk, now)
    return handled + remove_unsent(now)


@transaction.atomic
def _follow(pk: UUID, now: datetime) -> bool:
    rows = Attachment.objects.select_for_update(of=("self",), skip_locked=True)
    row = rows.select_related("file", "added_by").filter(pk=pk, told_at=None).first()
    if row is None or row.file is None:
        return False
    if row.sent_at is not None and row.noted_at is None:
        row.noted_at = now
        record_added([row])
    if row.file.is_clean and row.sent_at is not None:
        row.told_at = now
        record_on_records("file.checked", [row], label="scanner")
    elif row.file.state == State.INFECTED or row.file.reason in (Reason.TOO_LARGE, Reason.DAMAGED):
        row.told_at = now
        _tell_of_a_bad_one(row, now)
    row.save(update_fields=["noted_at", "told_at"])
    return True


def _tell_of_a_bad_one(row: Attachment, now: datetime) -> None:
    """Tell who sent it, and once the report is filed those who work it: a reference and a link."""
    if row.report is None:
        link = reverse("concerns:journey:step", args=[row.draft_id, "files"])
        _tell_the_sender(row, "your draft", link)
        return
    record_on_records("file.locked_away", [row], label="scanner")
    concerns = Concern.objects.filter(report=row.report).select_related("team", "owner", "report")
    for concern in concerns if row.concern is None else [row.concern]:
        tell_ladder(concern, 0, "file_refused_lead", f"file:{row.pk}", now)
    if row.concern is None and visible_reports(row.added_by).filter(pk=row.report_id).exists():
        link = reverse("concerns:reporter:report", args=[row.report.reference])
        _tell_the_sender(row, row.report.reference, link)


def _tell_the_sender(row: Attachment, reference: str, link: str) -> None:
    message = notice(
        row.added_by,
        "file_refused",
        reference=reference,
        link=link,
        priority=row.report.priority if row.report else 4,
        key=f"file:{row.pk}",
    )
    enqueue_many([message])
