"""One concern: one person at risk, in the custody of the council until somebody accepts it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from concerns.models.report import Report
from safeguarding_portal.accounts.models import Team


class Concern(models.Model):
    """The record of one person at risk (R7: one each), with its owner, priority and clocks.

    The queue is ordered by the stored `(is_p1 desc, next_due_at, id)`, rewritten whenever a clock
    moves, never computed from now, so that its order is stable and an index serves it.
    `version` grows with every change: a form filled against an older version is not saved blindly.
    """

    class Group(models.TextChoices):
        """The outcome of R3 to R6."""

        CHILD = "child", "Child"
        ADULT_AT_RISK = "adult_at_risk", "Adult at risk"
        NEITHER = "neither", "Neither"

    class State(models.TextChoices):
        """Where the concern is; `concerns.rules.lifecycle` says which changes are allowed."""

        NEW = "new", "New"
        IN_TRIAGE = "in_triage", "In triage"
        REFERRED = "referred", "Waiting for an agency"
        ACCEPTED = "accepted", "Accepted"
        CLOSED = "closed", "Closed"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="concerns")
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=16, unique=True)
    group = models.CharField(max_length=14, choices=Group.choices)
    categories = ArrayField(models.CharField(max_length=30), default=list)
    flags = ArrayField(models.CharField(max_length=30), default=list)
    priority = models.PositiveSmallIntegerField()
    is_p1 = models.GeneratedField(
        expression=Q(priority=1),  # type: ignore[arg-type]
        output_field=models.BooleanField(),
        db_persist=True,
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="owned_concerns",
    )
    taken_at = models.DateTimeField(null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="concerns")
    restricted = models.BooleanField(default=False)
    # Whether anybody was ever granted it by name: kept by triggers (migration 0021), so that lists
    # find the few such concerns without looking at the others.
    has_grants = models.BooleanField(default=False, db_default=False)
    next_due_at = models.DateTimeField(null=True, blank=True)
    # What the rules said of this person: reasons, codes, rule ids, marks.
    assessment = models.JSONField()
    received_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    # Of the closing, by `concerns.rules.lifecycle.OUTCOMES`; empty while open.
    outcome = models.CharField(max_length=30, blank=True, default="", db_default="")
    # On hold until then: its review rings. Null when it is not.
    held_until = models.DateTimeField(null=True, blank=True)
    # Since when closing it waits for a second lead, and when its next task is due: kept here, so
    # that queue and page show both without another statement.
    approval_asked_at = models.DateTimeField(null=True, blank=True)
    task_due_at = models.DateTimeField(null=True, blank=True)
    # Since when a person's data here must not be used but to protect somebody (UK GDPR art. 18).
    use_restricted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    # Of the portal's own check (services/probe.py): in no count, no list and no mailbox of others.
    is_synthetic = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ("-is_p1", models.F("next_due_at").asc(nulls_last=True), "id")
        constraints = (
            models.UniqueConstraint(fields=("report", "number"), name="concern_number_once"),
            models.CheckConstraint(
                condition=Q(priority__range=(1, 4)), name="concern_priority_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(owner=None) | Q(taken_at__isnull=False), name="concern_owner_took_it"
            ),
        )
        indexes = (
            models.Index(
                "team",
                models.F("is_p1").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                "id",
                condition=~Q(state="closed"),
                name="concern_open_queue",
            ),
            # Nobody closes in silence: this is to stay empty (selectors/reconcile.py).
            models.Index(
                fields=("id",),
                condition=Q(state="closed", closed_at=None),
                name="concern_closed_in_silence",
            ),
            models.Index(
                models.F("is_p1").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                "id",
                condition=~Q(state="closed"),
                name="concern_open_all_teams",
            ),
            models.Index(
                "owner",
                models.F("is_p1").desc(),
                models.F("next_due_at").asc(nulls_last=True),
                "id",
                condition=~Q(state="closed"),
                name="concern_open_by_owner",
            ),
            # All that the counts over the queue ask, so that they never visit the rows.
            models.Index(
                fields=("team", "restricted"),
                include=("id", "has_grants", "report", "state", "owner", "next_due_at"),
                condition=~Q(state="closed"),
                name="concern_open_counts",
            ),
            models.Index(
                fields=("id",),
                condition=~Q(state="closed") & Q(has_grants=True),
                name="concern_open_granted",
            ),
            GinIndex(
                fields=("categories", "flags"),
                condition=~Q(state="closed"),
                name="concern_open_worries",
            ),
            models.Index(
                "team",
                models.F("closed_at").desc(),
                models.F("id").desc(),
                condition=Q(state="closed"),
                name="concern_closed_by_team",
            ),
            models.Index(
                models.F("closed_at").desc(),
                models.F("id").desc(),
                condition=Q(state="closed"),
                name="concern_closed",
            ),
        )

    def __str__(self) -> str:
        return self.reference


class Involvement(models.Model):
    """A person's part in a concern, with their details exactly as reported (never changed)."""

    class Part(models.TextChoices):
        """What the person is in this concern."""

        SUBJECT = "subject", "Person at risk"
        ALLEGED = "alleged", "Person who may have caused harm"
        HOUSEHOLD = "household", "Lives there or could be affected"
        INFORMANT = "informant", "Told the reporter"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="involvements")
    part = models.CharField(max_length=10, choices=Part.choices)
    name = models.CharField(max_length=200, blank=True)
    # Details in words for people: [{question, answer}].
    details = models.JSONField(default=list)
    staff_member = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.get_part_display()} in {self.concern}"


class AccessGrant(models.Model):
    """Leave for one named person to see one restricted concern, with a reason and an end."""

    class Kind(models.TextChoices):
        """How the person came by it."""

        NAMED = "named", "Named on the access list"
        BREAK_GLASS = "break_glass", "Broke the glass"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="grants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concern_grants"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.NAMED)
    reason = models.TextField()
    granted_at = models.DateTimeField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("user", "concern"), condition=Q(revoked_at=None), name="grant_by_user"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(kind="break_glass") | Q(expires_at__isnull=False),
                name="grant_break_glass_expires",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.concern}"


class Clock(models.Model):
    """One due time of one concern, with why it runs and where that comes from.

    `slug` is that of `concerns.rules.clocks` (for example `authority_decision`). A clock ends at
    `met_at`: it was met or, where `withdrawn_because` says why, withdrawn. It is never deleted.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="clocks")
    slug = models.CharField(max_length=40)
    label = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    why = models.TextField()
    source = models.CharField(max_length=200)
    met_at = models.DateTimeField(null=True, blank=True)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Who did what the clock waited for, when that was not `met_by`, who recorded it.
    done_by = models.CharField(max_length=120, blank=True, default="", db_default="")
    # Bells: warned before the breach, then rung a rung higher each time (services/clock_bells.py).
    warned_at = models.DateTimeField(null=True, blank=True)
    rang_at = models.DateTimeField(null=True, blank=True)
    ring_level = models.PositiveSmallIntegerField(default=0, db_default=0)
    withdrawn_because = models.CharField(max_length=200, blank=True, default="", db_default="")

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("concern", "slug"), name="clock_once_per_concern"),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=models.Q(met_at=None), name="clock_running"),
        )

    def __str__(self) -> str:
        return f"{self.label}: {self.concern}"


class Note(models.Model):
    """What a lead wrote about a concern. Added to, never changed."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concern_notes"
    )
    text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return f"Note on {self.concern}"
