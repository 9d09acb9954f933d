"""Files that belong to a report: what hangs on what, who has them, and who saw the original."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern, Note
from concerns.models.conversation import Correspondence
from concerns.models.draft import Draft
from concerns.models.referral import Referral
from concerns.models.report import Report
from safeguarding_portal.files.models import StoredFile


class Attachment(models.Model):
    """One file of a report, of a message, or of a lead's note.

    It hangs on the draft while the report is being written; filing the report gives it the report
    and `sent_at` (a trigger does, so that filing costs no statement more). A file of a message or a
    note gets its report at once and `sent_at` when that is sent. Until then only who added it sees
    it and may take it back; afterwards it stays (trigger). Name, size and hash say what was sent,
    also once the file itself was destroyed.
    """

    class Part(models.TextChoices):
        """What it was sent with."""

        REPORT = "report", "With the report"
        ADDITION = "addition", "Added by the reporter"
        MESSAGE = "message", "With a message from the reporter"
        REPLY = "reply", "With a message to the reporter"
        NOTE = "note", "With a note"

    # Where a picture may be evidence, its original is kept sealed beside the copy.
    EVIDENCE = (Part.REPORT, Part.ADDITION, Part.NOTE)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    part = models.CharField(max_length=8, choices=Part.choices)
    file = models.OneToOneField(
        StoredFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    draft = models.ForeignKey(
        Draft, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    # The record from whose page a lead added it; a note's file is seen through this record only.
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    correspondence = models.ForeignKey(
        Correspondence, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    note = models.ForeignKey(
        Note, null=True, blank=True, on_delete=models.PROTECT, related_name="attachments"
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    # When the record's own history got it, and when those concerned heard what the scan found.
    noted_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(draft__isnull=False) | Q(report__isnull=False),
                name="attachment_of_a_draft_or_a_report",
            ),
            models.CheckConstraint(
                condition=~Q(part="note") | Q(concern__isnull=False),
                name="attachment_of_a_note_has_a_record",
            ),
        )
        indexes = (
            models.Index(
                fields=("created_at",),
                name="attachment_to_follow",
                condition=Q(told_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"Attachment {self.pk}"


class FileShare(models.Model):
    """A lead lets one agency have a file of a record, through its referral."""

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="shares")
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="file_shares")
    shared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    shared_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("attachment", "referral"),
                condition=Q(ended_at=None),
                name="file_shared_once_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.attachment} for {self.referral}"


class Unsealing(models.Model):
    """Somebody opened the sealed original of a picture, and why; never changed (trigger)."""

    attachment = models.ForeignKey(Attachment, on_delete=models.PROTECT, related_name="unsealings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500)
    unsealed_at = models.DateTimeField()

    class Meta:
        ordering = ("unsealed_at", "id")

    def __str__(self) -> str:
        return f"Unsealing of {self.attachment}"


class WarningRead(models.Model):
    """A person has read the warning about indecent images (R18), for one report."""

    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("draft", "person"), name="warning_read_once"),
        )

    def __str__(self) -> str:
        return f"Warning read by {self.person}"
