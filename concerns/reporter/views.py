"""A reporter's own report after filing: what became of it, and everything they may still say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.files.area import FilesArea, with_files
from concerns.form_page import FormPage
from concerns.models import Contest, Correspondence, Report
from concerns.reporter import forms
from concerns.reporter.words import promised, state_words
from concerns.rules.ladder import FRONT_DOOR_OF
from concerns.rules.reference import normalise
from concerns.selectors.body_map import is_born
from concerns.selectors.conversation import REPORTER_LOOKED, contests_of, conversation
from concerns.selectors.files import files_by_owner, files_of_reporter, target_or_404
from concerns.selectors.reports import filed_reports, running_clocks
from concerns.services.additions import NewAddition, add_to_report
from concerns.services.contest import NewContest, contest_as_reporter, take_further
from concerns.services.conversation import write_to_leads
from concerns.services.errors import ServiceError
from concerns.services.feedback import chase
from contacts.selectors import current_directory
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import GET_POST, PersonRequest

Act = Callable[[Any, datetime], object]


def own_report_or_404(request: PersonRequest, reference: str) -> Report:
    """Return the person's own report; raise `Http404`, the same for another's and for none."""
    report = filed_reports(request.user).filter(reference=normalise(reference)).first()
    if report is None:
        raise Http404
    return report


@require_safe
def report(request: PersonRequest, reference: str) -> HttpResponse:
    """Show one report: its state, who has it, what is due, what was said, what may be done."""
    now = timezone.now()
    found = own_report_or_404(request, reference)
    said = conversation(found, request.user, REPORTER_LOOKED)
    record_view(REPORTER_LOOKED[0], actor=request.user, report_id=found.pk)
    items = [one.item for one in said]
    concerns = list(found.concerns.all())
    clocks = running_clocks(concerns)
    files = files_of_reporter(found)
    context = {
        "report": found,
        "records": [
            {
                "concern": concern,
                "words": state_words(concern),
                "promised": promised(concern, items, now),
                "clocks": clocks.get(concern.pk, []),
                "has_body": is_born(concern),
            }
            for concern in concerns
        ],
        "said": [one for one in said if not one.item.is_addition],
        "added": [one.item for one in said if one.item.is_addition],
        "files": files,
        "files_of": files_by_owner(files, "correspondence"),
        "has_news": any(one.is_new for one in said),
        "contests": contests_of(concerns, now, request.user),
        "now": now,
    }
    return render(request, "reporter/report.html", context)


def _page(found: Report, form: Any, act: Act, done: str, area: FilesArea | None = None) -> FormPage:
    return FormPage(
        form,
        act,
        done,
        reverse("concerns:reporter:report", args=[found.reference]),
        button="Send",
        caption=f"Report {found.reference}",
        template="reporter/form.html",
        context={"area": area},
    )


@require_http_methods(GET_POST)
def message(request: PersonRequest, reference: str) -> HttpResponse:
    """Write to those who work the report."""
    found = own_report_or_404(request, reference)

    def act(form: Any, now: datetime) -> None:
        write_to_leads(found.pk, request.user, form.cleaned_data["text"], now)

    return with_files(
        request,
        target_or_404(request.user, "message", found.reference, timezone.now()),
        forms.MessageForm,
        lambda form, area: _page(found, form, act, "Your message is sent.", area),
    )


@require_http_methods(GET_POST)
def add(request: PersonRequest, reference: str) -> HttpResponse:
    """Add information or a correction; danger leads to the numbers first."""
    found = own_report_or_404(request, reference)

    def act(form: Any, now: datetime) -> str | None:
        typed = form.cleaned_data
        new = NewAddition(kind=typed["kind"], text=typed["text"], danger=typed["danger"])
        add_to_report(found.pk, request.user, new, now)
        return _after(found, typed["danger"])

    done = "Added. The people who work on it have been told."
    return with_files(
        request,
        target_or_404(request.user, "addition", found.reference, timezone.now()),
        forms.AddForm,
        lambda form, area: _page(found, form, act, done, area),
    )


def _after(found: Report, danger: str) -> str | None:
    """Return the page with the numbers, unless nobody is in danger."""
    if danger == "no":
        return None
    return reverse("concerns:reporter:danger", args=[found.reference])


@require_http_methods(GET_POST)
def call(request: PersonRequest, reference: str) -> HttpResponse:
    """Add a call that the reporter made, at the time when they made it."""
    found = own_report_or_404(request, reference)
    directory = current_directory()
    agencies = [(slug, item.name) for slug, item in directory.agencies.items()]

    def act(form: Any, now: datetime) -> None:
        typed = form.cleaned_data
        new = NewAddition(
            kind=Correspondence.Kind.CALL,
            text=typed["text"],
            agency_slug=typed["agency"],
            spoke_to=typed["spoke_to"],
            got_through=typed["through"] == "yes",
            happened_at=form.happened_at(now),
        )
        add_to_report(found.pk, request.user, new, now)

    form = forms.ReporterCallForm(agencies, **given(request))
    return _page(found, form, act, "The call is added.").answer(request)


@require_safe
def danger(request: PersonRequest, reference: str) -> HttpResponse:
    """Show whom to ring now: 999, then the front doors of this report's people."""
    now = timezone.now()
    found = own_report_or_404(request, reference)
    record_view("report.viewed", actor=request.user, report_id=found.pk)
    groups = {"children" if item.group == "child" else "adults" for item in found.concerns.all()}
    directory = current_directory(now)
    slugs = ["police-emergency", *(FRONT_DOOR_OF[group] for group in sorted(groups, reverse=True))]
    answers = [directory.who_to_call(slug, now) for slug in slugs]
    return render(request, "reporter/danger.html", {"report": found, "answers": answers})


@require_POST
def nobody_told_me(request: PersonRequest, reference: str) -> HttpResponse:
    """Ring the ladder because nobody has told the reporter anything."""
    found = own_report_or_404(request, reference)
    try:
        chase(found.pk, request.user, timezone.now())
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "We have told the people who should have told you.")
    return redirect("concerns:reporter:report", found.reference)


@require_http_methods(GET_POST)
def disagree(request: PersonRequest, reference: str) -> HttpResponse:
    """Contest a decision; danger does not go this way, but to the numbers."""
    found = own_report_or_404(request, reference)
    concerns = list(found.concerns.all())
    records = [
        (item.reference, f"{item.reference}: {item.get_group_display()}") for item in concerns
    ]

    def act(form: Any, now: datetime) -> str | None:
        typed = form.cleaned_data
        if typed["danger"] == "yes":
            kind = Correspondence.Kind.INFORMATION
            new = NewAddition(kind=kind, text=typed["text"], danger="yes")
            add_to_report(found.pk, request.user, new, now)
        else:
            record = typed.get("record") or concerns[0].reference
            contest = NewContest(typed["about"], typed["text"])
            contest_as_reporter(found.pk, record, request.user, contest, now)
        return _after(found, typed["danger"])

    form = forms.DisagreeForm(records=records if len(records) > 1 else None, **given(request))
    done = "We have it. Each stage has named people and a time."
    return _page(found, form, act, done).answer(request)


@require_POST
def further(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Take a disagreement to the next stage."""
    found = own_report_or_404(request, reference)
    get_object_or_404(Contest, pk=pk, concern__report=found)
    try:
        take_further(pk, request.user, timezone.now())
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It goes to the next stage.")
    return redirect("concerns:reporter:report", found.reference)
