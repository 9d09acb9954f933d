"""Paper forms for an outage: references given out before anything has happened."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from concerns.models.draft import Draft
from concerns.models.report import Report


class PaperBatch(models.Model):
    """Forms printed together and kept in one place by one person, who is asked for them.

    `chase_at` is when holder and issuer are asked next; empty once nothing is out any more.
    """

    place = models.CharField(max_length=120)
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="paper_batches_held"
    )
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    issued_at = models.DateTimeField()
    # When somebody last said that the rest is still there and blank.
    seen_at = models.DateTimeField(null=True, blank=True)
    chase_at = models.DateTimeField(null=True, blank=True, db_index=True)
    # Whose numbers are with the forms, as far as somebody has said.
    directory_version = models.CharField(max_length=40)

    class Meta:
        ordering = ("-issued_at", "-pk")

    def __str__(self) -> str:
        return f"Paper forms {self.pk}"


class PaperForm(models.Model):
    """One paper form. Its reference is never given to another report (rows are kept for good).

    `written_at` is when it was written by hand, as it says itself. The report that is entered from
    it is received when it is stored, like every other (SETTLED, Time and clocks).
    """

    batch = models.ForeignKey(PaperBatch, on_delete=models.PROTECT, related_name="forms")
    number = models.PositiveSmallIntegerField()
    reference = models.CharField(max_length=12, unique=True)
    # While somebody enters it; a draft that is thrown away gives the form free again.
    draft = models.OneToOneField(
        Draft, null=True, blank=True, on_delete=models.SET_NULL, related_name="paper_form"
    )
    written_at = models.DateTimeField(null=True, blank=True)
    written_by = models.CharField(max_length=200, blank=True)
    report = models.OneToOneField(
        Report, null=True, blank=True, on_delete=models.PROTECT, related_name="paper_form"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    voided_at = models.DateTimeField(null=True, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    void_reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ("batch", "number")
        constraints = (
            models.UniqueConstraint(fields=("batch", "number"), name="paper_form_number_once"),
            models.CheckConstraint(
                condition=Q(report=None, returned_at=None)
                | Q(report__isnull=False, returned_at__isnull=False, written_at__isnull=False),
                name="paper_form_returned_says_when",
            ),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | Q(voided_at__isnull=False, voided_by__isnull=False, report=None)
                & ~Q(void_reason=""),
                name="paper_form_void_says_why",
            ),
        )

    def __str__(self) -> str:
        return self.reference

    @property
    def is_out(self) -> bool:
        """Whether it has neither come back nor been made void."""
        return self.report_id is None and self.voided_at is None
