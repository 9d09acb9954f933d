"""The body map of a record: a lead adds a mark, or strikes one out. Nothing is ever changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from concerns.access import get_concern_or_404
from concerns.bodymap.areas import FIGURES
from concerns.bodymap.kinds import LOOKING
from concerns.bodymap.marks import views_of
from concerns.journey.mark_form import MarkForm
from concerns.selectors.body_map import body_map_of
from concerns.services.body_map import record_mark, strike_out
from concerns.triage.pages import ActPage
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.design_system.forms import LongTextField, PortalForm
from safeguarding_portal.http import GET_POST, PersonRequest

SECTION = "body-map"


class StrikeForm(PortalForm):
    """Why a mark was recorded in error."""

    title = "Strike out a mark"
    reason = LongTextField(
        "Why is it wrong?",
        hint="The mark stays on the map, crossed out, with your name and this reason.",
        empty="Write why the mark is wrong",
        max_chars=2000,
        rows=4,
    )


@require_http_methods(GET_POST)
def add(request: PersonRequest, reference: str) -> HttpResponse:
    """Put a mark on the map of a record."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    shown = body_map_of(concern)
    asked = request.GET.get("figure")
    form = MarkForm(**given(request), drawn_on=asked if asked in FIGURES else shown.figure, now=now)
    me = ", ".join(part for part in (request.user.full_name, request.user.job_title) if part)

    def act(form: Any, version: int, now: datetime) -> str:
        mark = form.mark(0, me)
        return f"{record_mark(concern.pk, request.user, mark, now).title}. It is recorded."

    marks = [one.mark for one in shown.marks]
    context = {
        "views": views_of(marks, form.drawn_on, shown.struck_numbers),
        "figures": [
            (words, f"?figure={slug}", slug == form.drawn_on) for slug, words in FIGURES.items()
        ],
        "advice": LOOKING,
    }
    template = "triage/body_map/add.html"
    return ActPage(concern, form, act, "", SECTION, template, context).answer(request)


@require_http_methods(GET_POST)
def strike(request: PersonRequest, reference: str, number: int) -> HttpResponse:
    """Strike out a mark that was recorded in error."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    found = [one for one in body_map_of(concern).marks if one.mark.number == number]
    if not found:
        raise Http404

    def act(form: Any, version: int, now: datetime) -> str:
        strike_out(concern.pk, request.user, number, form.cleaned_data["reason"], now)
        return f"Mark {number} is struck out. It is still shown."

    context = {"typed": found[0].mark.title, "button": "Strike it out"}
    form = StrikeForm(**given(request))
    return ActPage(concern, form, act, "", SECTION, context=context).answer(request)
