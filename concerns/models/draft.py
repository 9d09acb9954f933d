"""A report that is still being written."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class Draft(models.Model):
    """Raw answers of one reporter, saved at every step so that nothing typed is ever lost.

    It lives in the database and not in the session: the reporter may go on at another device, and
    a repeated POST is harmless. `answers` holds what was typed, as typed, per step key
    ("danger", "person.1"), in the shape {field name: [values]}. After submission the answers are
    cleared: the Report is then the only copy.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="drafts"
    )
    answers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    expires_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-updated_at",)
        indexes = (
            models.Index(
                fields=("owner", "-updated_at"),
                name="draft_open_by_owner",
                condition=models.Q(submitted_at=None),
            ),
            models.Index(
                fields=("expires_at",),
                name="draft_expiry",
                condition=models.Q(submitted_at=None),
            ),
        )

    def __str__(self) -> str:
        return f"Draft {self.pk}"
