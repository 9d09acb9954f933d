"""Writing a version: its sections, the difference, review, approval, publication."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from policies.access import can_edit, why_not_approve
from policies.forms import PublishForm, ReturnForm, SectionForm, SubmitForm
from policies.models import DocumentVersion, Section
from policies.services import drafts
from policies.services.errors import PolicyError
from policies.services.publish import cancel_publication, publish
from policies.text.markdown import to_html
from policies.text.sections import SectionText
from policies.views.desk import for_editors, for_overseers, form_page
from policies.views.reading import changes_page
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import GET_POST, PersonRequest

State = DocumentVersion.State


def _version(pk: int) -> DocumentVersion:
    return get_object_or_404(
        DocumentVersion.objects.select_related(
            "document", "created_by", "submitted_by", "approved_by", "published_by"
        ),
        pk=pk,
    )


def _try(request: PersonRequest, act: Callable[[], object], done: str) -> bool:
    """Do what the page asked and say so; a refusal is told in the same place."""
    try:
        act()
    except PolicyError as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, done)
    return True


def _take(
    request: PersonRequest, form: PortalForm, act: Callable[[dict[str, Any]], None], done: str
) -> bool:
    """Whether what was typed was taken; a refusal stands above it, and nothing typed is lost."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except PolicyError as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, done)
    return True


@require_safe
@for_overseers
def draft(request: PersonRequest, pk: int) -> HttpResponse:
    """Show a version in the making, with the steps that come next."""
    now = timezone.now()
    found = _version(pk)
    context = {
        "version": found,
        "document": found.document,
        "sections": [(item, to_html(item.body)) for item in found.sections.all()],
        "may_edit": can_edit(request.user, now),
        "review_mark": drafts.review_mark_of(found),
        "refusal": why_not_approve(request.user, found, now),
        "has_started": bool(found.effective_from and found.effective_from <= now),
        "writers": found.writers.all(),
    }
    return render(request, "policies/draft.html", context)


@require_safe
@for_overseers
def draft_changes(request: PersonRequest, pk: int) -> HttpResponse:
    """Show how a version differs from the newest published one before it."""
    found = _version(pk)
    before = (
        found.document.versions.filter(state=State.PUBLISHED, number__lt=found.number)
        .order_by("-effective_from", "-number")
        .first()
    )
    context = changes_page(found.document, before, found) | {"is_draft": found.is_open}
    return render(request, "policies/changes.html", context)


@require_http_methods(GET_POST)
@for_editors
def edit_section(request: PersonRequest, pk: int, anchor: str = "") -> HttpResponse:
    """Change a section of a draft, or add one; "Show how it looks" saves nothing."""
    found = _version(pk)
    section = found.sections.filter(anchor=anchor).first() if anchor else None
    if found.state != State.DRAFT or (anchor and section is None):
        raise Http404
    is_post = request.method == "POST"
    form = SectionForm(
        request.POST if is_post else None, raw=None if is_post else _typed_in(section)
    )
    form.title = "Change a section" if anchor else "Add a section"
    context: dict[str, Any] = {"version": found, "document": found.document}
    if form.is_valid() and "look" in request.POST:
        looks = to_html(form.cleaned_data["body"])
        return render(
            request,
            "policies/section_form.html",
            context | {"form": form, "looks": looks, "heading": form.cleaned_data["heading"]},
        )
    if form.is_valid() and _saved(form, found, anchor, request):
        messages.success(request, "The section is saved")
        return redirect("policies:draft", found.pk)
    if is_post:
        context["theirs"] = found.sections.filter(anchor=anchor).first() if form.theirs else None
    status = 422 if form.is_bound else 200
    return render(request, "policies/section_form.html", context | {"form": form}, status=status)


def _typed_in(section: Section | None) -> dict[str, list[str]]:
    if section is None:
        return {"seen": [""]}
    return {
        "number": [section.number],
        "heading": [section.title],
        "body": [section.body],
        "topics": list(section.topics),
        "seen": [drafts.mark_of(section)],
    }


def _saved(form: SectionForm, found: DocumentVersion, anchor: str, request: PersonRequest) -> bool:
    """Save the section; if somebody was faster, show their text beside what was typed."""
    typed = form.cleaned_data
    text = SectionText(
        anchor, typed["number"], typed["heading"], typed["body"], tuple(typed["topics"])
    )
    try:
        drafts.save_section(found.pk, anchor, text, typed["seen"], request.user, timezone.now())
    except PolicyError as refusal:
        form.theirs = str(refusal) == drafts.SOMEBODY_WAS_FASTER
        form.add_error("body", str(refusal))
        if form.theirs:
            current = found.sections.filter(anchor=anchor).first()
            form.data["seen"] = drafts.mark_of(current)
        return False
    return True


@require_http_methods(GET_POST)
@for_editors
def remove_section(request: PersonRequest, pk: int, anchor: str) -> HttpResponse:
    """Ask, then take a section out of a draft."""
    found = _version(pk)
    section = found.sections.filter(anchor=anchor).first()
    if found.state != State.DRAFT or section is None:
        raise Http404
    if request.method == "POST":
        _try(
            request,
            lambda: drafts.remove_section(found.pk, anchor, request.user, timezone.now()),
            "The section is taken out",
        )
        return redirect("policies:draft", found.pk)
    return _ask(
        request,
        found,
        f"Take out “{section}”?",
        "Take it out",
        "Versions that were in force keep it, and links to it still open.",
    )


