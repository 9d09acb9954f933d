"""Reading policies: those in force, sections to link to, and what was in force before."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from policies.access import can_edit, can_oversee
from policies.confirmations import duties_of
from policies.models import Document, DocumentVersion, NationalSource, Section, published
from policies.selectors import ShownDocument, policies_in_force, policies_of
from policies.text.changes import section_changes
from policies.text.markdown import to_html
from safeguarding_portal.http import PersonRequest


@require_safe
def document_list(request: PersonRequest) -> HttpResponse:
    """List the documents in force, and what the person may do besides reading."""
    now = timezone.now()
    context = {
        "documents": policies_in_force(now).documents,
        "duties": duties_of(request.user, now),
        "may_oversee": can_oversee(request.user, now),
        "has_people": request.user.reports_to_me.exists(),
    }
    return render(request, "policies/list.html", context)


@require_safe
def document(request: PersonRequest, slug: str) -> HttpResponse:
    """Show one document in force, each section under an address of its own."""
    now = timezone.now()
    found = policies_in_force(now).document(slug)
    if found is None:
        return _out_of_force(request, slug)
    row = Document.objects.filter(slug=slug).prefetch_related("sources").first()
    context = {"document": found, "row": row, "may_edit": can_edit(request.user, now)}
    return render(request, "policies/document.html", context | _with_sources(found, row))


def _with_sources(found: ShownDocument, row: Document | None) -> dict[str, Any]:
    """Return the sections, and the national documents that the text leans on.

    On the page of national documents each stands with the section of its name, the others below.
    """
    if found.kind != Document.Kind.NATIONAL:
        sources = list(row.sources.all()) if row else []
        return {"parts": [(item, None) for item in found.sections], "sources": sources}
    by_slug = {source.slug: source for source in NationalSource.objects.all()}
    parts = [(item, by_slug.pop(item.anchor, None)) for item in found.sections]
    return {"parts": parts, "sources": list(by_slug.values())}


def _out_of_force(request: PersonRequest, slug: str) -> HttpResponse:
    """Show a retired document with what took its place; 404 for one that never was in force."""
    row = get_object_or_404(Document.objects.select_related("superseded_by"), slug=slug)
    last = published(timezone.now(), document=row).first()
    if last is None:
        raise Http404
    return _show_version(request, last, row)


@require_safe
def section(request: PersonRequest, slug: str, anchor: str) -> HttpResponse:
    """Show one section: the link to send. It says so when the text is no longer in force."""
    in_force = policies_in_force().document(slug)
    sections = in_force.sections if in_force else ()
    found = next((item for item in sections if item.anchor == anchor), None)
    if in_force is not None and found is not None:
        return render(request, "policies/section.html", {"document": in_force, "section": found})
    row = (
        Section.objects.filter(
            anchor=anchor,
            version__document__slug=slug,
            version__in=published(timezone.now()).values("pk"),
        )
        .select_related("version__document__superseded_by")
        .order_by("-version__effective_from", "-version__number")
        .first()
    )
    if row is None:
        raise Http404
    context = {
        "document": row.version.document,
        "section": {"heading": row.text.heading, "html": to_html(row.body)},
        "old": row.version,
        "in_force": in_force,
    }
    return render(request, "policies/section.html", context)


@require_safe
def history(request: PersonRequest, slug: str) -> HttpResponse:
    """List every version that was in force, with what changed."""
    row = get_object_or_404(Document, slug=slug)
    versions = list(published(timezone.now(), document=row))
    if not versions:
        raise Http404
    return render(request, "policies/history.html", {"document": row, "versions": versions})


@require_safe
def version(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Show a version as it was in force; an old one says so."""
    now = timezone.now()
    found = get_object_or_404(
        published(now, document__slug=slug).select_related("document__superseded_by"),
        number=number,
    )
    return _show_version(request, found, found.document)


def _show_version(request: PersonRequest, found: DocumentVersion, row: Document) -> HttpResponse:
    in_force = policies_in_force().document(row.slug)
    context = {
        "document": row,
        "version": found,
        "is_in_force": in_force is not None and in_force.number == found.number,
        "in_force": in_force,
        "sections": [
            {"anchor": item.anchor, "heading": item.text.heading, "html": to_html(item.body)}
            for item in found.sections.all()
        ],
    }
    return render(request, "policies/version.html", context)


@require_safe
def changes(request: PersonRequest, slug: str, number: int) -> HttpResponse:
    """Show what a version changed from the one before it, word by word."""
    row = get_object_or_404(Document, slug=slug)
    versions = {item.number: item for item in published(timezone.now(), document=row)}
    if number not in versions:
        raise Http404
    earlier = [other for other in versions if other < number]
    before = versions[max(earlier)] if earlier else None
    return render(request, "policies/changes.html", changes_page(row, before, versions[number]))


def changes_page(
    row: Document, before: DocumentVersion | None, after: DocumentVersion
) -> dict[str, Any]:
    """Return what the page of changes shows; sections that stayed as they were only by name."""
    compared = section_changes(before.texts() if before else (), after.texts())
    return {
        "document": row,
        "before": before,
        "after": after,
        "changes": [change for change in compared if change.kind != "same"],
        "same": [change for change in compared if change.kind == "same"],
    }


@require_safe
def as_kept(request: PersonRequest, version: str) -> HttpResponse:
    """Show which versions a report names, with the text as it was."""
    kept = policies_of(version)
    if kept is None:
        raise Http404
    return render(request, "policies/as_kept.html", {"kept": kept})
