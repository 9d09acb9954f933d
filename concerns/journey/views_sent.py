"""Where a reporter starts, and what they see once a report is filed."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.journey.phone_words import to_say
from concerns.models import Draft, Referral, Report
from concerns.reporter.words import promised, state_words
from concerns.rules.reference import normalise
from concerns.selectors.conversation import word_on
from concerns.selectors.readers import readers_of
from concerns.selectors.reports import filed_reports
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest

SHOWN = 50


@require_safe
def home(request: PersonRequest) -> HttpResponse:
    """Show the person's own drafts and reports, and where to begin."""
    drafts = Draft.objects.filter(owner=request.user, submitted_at=None)[:SHOWN]
    filed = list(filed_reports(request.user)[:SHOWN])
    word, now = word_on(filed, request.user), timezone.now()
    reports = [
        {
            "report": report,
            "has_news": any(one.is_new for one in word[report.pk]),
            "states": [
                {
                    "concern": concern,
                    "words": state_words(concern),
                    "promised": promised(concern, [one.item for one in word[report.pk]], now),
                }
                for concern in report.concerns.all()
            ],
        }
        for report in filed
    ]
    return render(request, "journey/home.html", {"drafts": drafts, "reports": reports, "now": now})


@require_safe
def sent(request: PersonRequest, reference: str) -> HttpResponse:
    """Confirm a report: its reference, whom to call now, who was told and why, what comes next."""
    report = filed_reports(request.user).filter(reference=normalise(reference)).first()
    if report is None:
        raise Http404
    record_view("report.viewed", actor=request.user, report_id=report.pk)
    return render(request, "journey/sent.html", sent_page(report))


def sent_page(report: Report) -> dict[str, Any]:
    """Return what the confirmation shows, with the number for this minute."""
    now = timezone.now()
    concerns = list(report.concerns.all())
    referrals = list(
        Referral.objects.filter(concern__in=concerns).exclude(state=Referral.State.WITHDRAWN)
    )
    assessment = report.assessment
    slugs = [assessment["first_call"]["agency"], *assessment["first_call"]["then"]]
    directory = current_directory(now)
    answers = [directory.who_to_call(slug, now) for slug in slugs if slug in directory.agencies]
    readers = {reader.pk: reader for concern in concerns for reader in readers_of(concern, now)}
    return {
        "report": report,
        "concerns": concerns,
        "call_now": answers[0] if answers and report.priority <= 2 else None,
        "say": to_say(report.statement),
        "also_call": answers[1:] if report.priority == 1 else [],
        "told": _told([item for item in referrals if item.required]),
        "offered": _told([item for item in referrals if not item.required]),
        "readers": sorted(readers.values(), key=lambda reader: reader.full_name),
        "clocks": [clock for concern in concerns for clock in concern.clocks.all()],
        "duties": assessment["personal_duties"],
        "do_not": assessment["do_not"],
        "prompts": assessment["prompts"],
    }


def _told(referrals: list[Referral]) -> list[dict[str, Any]]:
    """Return each body once, with the reasons that the rules gave."""
    found: dict[str, dict[str, Any]] = {}
    for item in referrals:
        told = found.setdefault(
            item.agency_slug,
            {
                "name": agency_name(item.agency_slug),
                "reasons": [],
                "state": item.get_state_display(),
            },
        )
        told["reasons"] += [reason for reason in item.reasons if reason not in told["reasons"]]
    return list(found.values())
