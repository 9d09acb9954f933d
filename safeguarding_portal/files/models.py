"""What the portal knows of a file: keys and verdicts. The bytes lie sealed in the store."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from safeguarding_portal.files.box.kinds import KINDS, Kind
from safeguarding_portal.files.keys import WrappedKey


class StoredFile(models.Model):
    """One file that somebody sent, as received, and what became of it.

    Nothing of it is shown before `state` is clean. `next_try_at` says when a worker must look at it
    again, null when nothing is left to do; a claim that is older than its lease is void.
    """

    class State(models.TextChoices):
        """What the scanner says."""

        WAITING = "waiting", "Being checked"
        CLEAN = "clean", "Checked"
        INFECTED = "infected", "Harmful: locked away"
        UNSCANNED = "unscanned", "Not checked yet"

    class Reason(models.TextChoices):
        """Why a file is not scanned."""

        AWAY = "away", "The virus scanner is away. We try again by ourselves"
        TOO_LARGE = "too_large", "It is too large for the virus scanner"
        DAMAGED = "damaged", "It was damaged where we keep files. Send it again"

    class Preview(models.TextChoices):
        """Whether there is something to look at."""

        NONE = "none", "This kind of file has no preview"
        WAITING = "waiting", "The preview is being made"
        READY = "ready", "There is a preview"
        FAILED = "failed", "No preview could be made"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8)
    size = models.PositiveIntegerField()
    # Of the bytes as received.
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=10, choices=Reason.choices, blank=True)
    scanned_at = models.DateTimeField(null=True, blank=True)
    # What was found, and by which engine with which signatures.
    finding = models.CharField(max_length=200, blank=True)
    engine = models.CharField(max_length=100, blank=True)
    preview = models.CharField(max_length=8, choices=Preview.choices, default=Preview.WAITING)
    pages = models.PositiveIntegerField(default=0)
    # Of a picture: why the original is kept sealed beside the copy; empty where it is not kept.
    original_because = models.CharField(max_length=20, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("created_at", "id")
        indexes = (
            models.Index(
                fields=("next_try_at",),
                name="file_to_work_on",
                condition=Q(next_try_at__isnull=False),
            ),
            models.Index(fields=("state",), name="file_not_clean", condition=~Q(state="clean")),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(state="clean") | Q(scanned_at__isnull=False),
                name="file_is_clean_by_a_scan",
            ),
        )

    def __str__(self) -> str:
        return f"File {self.pk}"

    @property
    def what(self) -> Kind:
        """Its kind, with words."""
        return KINDS[self.kind]

    @property
    def is_clean(self) -> bool:
        """Whether the scanner let it through."""
        return self.state == self.State.CLEAN

    @property
    def may_be_given_out(self) -> bool:
        """Whether it can be downloaded: clean, and for a picture, the copy without traces made."""
        return self.is_clean and (not self.what.is_image or self.preview == self.Preview.READY)

    @property
    def state_words(self) -> str:
        """Where it is, in words for whoever sent it or waits for it."""
        if self.state == self.State.UNSCANNED and self.reason:
            return str(self.get_reason_display())
        if self.is_clean and self.preview == self.Preview.WAITING:
            return str(self.get_preview_display())
        return str(self.get_state_display())


class Upload(models.Model):
    """A file that is still coming in, in parts; it can go on after a lost connection.

    `subject` is whoever asked for it, as a code of theirs ("draft:..."): this app does not read it.
    `sha256` is what the browser says the whole file has; empty where it cannot tell.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    subject = models.CharField(max_length=80)
    name = models.CharField(max_length=300)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64, blank=True)
    received = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        indexes = (
            models.Index(fields=("owner", "subject"), name="upload_by_owner"),
            models.Index(fields=("expires_at",), name="upload_expiry"),
        )

    def __str__(self) -> str:
        return f"Upload {self.pk}"


class StoredObject(models.Model):
    """One sealed object in the store: part of an upload, an original, or what we made of it."""

    class Role(models.TextChoices):
        """What it is."""

        PART = "part", "Part of an upload"
        ORIGINAL = "original", "As received"
        COPY = "copy", "Picture made anew"
        PAGE = "page", "Page as a picture"
        TEXT = "text", "Words"

    object_id = models.UUIDField(primary_key=True)
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.CASCADE, related_name="sealed"
    )
    upload = models.ForeignKey(
        Upload, null=True, blank=True, on_delete=models.CASCADE, related_name="parts"
    )
    role = models.CharField(max_length=8, choices=Role.choices)
    # The page; of a part, where it begins.
    number = models.PositiveIntegerField(default=1)
    media_type = models.CharField(max_length=100, blank=True)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    key_id = models.CharField(max_length=60)
    wrapped_key = models.BinaryField()

    class Meta:
        ordering = ("role", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("file", "role", "number"),
                name="object_once_in_file",
                condition=Q(file__isnull=False),
            ),
            models.UniqueConstraint(
                fields=("upload", "number"),
                name="part_once_in_upload",
                condition=Q(upload__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(file__isnull=False, upload=None) | Q(file=None, upload__isnull=False),
                name="object_of_a_file_or_an_upload",
            ),
        )
        indexes = (models.Index(fields=("key_id",), name="object_by_key"),)

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.object_id}"

    @property
    def key(self) -> WrappedKey:
        """Its data key, wrapped."""
        return WrappedKey(self.key_id, bytes(self.wrapped_key))
