"""Marks that were put on a body map after the report was filed, and marks that were struck out."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from concerns.models.concern import Concern


class BodyMark(models.Model):
    """One mark, put on the record by its reporter or by those who work it.

    Never changed and never deleted (migration 0081). The marks that were filed with the report are
    in its statement; these go on counting from there. `data` is the mark as
    `concerns.bodymap.marks.Mark` keeps it, the same as in the statement and in the referral pack.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="body_marks")
    number = models.PositiveSmallIntegerField()
    data = models.JSONField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="body_marks"
    )
    from_reporter = models.BooleanField()
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("concern", "number"), name="body_mark_number_once"),
        )

    def __str__(self) -> str:
        return f"Mark {self.number}: {self.concern}"


class StruckMark(models.Model):
    """A mark that was recorded in error: who says so, and why. The mark is still shown.

    `number` counts through the record's whole map, the marks of the statement included.
    """

    concern = models.ForeignKey(Concern, on_delete=models.PROTECT, related_name="struck_marks")
    number = models.PositiveSmallIntegerField()
    reason = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="struck_marks"
    )
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("number",)
        constraints = (
            models.UniqueConstraint(fields=("concern", "number"), name="struck_mark_number_once"),
        )

    def __str__(self) -> str:
        return f"Mark {self.number} struck out: {self.concern}"
