"""Published versions of the policies: whole documents, kept for good, so that a report can name the
version that its reporter was shown."""

from __future__ import annotations

from django.db import models


class PolicyVersion(models.Model):
    """One published state of all policies and guidance."""

    slug = models.CharField(max_length=40, unique=True)
    document = models.JSONField()
    published_at = models.DateTimeField()

    class Meta:
        ordering = ("-published_at", "-id")

    def __str__(self) -> str:
        return self.slug
