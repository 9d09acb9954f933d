"""Reading the policies in force: one small query, the text itself read once per process.

While nothing has been published, the shipped text counts: a page never waits for policies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils import timezone

from policies.models import PolicyVersion
from policies.states import shipped_state
from policies.text.markdown import CleanHtml, to_html


@dataclass(frozen=True)
class ShownSection:
    """A section of a document in force, ready to show."""

    document: str
    document_title: str
    version: int
    is_summary: bool
    anchor: str
    number: str
    title: str
    body: str
    html: CleanHtml
    topics: tuple[str, ...]

    @property
    def heading(self) -> str:
        """The heading with its number."""
        return f"{self.number} {self.title}".strip()

    @property
    def url(self) -> str:
        """The link that can be sent: it stays when the text changes."""
        return reverse("policies:section", args=[self.document, self.anchor])


@dataclass(frozen=True)
class ShownDocument:
    """A document in force, ready to show."""

    slug: str
    title: str
    kind: str
    about: str
    number: int
    is_summary: bool
    missing: str
    review_by: date | None
    sections: tuple[ShownSection, ...]


@dataclass(frozen=True)
class PoliciesInForce:
    """Every text in force at one moment; `version` is what a report keeps."""

    version: str
    documents: tuple[ShownDocument, ...]

    def document(self, slug: str) -> ShownDocument | None:
        """Return one document, or None."""
        return next((document for document in self.documents if document.slug == slug), None)

    def sections_for(self, topics: Iterable[str]) -> list[ShownSection]:
        """Return the sections that answer these topics, policy before guidance, each once."""
        wanted = frozenset(topics)
        return [
            section
            for document in self.documents
            for section in document.sections
            if not wanted.isdisjoint(section.topics)
        ]


def policies_in_force(now: datetime | None = None) -> PoliciesInForce:
    """Return every text in force at `now` (aware; the present by default); one query."""
    row = (
        PolicyVersion.objects.filter(published_at__lte=now or timezone.now(), made_at__isnull=False)
        .values_list("pk", "slug", "made_at")
        .first()
    )
    return _kept_state(*row) if row else _shipped_state()


def policies_of(version: str) -> PoliciesInForce | None:
    """Return the texts that a report's version names; None if it was never kept."""
    row = PolicyVersion.objects.filter(slug=version, made_at__isnull=False).first()
    if row is not None:
        return _kept_state(row.pk, row.slug, row.made_at)
    shipped = _shipped_state()
    return shipped if shipped.version == version else None


@lru_cache(maxsize=8)
def _kept_state(pk: int, slug: str, made_at: datetime) -> PoliciesInForce:
    """Return a kept state; a row in force never changes, so it is read once."""
    return _shown(PolicyVersion.objects.values_list("document", flat=True).get(pk=pk))


@lru_cache(maxsize=1)
def _shipped_state() -> PoliciesInForce:
    return _shown(shipped_state())


def _shown(state: dict[str, Any]) -> PoliciesInForce:
    return PoliciesInForce(
        version=state["version"],
        documents=tuple(_shown_document(item) for item in state["documents"]),
    )


def _shown_document(item: dict[str, Any]) -> ShownDocument:
    sections = tuple(
        ShownSection(
            document=item["slug"],
            document_title=item["title"],
            version=item["number"],
            is_summary=item["is_summary"],
            anchor=section["anchor"],
            number=section["number"],
            title=section["title"],
            body=section["body"],
            html=to_html(section["body"]),
            topics=tuple(section["topics"]),
        )
        for section in item["sections"]
    )
    review_by = date.fromisoformat(item["review_by"]) if item["review_by"] else None
    keys = ("slug", "title", "kind", "about", "number", "is_summary", "missing")
    return ShownDocument(**{key: item[key] for key in keys}, review_by=review_by, sections=sections)


def current_version(now: datetime | None = None) -> str:
    """Return the version that a report keeps, at `now` (aware; the present by default)."""
    return policies_in_force(now).version


def section_for(topic: str, now: datetime | None = None) -> ShownSection | None:
    """Return the section that answers a topic of `policies/topics.py`, or None."""
    return next(iter(policies_in_force(now).sections_for([topic])), None)


def sections_for(topics: Iterable[str], now: datetime | None = None) -> list[ShownSection]:
    """Return the sections that answer any of the topics; one query for all of them."""
    return policies_in_force(now).sections_for(topics)


def guidance_for(categories: Iterable[str], now: datetime | None = None) -> dict[str, ShownSection]:
    """Return the short guidance of each kind of harm that has one, in the order asked."""
    in_force = policies_in_force(now)
    found: dict[str, ShownSection] = {}
    for section in in_force.sections_for(categories):
        for topic in section.topics:
            found.setdefault(topic, section)
    return {slug: found[slug] for slug in categories if slug in found}
