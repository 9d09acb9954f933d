"""Change sets: the editors' home, one change with its difference in words, and four eyes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from contacts import changes
from contacts.access import for_editors
from contacts.care import Light, care_rows
from contacts.differences import differences
from contacts.editing.forms import ReasonForm, StartForm
from contacts.editing.pages import form_page, get_change, get_draft
from contacts.holidays import holidays_known_until, holidays_run_out
from contacts.models import ChangeSet, DirectoryVersion
from contacts.proof import problems_of
from contacts.publishing import ChangeRefusedError
from contacts.selectors import current_directory
from contacts.timeline import in_turn
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.http import GET_POST, PersonRequest

State = ChangeSet.State
OPEN = (State.DRAFT, State.PROPOSED, State.REJECTED, State.URGENT)
CLOSED_SHOWN = 20


@require_safe
@for_editors
def home(request: PersonRequest) -> HttpResponse:
    """Show what waits for an editor."""
    now = timezone.now()
    found = ChangeSet.objects.select_related("version", "created_by").defer(
        "document", "version__document"
    )
    rows = care_rows(current_directory(now), now)
    context = {
        "open_changes": _with_words(found.filter(state__in=OPEN), now),
        "closed_changes": _with_words(found.exclude(state__in=OPEN)[:CLOSED_SHOWN], now),
        "amber": sum(row.light == Light.AMBER for row in rows),
        "red": sum(row.light == Light.RED for row in rows),
        "conflicts": len(current_directory(now).conflicts),
        "holidays_run_out": holidays_run_out(timezone.localdate(now)),
        "holidays_until": holidays_known_until(),
    }
    return render(request, "contacts/editing/home.html", context)


def _with_words(found: Any, now: datetime) -> list[tuple[ChangeSet, str]]:
    return [(change, change.state_words(now)) for change in found]


@require_http_methods(GET_POST)
@for_editors
def start(request: PersonRequest) -> HttpResponse:
    """Begin a change."""
    form = StartForm(**given(request))

    def act(typed: Any) -> str:
        name, now = typed.cleaned_data["name"], timezone.now()
        change = changes.start_change(request.user, name, typed.moment(), now)
        return reverse("contacts:editing:change", args=[change.pk])

    home_url = reverse("contacts:editing:home")
    return form_page(request, form, act, done="Your draft is kept. Now edit it.", back=home_url)


@require_http_methods(GET_POST)
@for_editors
def change_start(request: PersonRequest, pk: int) -> HttpResponse:
    """Rename a draft, or change when it starts."""
    change = get_draft(pk)
    local = timezone.localtime(change.effective_at) if change.effective_at else None
    shown = {"name": change.title, "day": local, "clock": f"{local:%H:%M}" if local else ""}
    form = StartForm(**(given(request) or {"initial": shown}))

    def act(typed: Any) -> None:
        name = typed.cleaned_data["name"]
        changes.set_start(pk, request.user, name, typed.moment(), timezone.now())

    back = reverse("contacts:editing:change", args=[pk])
    return form_page(request, form, act, done="The draft is changed.", back=back)


@require_safe
@for_editors
def change(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one change: what it changes in words, what the proof finds, and what can be done."""
    return _change_page(request, get_change(pk))


def _change_page(
    request: PersonRequest, found: ChangeSet, refusal: ChangeRefusedError | None = None
) -> HttpResponse:
    now = timezone.now()
    editors = list(found.editors.order_by("full_name"))
    is_live = found.version is not None
    names = {line["slug"]: line["name"] for line in found.document["lines"]}
    start_at = max(found.effective_at or now, now)
    problems = () if is_live else problems_of(found.document, start_at)
    context = {
        "change": found,
        "state": found.state_words(now),
        "editors": editors,
        "is_mine": request.user in editors,
        "differences": differences(found.base.document, found.document),
        "problems": refusal.problems if refusal and refusal.problems else problems,
        "refusal": str(refusal) if refusal else "",
        "decisions": found.document.get("decisions", []),
        "is_scheduled": is_live and found.state_words(now) == "Scheduled",
        "agencies": found.document["agencies"],
        "lines": found.document["lines"],
        "conflicts": [
            (conflict, names.get(conflict["line"], conflict["line"]))
            for conflict in found.document.get("conflicts", [])
        ],
    }
    status = 409 if refusal else 200
    return render(request, "contacts/editing/change.html", context, status=status)


Act = Callable[[int, User, datetime], ChangeSet]


def _act(request: PersonRequest, pk: int, act: Act, done: str) -> HttpResponse:
    found = get_change(pk)
    try:
        act(pk, request.user, timezone.now())
    except ChangeRefusedError as refusal:
        found.refresh_from_db()
        return _change_page(request, found, refusal)
    messages.success(request, done)
    return redirect("contacts:editing:change", pk)


@require_POST
@for_editors
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask a second person to approve."""
    return _act(request, pk, changes.propose, "Proposed. Somebody else can approve it now.")


@require_POST
@for_editors
@fresh_sign_in_required
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve as a second person."""
    return _act(request, pk, changes.approve, "Approved.")


