"""How a lead likes the queue: filters kept under a name, what they tell, and how it looks."""

from __future__ import annotations

from datetime import time

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from safeguarding_portal.accounts.models import Team


class SavedFilter(models.Model):
    """A filter of the queue under a name; shared with a team, its members see it too.

    It keeps the question, never the answer: everybody who opens it sees only what they may see.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="saved_filters"
    )
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.PROTECT, related_name="saved_filters"
    )
    name = models.CharField(max_length=80)
    # What was chosen: {field: [values]}, the view among them.
    query = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        constraints = (
            models.UniqueConstraint(fields=("owner", "name"), name="saved_filter_name_once"),
        )

    def __str__(self) -> str:
        return self.name


class FilterWatch(models.Model):
    """What one person wants to be told about one saved filter, and what they have been told.

    `known` are the concerns that matched when last looked (at most 1,001), so that only what is new
    since is news; `is_over` remembers that the threshold was passed, so that it is told once.
    """

    saved_filter = models.ForeignKey(SavedFilter, on_delete=models.CASCADE, related_name="watches")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="filter_watches"
    )
    on_new = models.BooleanField(default=False)
    threshold = models.PositiveSmallIntegerField(null=True, blank=True)
    known = ArrayField(models.BigIntegerField(), default=list)
    is_over = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("saved_filter", "user"), name="filter_watch_once"),
        )

    def __str__(self) -> str:
        return f"{self.saved_filter} for {self.user_id}"


class TriagePreference(models.Model):
    """How one person wants the queue. Alerts about P1 and late concerns are not a preference."""

    class Digest(models.TextChoices):
        """How often news of saved filters is sent."""

        OFF = "off", "Never"
        HOURLY = "hourly", "Every hour"
        DAILY = "daily", "Once a day"

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="triage_preference",
    )
    show_names = models.BooleanField(default=False)
    shortcuts = models.BooleanField(default=True)
    digest = models.CharField(max_length=6, choices=Digest.choices, default=Digest.OFF)
    # A wall time in Europe/London, for the daily one.
    digest_at = models.TimeField(default=time(8))
    digest_sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = (
            models.Index(
                fields=("digest_sent_at",), condition=~Q(digest="off"), name="digest_wanted"
            ),
        )

    def __str__(self) -> str:
        return f"Preferences of {self.user_id}"
