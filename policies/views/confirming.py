"""Read and understood: a person's own list, confirming, and who has confirmed."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from policies.access import can_oversee, people_seen_by
from policies.confirmations import (
    Reading,
    audience,
    changes_since,
    confirmed_by,
    done,
    duties_of,
    outstanding,
    readings,
)
from policies.forms import ConfirmForm
from policies.models import Document
from policies.services.confirm import confirm
from policies.services.errors import PolicyError
from policies.standing import Asks, Standing
from policies.text.markdown import to_html
from safeguarding_portal.accounts.models import PersonKind, User
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

PAGE_SIZE = 50
FILTERS = (("waiting", "Still to confirm"), ("done", "Confirmed"), ("all", "Everybody"))


@require_safe
def to_confirm(request: PersonRequest) -> HttpResponse:
    """List what the person is asked to read."""
    duties = duties_of(request.user, timezone.now())
    return render(request, "policies/to_confirm.html", {"duties": duties})


@require_http_methods(GET_POST)
def confirm_document(request: PersonRequest, slug: str) -> HttpResponse:
    """Show what is to be read, the whole or only the changed parts, and take the confirmation."""
    now = timezone.now()
    row = get_object_or_404(Document, slug=slug, must_confirm=True)
    reading = next(iter(readings(now, pk=row.pk)), None)
    if reading is None:
        raise Http404
    own = confirmed_by([request.user], [reading]).get((request.user.pk, row.pk), [])
    standing = reading.standing_of(request.user, own, now)
    only_changes = standing.asks == Asks.CHANGES and "whole" not in request.GET
    form = ConfirmForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        return _take(request, reading, Asks.CHANGES if only_changes else Asks.WHOLE, now)
    context = {
        "document": row,
        "version": reading.in_force,
        "form": form,
        "standing": standing,
        "is_overdue": standing.is_overdue(now),
        "only_changes": only_changes,
        "changes": changes_since(row, standing.since, now) if only_changes else (),
        "sections": () if only_changes else _sections(reading),
    }
    status = 422 if form.is_bound else 200
    return render(request, "policies/confirm.html", context, status=status)


def _sections(reading: Reading) -> list[dict[str, str]]:
    return [
        {
            "anchor": item.anchor,
            "heading": item.text.heading,
            "html": to_html(item.body),
        }
        for item in reading.in_force.sections.all()
    ]


def _take(request: PersonRequest, reading: Reading, read: Asks, now: datetime) -> HttpResponse:
    """Confirm the version that was on the page; another one in force by now is to be read first."""
    if request.POST.get("version") != str(reading.in_force.number):
        messages.info(request, "The text has changed since you opened it. Read it again")
        return redirect("policies:confirm", reading.document.slug)
    try:
        confirm(request.user, reading.in_force, read, now)
    except PolicyError as refusal:
        messages.info(request, str(refusal))
        return redirect("policies:confirm", reading.document.slug)
    messages.success(request, "You have confirmed that you read and understood it")
    return redirect("policies:to_confirm")


def _reading_chosen(query: QueryDict, now: datetime) -> tuple[list[Reading], Reading | None]:
    """Return all documents to confirm and the one that was asked for; else the first."""
    found = readings(now)
    wanted = query.get("document", "")
    chosen = [reading for reading in found if reading.document.slug == wanted]
    if wanted and not chosen:
        raise Http404
    return found, next(iter(chosen or found), None)


def _people(request: PersonRequest, reading: Reading, show: str, now: datetime) -> QuerySet[User]:
    people = audience(reading.document, people_seen_by(request.user, now), now)
    narrowed = {"waiting": outstanding, "done": done}.get(show)
    people = narrowed(reading, people, now) if narrowed else people
    return people.select_related("directorate", "manager").order_by("full_name", "pk")


def _must_have_people(request: PersonRequest, now: datetime) -> None:
    """Let in who oversees policies, and whoever manages somebody."""
    if not (can_oversee(request.user, now) or request.user.reports_to_me.exists()):
        raise Http404


@require_safe
def confirmations(request: PersonRequest) -> HttpResponse:
    """List who has confirmed a document and who has not: one's own people, or everybody."""
    now = timezone.now()
    _must_have_people(request, now)
    found, reading = _reading_chosen(request.GET, now)
    show = request.GET.get("show", "waiting")
    if show not in dict(FILTERS):
        raise Http404
    context: dict[str, Any] = {
        "readings": found,
        "reading": reading,
        "show": show,
        "filters": FILTERS,
        "sees_all": can_oversee(request.user, now),
    }
    if reading is not None:
        people = _people(request, reading, show, now)
        page = Paginator(people, PAGE_SIZE).get_page(request.GET.get("page"))
        context |= {"page": page, "rows": list(_rows(list(page), reading, now))}
        record_view("policy.confirmations_viewed", actor=request.user)
    return render(request, "policies/confirmations.html", context)


def _rows(people: list[User], reading: Reading, now: datetime) -> Iterator[dict[str, Any]]:
    confirmed = confirmed_by(people, [reading])
    for person in people:
        own = confirmed.get((person.pk, reading.document.pk), ())
        found = reading.standing_of(person, own, now)
        yield {"person": person, "standing": found, "is_overdue": found.is_overdue(now)}


@require_safe
@fresh_sign_in_required(reads=True)
def confirmations_csv(request: PersonRequest) -> HttpResponse:
    """Return the whole list of one document as a spreadsheet, for the people one may see."""
    now = timezone.now()
    _must_have_people(request, now)
    _, reading = _reading_chosen(request.GET, now)
    if reading is None:
        raise Http404
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(
        ["Name", "Email", "Kind", "Directorate", "Manager", "State", "Due", "Confirmed", "Version"]
    )
    people = list(_people(request, reading, "all", now))
    for row in _rows(people, reading, now):
        writer.writerow(_csv_row(row["person"], row["standing"], now))
    record_view("policy.confirmations_exported", actor=request.user)
    name = f"confirmations-{reading.document.slug}-{timezone.localdate(now)}.csv"
    return HttpResponse(
        "\ufeff" + file.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _csv_row(person: User, found: Standing, now: datetime) -> list[str]:
    state = "Confirmed" if not found.asks else "Overdue" if found.is_overdue(now) else "Waiting"
    cells = [
        person.full_name,
        person.email,
        PersonKind(person.kind).label,
        str(person.directorate or ""),
        str(person.manager or ""),
        state,
        _day(found.due_at),
        _day(found.confirmed_at),
        str(found.since or ""),
    ]
    # A cell that begins like a formula would be run by a spreadsheet.
    return [f"'{cell}" if cell[:1] in set("=+-@\t\r") else cell for cell in cells]


def _day(moment: datetime | None) -> str:
    return timezone.localdate(moment).isoformat() if moment else ""
