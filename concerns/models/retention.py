"""How long records are kept: schedules in versions, what they come to, and legal holds."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern, Involvement
from concerns.models.report import Report


class RetentionSchedule(models.Model):
    """A version of the schedule: proposed by one person, published or refused by another.

    It counts from `answered_at` until the next one is published. While there is none, the shipped
    rows count (`concerns.rules.retention`). Never changed once answered, and never deleted.
    """

    class State(models.TextChoices):
        """Where it is."""

        PROPOSED = "proposed", "Waiting for another person"
        PUBLISHED = "published", "Published"
        REFUSED = "refused", "Not agreed"

    rows = models.JSONField()
    why = models.TextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("state",), condition=Q(state="proposed"), name="schedule_proposed_once"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", answered_by=None, answered_at=None)
                | (
                    ~Q(state="proposed")
                    & Q(answered_by__isnull=False, answered_at__isnull=False)
                    & ~Q(answered_by=F("made_by"))
                ),
                name="schedule_answered_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"Schedule {self.pk}"

    @property
    def version(self) -> str:
        """What records name it by."""
        return f"council-{self.pk}"


class Retention(models.Model):
    """Until when one closed concern is kept, and why: worked out by a task, not by a page.

    `due_on` is the later of what the schedule says and what a reviewer decided. It holds for the
    concern as it was at `concern_version`; a later change makes it void until it is worked out
    again. Removed with its concern.
    """

    concern = models.OneToOneField(
        Concern, primary_key=True, on_delete=models.PROTECT, related_name="retention"
    )
    concern_version = models.PositiveIntegerField()
    schedule_version = models.CharField(max_length=30)
    row_id = models.CharField(max_length=40, blank=True)
    # Empty: no row fits, and it is never due.
    until = models.DateField(null=True)
    because = models.TextField()
    worked_out_at = models.DateTimeField()
    keep_until = models.DateField(null=True, blank=True)
    keep_reason = models.TextField(blank=True)
    kept_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kept_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True)

    class Meta:
        ordering = ("due_on", "concern")
        constraints = (
            models.CheckConstraint(
                condition=Q(keep_until=None, kept_by=None, kept_at=None)
                | (Q(keep_until__isnull=False, kept_by__isnull=False) & ~Q(keep_reason="")),
                name="retention_kept_longer_says_why",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_on", "concern"),
                condition=Q(due_on__isnull=False),
                name="retention_due",
            ),
        )

    def __str__(self) -> str:
        return f"Retention of {self.concern_id}"


class LegalHold(models.Model):
    """Records that must be kept whatever the schedule says, until the hold is lifted.

    On one concern, one report, one person wherever leads know them, or on all that fit a filter,
    as an inquiry asks: what is filed later and fits is held too.
    """

    class Kind(models.TextChoices):
        """What it is on."""

        CONCERN = "concern", "One concern"
        REPORT = "report", "One report, with all its concerns"
        PERSON = "person", "One person, in every concern that leads know them from"
        INQUIRY = "inquiry", "Every concern that fits a filter"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="legal_holds"
    )
    report = models.ForeignKey(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="legal_holds"
    )
    involvement = models.ForeignKey(
        Involvement, null=True, blank=True, on_delete=models.PROTECT, related_name="legal_holds"
    )
    # Of an inquiry: days in London, both included; what is empty asks for nothing.
    received_from = models.DateField(null=True, blank=True)
    received_to = models.DateField(null=True, blank=True)
    group = models.CharField(max_length=14, blank=True, choices=Concern.Group.choices)
    categories = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    reason = models.TextField()
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lifted_at = models.DateTimeField(null=True, blank=True)
    lift_reason = models.TextField(blank=True)

    class Meta:
        ordering = ("-placed_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(kind="concern", concern__isnull=False, report=None, involvement=None)
                | Q(kind="report", concern=None, report__isnull=False, involvement=None)
                | Q(kind="person", concern=None, report=None, involvement__isnull=False)
                | Q(kind="inquiry", concern=None, report=None, involvement=None),
                name="hold_is_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by=None, lift_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lift_reason="")),
                name="hold_lifted_says_why",
            ),
        )

    def __str__(self) -> str:
        return f"Hold {self.pk}"