@require_POST
@for_editors
def approve_afterwards(request: PersonRequest, pk: int) -> HttpResponse:
    """Approve an urgent change that is in force."""
    return _act(request, pk, changes.approve_afterwards, "Approved. The ringing stops.")


@require_POST
@for_editors
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    """Make it a draft again."""
    return _act(request, pk, changes.reopen, "It is a draft again.")


@require_http_methods(GET_POST)
@for_editors
def discard(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask first, then throw a draft away."""
    found = get_change(pk)
    if request.method == "POST":
        return _act(request, pk, changes.discard, "The draft is thrown away.")
    words = "Nothing of it will be published. It stays in the list of closed changes."
    return ask(request, "Throw this draft away?", words, "Throw it away", found)


def ask(
    request: PersonRequest, title: str, words: str, button: str, found: ChangeSet
) -> HttpResponse:
    """Ask before an act that takes something away."""
    context = {
        "title": title,
        "words": words,
        "button": button,
        "back_url": reverse("contacts:editing:change", args=[found.pk]),
        "revision": found.revision,
    }
    return render(request, "contacts/editing/ask.html", context)


@require_http_methods(GET_POST)
@for_editors
def reject(request: PersonRequest, pk: int) -> HttpResponse:
    """Send a proposed change back."""
    found = get_change(pk)
    if found.state != State.PROPOSED:
        raise Http404
    form = ReasonForm(title="Send this change back", **given(request))

    def act(typed: Any) -> None:
        changes.reject(pk, request.user, typed.cleaned_data["reason"], timezone.now())

    back = reverse("contacts:editing:change", args=[pk])
    return form_page(request, form, act, done="It is sent back.", back=back)


@require_http_methods(GET_POST)
@for_editors
@fresh_sign_in_required(reads=True)
def publish_urgently(request: PersonRequest, pk: int) -> HttpResponse:
    """Publish without a second person, saying why."""
    get_draft(pk)
    form = ReasonForm(title="Publish without a second person", **given(request))
    back = reverse("contacts:editing:change", args=[pk])

    def act(typed: Any) -> None:
        reason = typed.cleaned_data["reason"]
        changes.publish_urgently(pk, request.user, reason, timezone.now())

    words = (
        "Use this only when a wrong number could do harm before a colleague can look. Everybody "
        "sees that nobody has approved it, and it rings until somebody has."
    )
    return form_page(request, form, act, done="Published.", back=back, intro=words)


@require_safe
@for_editors
def versions(request: PersonRequest) -> HttpResponse:
    """List every version, the newest first, with its change."""
    now = timezone.now()
    found = list(
        DirectoryVersion.objects.order_by("-id")
        .select_related("change_set")
        .defer("document", "change_set__document")
    )
    ordered = in_turn(reversed(found))
    started = [version for version in ordered if version.effective_from <= now]
    current = started[-1] if started else None
    counting = set(ordered)
    context = {
        "rows": [
            (version, version == current, version in counting, getattr(version, "change_set", None))
            for version in found
        ],
        "now": now,
    }
    return render(request, "contacts/editing/versions.html", context)


@require_safe
@for_editors
def version(request: PersonRequest, slug: str) -> HttpResponse:
    """Show one version: what it changed in words."""
    found = DirectoryVersion.objects.select_related("published_by").filter(slug=slug).first()
    if found is None:
        raise Http404
    before = (
        DirectoryVersion.objects.filter(effective_from__lte=found.effective_from, pk__lt=found.pk)
        .order_by("-effective_from", "-id")
        .first()
    )
    context = {
        "version": found,
        "before": before,
        "differences": differences(before.document, found.document) if before else [],
        "to_restore": differences(current_document(), found.document),
        "change": getattr(found, "change_set", None),
    }
    return render(request, "contacts/editing/version.html", context)


def current_document() -> dict[str, Any]:
    """Return the document in force now, as published."""
    started = in_turn(
        DirectoryVersion.objects.filter(effective_from__lte=timezone.now()).order_by("id")
    )
    return started[-1].document if started else {"agencies": [], "lines": []}


@require_POST
@for_editors
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Begin a draft that undoes a scheduled change before it starts."""
    found = get_change(pk)
    try:
        change = changes.start_cancelling(pk, request.user, timezone.now())
    except ChangeRefusedError as refusal:
        return _change_page(request, found, refusal)
    messages.success(request, "A draft that cancels it. Propose it, or publish it.")
    return redirect("contacts:editing:change", change.pk)


@require_POST
@for_editors
@fresh_sign_in_required
def roll_back(request: PersonRequest, slug: str) -> HttpResponse:
    """Begin a draft that goes back to a version."""
    if not DirectoryVersion.objects.filter(slug=slug).exists():
        raise Http404
    try:
        change = changes.start_roll_back(slug, request.user, timezone.now())
    except ChangeRefusedError as refusal:
        messages.error(request, str(refusal))
        return redirect("contacts:editing:versions")
    messages.success(request, "A draft that goes back to this version. Propose it, or publish it.")
    return redirect("contacts:editing:change", change.pk)
