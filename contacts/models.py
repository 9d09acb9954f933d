"""Published versions of the directory, the changes that lead to them, and the care of its lines.

A version is one whole document, kept for good: a report can name the version it was routed by, and
any earlier state can be shown or restored. Pages never read these rows: they read the snapshot file
that publishing writes, so that the numbers are there when the database is not.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class DirectoryVersion(models.Model):
    """One state of the directory, in force from a moment on. Rows never change (trigger)."""

    slug = models.CharField(max_length=40, unique=True)
    document = models.JSONField()
    effective_from = models.DateTimeField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("effective_from", "id")

    def __str__(self) -> str:
        return self.slug


class ChangeSet(models.Model):
    """Changes that wait to become a version: a whole document, and the version it began from.

    Somebody who made or edited it cannot approve it (the database refuses it for the first and the
    last of them, the service for all).
    """

    class State(models.TextChoices):
        """How far it got. Whether an approved one is in force follows from its version's start."""

        DRAFT = "draft", "Draft"
        PROPOSED = "proposed", "Waits for approval"
        APPROVED = "approved", "Approved"
        URGENT = "urgent", "Published without a second person"
        REJECTED = "rejected", "Rejected"
        DISCARDED = "discarded", "Thrown away"
        ROLLED_BACK = "rolled_back", "Rolled back"

    title = models.CharField(max_length=120)
    state = models.CharField(max_length=11, choices=State.choices, default=State.DRAFT)
    base = models.ForeignKey(DirectoryVersion, on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()
    # Counts the edits, so that two editors never overwrite each other unseen.
    revision = models.PositiveIntegerField(default=1)
    # Empty: as soon as it is approved.
    effective_at = models.DateTimeField(null=True, blank=True)
    # What it goes back to, if it is a roll-back.
    restores = models.ForeignKey(
        DirectoryVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)
    version = models.OneToOneField(
        DirectoryVersion,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="change_set",
    )
    was_urgent = models.BooleanField(default=False)
    urgent_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    # Why it was rejected.
    decision_note = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by=None)
                | ~Q(state="approved")
                | (~Q(decided_by=F("created_by")) & ~Q(decided_by=F("last_edited_by"))),
                name="change_set_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(decided_by__isnull=False, version__isnull=False),
                name="change_set_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="urgent")
                | (Q(was_urgent=True, version__isnull=False) & ~Q(urgent_reason="")),
                name="change_set_urgent_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_editable(self) -> bool:
        """Whether its document may still be edited."""
        return self.state == self.State.DRAFT

    def state_words(self, now: datetime) -> str:
        """Return its state at `now` (aware) in words."""
        if self.state == self.State.APPROVED and self.version is not None:
            return "Scheduled" if self.version.effective_from > now else "Published"
        return self.get_state_display()


class Care(models.Model):
    """Who keeps one channel right, when it was last verified, and when that is due again.

    A channel is a line (phone) or the referral mailbox of an agency.
    """

    class Kind(models.TextChoices):
        """What is cared for."""

        LINE = "line", "Phone line"
        MAILBOX = "mailbox", "Mailbox"

    kind = models.CharField(max_length=7, choices=Kind.choices)
    slug = models.CharField(max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verified_on = models.DateField(null=True, blank=True)
    interval_days = models.PositiveSmallIntegerField(default=90)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "slug"), name="care_once_per_channel"),
            models.CheckConstraint(
                condition=Q(interval_days__gte=1, interval_days__lte=730),
                name="care_interval_is_1_to_730_days",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.slug}"

    @property
    def due_on(self) -> date | None:
        """The day on which it is to be verified again; None if it never was."""
        if self.verified_on is None:
            return None
        return self.verified_on + timedelta(days=self.interval_days)


class Check(models.Model):
    """One test of a channel: a call that was made, or a message that waits for a person."""

    class Kind(models.TextChoices):
        """How it was tested."""

        CALL = "call", "Test call"
        MESSAGE = "message", "Test message"

    care = models.ForeignKey(Care, on_delete=models.PROTECT, related_name="checks")
    kind = models.CharField(max_length=7, choices=Kind.choices)
    # The number rung or the mailbox written to, as it was then.
    address = models.CharField(max_length=254)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()
    # Of a call: whether the right people answered. Of a message: whether a person confirmed it.
    worked = models.BooleanField(null=True)
    spoke_to = models.CharField(max_length=120, blank=True)
    note = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=~Q(worked=True)
                | (Q(confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(spoke_to="")),
                name="check_worked_says_who",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
