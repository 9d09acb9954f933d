"""What is said between the reporter and those who work the report, and what is added later."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.concern import Concern
from concerns.models.report import Report


class Correspondence(models.Model):
    """One thing that was said after the report was filed, by its reporter or to them.

    Never changed and never deleted (database trigger): the statement as filed and every later word
    stand beside each other. The thread is the report's, because everybody who works one of its
    records has the whole statement anyway. What is unread follows from the audit trail (who looked
    when), so that looking changes nothing.
    """

    class Kind(models.TextChoices):
        """What it is. The last three are the reporter's additions to their statement."""

        MESSAGE = "message", "Message"
        FEEDBACK = "feedback", "What happens with the report"
        OUTCOME = "outcome", "How it ended"
        CHASE = "chase", "Nobody has told me anything"
        INFORMATION = "information", "New information"
        CORRECTION = "correction", "Correction"
        CALL = "call", "Call made"

    ADDITIONS = (Kind.INFORMATION, Kind.CORRECTION, Kind.CALL)
    # What counts as word to the reporter.
    WORD = (Kind.MESSAGE, Kind.FEEDBACK, Kind.OUTCOME)

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="correspondence")
    # The record from whose page a lead wrote it; empty for the reporter's own.
    concern = models.ForeignKey(
        Concern, null=True, blank=True, on_delete=models.PROTECT, related_name="correspondence"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="correspondence"
    )
    from_reporter = models.BooleanField()
    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField(blank=True)
    # Whether anyone is in danger now: yes, no or unknown, where it was asked.
    danger = models.CharField(max_length=7, blank=True)
    # Of a call: whom, and who answered.
    agency_slug = models.SlugField(max_length=60, blank=True)
    spoke_to = models.CharField(max_length=120, blank=True)
    # When a call was made; else when it was written.
    happened_at = models.DateTimeField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("created_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(from_reporter=True) | Q(concern__isnull=False),
                name="correspondence_of_a_lead_has_a_record",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.report}"

    @property
    def is_addition(self) -> bool:
        """Whether it adds to the statement."""
        return self.kind in self.ADDITIONS
