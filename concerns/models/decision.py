"""What leads decided, asked, answered and promised to do. History: the database keeps it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern
from concerns.rules.checklists import ANSWERS
from concerns.rules.endings import OUTCOME_BY_SLUG
from concerns.rules.lifecycle import BY_SLUG


class Approval(models.Model):
    """A request to close that waits for a second pair of eyes, or was answered.

    Until it is approved the concern stays open, with its owner and its clocks.
    """

    class State(models.TextChoices):
        """Where the request is."""

        WAITING = "waiting", "Waiting for another lead"
        APPROVED = "approved", "Agreed"
        REFUSED = "refused", "Not agreed"
        WITHDRAWN = "withdrawn", "Taken back"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="approvals")
    rule_id = models.CharField(max_length=40)
    outcome = models.CharField(max_length=30)
    words = models.TextField()
    duplicate_of = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("concern",), condition=Q(state="waiting"), name="approval_waits_once"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | (Q(answered_by__isnull=False) & ~Q(answered_by=F("asked_by"))),
                name="approval_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"Closing of {self.concern}: {self.get_state_display()}"

    @property
    def outcome_words(self) -> str:
        """The outcome in words."""
        return OUTCOME_BY_SLUG[self.outcome].words


class Reassessment(models.Model):
    """The rules, run again on facts that a lead corrected. A proposal; a decision may follow.

    The report's own statement and facts never change. `corrections` are the facts that differ.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="reassessments")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    corrections = models.JSONField()
    # {person: as in `Concern.assessment`, routes: [Route as data]}
    proposal = models.JSONField()
    rules_version = models.CharField(max_length=20)

    class Meta:
        ordering = ("asked_at", "id")

    def __str__(self) -> str:
        return f"Reassessment of {self.concern}"


class Decision(models.Model):
    """One decision about one concern: who, when, from what to what, why. Never changed.

    `kind` is a transition of `concerns.rules.lifecycle`; `version` that of the concern after it.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=20)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField()
    reason = models.TextField(blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    reassessment = models.ForeignKey(
        Reassessment, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    approval = models.ForeignKey(
        Approval, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    rules_version = models.CharField(max_length=20)
    version = models.PositiveIntegerField()

    class Meta:
        ordering = ("decided_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("concern", "version"), name="decision_once_a_version"),
        )

    def __str__(self) -> str:
        return f"{self.kind}: {self.concern}"

    @property
    def kind_words(self) -> str:
        """What was decided, in words."""
        return BY_SLUG[self.kind].words


class ChecklistAnswer(models.Model):
    """An answer to one prompt of a checklist. A later one counts instead; the earlier stays."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="checklist_answers")
    kind = models.CharField(max_length=20)
    prompt = models.CharField(max_length=40)
    answer = models.CharField(max_length=12, choices=list(ANSWERS.items()))
    note = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField()

    class Meta:
        ordering = ("answered_at", "id")

    def __str__(self) -> str:
        return f"{self.kind}.{self.prompt}: {self.concern}"


class TaskQuerySet(models.QuerySet["Task"]):
    """Tasks, and those among them that somebody still has to do."""

    def still_open(self) -> TaskQuerySet:
        """Return the tasks that are neither done nor cancelled."""
        return self.filter(state=Task.State.OPEN)


class Task(models.Model):
    """Something that one named person has to do about a concern, by a time if it has one.

    `remind_at` is the next minute at which its owner is told; null when nothing rings any more.
    """

    class State(models.TextChoices):
        """Whether somebody still has to do it."""

        OPEN = "open", "To do"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="tasks")
    words = models.CharField(max_length=500)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="concern_tasks"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    end_note = models.TextField(blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ("-state", F("due_at").asc(nulls_last=True), "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(state="open") | (Q(ended_at__isnull=False) & Q(ended_by__isnull=False)),
                name="task_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="cancelled") | ~Q(end_note=""), name="task_cancelled_with_reason"
            ),
        )
        indexes = (
            models.Index(
                "owner",
                F("due_at").asc(nulls_last=True),
                "id",
                condition=Q(state="open"),
                name="task_open_by_owner",
            ),
            models.Index(
                fields=("remind_at",),
                condition=Q(remind_at__isnull=False),
                name="task_next_reminder",
            ),
        )

    def __str__(self) -> str:
        return f"Task on {self.concern}"
