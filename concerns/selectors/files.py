"""Files of reports: where one may be added, who may see which, and what hangs on a record."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404

from concerns.access import get_concern_or_404, visible_concerns, visible_reports
from concerns.models import Attachment, Concern, Draft, FileShare, Report, WarningRead
from concerns.rules.reference import normalise

if TYPE_CHECKING:
    from concerns.models import Referral
    from safeguarding_portal.accounts.models import User

Part = Attachment.Part
OF_REPORTER = (Part.ADDITION, Part.MESSAGE)
OF_LEAD = (Part.REPLY, Part.NOTE)


@dataclass(frozen=True)
class Target:
    """Where files may be added: a draft, or what is being written about a filed report."""

    part: str
    of: str
    draft_id: UUID
    report: Report | None = None
    concern: Concern | None = None

    @property
    def subject(self) -> str:
        """Its code for uploads that are not whole yet."""
        return f"{self.part}:{self.of}"


def target_or_404(user: User, part: str, of: str, now: datetime) -> Target:
    """Return where this person may add files; raise `Http404`, the same for absent and forbidden.

    `of` is the draft's id, the reporter's report, or the record from whose page a lead writes.
    """
    if part == Part.REPORT:
        drafts = Draft.objects.filter(owner=user, submitted_at=None, pk=_uuid(of))
        if not drafts.exists():
            raise Http404
        return Target(part, of, _uuid(of))
    if part in OF_REPORTER:
        report = visible_reports(user).filter(reference=normalise(of)).first()
        if report is None:
            raise Http404
        return Target(part, report.reference, report.draft_id, report)
    if part in OF_LEAD:
        concern = get_concern_or_404(user, of, now)
        return Target(part, of, concern.report.draft_id, concern.report, concern)
    raise Http404


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Http404 from error


def waiting_files(target: Target, user: User) -> QuerySet[Attachment]:
    """Return what this person has added there and not sent yet."""
    found = Attachment.objects.select_related("file").filter(
        part=target.part, added_by=user, sent_at=None
    )
    if target.report is None:
        return found.filter(draft=target.draft_id)
    return found.filter(report=target.report, concern=target.concern)


def all_files(target: Target) -> QuerySet[Attachment]:
    """Return every file of the report that is being written or was filed, whoever added it."""
    return Attachment.objects.filter(
        Q(report=target.report) if target.report else Q(draft=target.draft_id)
    )


def has_read_warning(target: Target, user: User) -> bool:
    """Whether the person has read the warning of R18 for this report."""
    return WarningRead.objects.filter(draft=target.draft_id, person=user).exists()


def files_of_concern(concern: Concern) -> QuerySet[Attachment]:
    """Return the files that belong on a record's page, oldest first.

    All that was sent with the report and its messages, and the notes of this record; the caller
    has got the concern through `access`.
    """
    found = Attachment.objects.filter(report=concern.report_id, sent_at__isnull=False)
    mine = found.filter(~Q(part=Part.NOTE) | Q(concern=concern))
    return mine.select_related("file", "added_by").order_by("sent_at", "created_at", "id")


def files_with_shares(concern: Concern) -> list[Attachment]:
    """Return the files of a record, each with its shares `in_force`."""
    shares = FileShare.objects.filter(ended_at=None, referral__concern=concern)
    in_force = Prefetch("shares", queryset=shares.select_related("referral"), to_attr="in_force")
    return list(files_of_concern(concern).prefetch_related(in_force))


def files_of_reporter(report: Report) -> list[Attachment]:
    """Return the files that the reporter may see: their own and those sent to them; no notes."""
    found = Attachment.objects.filter(report=report, sent_at__isnull=False)
    return list(found.exclude(part=Part.NOTE).select_related("file").order_by("sent_at", "id"))


def files_of_draft(draft: Draft) -> list[Attachment]:
    """Return the files of a report that is still being written."""
    return list(draft.attachments.select_related("file"))


def files_by_owner(items: Iterable[Attachment], owner: str) -> dict[int, list[Attachment]]:
    """Return the attachments by the id of what they were sent with ("correspondence", "note")."""
    found: dict[int, list[Attachment]] = {}
    for item in items:
        pk = getattr(item, f"{owner}_id")
        if pk is not None:
            found.setdefault(pk, []).append(item)
    return found


def shared_files(referral: Referral) -> list[Attachment]:
    """Return the clean files that a lead lets this agency have, oldest first."""
    shares = FileShare.objects.filter(referral=referral, ended_at=None)
    found = Attachment.objects.select_related("file").filter(pk__in=shares.values("attachment"))
    return [item for item in found if item.file is not None and item.file.may_be_given_out]


@dataclass(frozen=True)
class Seen:
    """A file, and through which record or as whose reporter the person sees it."""

    attachment: Attachment
    concern: Concern | None
    is_lead: bool


def file_or_404(user: User, file_id: UUID, now: datetime) -> Seen:
    """Return a file that this person may see at `now` (aware); raise `Http404` otherwise.

    Before it is sent: who added it. Afterwards: who sees a record of the report (a note's file:
    that record), and the reporter, but no note.
    """
    item = (
        Attachment.objects.select_related("file", "added_by", "report").filter(pk=file_id).first()
    )
    if item is None or item.file is None:
        raise Http404
    if item.sent_at is None:
        if item.added_by_id != user.pk or not _still_theirs(user, item, now):
            raise Http404
        return Seen(item, item.concern, is_lead=False)
    concerns = visible_concerns(user, now).filter(report=item.report_id).order_by("number")
    if item.part == Part.NOTE:
        concerns = concerns.filter(pk=item.concern_id)
    concern = concerns.first()
    if concern is not None:
        return Seen(item, concern, is_lead=True)
    is_mine = visible_reports(user).filter(pk=item.report_id).exists()
    if item.part == Part.NOTE or not is_mine:
        raise Http404
    return Seen(item, None, is_lead=False)


def _still_theirs(user: User, item: Attachment, now: datetime) -> bool:
    """Whether who added a file that is not sent may still see what it was added to."""
    if item.concern_id is not None:
        return visible_concerns(user, now).filter(pk=item.concern_id).exists()
    if item.report_id is not None:
        return visible_reports(user).filter(pk=item.report_id).exists()
    return user.is_active
