"""Editing a draft: agencies, lines, Christmas, open questions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from contacts.access import for_editors
from contacts.changes import save_document
from contacts.directory import dialled
from contacts.document import Document, by_key, find_item, with_item, without_item
from contacts.editing.forms import ConflictForm, DecideForm
from contacts.editing.forms_items import AgencyForm, LineForm, christmas_form
from contacts.editing.pages import form_page, get_draft, revision_of
from contacts.editing.views import ask
from contacts.holidays import england_holidays
from contacts.models import ChangeSet
from contacts.publishing import ChangeRefusedError
from contacts.snapshot import WEEKDAYS
from contacts.typed_hours import Day, day_text
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.design_system.forms import Option
from safeguarding_portal.design_system.text import sentence_case
from safeguarding_portal.http import GET_POST, PersonRequest

CHRISTMAS = ((12, 24), (1, 2))


def _save(
    request: PersonRequest, change: ChangeSet, make: Callable[[Any], Document]
) -> Callable[[Any], None]:
    def act(form: Any) -> None:
        revision = revision_of(request, change)
        save_document(change.pk, request.user, make(form), revision, timezone.now())

    return act


def _back(change: ChangeSet) -> str:
    return reverse("contacts:editing:change", args=[change.pk])


def _line_options(document: Document) -> list[tuple[str, str]]:
    return [(line["slug"], f"{line['name']}, {line['number']}") for line in document["lines"]]


def _item_or_404(document: Document, part: str, slug: str) -> dict[str, Any]:
    item = find_item(document, part, slug)
    if item is None:
        raise Http404
    return item


def _item_page(
    request: PersonRequest, pk: int, part: str, kind: Any, slug: str | None, **context: Any
) -> HttpResponse:
    change = get_draft(pk)
    item = _item_or_404(change.document, part, slug) if slug is not None else None
    # "edit" is the address of these pages.
    taken = ["edit", *(found["slug"] for found in change.document[part])]
    form = kind(item=item, taken=taken, lines=_line_options(change.document), **given(request))
    new_title = context.pop("new_title", "")
    form.title = sentence_case(item["name"]) if item else new_title
    act = _save(request, change, lambda typed: with_item(change.document, part, typed.result()))
    done = "Kept in the draft. Nothing is published yet."
    return form_page(
        request, form, act, done=done, back=_back(change), change=change, item=item, **context
    )


@require_http_methods(GET_POST)
@for_editors
def agency(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Edit an agency."""
    return _item_page(request, pk, "agencies", AgencyForm, slug)


@require_http_methods(GET_POST)
@for_editors
def new_agency(request: PersonRequest, pk: int) -> HttpResponse:
    """Add an agency."""
    return _item_page(request, pk, "agencies", AgencyForm, None, new_title="New agency")


