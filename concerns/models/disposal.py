"""Disposal: who proposed and approved it, what was removed, and the record of it that stays.

Nothing here holds personal data: a reference is a random code that leads nowhere once its record
is gone (decision 0101).
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern


class DisposalBatch(models.Model):
    """Concerns put together by one person for disposal, agreed to by another.

    Once approved it waits until `dispose_after`; until its last record is gone it can be stopped.
    """

    class State(models.TextChoices):
        """Where it is."""

        PROPOSED = "proposed", "Waiting for another person"
        REFUSED = "refused", "Not agreed"
        APPROVED = "approved", "Approved"
        STOPPED = "stopped", "Stopped"
        DONE = "done", "Done"

    state = models.CharField(max_length=8, choices=State.choices, default=State.PROPOSED)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    dispose_after = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    # Why it was not agreed to, or was stopped.
    end_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(answered_by=None) | ~Q(answered_by=F("made_by")),
                name="disposal_approved_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"])
                | Q(
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                    dispose_after__isnull=False,
                ),
                name="disposal_approved_says_when",
            ),
        )
        indexes = (
            models.Index(
                fields=("dispose_after",), condition=Q(state="approved"), name="disposal_to_do"
            ),
        )

    def __str__(self) -> str:
        return f"Batch {self.pk}"


class DisposalItem(models.Model):
    """One concern in a batch. Once it is disposed of, `concern` is empty and the rest stays."""

    class State(models.TextChoices):
        """What became of it."""

        WAITING = "waiting", "Waiting"
        DISPOSED = "disposed", "Disposed of"
        KEPT = "kept", "Kept"

    batch = models.ForeignKey(DisposalBatch, on_delete=models.PROTECT, related_name="items")
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="disposal_items"
    )
    reference = models.CharField(max_length=16)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    # Why it was kept: slugs of `concerns.rules.disposal.BLOCKERS`, or "stopped", "refused".
    kept_because = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Keys of files whose rows are gone and which have still to be destroyed, by store.
    files_left = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("concern",), condition=Q(state="waiting"), name="disposal_item_waits_once"
            ),
            models.UniqueConstraint(fields=("batch", "reference"), name="disposal_item_once"),
        )
        indexes = (
            models.Index(fields=("id",), condition=~Q(files_left={}), name="disposal_files_left"),
        )

    def __str__(self) -> str:
        return f"{self.reference} in {self.batch_id}"


class DisposalRecord(models.Model):
    """That a record was disposed of. Written by the database's function that removes it; it stays.

    `content` is the canonical JSON of all that is known of it; `hash` is SHA-256 over the hash
    before and the content. Refuses UPDATE and DELETE.
    """

    reference = models.CharField(max_length=16, unique=True)
    # Of its report; given once the report went with its last concern.
    report_reference = models.CharField(max_length=12, blank=True, db_index=True)
    batch = models.ForeignKey(DisposalBatch, on_delete=models.PROTECT, related_name="records")
    row_id = models.CharField(max_length=40)
    schedule_version = models.CharField(max_length=30)
    disposed_at = models.DateTimeField()
    counts = models.JSONField()
    content = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.reference} disposed of"


class DisposalPart(models.Model):
    """One foreign key into a concern's record, and what disposal does with the rows behind it.

    The function that removes follows these rows; migrations alone write them (the portal's own
    role may only read). A test compares them with the catalogue of the database, so that a new
    table cannot be forgotten.
    """

    class Act(models.TextChoices):
        """What is done."""

        REMOVE = "remove", "Its rows go with what they belong to"
        UNLINK = "unlink", "Its rows stay and no longer name it"
        HANDLED = "handled", "The function handles it by itself"
        STAYS = "stays", "It stays, and never belongs to a record that goes"

    table_name = models.CharField(max_length=63)
    column_name = models.CharField(max_length=63)
    refers_to = models.CharField(max_length=63)
    act = models.CharField(max_length=8, choices=Act.choices)

    class Meta:
        ordering = ("table_name", "column_name")
        constraints = (
            models.UniqueConstraint(
                fields=("table_name", "column_name"), name="disposal_part_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.table_name}.{self.column_name}"
