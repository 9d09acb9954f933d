"""The pages on which a lead decides. Each parses, calls one service, and goes back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.access import get_concern_or_404, works_concerns
from concerns.models import Concern, Reassessment, Referral, Task
from concerns.selectors import work
from concerns.selectors.readers import readers_of
from concerns.services import custody, decide, reclassify, tasks
from concerns.services.checklists import answer_checklist
from concerns.services.clocks import case_of, corrected, corrections_of
from concerns.services.decide import Closing, Sharing
from concerns.services.errors import ServiceError
from concerns.services.reclassify import Choice
from concerns.services.transitions import Override, is_override_missing
from concerns.triage import forms_decide as forms
from concerns.triage.forms_reclassify import ClassificationForm, FactsForm
from concerns.triage.pages import ActPage, back_to, seen_version
from concerns.triage.words_decide import GROUPS, worries
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.design_system.forms import Option
from safeguarding_portal.http import GET_POST, PersonRequest

TOLD = {"required": "The rules require it", "offered": "The rules offer it"}


def _override(typed: dict[str, Any]) -> Override | None:
    """Return the ground and reason for telling without agreement, where they were asked for."""
    if "grounds" not in typed:
        return None
    return Override(tuple(typed["grounds"]), typed["override_reason"])


@require_http_methods(GET_POST)
def route(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Send an offered route, or set it aside."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    referral = concern.referrals.filter(pk=pk).first()
    if referral is None:
        raise Http404

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        return custody.decide_offer(
            pk,
            request.user,
            send=typed["send"] == "yes",
            reason=typed["reason"],
            now=now,
            version=version,
            override=_override(typed),
        )

    form = forms.RouteForm(override=is_override_missing(concern), **given(request))
    context = {"intro": agency_name(referral.agency_slug)}
    return ActPage(concern, form, act, section="overview", context=context).answer(request)


@require_http_methods(GET_POST)
def close(request: PersonRequest, reference: str) -> HttpResponse:
    """Close a concern with its outcome, or ask another lead to."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, version: int, now: datetime) -> str:
        typed = form.cleaned_data
        closing = Closing(typed["outcome"], typed["words"], typed["duplicate_of"])
        closed = decide.close_concern(
            concern.pk, request.user, closing, version, now, _override(typed)
        )
        if closed.state == Concern.State.CLOSED:
            return "The concern is closed."
        return "Another lead has to agree. The concern stays open until then."

    form = forms.CloseForm(override=is_override_missing(concern), **given(request))
    return ActPage(concern, form, act).answer(request)


