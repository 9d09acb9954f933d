"""One state of all policies as a document to keep."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from policies.models import Document, DocumentVersion
from policies.shipped import shipped, shipped_sections
from policies.text.sections import SectionText


def _section(text: SectionText) -> dict[str, Any]:
    return {
        "anchor": text.anchor,
        "number": text.number,
        "title": text.title,
        "body": text.body,
        "topics": list(text.topics),
    }


def _document(
    meta: dict[str, Any], sections: Iterable[SectionText], number: int, review_by: str
) -> dict[str, Any]:
    keys = ("slug", "title", "kind", "about", "is_summary", "missing")
    return {
        **{key: meta[key] for key in keys},
        "number": number,
        "review_by": review_by,
        "sections": [_section(text) for text in sections],
    }


def shipped_state() -> dict[str, Any]:
    """Return the state that counts while nothing has been published: the shipped one."""
    return {
        "version": shipped()["version"],
        "documents": [
            _document(item, shipped_sections(item), 1, item["review_by"])
            for item in shipped()["documents"]
        ],
    }


def _in_force(at: datetime) -> QuerySet[DocumentVersion]:
    return (
        DocumentVersion.objects.filter(
            state=DocumentVersion.State.PUBLISHED, effective_from__lte=at
        )
        .exclude(document__retired_at__lte=at)
        .order_by("document_id", "-effective_from", "-number")
        .distinct("document_id")
    )


def versions_in_force_ids(at: datetime) -> list[int]:
    """Return the ids of the versions in force at `at` (aware)."""
    return list(_in_force(at).values_list("pk", flat=True))


def versions_in_force(at: datetime) -> list[DocumentVersion]:
    """Return the version in force of each document at `at` (aware), in the documents' order."""
    found = _in_force(at).select_related("document__owner").prefetch_related("sections")
    return sorted(found, key=lambda version: (version.document.position, version.document.title))


def state_at(at: datetime) -> list[dict[str, Any]]:
    """Return the documents in force at `at` (aware), whole."""
    return [
        _document(_meta(version), version.texts(), version.number, _iso(version.review_by))
        for version in versions_in_force(at)
    ]


def _meta(version: DocumentVersion) -> dict[str, Any]:
    document: Document = version.document
    return {
        "slug": document.slug,
        "title": document.title,
        "kind": document.kind,
        "about": document.about,
        "is_summary": version.is_summary,
        "missing": version.missing,
    }


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""
