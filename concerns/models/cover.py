"""Who answers when somebody does not: ladders by team, the duty rota, bells and warnings."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from concerns.models.concern import Concern
from concerns.models.referral import Referral
from safeguarding_portal.accounts.models import Team


class LadderVersion(models.Model):
    """The ladder of one team for one priority, from `starts_at` until the next version starts.

    Never changed and never deleted: who should have been told last month stays answerable.
    Without a version the shipped ladder counts (`concerns.rules.ladder`).
    """

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="ladders")
    priority = models.PositiveSmallIntegerField()
    # Who stands on each rung: [["owner", "duty"], ["triage_manager"], ...].
    rungs = models.JSONField()
    interval_minutes = models.PositiveIntegerField()
    warn_minutes = models.PositiveIntegerField()
    starts_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("-starts_at", "-id")
        indexes = (models.Index(fields=("team", "priority", "-starts_at"), name="ladder_in_force"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(priority__range=(1, 3)), name="ladder_priority_1_to_3"
            ),
        )

    def __str__(self) -> str:
        return f"Ladder P{self.priority} of {self.team}"


class DutyTurn(models.Model):
    """One person on duty outside the hours of a team, or of every team, from a moment to another.

    A mistake is cancelled, not deleted.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="duty_turns"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="duty_turns"
    )
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    cancelled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("starts_at", "id")
        indexes = (
            models.Index(fields=("ends_at",), condition=Q(cancelled_at=None), name="duty_turn_now"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="duty_turn_ends_after_start"
            ),
        )

    def __str__(self) -> str:
        return f"Duty turn {self.pk}"


class Bell(models.Model):
    """Something on a concern that waits for a person, and rings the ladder until it is ended.

    `kind` is one of `concerns.rules.ladder.BELLS`; `key` tells two of a kind apart. A referral has
    a bell of its own, in its row.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="bells")
    kind = models.SlugField(max_length=20)
    key = models.CharField(max_length=40, blank=True)
    # Danger is handled as P1, whatever the record's own priority.
    is_danger = models.BooleanField(default=False)
    rings_at = models.DateTimeField()
    level = models.PositiveSmallIntegerField(default=0)
    # The level whose bell was announced in advance.
    warned_level = models.SmallIntegerField(default=-1)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("rings_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("concern", "kind", "key"), name="bell_once"),
        )
        indexes = (
            models.Index(fields=("rings_at",), condition=Q(ended_at=None), name="bell_next"),
        )

    def __str__(self) -> str:
        return f"Bell {self.kind}: {self.concern}"

    @property
    def priority(self) -> int:
        """Return how urgent it is, 1 to 4."""
        return 1 if self.is_danger else self.concern.priority


class BellWarning(models.Model):
    """One bell of a referral was announced before it rang; once for each level."""

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="bell_warnings")
    level = models.PositiveSmallIntegerField()
    warned_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("referral", "level"), name="bell_warning_once"),
        )

    def __str__(self) -> str:
        return f"Warning of {self.referral}"


class CoverWarning(models.Model):
    """The managers of a team were told of a gap in its cover; once a day while it lasts."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="cover_warnings")
    day = models.DateField()
    warned_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("team", "day"), name="cover_warning_once_a_day"),
        )

    def __str__(self) -> str:
        return f"Gap in {self.team} on {self.day}"
