"""What holds every concern: the reconciliation, the daily statements, and meeting a clock."""

from __future__ import annotations

import csv
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from concerns.access import get_concern_or_404
from concerns.models import Concern, DailyStatement
from concerns.rules.holding import GAPS
from concerns.selectors import reconcile
from concerns.selectors.reconcile import StatementView, custody_page, gap_of, is_manager
from concerns.services import custody as acts
from concerns.services.statement import first_broken
from concerns.triage import forms
from concerns.triage.pages import plain_page
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

STATEMENTS_SHOWN = 31
SUM = {
    "submitted": "Submitted",
    "accepted": "Accepted by a named person",
    "closed": "Closed",
    "held": "Open, with an owner and a running clock",
    "waiting": "Waiting to be taken, with a bell to ring",
    "gaps": "Gaps",
}


def _manager_or_404(request: PersonRequest) -> datetime:
    """Return the moment of the request; raise `Http404` for whoever does not answer for it."""
    now = timezone.now()
    if not is_manager(request.user, now):
        raise Http404
    return now


@require_safe
def custody(request: PersonRequest) -> HttpResponse:
    """Show the sum of custody, and every gap in it that the manager may see."""
    now = _manager_or_404(request)
    page = custody_page(request.user, now)
    shown = [concern.reference for concern in page.gaps]
    record_view("custody.viewed", actor=request.user, shown=shown)
    numbers = page.total.numbers()
    context = {
        "total": page.total,
        "numbers": [(SUM[name], count) for name, count in numbers.items()],
        "gaps": [(concern, GAPS[gap_of(concern)]) for concern in page.gaps],
        "hidden": [(GAPS[kind], count) for kind, count in page.hidden.items()],
        "now": now,
    }
    return render(request, "triage/custody/custody.html", context)


@require_safe
def statements(request: PersonRequest) -> HttpResponse:
    """List the daily statements, and say whether their chain is whole."""
    _manager_or_404(request)
    rows = list(reconcile.statements()[:STATEMENTS_SHOWN])
    record_view("statements.viewed", actor=request.user, shown=[str(row.day) for row in rows])
    context = {"statements": rows, "broken": first_broken(rows[::-1])}
    return render(request, "triage/custody/statements.html", context)


@require_safe
def statement(request: PersonRequest, day: str) -> HttpResponse:
    """Show what was held when one day ended."""
    view = _statement(request, day)
    states = [
        (label, view.listed.get(state, []), view.counts.get(state, 0))
        for state, label in Concern.State.choices
    ]
    context = {
        "statement": view.statement,
        "states": states,
        "numbers": [(SUM[name], count) for name, count in (view.numbers or {}).items()],
        "is_whole": first_broken([view.statement]) is None,
    }
    return render(request, "triage/custody/statement.html", context)


@require_GET
def statement_csv(request: PersonRequest, day: str) -> HttpResponse:
    """Give one statement as CSV: a reference that the manager may not see has no row."""
    view = _statement(request, day, "statement.exported")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"custody-{view.statement.day}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    rows = csv.writer(response)
    rows.writerow(["day", "state", "reference"])
    for state, references in view.listed.items():
        hidden = view.counts[state] - len(references)
        rows.writerows([view.statement.day, state, reference] for reference in references)
        rows.writerows([view.statement.day, state, "not shown"] for _ in range(hidden))
    return response


def _statement(request: PersonRequest, day: str, name: str = "statement.viewed") -> StatementView:
    """Return a day's statement as far as the person may see it, the look recorded."""
    now = _manager_or_404(request)
    try:
        found = DailyStatement.objects.get(day=date.fromisoformat(day))
    except (ValueError, DailyStatement.DoesNotExist) as error:
        raise Http404 from error
    view = reconcile.statement_view(found, request.user, now)
    shown = [reference for references in view.listed.values() for reference in references]
    record_view(name, actor=request.user, shown=shown)
    return view


@require_http_methods(GET_POST)
def met(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Stop a clock because what it waited for was done: when, and by whom."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    clock = concern.clocks.filter(pk=pk).first()
    if clock is None:
        raise Http404

    def act(form: Any, now: datetime) -> object:
        return acts.meet_clock(
            pk,
            request.user,
            now,
            done_at=form.happened_at(now),
            done_by=form.cleaned_data["done_by"],
        )

    form = forms.MetForm(**given(request))
    return plain_page(concern, form, act, "Recorded.", intro=clock.label).answer(request)
