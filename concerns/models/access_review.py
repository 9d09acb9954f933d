"""What keeps break-glass honest: somebody independent looks at every one."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.concern import AccessGrant


class BreakGlassReview(models.Model):
    """One broken glass, to be looked at by somebody who did not break it.

    It stays open until an independent person has said whether it was right, and why.
    """

    grant = models.OneToOneField(AccessGrant, on_delete=models.PROTECT, related_name="review")
    due_at = models.DateTimeField()
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    justified = models.BooleanField(null=True, blank=True)
    words = models.TextField(blank=True)

    class Meta:
        ordering = ("due_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(reviewed_at=None)
                | (Q(reviewer__isnull=False) & Q(justified__isnull=False) & ~Q(words="")),
                name="break_glass_review_is_whole",
            ),
        )
        indexes = (
            models.Index(
                fields=("due_at",), condition=Q(reviewed_at=None), name="break_glass_to_review"
            ),
        )

    def __str__(self) -> str:
        return f"Review of {self.grant}"
