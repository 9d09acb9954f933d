"""The statement as it was filed."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from concerns.models.draft import Draft


class Report(models.Model):
    """What one reporter said at one moment, never changed afterwards (database trigger).

    `received_at` is the receipt of DOMAIN section 5: every clock starts there. The versions say by
    which rules, form, directory and policies it was decided; `content_hash` (SHA-256 over the
    canonical JSON of statement and facts) proves that it is still what was filed.
    """

    reference = models.CharField(max_length=12, unique=True)
    draft = models.OneToOneField(Draft, on_delete=models.PROTECT, related_name="report")
    received_at = models.DateTimeField()
    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="safeguarding_reports"
    )
    # Name, role and call-back number, as they were then.
    reporter_details = models.JSONField()
    # What was asked and answered, in words: [{title, rows: [{question, answer}]}].
    statement = models.JSONField()
    facts = models.JSONField()
    assessment = models.JSONField()
    priority = models.PositiveSmallIntegerField()
    restricted = models.BooleanField(default=False)
    rules_version = models.CharField(max_length=20)
    form_version = models.CharField(max_length=20)
    directory_version = models.CharField(max_length=40)
    policies_version = models.CharField(max_length=40)
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-received_at",)
        indexes = (models.Index(fields=("reporter", "-received_at"), name="report_by_reporter"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(priority__range=(1, 4)), name="report_priority_1_to_4"
            ),
        )

    def __str__(self) -> str:
        return self.reference


class Exclusion(models.Model):
    """A person who must not see a report, or any concern in it, because it touches them.

    `held` is the weaker form: the name is only similar, so the person is kept out until a lead
    without conflict decides, within one working hour (SETTLED, Access and people). Otherwise
    naming a lead would be an attack.
    """

    class Kind(models.TextChoices):
        """Whether the person is kept out for good or until a lead has looked."""

        EXCLUDED = "excluded", "Must not see this report"
        HELD = "held", "Held back until checked"

    class Reason(models.TextChoices):
        """Why, in a code: a name would say too much."""

        NAMED = "named", "Named from the staff list"
        MANAGER = "manager", "Manager of a person who is named"
        DEPUTY = "deputy", "Deputy of a person who is named"
        REPORTER_ASKED = "reporter_asked", "The reporter asked for it"
        SIMILAR_NAME = "similar_name", "A similar name is in the report"
        KIN = "kin", "A relative or friend"

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="exclusions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="exclusions"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.CharField(max_length=20, choices=Reason.choices)
    created_at = models.DateTimeField(auto_now_add=True)
    decide_by = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("report", "user"),
                condition=models.Q(lifted_at=None),
                name="exclusion_once_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.report}"
