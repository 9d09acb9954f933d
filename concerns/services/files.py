"""Files of reports: added, sent with what they belong to, taken back, opened, destroyed.

What a file is, where its bytes lie and whether it is clean is the business of
`safeguarding_portal.files`; whom it belongs to, and who may have it, is decided here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.http import Http404

from concerns.models import (
    Attachment,
    Concern,
    Correspondence,
    Draft,
    Note,
    Report,
    Unsealing,
    WarningRead,
)
from concerns.selectors.files import Target, all_files, has_read_warning, waiting_files
from concerns.services.errors import NotAllowedError
from safeguarding_portal.audit.services import NewEvent, record, record_many
from safeguarding_portal.files import uploads
from safeguarding_portal.files.services import Content, destroy, keep, read_original
from safeguarding_portal.files.services import discard as discard_received

if TYPE_CHECKING:
    from concerns.selectors.files import Seen
    from safeguarding_portal.accounts.models import User
    from safeguarding_portal.files.services import Received

# What was added to a message or a note that was then never sent goes after a day.
UNSENT_FOR = timedelta(days=1)
MIB = 1024 * 1024
UNREAD_WARNING = "Read the warning about images of children first, and confirm that you have"
SENT_MEANWHILE = "The report has been sent meanwhile. Add the file on the page of your report"


@transaction.atomic
def read_warning(target: Target, actor: User, now: datetime) -> None:
    """Keep that the person has read the warning about indecent images (R18)."""
    _, is_new = WarningRead.objects.get_or_create(
        draft_id=target.draft_id, person=actor, defaults={"read_at": now}
    )
    if is_new:
        record(
            "file.warning_read",
            actor=actor,
            report_id=target.report.pk if target.report else None,
            object_type="draft",
            object_id=str(target.draft_id),
        )


def is_about_a_child(target: Target) -> bool:
    """Whether a filed report has anybody in it who is not an adult at risk."""
    if target.report is None:
        raise ValueError("What a draft is about, its answers say.")
    adult = Concern.Group.ADULT_AT_RISK
    return target.report.concerns.exclude(group=adult).exists()


def check_may_add(target: Target, actor: User, *, about_child: bool) -> None:
    """Refuse before a byte is taken: the warning must be read, and there must be room.

    Raises `NotAllowedError` with words for the person.
    """
    if about_child and not has_read_warning(target, actor):
        raise NotAllowedError(UNREAD_WARNING)
    _check_count(target)


def _check_count(target: Target) -> None:
    if all_files(target).count() >= settings.FILES_MAX_COUNT:
        raise NotAllowedError(f"A report can have {settings.FILES_MAX_COUNT} files. Take one out")


def add_file(target: Target, actor: User, received: Received, now: datetime) -> Attachment:
    """Keep a received file with a draft, or with what is being written; not in a transaction.

    Raises `NotAllowedError` when the report has no room for it or was sent meanwhile, and then the
    bytes are removed.
    """
    try:
        with transaction.atomic():
            return _add(target, actor, received, now)
    except BaseException:
        discard_received(received)
        raise


def _add(target: Target, actor: User, received: Received, now: datetime) -> Attachment:
    draft = Draft.objects.select_for_update(of=("self",)).get(pk=target.draft_id)
    if target.report is None and draft.submitted_at is not None:
        raise NotAllowedError(SENT_MEANWHILE)
    _check_count(target)
    total = all_files(target).aggregate(total=Sum("size"))["total"] or 0
    if total + received.sealed.size > settings.FILES_MAX_TOTAL:
        most = settings.FILES_MAX_TOTAL // MIB
        raise NotAllowedError(f"The files of a report can have {most} MB together. Take one out")
    because = target.part if target.part in Attachment.EVIDENCE else ""
    file = keep(received, actor, now, because)
    row = Attachment.objects.create(
        part=target.part,
        file=file,
        draft=draft if target.report is None else None,
        report=target.report,
        concern=target.concern,
        added_by=actor,
        name=file.name,
        kind=file.kind,
        size=file.size,
        sha256=file.sha256,
        created_at=now,
    )
    record(
        "file.uploaded",
        actor=actor,
        report_id=target.report.pk if target.report else None,
        object_type="attachment",
        object_id=str(row.pk),
        detail={"hash": row.sha256, "kind": row.kind, "part": row.part},
    )
    return row


def send_files(
    target: Target,
    actor: User,
    now: datetime,
    *,
    correspondence: Correspondence | None = None,
    note: Note | None = None,
) -> int:
    """Send what waits there with a message, an addition or a note, in its transaction.

    Returns how many files went. Each is an event on the records that they belong to.
    """
    rows = list(waiting_files(target, actor))
    if not rows:
        return 0
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).update(
        correspondence=correspondence, note=note, sent_at=now, noted_at=now
    )
    for row in rows:
        row.sent_at = now
    record_added(rows)
    return len(rows)


def record_added(rows: Iterable[Attachment]) -> None:
    """Write that files were added into the history of each record that they belong to."""
    record_on_records("file.added", rows)


def record_on_records(name: str, rows: Iterable[Attachment], label: str = "") -> None:
    """Record an event about files on each record: by who added them, or by a label."""
    events = []
    for row in rows:
        for concern_id in _records_of(row):
            events.append(
                NewEvent(
                    name=name,
                    actor=None if label else row.added_by,
                    actor_label=label,
                    concern_id=concern_id,
                    report_id=row.report_id,
                    object_type="attachment",
                    object_id=str(row.pk),
                    happened_at=None if label else row.sent_at,
                    detail={"hash": row.sha256, "kind": row.kind, "part": row.part},
                )
            )
    record_many(events)


def _records_of(row: Attachment) -> list[int]:
    if row.part == Attachment.Part.NOTE and row.concern_id is not None:
        return [row.concern_id]
    return list(Concern.objects.filter(report=row.report_id).values_list("pk", flat=True))


@transaction.atomic
def remove_file(file_id: UUID, actor: User) -> None:
    """Take back a file that was not sent; raise `Http404` for anything else."""
    row = (
        Attachment.objects.select_for_update(of=("self",))
        .filter(pk=file_id, added_by=actor, sent_at=None)
        .first()
    )
    if row is None:
        raise Http404
    _remove([row], actor=actor, why="taken_back")


def discard_draft_files(draft: Draft, *, actor: User | None = None, label: str = "") -> None:
    """Remove the files of a draft that is thrown away, whole or not, in its transaction."""
    _remove(list(draft.attachments.all()), actor=actor, label=label, why="draft")
    uploads.drop(f"{Attachment.Part.REPORT}:{draft.pk}")


def remove_unsent(now: datetime) -> int:
    """Remove what was added to a message or note that was never sent; return how many files."""
    rows = Attachment.objects.filter(
        draft=None, sent_at=None, created_at__lte=now - UNSENT_FOR
    ).values_list("pk", flat=True)[:500]
    removed = 0
    for pk in list(rows):
        with transaction.atomic():
            found = Attachment.objects.select_for_update(of=("self",)).filter(pk=pk, sent_at=None)
            removed += _remove(list(found), label="clock", why="unsent")
    return removed


def _remove(rows: list[Attachment], *, actor: User | None = None, label: str = "", why: str) -> int:
    for row in rows:
        file_id = row.file_id
        row.delete()
        if file_id is not None:
            destroy(file_id, actor=actor, actor_label="" if actor else label, detail=why)
    return len(rows)


@transaction.atomic
def record_file_read(seen: Seen, actor: User, name: str = "file.viewed", part: str = "") -> None:
    """Record that a person reads a file, or a part of it, before it is given."""
    record(
        name,
        actor=actor,
        concern_id=seen.concern.pk if seen.concern else None,
        report_id=seen.attachment.report_id,
        object_type="attachment",
        object_id=str(seen.attachment.pk),
        detail={"part": part},
    )


@transaction.atomic
def unseal_original(seen: Seen, actor: User, reason: str, now: datetime) -> Content:
    """Give the sealed original of a picture to a lead who sees the record, for a written reason.

    Raises `Http404` for a reporter, and where there is no original or it is not clean.
    """
    file = seen.attachment.file
    content = read_original(file) if file is not None and file.what.is_image else None
    if not seen.is_lead or seen.concern is None or content is None:
        raise Http404
    unsealing = Unsealing.objects.create(
        attachment=seen.attachment,
        person=actor,
        concern=seen.concern,
        reason=reason,
        unsealed_at=now,
    )
    record(
        "file.unsealed",
        actor=actor,
        concern_id=seen.concern.pk,
        report_id=seen.attachment.report_id,
        object_type="attachment",
        object_id=str(seen.attachment.pk),
        detail={"unsealing": unsealing.pk},
    )
    return content


def report_target(report: Report, part: str, concern: Concern | None = None) -> Target:
    """Return the target of something that is being sent, for the service that sends it."""
    of = concern.reference if concern else report.reference
    return Target(part, of, report.draft_id, report, concern)
