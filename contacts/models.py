"""Published versions of the directory.

A version is one whole document, kept for good: a report can name the version it was routed by, and
any earlier state can be shown or restored. Pages never read these rows: they read the snapshot file
that publishing writes, so that the numbers are there when the database is not.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models


class DirectoryVersion(models.Model):
    """One state of the directory, in force from a moment on."""

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
