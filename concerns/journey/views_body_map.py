"""The body map of a draft: never asked, one click away; the same form with and without scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from concerns.bodymap.areas import FIGURES
from concerns.bodymap.kinds import LOOKING
from concerns.bodymap.marks import views_of
from concerns.dates import local_date
from concerns.journey.answers import Answers
from concerns.journey.mark_form import MarkForm
from concerns.journey.marks import figure_of, has_body, mark_key, marks_of
from concerns.journey.steps import is_known_key
from concerns.journey.views import GET_POST, shown_group
from concerns.services.drafts import add_mark, own_draft, remove_step, save_step
from concerns.services.errors import ServiceError
from safeguarding_portal.accounts.kept_pages import kept_answers
from safeguarding_portal.http import PersonRequest

if TYPE_CHECKING:
    from concerns.models import Draft


def own_answers(request: PersonRequest, draft_id: UUID, person: int) -> tuple[Draft, Answers]:
    """Return one's own open draft and its answers; `Http404` when it has no such body."""
    draft = own_draft(request.user, draft_id)
    answers = Answers(draft.answers, local_date(timezone.now()))
    if draft.submitted_at or not has_body(answers, person):
        raise Http404
    return draft, answers


@require_http_methods(GET_POST)
def body_map(request: PersonRequest, draft_id: UUID, person: int) -> HttpResponse:
    """Show the marks of a person, and take one more."""
    draft, answers = own_answers(request, draft_id, person)
    figure = _figure(request, answers, person)
    if request.method == "POST":
        form = MarkForm(request.POST, drawn_on=figure, now=timezone.now())
        if form.is_valid():
            try:
                add_mark(draft.pk, request.user, person, form.raw_answers(), timezone.now())
            except ServiceError as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, "The mark is saved.")
                return redirect(_url(request, draft, person))
    else:
        form = MarkForm(raw=_kept(request), drawn_on=figure)
    return _page(request, draft, answers, person, form)


@require_http_methods(GET_POST)
def change(request: PersonRequest, draft_id: UUID, person: int, number: int) -> HttpResponse:
    """Change a mark that was not filed yet."""
    draft, answers = own_answers(request, draft_id, person)
    key = mark_key(person, number)
    if not answers.has(key):
        raise Http404
    figure = _figure(request, answers, person)
    if request.method == "POST":
        form = MarkForm(request.POST, drawn_on=figure, now=timezone.now())
        if form.is_valid():
            save_step(draft.pk, request.user, key, form.raw_answers(), timezone.now())
            messages.success(request, "The mark is saved.")
            return redirect(_url(request, draft, person))
    else:
        form = MarkForm(raw=_kept(request) or answers.page(key), drawn_on=figure)
    form.title = "Change a mark"
    return _page(request, draft, answers, person, form, key)


@require_POST
def remove(request: PersonRequest, draft_id: UUID, person: int, number: int) -> HttpResponse:
    """Take out a mark that was not filed yet."""
    draft, answers = own_answers(request, draft_id, person)
    if not answers.has(mark_key(person, number)):
        raise Http404
    remove_step(draft.pk, request.user, mark_key(person, number))
    messages.success(request, "The mark is removed.")
    return redirect(_url(request, draft, person))


def _kept(request: PersonRequest) -> dict[str, list[str]] | None:
    typed = kept_answers(request)
    return {str(name): list(values) for name, values in typed.lists()} if typed else None


def _figure(request: PersonRequest, answers: Answers, person: int) -> str:
    """Return the drawing that was asked for, or the one that fits."""
    asked = request.GET.get("figure")
    return asked if asked in FIGURES else figure_of(answers, person)


def _url(request: PersonRequest, draft: Draft, person: int, figure: str = "") -> str:
    """Return the address of the map, with the way back that this one has."""
    asked = {name: request.GET[name] for name in ("from", "figure") if name in request.GET}
    asked |= {"figure": figure} if figure else {}
    address = reverse("concerns:journey:body_map", args=[draft.pk, person])
    return f"{address}?{urlencode(asked)}" if asked else address


def _page(
    request: PersonRequest,
    draft: Draft,
    answers: Answers,
    person: int,
    form: MarkForm,
    changed: str = "",
) -> HttpResponse:
    found = marks_of(answers, person)
    came_from = request.GET.get("from", "")
    if is_known_key(answers, came_from):
        done = reverse("concerns:journey:step", args=[draft.pk, came_from])
    else:
        done = reverse("concerns:journey:check", args=[draft.pk])
    context: dict[str, Any] = {
        "form": form,
        "draft": draft,
        "person": person,
        "whom": answers.name_of(person),
        "marks": [(key.rpartition("-")[2], mark) for key, mark in found],
        "views": views_of((mark for key, mark in found if key != changed), form.drawn_on),
        "figures": [
            (words, _url(request, draft, person, slug), slug == form.drawn_on)
            for slug, words in FIGURES.items()
        ],
        "advice": LOOKING,
        "is_change": bool(changed),
        "map_url": _url(request, draft, person),
        "done_url": done,
        "back_url": _url(request, draft, person) if changed else done,
        "group": shown_group(answers),
        "saved_at": draft.updated_at,
    }
    status = 422 if form.errors else 200
    return render(request, "journey/body_map.html", context, status=status)
