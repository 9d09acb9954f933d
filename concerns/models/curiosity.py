"""Reads that look like curiosity, and what somebody independent found about them."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern
from concerns.rules.curiosity import BY_SLUG, OUTCOME_BY_SLUG, OUTCOMES


class StaffHome(models.Model):
    """Where a member of staff lives, as a keyed hash: it can be compared, never read."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="staff_home"
    )
    home_hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"Home of {self.user_id}"


class ReaderDay(models.Model):
    """How much one person read on one day (Europe/London): the habit that others are measured by.

    Written from the audit events, and could be written again from them. `signals` holds what was
    noticed so far: {signal: {concern id, or "" for the day: [event ids]}}.
    """

    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    day = models.DateField()
    reads = models.PositiveIntegerField(default=0)
    searches = models.PositiveIntegerField(default=0)
    taken_out = models.PositiveIntegerField(default=0)
    # The different records, how many they are, and the reads by hour of the day.
    records = models.PositiveIntegerField(default=0)
    concerns = ArrayField(models.BigIntegerField(), default=list)
    hours = ArrayField(models.PositiveIntegerField(), default=list)
    # Keyed hashes of what was searched for: {hash: [event ids]}.
    terms = models.JSONField(default=dict)
    signals = models.JSONField(default=dict)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("reader", "day"), name="readerday_once"),)
        indexes = (models.Index(fields=("day",), name="readerday_by_day"),)

    def __str__(self) -> str:
        return f"Reads of {self.reader_id} on {self.day}"


class CuriosityCursor(models.Model):
    """Up to which audit event reads were looked at; one row, locked by whoever looks."""

    event_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Up to event {self.event_id}"


class CuriosityFinding(models.Model):
    """One reader's day that somebody independent is to look at, and what they found.

    Open until reviewed; then it stays as it is. What comes to light about the day later is another
    finding.
    """

    reader = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    score = models.PositiveSmallIntegerField()
    rules_version = models.CharField(max_length=20)
    found_at = models.DateTimeField()
    due_at = models.DateTimeField()
    # The day (UTC) on which its lateness was told last: once a day.
    rang_on = models.DateField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(
        max_length=10,
        blank=True,
        choices=[(outcome.slug, outcome.words) for outcome in OUTCOMES],
    )
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("-score", "due_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("reader", "day"), condition=Q(reviewed_at=None), name="finding_open_once"
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None)
                | (Q(reviewer__isnull=False) & ~Q(outcome="") & ~Q(words="")),
                name="finding_review_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("reader")),
                name="finding_reviewed_by_another",
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=Q(reviewed_at=None), name="finding_open"),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """What messages call it: neither the reader nor a record."""
        return f"READS-{self.pk}"

    @property
    def outcome_words(self) -> str:
        """The outcome in words; empty while it is open."""
        return OUTCOME_BY_SLUG[self.outcome].words if self.outcome else ""


class CuriosityReason(models.Model):
    """One signal of a finding, of one record or of the whole day, and the events that show it."""

    finding = models.ForeignKey(CuriosityFinding, on_delete=models.CASCADE, related_name="reasons")
    signal = models.SlugField(max_length=20)
    points = models.PositiveSmallIntegerField()
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    event_ids = ArrayField(models.BigIntegerField())

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("finding", "signal", "concern"),
                name="reason_once",
                nulls_distinct=False,
            ),
        )

    def __str__(self) -> str:
        return f"{self.signal} of {self.finding_id}"

    @property
    def signal_words(self) -> str:
        """The signal in plain words."""
        return BY_SLUG[self.signal].words

    @property
    def source(self) -> str:
        """Where the signal comes from."""
        return BY_SLUG[self.signal].source
