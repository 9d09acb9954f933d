"""What a draft will say: at one moment, over a week, and on the unusual days of a year."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from contacts.access import for_editors
from contacts.directory import Directory
from contacts.editing.forms import PreviewForm
from contacts.editing.pages import UNPROCESSABLE, get_change
from contacts.models import ChangeSet
from contacts.preview import seen_at, unusual_days, week_of
from contacts.snapshot import directory_from
from safeguarding_portal.http import PersonRequest

_ASKED = ("day_day", "day_month", "day_year", "clock")


def _directory_or_404(change: ChangeSet) -> Directory:
    try:
        return directory_from(change.document)
    except (KeyError, TypeError, ValueError) as error:
        raise Http404 from error


@require_safe
@for_editors
def preview(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what a reporter would see of every agency at a moment; now, if none is asked for."""
    change = get_change(pk)
    asked = any(name in request.GET for name in _ASKED)
    form = PreviewForm(request.GET if asked else None)
    wrong = asked and not form.is_valid()
    moment = (
        (None if wrong or not asked else form.moment()) or change.effective_at or timezone.now()
    )
    directory = _directory_or_404(change)
    context: dict[str, Any] = {
        "change": change,
        "form": form,
        "moment": moment,
        "rows": [] if wrong else seen_at(directory, moment),
        "unusual": unusual_days(directory, timezone.localdate()),
    }
    status = UNPROCESSABLE if wrong else 200
    return render(request, "contacts/editing/preview.html", context, status=status)


@require_safe
@for_editors
def week(request: PersonRequest, pk: int, slug: str) -> HttpResponse:
    """Show who answers for one agency in a week, with each hand-over."""
    change = get_change(pk)
    directory = _directory_or_404(change)
    if slug not in directory.agencies:
        raise Http404
    try:
        day = date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        day = timezone.localdate(change.effective_at)
    if not 2000 <= day.year <= 2100:
        raise Http404
    context = {
        "change": change,
        "agency": directory.agencies[slug],
        "hand_overs": week_of(directory, slug, day),
        "monday": date.fromordinal(day.toordinal() - day.weekday()),
        "earlier": date.fromordinal(day.toordinal() - 7),
        "later": date.fromordinal(day.toordinal() + 7),
    }
    return render(request, "contacts/editing/week.html", context)
