"""Professional disagreement: a contested decision, stage by stage, each with a written outcome."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern
from concerns.models.referral import Referral


class Contest(models.Model):
    """A reporter or a lead contests a decision about one record. It ends when a stage agrees."""

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="contests")
    referral = models.ForeignKey(
        Referral, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contests_raised"
    )
    by_reporter = models.BooleanField()
    # One of `concerns.rules.promises.CONTESTED`.
    about = models.SlugField(max_length=20)
    text = models.TextField()
    raised_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-raised_at", "-id")

    def __str__(self) -> str:
        return f"Disagreement {self.pk} on {self.concern}"


class ContestStage(models.Model):
    """One stage: its named people, when it runs out, and the outcome that must be written.

    A stage that runs out hands on to the next; its own outcome stays to be written.
    """

    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="stages")
    # The place in `concerns.rules.promises.STAGES`.
    level = models.PositiveSmallIntegerField()
    # Who was named when it began: [{id, name}].
    people = models.JSONField(default=list)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ran_out_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    agreed = models.BooleanField(null=True, blank=True)
    # What the one who raised it is told, where that is the reporter.
    told_reporter = models.TextField(blank=True)
    outcome_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    outcome_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("level",)
        constraints = (
            models.UniqueConstraint(fields=("contest", "level"), name="contest_stage_once"),
            models.CheckConstraint(
                condition=Q(outcome_at=None) | ~Q(outcome=""), name="contest_outcome_is_written"
            ),
        )

    def __str__(self) -> str:
        return f"Stage {self.level} of {self.contest}"
