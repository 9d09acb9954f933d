"""Word to the reporter, danger that they added, and disagreements; from the page of a concern."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from concerns.access import get_concern_or_404
from concerns.files.area import with_files
from concerns.models import Concern, ContestStage
from concerns.reporter.forms import DisagreeForm
from concerns.rules.promises import STAGES
from concerns.selectors.files import target_or_404
from concerns.services import contest as contests
from concerns.services.additions import answer_danger
from concerns.services.conversation import write_to_reporter
from concerns.services.custody import add_note
from concerns.services.errors import ServiceError
from concerns.triage.forms_conversation import OutcomeForm, TellForm
from concerns.triage.pages import plain_page
from contacts.selectors import agency_name
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.http import GET_POST, PersonRequest

DONE = "It is recorded."


def _section(concern: Concern, slug: str) -> str:
    return reverse("concerns:triage:section", args=[concern.reference, slug])


@require_http_methods(GET_POST)
def tell(request: PersonRequest, reference: str) -> HttpResponse:
    """Write to the reporter: a message, what happens, or how it ended."""
    concern = get_concern_or_404(request.user, reference, timezone.now())

    def act(form: Any, now: datetime) -> None:
        typed = form.cleaned_data
        write_to_reporter(concern.pk, request.user, typed["kind"], typed["text"], now)

    done = "The reporter can read it now."
    return with_files(
        request,
        target_or_404(request.user, "reply", concern.reference, timezone.now()),
        TellForm,
        lambda form, area: plain_page(concern, form, act, done, "conversation", area=area),
    )


@require_POST
def danger_read(request: PersonRequest, reference: str) -> HttpResponse:
    """Say that one has read of the danger and acted."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    try:
        answer_danger(concern.pk, request.user, timezone.now())
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Recorded. Nobody else is rung.")
    return redirect(_section(concern, "conversation"))


@require_http_methods(GET_POST)
def contest(request: PersonRequest, reference: str) -> HttpResponse:
    """Contest a decision, an agency's too; danger is kept as a note, with the numbers shown."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    referrals = [(str(item.pk), agency_name(item.agency_slug)) for item in concern.referrals.all()]

    def act(form: Any, now: datetime) -> HttpResponse | None:
        typed = form.cleaned_data
        if typed["danger"] == "yes":
            add_note(concern.pk, request.user, typed["text"], now)
            messages.success(request, DONE)
            return redirect("contacts:get_help_now")
        referral = typed.get("referral")
        new = contests.NewContest(
            typed["about"], typed["text"], int(referral) if referral else None
        )
        contests.contest_as_lead(concern.pk, request.user, new, now)
        return None

    form = DisagreeForm(referrals=referrals, **given(request))
    return plain_page(concern, form, act, DONE, "disagreement").answer(request)


def _stage_or_404(concern: Concern, pk: int) -> ContestStage:
    stages = ContestStage.objects.select_related("contest").filter(contest__concern=concern)
    stage = stages.filter(pk=pk).first()
    if stage is None:
        raise Http404
    return stage


@require_http_methods(GET_POST)
def outcome(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Write the outcome of one stage of a disagreement."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    stage = _stage_or_404(concern, pk)

    def act(form: Any, now: datetime) -> None:
        typed = form.cleaned_data
        result = contests.StageOutcome(
            typed["outcome"], typed["agreed"] == "yes", typed.get("told", "")
        )
        contests.write_outcome(pk, request.user, result, now)

    form = OutcomeForm(by_reporter=stage.contest.by_reporter, **given(request))
    intro = STAGES[stage.level].title
    done = "The outcome is recorded."
    return plain_page(concern, form, act, done, "disagreement", intro=intro).answer(request)


@require_POST
def further(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Take one's own disagreement to the next stage."""
    concern = get_concern_or_404(request.user, reference, timezone.now())
    get_object_or_404(concern.contests, pk=pk)
    try:
        contests.take_further(pk, request.user, timezone.now())
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It goes to the next stage.")
    return redirect(_section(concern, "disagreement"))
