"""A mark that a reporter has seen since: an addition to their report, on a drawing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.bodymap.areas import FIGURES
from concerns.bodymap.kinds import LOOKING
from concerns.bodymap.marks import views_of
from concerns.form_page import FormPage
from concerns.journey.mark_form import MarkForm
from concerns.journey.marks import REPORTER
from concerns.reporter.views import own_report_or_404
from concerns.selectors.body_map import body_map_of, is_born
from concerns.services.body_map import add_mark_to_report
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest


@require_http_methods(GET_POST)
def add(request: PersonRequest, reference: str, record: str) -> HttpResponse:
    """Add a mark to one record of one's own report; of its map only the reporter's own is shown."""
    now = timezone.now()
    found = own_report_or_404(request, reference)
    concern = next((one for one in found.concerns.all() if one.reference == record), None)
    if concern is None or not is_born(concern):
        raise Http404
    record_view("report.viewed", actor=request.user, report_id=found.pk)
    shown = body_map_of(concern)
    asked = request.GET.get("figure")
    form = MarkForm(**given(request), drawn_on=asked if asked in FIGURES else shown.figure, now=now)

    def act(form: Any, now: datetime) -> None:
        mark = form.mark(0, REPORTER)
        add_mark_to_report(found.pk, concern.reference, request.user, mark, now)

    own = [one for one in shown.marks if one.from_reporter]
    context = {
        "report": found,
        "concern": concern,
        "marks": own,
        "views": views_of([one.mark for one in own], form.drawn_on, shown.struck_numbers),
        "figures": [
            (words, f"?figure={slug}", slug == form.drawn_on) for slug, words in FIGURES.items()
        ],
        "advice": LOOKING,
    }
    return FormPage(
        form,
        act,
        "The mark is added. The people who work on it have been told.",
        reverse("concerns:reporter:report", args=[found.reference]),
        template="reporter/mark.html",
        context=context,
    ).answer(request)