def _ask(
    request: PersonRequest, found: DocumentVersion, question: str, button: str, text: str
) -> HttpResponse:
    context = {"version": found, "question": question, "button": button, "text": text}
    return render(request, "policies/ask.html", context)


@require_POST
@for_editors
def move_section(request: PersonRequest, pk: int, anchor: str) -> HttpResponse:
    """Move a section up or down."""
    found = _version(pk)
    if not found.sections.filter(anchor=anchor).exists():
        raise Http404
    up = request.POST.get("way") != "down"
    try:
        drafts.move_section(found.pk, anchor, up, request.user, timezone.now())
    except PolicyError as refusal:
        messages.error(request, str(refusal))
    return redirect("policies:draft", found.pk)


@require_http_methods(GET_POST)
@for_editors
def discard(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask, then throw a version away that was not published."""
    found = _version(pk)
    if not found.is_open:
        raise Http404
    if request.method == "POST":
        _try(
            request,
            lambda: drafts.discard_draft(found.pk, request.user, timezone.now()),
            "The draft is thrown away",
        )
        return redirect("policies:desk_document", found.document.slug)
    return _ask(
        request,
        found,
        f"Throw away version {found.number}?",
        "Throw it away",
        "What was written in it is lost. The version in force stays as it is.",
    )


@require_http_methods(GET_POST)
@for_editors
def submit(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a draft for review."""
    found = _version(pk)
    saved = {"missing": [found.missing], "is_summary": ["on"] if found.is_summary else []}
    form = SubmitForm(**(given(request) or {"raw": saved}))

    def act(typed: dict[str, Any]) -> None:
        about = drafts.ForReview(
            typed["change_note"], typed["meaning"] == "yes", typed["is_summary"], typed["missing"]
        )
        drafts.submit_for_review(found.pk, about, request.user, timezone.now())

    if _take(request, form, act, "It is sent for review. Somebody else must approve it"):
        return redirect("policies:draft", found.pk)
    return _form(request, form, found, "Send for review")


def _form(
    request: PersonRequest, form: Any, found: DocumentVersion, button: str, **more: Any
) -> HttpResponse:
    return form_page(
        request, form, "policies:draft", button, slug=found.pk, document=found.document, **more
    )


@require_POST
@for_overseers
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve a version that somebody else wrote."""
    found = _version(pk)
    _try(
        request,
        lambda: drafts.approve(
            found.pk, request.POST.get("seen", ""), request.user, timezone.now()
        ),
        "You have approved it. A policy editor can publish it",
    )
    return redirect("policies:draft", found.pk)


@require_http_methods(GET_POST)
@for_overseers
def return_version(request: PersonRequest, pk: int) -> HttpResponse:
    """Give a version back to its writers, saying why."""
    found = _version(pk)
    form = ReturnForm(**given(request))

    def act(typed: dict[str, Any]) -> None:
        drafts.return_to_draft(found.pk, typed["note"], request.user, timezone.now())

    if _take(request, form, act, "It is a draft again"):
        return redirect("policies:draft", found.pk)
    return _form(request, form, found, "Return it")


@require_http_methods(GET_POST)
@for_editors
@fresh_sign_in_required(reads=True)
def publish_version(request: PersonRequest, pk: int) -> HttpResponse:
    """Bring an approved version into force, now or from a later day."""
    found = _version(pk)
    now = timezone.now()
    today = timezone.localdate(now)
    year_on = {"review_by_day": [str(today.day)], "review_by_month": [str(today.month)]}
    raw = year_on | {"review_by_year": [str(today.year + 1)], "start": ["now"]}
    form = PublishForm(**(given(request) or {"raw": raw}))
    if form.is_valid():
        typed = form.cleaned_data
        starts_at = _midnight(typed["day"]) if typed["start"] == "later" else None
        try:
            publish(found.pk, starts_at, typed["review_by"], request.user, now)
        except PolicyError as refusal:
            form.add_error(_field_of(str(refusal)), str(refusal))
        else:
            messages.success(request, "It is published")
            return redirect("policies:desk_document", found.document.slug)
    return _form(request, form, found, "Publish")


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def _field_of(refusal: str) -> str:
    return "day" if "start" in refusal and "review" not in refusal else "review_by"


@require_http_methods(GET_POST)
@for_editors
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask, then take back a publication that has not started."""
    found = _version(pk)
    if found.state != State.PUBLISHED:
        raise Http404
    if request.method == "POST":
        _try(
            request,
            lambda: cancel_publication(found.pk, request.user, timezone.now()),
            "It will not come into force",
        )
        return redirect("policies:draft", found.pk)
    return _ask(
        request,
        found,
        f"Take back the publication of version {found.number}?",
        "Take it back",
        "It stays approved, and can be published on another day.",
    )