@require_http_methods(GET_POST)
def answer_closing(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Agree to closing, or not: the second pair of eyes."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    approval = concern.approvals.select_related("asked_by").filter(pk=pk).first()
    if approval is None:
        raise Http404

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        return decide.answer_closing(
            pk,
            request.user,
            agree=typed["agree"] == "yes",
            reason=typed["reason"],
            version=version,
            now=now,
        )

    form = forms.AnswerClosingForm(**given(request))
    return ActPage(concern, form, act, context={"approval": approval}).answer(request)


@require_http_methods(GET_POST)
def reopen(request: PersonRequest, reference: str) -> HttpResponse:
    """Open a closed concern again."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, version: int, now: datetime) -> object:
        reason = form.cleaned_data["reason"]
        return decide.reopen_concern(concern.pk, request.user, reason, version, now)

    done = "The concern is open again, and it is yours."
    return ActPage(concern, forms.ReopenForm(**given(request)), act, done).answer(request)


@require_http_methods(GET_POST)
def on_hold(request: PersonRequest, reference: str) -> HttpResponse:
    """Put a concern on hold until a review."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, version: int, now: datetime) -> object:
        reason = form.cleaned_data["reason"]
        until = form.held_until()
        return decide.hold_concern(concern.pk, request.user, until, reason, version, now)

    done = "The concern is on hold. It rings when it is due."
    return ActPage(concern, forms.HoldForm(**given(request)), act, done).answer(request)


@require_http_methods(GET_POST)
def priority(request: PersonRequest, reference: str) -> HttpResponse:
    """Raise or lower the priority."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        return reclassify.change_priority(
            concern.pk, request.user, int(typed["priority"]), typed["reason"], version, now
        )

    form = forms.PriorityForm(initial={"priority": str(concern.priority)}, **given(request))
    return ActPage(concern, form, act).answer(request)


@require_http_methods(GET_POST)
def agreement(request: PersonRequest, reference: str) -> HttpResponse:
    """Record agreement, capacity, wishes, and the ground for telling without agreement."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        override = _override(typed) or Override((), "")
        sharing = Sharing(typed["consent"], typed["capacity"], typed["wishes"], override)
        return decide.decide_sharing(concern.pk, request.user, sharing, version, now)

    return ActPage(concern, forms.SharingForm(**given(request)), act).answer(request)


@require_http_methods(GET_POST)
def facts(request: PersonRequest, reference: str) -> HttpResponse:
    """Correct the facts, and ask the rules again."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    known = corrections_of(concern)
    case = case_of(concern, known, concern.received_at)

    def act(form: Any, version: int, now: datetime) -> HttpResponse:
        corrections = corrected(known, form.corrections())
        asked = reclassify.propose(concern.pk, request.user, corrections, version, now)
        return redirect("concerns:triage:classify", reference, asked.pk)

    form = FactsForm(case, concern.group, **given(request))
    return ActPage(concern, form, act, context={"button": "Ask the rules"}).answer(request)


@require_http_methods(GET_POST)
def classify(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Decide what the concern is, beside what the rules propose."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    asked = concern.reassessments.filter(pk=pk).first()
    if asked is None:
        raise Http404
    proposed = reclassify.proposed_choice(asked)
    referrals = list(concern.referrals.all())

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        choice = Choice(
            typed["group"],
            tuple(typed["categories"]),
            int(typed["priority"]),
            frozenset(typed["agencies"]),
        )
        return reclassify.decide_classification(
            pk, request.user, choice, typed["reason"], version, now
        )

    initial = {
        "group": proposed.group,
        "categories": list(proposed.categories),
        "priority": str(proposed.priority),
        "agencies": sorted(proposed.agencies),
    }
    options = _agency_options(asked, referrals)
    form = ClassificationForm(initial, options, **given(request))
    context = {"rows": _comparison(concern, asked, referrals), "person": asked.proposal["person"]}
    template = "triage/decide/classify.html"
    return ActPage(concern, form, act, template=template, context=context).answer(request)


def _agency_options(asked: Reassessment, referrals: list[Referral]) -> list[Option]:
    """Return whom a lead can tell: those the rules name, those who have it, then all others."""
    hints = {
        route["agency"]: f"{TOLD[route['requirement']]}: {' '.join(route['reasons'])}"
        for route in asked.proposal["routes"]
        if route["requirement"] in TOLD
    }
    for item in referrals:
        state = f"Now: {item.get_state_display().lower()}"
        hint = hints.get(item.agency_slug)
        hints[item.agency_slug] = (
            f"{state}. {hint}" if hint else f"{state}. The rules do not name it"
        )
    others = [slug for slug in current_directory(asked.asked_at).agencies if slug not in hints]
    return [Option(slug, agency_name(slug), hint) for slug, hint in hints.items()] + [
        Option(slug, agency_name(slug)) for slug in others
    ]


def _comparison(
    concern: Concern, asked: Reassessment, referrals: list[Referral]
) -> list[tuple[str, str, str]]:
    """Return (what, as it is, as the rules say) for each point of the decision."""
    person = asked.proposal["person"]
    now_told = [item.agency_slug for item in referrals if item.state in reclassify.IS_TOLD]
    proposed = reclassify.proposed_choice(asked)
    names = [sorted(agency_name(slug) for slug in slugs) for slugs in (now_told, proposed.agencies)]
    was = [*concern.categories, *concern.flags]
    return [
        ("Group", concern.get_group_display(), GROUPS[person["group"]]),
        ("Worry", worries(concern.group, was), worries(person["group"], list(proposed.categories))),
        ("Priority", f"P{concern.priority}", f"P{person['priority']}"),
        ("Who is told", "; ".join(names[0]) or "nobody", "; ".join(names[1]) or "nobody"),
    ]


@require_http_methods(GET_POST)
def checklist(request: PersonRequest, reference: str, kind: str) -> HttpResponse:
    """Answer a checklist."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    found = work.checklists_of(concern, list(concern.referrals.all()))
    chosen = next((item for item in found if item.kind.slug == kind), None)
    if chosen is None:
        raise Http404

    def act(form: Any, version: int, now: datetime) -> object:
        return answer_checklist(concern.pk, request.user, kind, form.answers(), version, now)

    form = forms.ChecklistForm(chosen, **given(request))
    return ActPage(concern, form, act, "Your answers are kept.").answer(request)


@require_http_methods(GET_POST)
def add_task(request: PersonRequest, reference: str) -> HttpResponse:
    """Give somebody something to do."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)

    def act(form: Any, version: int, now: datetime) -> object:
        typed = form.cleaned_data
        return tasks.add_task(
            concern.pk, request.user, typed["words"], int(typed["owner"]), form.due_at(), now
        )

    form = forms.TaskForm(readers_of(concern, now), request.user, **given(request))
    return ActPage(concern, form, act, "The task is added.", "notes").answer(request)


@require_http_methods(GET_POST)
def end_task(request: PersonRequest, reference: str, pk: int, how: str) -> HttpResponse:
    """Record a task as done, or cancel it."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    task: Task | None = concern.tasks.filter(pk=pk).first()
    if task is None or how not in {"done", "cancel"}:
        raise Http404

    def act(form: Any, version: int, now: datetime) -> object:
        note = form.cleaned_data["note"]
        return tasks.end_task(pk, request.user, done=how == "done", note=note, now=now)

    form = forms.EndTaskForm(done=how == "done", **given(request))
    done = "The task is done." if how == "done" else "The task is cancelled."
    return ActPage(concern, form, act, done, "notes", context={"typed": task.words}).answer(request)


def _act_at_once(request: PersonRequest, reference: str, act: Any, done: str) -> HttpResponse:
    """Do what one button asks for, and go back."""
    now = timezone.now()
    concern = get_concern_or_404(request.user, reference, now)
    try:
        act(concern.pk, request.user, seen_version(request), now)
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return back_to(request, concern, "decide")


@require_POST
def resume(request: PersonRequest, reference: str) -> HttpResponse:
    """Take a concern off hold."""
    return _act_at_once(request, reference, decide.resume_concern, "The concern is off hold.")


@require_POST
def withdraw_closing(request: PersonRequest, reference: str) -> HttpResponse:
    """Take back the request to close."""
    done = "Your request to close it is taken back."
    return _act_at_once(request, reference, decide.withdraw_closing, done)


@require_safe
def my_work(request: PersonRequest) -> HttpResponse:
    """Show the person's tasks, their reviews, and what waits for their second pair of eyes."""
    now = timezone.now()
    if not works_concerns(request.user, now):
        raise Http404
    my_tasks = work.tasks_for(request.user, now)
    approvals = list(work.approvals_for(request.user, now))
    reviews = work.reviews_for(request.user, now)
    shown = [task.concern.reference for task in my_tasks]
    shown += [approval.concern.reference for approval in approvals]
    shown += [concern.reference for concern in reviews]
    record_view("work.viewed", actor=request.user, shown=list(dict.fromkeys(shown)))
    context = {"tasks": my_tasks, "approvals": approvals, "reviews": reviews, "now": now}
    return render(request, "triage/decide/my_work.html", context)
