"""The synthetic concern: one round of it on its way through the real portal."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Probe(models.Model):
    """One synthetic concern: when it was begun, and how far it came.

    It proves that a report reaches an agency and that the agency can accept it, through every part:
    pages, queue, mail, link, code. Rows are removed when they are old; they prove nothing then.
    """

    started_at = models.DateTimeField(db_index=True)
    # Of the report; empty until the portal has confirmed it.
    reference = models.CharField(max_length=16, blank=True)
    code_asked_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    # Why it was given up, in words without personal data.
    failure = models.CharField(max_length=200, blank=True)
    # A worker that takes a step; another one waits until that is long ago.
    claimed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(accepted_at=None) | ~Q(reference=""), name="probe_accepted_was_sent"
            ),
        )

    def __str__(self) -> str:
        return f"Probe {self.pk}"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self.accepted_at is not None or bool(self.failure)
