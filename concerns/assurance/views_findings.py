"""Reads that somebody independent looks at. To everybody else a finding is not there."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.assurance.forms import ReviewForm
from concerns.assurance.pages import GET_POST, UNPROCESSABLE
from concerns.assurance.words import entries_of
from concerns.rules.curiosity import THRESHOLD
from concerns.selectors.curiosity import RESERVE, REVIEW_ROLES, finding_page, findings_for
from concerns.services.errors import ServiceError
from concerns.services.findings import review_finding
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.selectors import roles_of
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest

SHOWN = 50


@require_safe
def findings(request: PersonRequest) -> HttpResponse:
    """List what waits for a review, the highest score first, and what was reviewed lately."""
    now = timezone.now()
    if not roles_of(request.user, now) & (REVIEW_ROLES | RESERVE):
        raise Http404
    mine = findings_for(request.user, now).select_related("reader", "reviewer")
    waiting = list(mine.filter(reviewed_at=None)[:SHOWN])
    reviewed = list(mine.filter(reviewed_at__isnull=False).order_by("-reviewed_at", "-id")[:SHOWN])
    shown = [finding.reference for finding in (*waiting, *reviewed)]
    record_view("findings.viewed", actor=request.user, shown=shown)
    context = {"waiting": waiting, "reviewed": reviewed, "threshold": THRESHOLD, "now": now}
    return render(request, "assurance/findings.html", context)


@require_http_methods(GET_POST)
def finding(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one finding, of the records only their references, and take what was found about it."""
    now = timezone.now()
    found = (
        findings_for(request.user, now).select_related("reader", "reviewer").filter(pk=pk).first()
    )
    if found is None:
        raise Http404
    form = ReviewForm(**given(request))
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            review_finding(
                pk, request.user, outcome=typed["outcome"], words=typed["words"], now=now
            )
        except ServiceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Your review is recorded.")
            return redirect("concerns:assurance:findings")
    record_view("findings.viewed", actor=request.user, shown=[found.reference])
    page = finding_page(found, request.user, now)
    context = {"form": form, "page": page, "finding": found, "events": entries_of(page.events)}
    return render(
        request, "assurance/finding.html", context, status=UNPROCESSABLE if form.errors else 200
    )
