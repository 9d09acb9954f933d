"""The reporter's pages: one question each. They parse, call one service, and render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.dates import local_date
from concerns.journey.answers import Answers, page_number
from concerns.journey.marks import KEY, is_offered
from concerns.journey.policy_topics import PAGE_TOPICS
from concerns.journey.questions import PER_PERSON, StepForm
from concerns.journey.statement import cards, page_title
from concerns.journey.steps import (
    EXTRA,
    QUESTIONS,
    about,
    first_incomplete,
    is_known_key,
    keys,
    next_key,
    previous_key,
)
from concerns.selectors.files import files_of_draft
from concerns.services.drafts import delete_draft, own_draft, remove_step, save_step, start_draft
from concerns.services.errors import IncompleteReportError
from concerns.services.paper import paper_card, paper_form_of
from concerns.services.submit import submit_report
from policies.selectors import guidance_for, sections_for
from safeguarding_portal.accounts.kept_pages import kept_answers
from safeguarding_portal.http import PersonRequest

if TYPE_CHECKING:
    from concerns.models import Draft
    from policies.selectors import ShownSection

GET_POST = ["GET", "HEAD", "POST"]
# Pages whose second button adds another of the same.
ADD_ANOTHER = {
    "person": "Save and add another person",
    "harm-by": "Save and add another",
    "affected": "Save and add another",
}
# Pages of the journey from which a way leads to the body map; none of them waits for it.
WITH_BODY_MAP = ("what-happened", "injuries")


@require_POST
def start(request: PersonRequest) -> HttpResponse:
    """Begin a report."""
    draft = start_draft(request.user, timezone.now())
    return redirect("concerns:journey:step", draft.pk, "danger")


@require_safe
def resume(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Go on where the reporter left off, at any device."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    return _go(draft, first_incomplete(_answers(draft)))


@require_http_methods(GET_POST)
def step(request: PersonRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Ask one question, or take its answer."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    answers = _answers(draft)
    if not is_known_key(answers, key):
        if _slug(key) not in QUESTIONS:
            raise Http404
        return _go(draft, first_incomplete(answers))
    if request.method == "POST":
        return _take(request, draft, answers, key)
    typed = kept_answers(request)
    page = dict(typed.lists()) if typed else answers.page(key)
    form = StepForm(QUESTIONS[_slug(key)], about(answers, key, page), raw=page, today=answers.today)
    return _page(request, draft, answers, key, form)


def _take(request: PersonRequest, draft: Draft, answers: Answers, key: str) -> HttpResponse:
    """Save what was typed, whatever it is; go on if it can be read or was skipped."""
    question = QUESTIONS[_slug(key)]
    posted = {
        name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"
    }
    form = StepForm(question, about(answers, key, posted), posted, today=answers.today)
    skipped = "skip" in request.POST
    passed = form.is_valid() or skipped
    if passed or answers.has(key):
        page = form.raw_answers()
        draft = save_step(draft.pk, request.user, key, page, timezone.now())
        answers = _answers(draft)
    if not passed:
        return _page(request, draft, answers, key, form, status=422)
    if "another" in request.POST and _slug(key) in ADD_ANOTHER:
        return _add_another(draft, answers, key)
    if "from-check" in request.GET:
        return _go(draft, first_incomplete(answers))
    return _go(draft, next_key(answers, key))


def _add_another(draft: Draft, answers: Answers, key: str) -> HttpResponse:
    """Open the next page of the same kind; with as many as there may be, go on."""
    slug, _, number = key.partition(".")
    further = f"{slug}.{int(number) + 1}"
    return _go(draft, further if is_known_key(answers, further) else next_key(answers, key))


def _page(
    request: PersonRequest,
    draft: Draft,
    answers: Answers,
    key: str,
    form: StepForm,
    status: int = 200,
) -> HttpResponse:
    slug = _slug(key)
    from_check = "from-check" in request.GET
    previous = None if from_check else previous_key(answers, key)
    context: dict[str, Any] = {
        "form": form,
        "title": form.title,
        "hint": form.question.hint,
        "draft": draft,
        "key": key,
        "group": shown_group(answers),
        "back_url": _url(draft, "check" if from_check else previous),
        "can_skip": bool(form.fields),
        "add_another": ADD_ANOTHER.get(slug),
        "may_remove": _may_remove(answers, key),
        "saved_at": draft.updated_at if answers.raw else None,
        "guidance": _guidance(form),
        "body_maps": _body_maps(draft, answers, key) if slug in WITH_BODY_MAP else [],
        "sections": _sections(slug),
    }
    template = "journey/step.html" if form.fields else f"journey/{slug}.html"
    return render(request, template, context, status=status)


def _may_remove(answers: Answers, key: str) -> bool:
    """Whether the page is that of a person who was added, and is the last of its kind."""
    slug, _, number = key.partition(".")
    was_added = slug in ADD_ANOTHER and number != "1" and answers.has(key)
    return was_added and not answers.has(f"{slug}.{int(number) + 1}")


def _guidance(form: StepForm) -> list[dict[str, Any]]:
    """Return short guidance for each worry that may be chosen."""
    if "worry" not in form.fields:
        return []
    labels = dict(form.fields["worry"].choices)  # type: ignore[attr-defined]
    found = guidance_for(list(labels))
    return [{"label": labels[slug], "section": section} for slug, section in found.items()]


def _sections(slug: str) -> list[ShownSection]:
    """Return the policy and guidance that fits a page, to open in place."""
    topics = PAGE_TOPICS.get(slug, ())
    return sections_for(topics) if topics else []


def _body_maps(draft: Draft, answers: Answers, key: str) -> list[dict[str, str]]:
    """Return the body maps that a page offers: of its own person, or of everybody."""
    people = [page_number(key)] if page_number(key) else answers.people
    return [
        {
            "title": f"Show marks on {answers.name_of(person)} on a drawing",
            "href": f"{reverse('concerns:journey:body_map', args=[draft.pk, person])}?from={key}",
        }
        for person in people
        if person and is_offered(answers, person)
    ]


def _slug(key: str) -> str:
    return key.partition(".")[0]


def _answers(draft: Draft) -> Answers:
    return Answers(draft.answers, local_date(timezone.now()))


def shown_group(answers: Answers) -> str:
    """Return whose number the page shows: the child's, the adult's, or both while unknown."""
    groups = {"adult" if answers.is_adult(number) else "child" for number in answers.people}
    known = any(answers.has(f"person.{number}") for number in answers.people)
    return groups.pop() if known and len(groups) == 1 else ""


def _url(draft: Draft, key: str | None) -> str:
    if key is None:
        return reverse("concerns:home")
    if key == "check":
        return reverse("concerns:journey:check", args=[draft.pk])
    if mark := KEY.fullmatch(key):
        return reverse("concerns:journey:body_map_mark", args=[draft.pk, *mark.groups()])
    return reverse("concerns:journey:step", args=[draft.pk, key])


def _go(draft: Draft, key: str | None) -> HttpResponse:
    """Lead to a page; to the check page when there is no further question."""
    return redirect(_url(draft, key or "check"))


@require_safe
def check(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Show everything before it is sent. Opens at any time: nothing blocks but the account."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    return _check_page(request, draft)


def _check_page(request: PersonRequest, draft: Draft, problem: str = "") -> HttpResponse:
    answers = _answers(draft)
    paper = paper_form_of(draft)
    paper_cards = [_plain_card(paper_card(paper, request.user))] if paper else []
    context = {
        "draft": draft,
        "cards": [_card(draft, card) for card in cards(answers)] + paper_cards,
        "extras": _extras(draft, answers),
        "files": files_of_draft(draft),
        "files_url": _url(draft, "files"),
        "problem": problem,
        "account_url": _url(draft, "what-happened") + "?from-check=1",
        "group": shown_group(answers),
        "back_url": _url(draft, keys(answers)[-1]),
        "saved_at": draft.updated_at,
        "sections": _sections("check"),
    }
    return render(request, "journey/check.html", context, status=422 if problem else 200)


def _card(draft: Draft, card: dict[str, Any]) -> dict[str, Any]:
    rows = [
        {
            "key": row["question"],
            "value": "" if row["answer"] == "Not answered" else row["answer"],
            "href": f"{_url(draft, row['slug'])}?from-check=1",
        }
        for row in card["rows"]
    ]
    return {"title": card["title"], "rows": rows}


def _plain_card(card: dict[str, Any]) -> dict[str, Any]:
    """Return a card whose answers were not given on a page of the journey."""
    rows = [{"key": row["question"], "value": row["answer"]} for row in card["rows"]]
    return {"title": card["title"], "rows": rows}


def _extras(draft: Draft, answers: Answers) -> list[dict[str, str]]:
    """Return the pages that were not asked, to add something else."""
    asked = set(keys(answers)) | set(answers.raw)
    found = []
    for slug in EXTRA:
        per_person = slug in PER_PERSON
        for number in answers.people if per_person else [0]:
            key = f"{slug}.{number}" if per_person else slug
            if key not in asked:
                title = page_title(answers, key)
                found.append({"title": title, "href": f"{_url(draft, key)}?from-check=1"})
    return found + _body_maps(draft, answers, "")


@require_POST
def send(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """File the report. Sending twice, by a double click or a retry, files it once."""
    try:
        report = submit_report(draft_id, request.user, timezone.now())
    except IncompleteReportError as problem:
        return _check_page(request, own_draft(request.user, draft_id), str(problem))
    return redirect("concerns:journey:sent", report.reference)


@require_http_methods(GET_POST)
def delete(request: PersonRequest, draft_id: UUID) -> HttpResponse:
    """Ask, then throw a draft away."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    if request.method == "POST":
        delete_draft(draft.pk, request.user)
        messages.success(request, "The draft is deleted.")
        return redirect("concerns:home")
    return render(request, "journey/delete.html", {"draft": draft, "back_url": _url(draft, None)})


@require_POST
def remove(request: PersonRequest, draft_id: UUID, key: str) -> HttpResponse:
    """Take out a person who was added by mistake."""
    draft = own_draft(request.user, draft_id)
    if draft.submitted_at:
        return redirect("concerns:journey:sent", draft.report.reference)
    answers = _answers(draft)
    if not _may_remove(answers, key):
        raise Http404
    draft = remove_step(draft.pk, request.user, key)
    return _go(draft, first_incomplete(_answers(draft)))
