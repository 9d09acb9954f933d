"""Policies: documents, their numbered versions in sections, what is in force, who has confirmed.

Text is changed only while its version is a draft, and a version in force never: the database itself
refuses (migration 0003). So a link, a report and a confirmation always mean what was read.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import Q

from policies.text.sections import SectionText


class PolicyVersion(models.Model):
    """One state of all policies, in force from `published_at` on: what a report names.

    `document` holds every text in force, whole, so that a page needs one row.
    Those of the future are made again whenever something is published; those of the past never.
    """

    slug = models.CharField(max_length=40, unique=True)
    document = models.JSONField()
    published_at = models.DateTimeField()
    # When it was worked out; empty in rows of the first release.
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-published_at", "-id")

    def __str__(self) -> str:
        return self.slug


class NationalSource(models.Model):
    """A national document that the policies lean on, with its present status."""

    class Status(models.TextChoices):
        """Whether it counts today."""

        IN_FORCE = "in_force", "In force"
        REPLACED = "replaced", "Replaced"
        CHANGING = "changing", "Coming or changing"
        UNKNOWN = "unknown", "Not checked yet"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    url = models.URLField(max_length=400, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices)
    # What there is to know about the status, such as what replaced it.
    note = models.CharField(max_length=400, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title


class Document(models.Model):
    """A policy or guidance; its text is in its versions."""

    class Kind(models.TextChoices):
        """What it binds people to."""

        POLICY = "policy", "Policy"
        GUIDANCE = "guidance", "Guidance"
        NATIONAL = "national", "National guidance"

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=160)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    about = models.CharField(max_length=300, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # The post that answers for it, which outlasts the person.
    owner_post = models.CharField(max_length=120, blank=True)
    sources = models.ManyToManyField(NationalSource, blank=True, related_name="documents")
    position = models.PositiveSmallIntegerField(default=100)
    # Read and understood: by whom. An empty list of kinds, roles or directorates is everybody.
    must_confirm = models.BooleanField(default=False)
    # Since when: nobody is late for a document before they were asked.
    asked_since = models.DateTimeField(null=True, blank=True)
    confirm_within_days = models.PositiveSmallIntegerField(default=30)
    audience_kinds = models.JSONField(default=list, blank=True)
    audience_roles = models.JSONField(default=list, blank=True)
    audience_directorates = models.ManyToManyField(
        "accounts.Directorate", blank=True, related_name="+"
    )
    retired_at = models.DateTimeField(null=True, blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )

    class Meta:
        ordering = ("position", "title")

    def __str__(self) -> str:
        return self.title


class DocumentVersion(models.Model):
    """One numbered version of a document, from its first draft to the text in force."""

    class State(models.TextChoices):
        """How far it got. Published means in force from `effective_from` until a later one is."""

        DRAFT = "draft", "Draft"
        IN_REVIEW = "in_review", "In review"
        APPROVED = "approved", "Approved"
        PUBLISHED = "published", "Published"

    OPEN = (State.DRAFT, State.IN_REVIEW, State.APPROVED)

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    created_at = models.DateTimeField()
    # Empty: it shipped with the portal.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Everybody who wrote in it; none of them may approve it.
    writers = models.ManyToManyField(settings.AUTH_USER_MODEL, blank=True, related_name="+")
    # In our own words, not the council's text; and what of that text is not in hand.
    is_summary = models.BooleanField(default=False)
    missing = models.TextField(blank=True)
    change_note = models.CharField(max_length=400, blank=True)
    # Readers must confirm the changed parts again.
    meaning_changed = models.BooleanField(default=False)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Why a reviewer gave it back.
    returned_note = models.CharField(max_length=1000, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    effective_from = models.DateTimeField(null=True, blank=True)
    review_by = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("document_id", "-number")
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="policy_version_number"),
            models.UniqueConstraint(
                fields=("document",),
                condition=Q(state__in=("draft", "in_review", "approved")),
                name="policy_version_one_open",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | Q(effective_from__isnull=False, review_by__isnull=False),
                name="policy_version_published_has_dates",
            ),
        )

    def __str__(self) -> str:
        return f"{self.document}, version {self.number}"

    @property
    def is_open(self) -> bool:
        """Say whether it is still being made."""
        return self.state in self.OPEN

    def texts(self) -> tuple[SectionText, ...]:
        """Return its sections in order."""
        return tuple(section.text for section in self.sections.all())


class Section(models.Model):
    """A part of a version that can be linked to; its anchor stays the same in later versions."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    anchor = models.SlugField(max_length=80)
    number = models.CharField(max_length=20, blank=True)
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    # Where it opens in place (`policies/topics.py`).
    topics = models.JSONField(default=list, blank=True)
    search = models.GeneratedField(
        expression=SearchVector("number", "title", weight="A", config="english")
        + SearchVector("body", weight="B", config="english"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        ordering = ("version_id", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "anchor"), name="policy_section_anchor"),
        )
        indexes = (GinIndex(fields=["search"], name="policy_section_search"),)

    def __str__(self) -> str:
        return self.text.heading

    @property
    def text(self) -> SectionText:
        """Return it as a plain value."""
        return SectionText(self.anchor, self.number, self.title, self.body, tuple(self.topics))


class Confirmation(models.Model):
    """One person's "I have read and understood this", which stays as it is."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="policy_confirmations"
    )
    version = models.ForeignKey(
        DocumentVersion, on_delete=models.PROTECT, related_name="confirmations"
    )
    # The whole text, or the changed parts only.
    whole = models.BooleanField()
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ("-confirmed_at", "-id")
        indexes = (models.Index(fields=["user", "version"], name="policy_confirmed_by"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"


def published(now: datetime, **filters: Any) -> models.QuerySet[DocumentVersion]:
    """Return the versions that have come into force by `now` (aware), the newest first."""
    return DocumentVersion.objects.filter(
        state=DocumentVersion.State.PUBLISHED, effective_from__lte=now, **filters
    ).order_by("-effective_from", "-number")
