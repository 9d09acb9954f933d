"""Events that can only grow, and the seals over them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Event(models.Model):
    """Something that was done or seen. Ids and codes only: never a name, never a story.

    Concerns and reports are plain numbers here, not foreign keys: audit knows nothing of them, and
    an event outlives whatever it speaks of. Triggers refuse UPDATE, DELETE and TRUNCATE to every
    role, the owner of the table included (migration 0002).
    """

    recorded_at = models.DateTimeField()
    happened_at = models.DateTimeField()
    name = models.CharField(max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # For what no person did: "rules", "clock", "outbox", "agency".
    actor_label = models.CharField(max_length=30, blank=True)
    concern_id = models.BigIntegerField(null=True)
    report_id = models.BigIntegerField(null=True)
    object_type = models.CharField(max_length=30, blank=True)
    object_id = models.CharField(max_length=60, blank=True)
    detail = models.JSONField(default=dict)
    # Of the request in which it was done; empty for workers and commands.
    request_id = models.CharField(max_length=36, blank=True)
    source_address = models.GenericIPAddressField(null=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=("concern_id", "id"), name="event_by_concern"),
            models.Index(fields=("report_id", "id"), name="event_by_report"),
            models.Index(fields=("actor", "id"), name="event_by_actor"),
            models.Index(fields=("actor", "recorded_at", "id"), name="event_by_actor_time"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(actor__isnull=False) | ~Q(actor_label=""), name="event_has_a_doer"
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Seal(models.Model):
    """A seal over the events that had settled by a minute: nothing under it can change unseen.

    `event_ids` and `leaves` (32 bytes an event, SHA-256) say what was sealed, one by one, so that a
    check can name the event that was changed; `root` is their Merkle root, `digest` chains it to
    the seal before, and `signature` (Ed25519) is over the digest. Kept like the events: triggers
    refuse UPDATE, DELETE and TRUNCATE.
    """

    sealed_at = models.DateTimeField()
    event_ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64, unique=True)
    signature = models.CharField(max_length=128)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"Seal {self.pk}"


class TrailCheck(models.Model):
    """One check of the whole trail: who asked (nobody: the clock), and what it found."""

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    # Whoever claims it does it; a claim that leads to nothing runs out.
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    events = models.BigIntegerField(default=0)
    seals = models.BigIntegerField(default=0)
    unsealed = models.BigIntegerField(default=0)
    # [{code, where, words}], the first hundred.
    findings = models.JSONField(default=list)
    findings_count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Check {self.pk}"


class TrailExport(models.Model):
    """Events that somebody takes out of the portal: which, in what form, and why.

    The file itself is not kept: it is made anew while it is downloaded, from events that do not
    change, up to the last one there was when it was asked for.
    """

    class Form(models.TextChoices):
        """What the file is."""

        CSV = "csv", "Table (CSV)"
        JSON = "json", "Data (JSON)"
        EVIDENCE = "evidence", "Signed evidence (JSON), which can be checked without the portal"
        PDF = "pdf", "Signed evidence to read and print (PDF)"

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    form = models.CharField(max_length=10, choices=Form.choices)
    reason = models.TextField()
    # What was chosen, as the page's address says it: ids, dates, kinds of act.
    chosen = models.JSONField()
    until_id = models.BigIntegerField()
    events = models.BigIntegerField()

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"Export {self.pk}"
