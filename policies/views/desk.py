"""The desk of those who look after policies: every document with its dates, and its settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.access import EDITORS, can_edit, can_oversee, holders_of
from policies.forms import NOBODY, NewDocumentForm, RetireForm, SettingsForm, SourceForm
from policies.models import Document, DocumentVersion, NationalSource
from policies.services.drafts import create_document, start_draft
from policies.services.errors import PolicyError
from policies.services.publish import bring_back, retire
from policies.services.settings import Settings, change_settings, record_check
from safeguarding_portal.accounts.models import Directorate, User
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.design_system.marks import Mark, Tone
from safeguarding_portal.http import GET_POST, PersonRequest

SOON = timedelta(days=60)
CHECK_AGAIN = timedelta(days=365)
View = Callable[..., HttpResponse]


def for_editors(view: View) -> View:
    """Answer 404 to whoever may not write policies."""
    return _guard(view, can_edit)


def for_overseers(view: View) -> View:
    """Answer 404 to whoever does not look after policies."""
    return _guard(view, can_oversee)


def _guard(view: View, may: Callable[[User, datetime], bool]) -> View:
    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def form_page(
    request: PersonRequest,
    form: Any,
    back: str,
    button: str = "Save",
    slug: str | int | None = None,
    **more: Any,
) -> HttpResponse:
    """Show a form of the desk; 422 if something is wrong with it. `back` names where it leads."""
    back_url = reverse(back, args=[] if slug is None else [slug])
    context = {"form": form, "back_url": back_url, "button": button, **more}
    status = 422 if form.is_bound else 200
    return render(request, "policies/form.html", context, status=status)


@require_safe
@for_overseers
def desk(request: PersonRequest) -> HttpResponse:
    """List all documents: what is in force, what is being written, which reviews are late."""
    now = timezone.now()
    documents = Document.objects.select_related("owner", "superseded_by").prefetch_related(
        "versions"
    )
    context = {
        "rows": [_row(document, now) for document in documents],
        "sources": [(source, _check_mark(source, now)) for source in NationalSource.objects.all()],
        "may_edit": can_edit(request.user, now),
    }
    return render(request, "policies/desk.html", context)


def _row(document: Document, now: datetime) -> dict[str, Any]:
    versions = list(document.versions.all())
    started = [v for v in versions if v.effective_from and v.effective_from <= now]
    in_force = max(started, key=lambda v: (v.effective_from, v.number), default=None)
    coming = [v for v in versions if v.effective_from and v.effective_from > now]
    return {
        "document": document,
        "in_force": None if document.retired_at else in_force,
        "review": None if document.retired_at else review_mark(in_force, now),
        "open": next((v for v in versions if v.is_open), None),
        "coming": coming,
    }


def review_mark(version: DocumentVersion | None, now: datetime) -> Mark | None:
    """Return how pressing a review is: red when it is overdue."""
    if version is None or version.review_by is None:
        return None
    left = version.review_by - timezone.localdate(now)
    if left < timedelta(0):
        return Mark("Review overdue", Tone.DANGER)
    return Mark("Review soon", Tone.WARN) if left <= SOON else Mark("Reviewed", Tone.GOOD)


def _check_mark(source: NationalSource, now: datetime) -> Mark:
    if source.checked_on is None:
        return Mark("Never checked", Tone.WARN)
    if source.checked_on + CHECK_AGAIN < timezone.localdate(now):
        return Mark("Check overdue", Tone.DANGER)
    return Mark("Checked", Tone.GOOD)


@require_safe
@for_overseers
def desk_document(request: PersonRequest, slug: str) -> HttpResponse:
    """Show one document with its versions and what can be done."""
    now = timezone.now()
    row = get_object_or_404(
        Document.objects.select_related("owner", "superseded_by").prefetch_related(
            "versions", "sources", "audience_directorates"
        ),
        slug=slug,
    )
    context = _row(row, now) | {
        "versions": row.versions.select_related(
            "created_by", "submitted_by", "approved_by", "published_by"
        ),
        "now": now,
        "may_edit": can_edit(request.user, now),
    }
    return render(request, "policies/desk_document.html", context)


@require_http_methods(GET_POST)
@for_editors
def new_document(request: PersonRequest) -> HttpResponse:
    """Begin a new document."""
    form = NewDocumentForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        try:
            version = create_document(
                request.user, typed["name"], typed["kind"], typed["about"], timezone.now()
            )
        except PolicyError as refusal:
            form.add_error("name", str(refusal))
        else:
            return redirect("policies:draft", version.pk)
    return form_page(request, form, "policies:desk", "Begin")


@require_POST
@for_editors
def begin_draft(request: PersonRequest, slug: str) -> HttpResponse:
    """Begin the next version, or go on with the one that was begun."""
    row = get_object_or_404(Document, slug=slug)
    try:
        version = start_draft(row.pk, request.user, timezone.now())
    except PolicyError as refusal:
        messages.error(request, str(refusal))
        return redirect("policies:desk_document", slug)
    return redirect("policies:draft", version.pk)


@require_http_methods(GET_POST)
@for_editors
def change_document(request: PersonRequest, slug: str) -> HttpResponse:
    """Change the owner, the readers and the national documents of a document."""
    row = get_object_or_404(Document, slug=slug)
    now = timezone.now()
    people = _possible_owners(row, now)
    form = SettingsForm(
        request.POST if request.method == "POST" else None,
        raw=None if request.method == "POST" else _saved(row),
        people={str(person.pk): str(person) for person in people},
        directorates={d.slug: d.name for d in Directorate.objects.all()},
        sources={source.slug: source.title for source in NationalSource.objects.all()},
    )
    if form.is_valid():
        change_settings(row.pk, _settings(form.cleaned_data), request.user, now)
        messages.success(request, "The settings are saved")
        return redirect("policies:desk_document", slug)
    return form_page(request, form, "policies:desk_document", slug=slug, document=row)


def _possible_owners(row: Document, now: datetime) -> list[User]:
    """Return who may own a document: policy editors, and who owns it now."""
    owner = [row.owner] if row.owner else []
    return sorted({*holders_of(EDITORS, now), *owner}, key=str)


def _saved(row: Document) -> dict[str, list[str]]:
    return {
        "name": [row.title],
        "about": [row.about],
        "owner_post": [row.owner_post],
        "owner": [str(row.owner_id or "")],
        "must_confirm": ["yes" if row.must_confirm else "no"],
        "within": [str(row.confirm_within_days)],
        "kinds": list(row.audience_kinds),
        "roles": list(row.audience_roles),
        "directorates": [directorate.slug for directorate in row.audience_directorates.all()],
        "sources": [source.slug for source in row.sources.all()],
    }


def _settings(typed: dict[str, Any]) -> Settings:
    return Settings(
        title=typed["name"],
        about=typed["about"],
        owner_id=int(typed["owner"]) if typed["owner"] else None,
        owner_post=typed["owner_post"],
        must_confirm=typed["must_confirm"] == "yes",
        within_days=typed["within"],
        kinds=tuple(typed["kinds"]),
        roles=tuple(typed["roles"]),
        directorates=tuple(typed["directorates"]),
        sources=tuple(typed["sources"]),
    )


@require_http_methods(GET_POST)
@for_editors
@fresh_sign_in_required(reads=True)
def retire_document(request: PersonRequest, slug: str) -> HttpResponse:
    """Ask what takes its place, then take a document out of force."""
    row = get_object_or_404(Document, slug=slug)
    others = {d.slug: d for d in Document.objects.filter(retired_at=None).exclude(pk=row.pk)}
    form = RetireForm(
        request.POST if request.method == "POST" else None,
        documents={other: found.title for other, found in others.items()},
    )
    if form.is_valid():
        chosen = form.cleaned_data["superseded_by"]
        successor = None if chosen == NOBODY else others[chosen]
        try:
            retire(row.pk, successor, request.user, timezone.now())
        except PolicyError as refusal:
            form.add_error("superseded_by", str(refusal))
        else:
            messages.success(request, "The document is retired. Links to it say so")
            return redirect("policies:desk_document", slug)
    warning = "Readers will see that it is no longer in force. You can bring it back."
    return form_page(
        request, form, "policies:desk_document", "Retire", slug=slug, document=row, warning=warning
    )


@require_POST
@for_editors
@fresh_sign_in_required
def bring_document_back(request: PersonRequest, slug: str) -> HttpResponse:
    """Undo a retirement."""
    row = get_object_or_404(Document, slug=slug)
    bring_back(row.pk, request.user, timezone.now())
    messages.success(request, "The document is in force again")
    return redirect("policies:desk_document", slug)


@require_http_methods(GET_POST)
@for_editors
def check_source(request: PersonRequest, slug: str) -> HttpResponse:
    """Record that a national document was looked up today, and what its status is."""
    row = get_object_or_404(NationalSource, slug=slug)
    saved = {"status": [row.status], "url": [row.url], "note": [row.note]}
    is_post = request.method == "POST"
    form = SourceForm(request.POST if is_post else None, raw=None if is_post else saved)
    if form.is_valid():
        typed = form.cleaned_data
        record_check(
            row.pk, typed["status"], typed["url"], typed["note"], request.user, timezone.now()
        )
        messages.success(request, f"{row.title}: checked today")
        return redirect("policies:desk")
    return form_page(
        request, form, "policies:desk", "Record that I checked it today", caption=row.title
    )
