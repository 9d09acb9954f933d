"""Concerns that are worked together."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from concerns.models.concern import Concern


class Bundle(models.Model):
    """A named list of concerns. Whoever opens it sees those of its concerns that they may see."""

    name = models.CharField(max_length=80, unique=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class BundleItem(models.Model):
    """One concern in one bundle."""

    bundle = models.ForeignKey(Bundle, on_delete=models.PROTECT, related_name="items")
    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="bundle_items")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("bundle", "concern"), name="bundle_item_once"),
        )

    def __str__(self) -> str:
        return f"{self.concern_id} in {self.bundle_id}"
