"""Taking events out: asked for with a reason, then downloaded. Both are events."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.assurance.files import CONTENT_TYPES, file_name, file_parts
from concerns.assurance.forms import ExportForm
from concerns.assurance.pages import (
    GET_POST,
    UNPROCESSABLE,
    About,
    about_chosen,
    for_auditors,
    hidden_from,
    query_of,
    trail_form,
)
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.audit.exports import ExportRefusedError, ask_for_export, export_of
from safeguarding_portal.audit.models import TrailExport
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.audit.trail import TrailQuery
from safeguarding_portal.http import PersonRequest


@require_http_methods(GET_POST)
@for_auditors
def ask(request: PersonRequest) -> HttpResponse:
    """Ask in what form and why; the address says which events."""
    now, hidden = timezone.now(), hidden_from(request.user)
    about = about_chosen(request.GET.dict(), hidden)
    chosen = trail_form(about, request.GET, now)
    form = ExportForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        query = query_of(about, chosen, hidden)
        try:
            made = ask_for_export(
                request.user, query, _as_data(about, query), typed["form"], typed["reason"], now
            )
        except ExportRefusedError as refusal:
            form.add_error("form", str(refusal))
        else:
            return redirect("concerns:assurance:exported", made.pk)
    first, last = chosen.days()
    context = {
        "form": form,
        "about": about,
        "first": first,
        "last": last,
        "is_narrowed": chosen.is_bound,
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "assurance/export.html", context, status=status)


@require_safe
@for_auditors
def export(request: PersonRequest, pk: int) -> HttpResponse:
    """Show an export of the person's own, with the link that downloads it."""
    found = _export_or_404(request, pk)
    return render(request, "assurance/exported.html", {"export": found})


@require_safe
@for_auditors
@fresh_sign_in_required(reads=True)
def file(request: PersonRequest, pk: int) -> HttpResponseBase:
    """Give the file, made while it is downloaded: memory stays flat, and no copy is left."""
    found = _export_or_404(request, pk)
    hidden = hidden_from(request.user)
    about = about_chosen(found.chosen, hidden)
    query = _as_query(about, found, hidden)
    record_view("trail.exported", actor=request.user, shown=[f"export:{found.pk}"])
    name = file_name(about, found)
    return StreamingHttpResponse(
        file_parts(about, found, query),
        content_type=CONTENT_TYPES[found.form],
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _export_or_404(request: PersonRequest, pk: int) -> TrailExport:
    found = export_of(request.user, pk, timezone.now())
    if found is None:
        raise Http404
    return found


def _as_data(about: About, query: TrailQuery) -> dict[str, object]:
    return {
        **about.chosen(),
        "since": query.since.isoformat(),
        "until": query.until.isoformat(),
        "kinds": list(query.kinds),
        "address": query.address,
    }


def _as_query(about: About, found: TrailExport, hidden: tuple[int, ...]) -> TrailQuery:
    """Return the query of an export as it was asked for."""
    base = query_of(about, trail_form(about, QueryDict(), found.asked_at), hidden)
    chosen = found.chosen
    return replace(
        base,
        since=datetime.fromisoformat(chosen["since"]),
        until=datetime.fromisoformat(chosen["until"]),
        kinds=tuple(chosen["kinds"]),
        address=chosen["address"],
    )