@require_http_methods(GET_POST)
@for_editors
def line(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Edit a line."""
    template = "contacts/editing/line.html"
    return _item_page(request, pk, "lines", LineForm, slug, template=template)


@require_http_methods(GET_POST)
@for_editors
def new_line(request: PersonRequest, pk: int) -> HttpResponse:
    """Add a line."""
    template = "contacts/editing/line.html"
    return _item_page(request, pk, "lines", LineForm, None, new_title="New line", template=template)


def _remove(request: PersonRequest, pk: int, part: str, slug: str, words: str) -> HttpResponse:
    change = get_draft(pk)
    item = _item_or_404(change.document, part, slug)
    if request.method != "POST":
        return ask(request, f"Remove {item['name']}?", words, "Remove from the draft", change)
    document = without_item(change.document, part, slug)
    try:
        revision = revision_of(request, change)
        save_document(pk, request.user, document, revision, timezone.now())
    except ChangeRefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Removed from the draft: {item['name']}.")
    return redirect(_back(change))


@require_http_methods(GET_POST)
@for_editors
def remove_agency(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Ask first, then remove an agency from the draft."""
    words = "Its lines stay. Nothing is published before somebody approves the draft."
    return _remove(request, pk, "agencies", slug, words)


@require_http_methods(GET_POST)
@for_editors
def remove_line(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Ask first, then remove a line from the draft."""
    words = "Agencies and lines that lead here need another one. The page of the draft says which."
    return _remove(request, pk, "lines", slug, words)


def christmas_days(now: datetime) -> list[date]:
    """Return the days of the coming Christmas plan, 24 December to 2 January."""
    today = timezone.localdate(now)
    year = today.year - 1 if (today.month, today.day) <= CHRISTMAS[1] else today.year
    first = date(year, *CHRISTMAS[0])
    days = (date(year + 1, *CHRISTMAS[1]) - first).days + 1
    return [first + timedelta(days=number) for number in range(days)]


def _hours_on(item: dict[str, Any], day: date) -> Day:
    """Return the hours that hold on a day as the draft stands."""
    special: Day | None = item.get("overrides", {}).get(day.isoformat())
    if special is not None:
        return special
    if item["closed_on_holidays"] and day in england_holidays():
        return []
    usual: Day = item["week"][WEEKDAYS[day.weekday()]]
    return usual


@require_http_methods(GET_POST)
@for_editors
def christmas(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Set the hours of one line over Christmas, day by day."""
    change = get_draft(pk)
    item = _item_or_404(change.document, "lines", slug)
    days = christmas_days(timezone.now())
    overrides = item.get("overrides", {})
    shown = {day.isoformat(): day_text(_hours_on(item, day)) for day in days}
    form = christmas_form(days, **(given(request) or {"initial": shown}))
    form.title = f"Christmas plan of {item['name']}"

    def make(typed: Any) -> Document:
        merged = dict(sorted({**overrides, **typed.plan()}.items()))
        return with_item(change.document, "lines", {**item, "overrides": merged})

    words = (
        "Check every day. What is filled in is what holds now: bank holidays are closed where the "
        "line closes on them. What you save counts whatever day it is."
    )
    back = reverse("contacts:editing:line", args=[pk, slug])
    done = "The Christmas plan is kept in the draft."
    act = _save(request, change, make)
    return form_page(request, form, act, done=done, back=back, change=change, intro=words)


@require_http_methods(GET_POST)
@for_editors
def new_conflict(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Note that another source gives another number. The number shown stays until it is decided."""
    change = get_draft(pk)
    item = _item_or_404(change.document, "lines", slug)
    form = ConflictForm(**given(request))

    def make(typed: Any) -> Document:
        if (slug, "number") in by_key(change.document, "conflicts"):
            raise ChangeRefusedError("A question about it is open already. Decide it first.")
        if dialled(typed.cleaned_data["other"]) == dialled(item["number"]):
            raise ChangeRefusedError("That is the number that is shown already.")
        found = {
            "line": slug,
            "field": "number",
            "shown": item["number"],
            "shown_source": item["source"],
            **typed.cleaned_data,
        }
        return {**change.document, "conflicts": [*change.document.get("conflicts", []), found]}

    done = "The question is in the draft. It stays open until somebody decides it."
    intro = f"{item['name']}, {item['number']} ({item['source']})"
    act = _save(request, change, make)
    return form_page(request, form, act, done=done, back=_back(change), change=change, intro=intro)


@require_http_methods(GET_POST)
@for_editors
def conflict(request: PersonRequest, pk: int, slug: str, field: str) -> HttpResponse:
    """Decide which of two sources is right; the evidence stays in every later version."""
    change = get_draft(pk)
    found = by_key(change.document, "conflicts").get((slug, field))
    item = find_item(change.document, "lines", slug)
    if found is None or item is None:
        raise Http404
    form = DecideForm(**given(request))
    form.fields["chosen"].offer(  # type: ignore[attr-defined]
        [
            Option("shown", found["shown"], f"{found['shown_source']}. Shown at present."),
            Option("other", found["other"], found["other_source"]),
        ]
    )

    def make(typed: Any) -> Document:
        chosen = typed.cleaned_data["chosen"]
        evidence = typed.cleaned_data["evidence"]
        return decided(change.document, found, chosen, evidence, request, timezone.now())

    done = "Your decision is in the draft. It counts once the draft is approved."
    intro = f"{item['name']}: two sources disagree about the {field}."
    act = _save(request, change, make)
    return form_page(request, form, act, done=done, back=_back(change), change=change, intro=intro)


def decided(
    document: Document,
    found: dict[str, Any],
    chosen: str,
    evidence: str,
    request: PersonRequest,
    now: datetime,
) -> Document:
    """Return the document with a question closed, its answer set and its evidence kept."""
    line = find_item(document, "lines", found["line"]) or {}
    right, source = (found[chosen], found[f"{chosen}_source"])
    document = with_item(document, "lines", {**line, found["field"]: right, "source": source})
    kept = {
        **found,
        "chosen": right,
        "evidence": evidence,
        "decided_by": str(request.user),
        "decided_at": now.isoformat(),
    }
    others = [
        item
        for item in document["conflicts"]
        if (item["line"], item["field"]) != (found["line"], found["field"])
    ]
    decisions = [*document.get("decisions", []), kept]
    return {**document, "conflicts": others, "decisions": decisions}
