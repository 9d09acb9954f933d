"""Requests for personal data: the list, one request, and the small acts on its way.

Records officers see them; for everybody else, and for whoever a request touches, none exists.
"""

from __future__ import annotations

from django.db.models import Prefetch, prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from concerns.dates import local_date
from concerns.form_page import FormPage
from concerns.models import AccessCheck, AccessGathering
from concerns.rules.access_requests import COMMISSIONER, COMPLAINT_SOURCE, REDACTING
from concerns.selectors.subject_access import (
    CHECKS,
    HANDLES,
    counts_of,
    get_request_or_404,
    may_handle,
    open_first,
    visible_requests,
)
from concerns.services import subject_access as service
from concerns.services import subject_access_care as care
from concerns.services.subject_access_answer import last_comparison, may_download
from concerns.services.subject_access_gather import ask_for, nudge
from concerns.subject_access import forms
from concerns.subject_access.pages import GET_POST, asked, do, page_of, seen
from concerns.tasks import gather_personal_data
from safeguarding_portal.accounts.kept_pages import given
from safeguarding_portal.accounts.selectors import roles_of
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.http import PersonRequest

MOST_LISTED = 200
GATHERED = {
    AccessGathering.Kind.SEARCH: "The portal is looking for the person.",
    AccessGathering.Kind.COLLECT: "The portal is collecting what is theirs.",
    AccessGathering.Kind.COMPARE: "The portal is looking for changes of the record.",
}


@require_safe
def requests(request: PersonRequest) -> HttpResponse:
    """List the requests, those that are owed an answer first."""
    now = timezone.now()
    if roles_of(request.user, now).isdisjoint(CHECKS):
        raise Http404
    rows = list(open_first(visible_requests(request.user, now))[:MOST_LISTED])
    record_view("access_request.listed", actor=request.user, shown=[row.reference for row in rows])
    context = {
        "requests": rows,
        "may_handle": may_handle(request.user, now),
        "today": local_date(now),
    }
    return render(request, "subject_access/requests.html", context)


@require_http_methods(GET_POST)
def new(request: PersonRequest) -> HttpResponse:
    """Record a request that came in."""
    if not may_handle(request.user, timezone.now()):
        raise Http404
    form = forms.NewRequestForm(**given(request))
    return FormPage(
        form,
        lambda valid, now: page_of(service.open_request(request.user, valid.new_request(), now)),
        "The request is recorded. Its clock runs.",
        back=reverse("concerns:subject_access:requests"),
    ).answer(request)


@require_safe
def request_page(request: PersonRequest, reference: str) -> HttpResponse:
    """Show where a request stands, and what to do next."""
    now = timezone.now()
    held = roles_of(request.user, now)
    found = get_request_or_404(request.user, reference, now, held)
    seen(request, found, [])
    prefetch_related_objects(
        [found],
        Prefetch("checks", AccessCheck.objects.select_related("asked_by", "checker")),
        "gatherings",
    )
    pauses, checks = list(found.pauses.select_related("asked_by")), list(found.checks.all())
    context = {
        "found": found,
        "due": service.due_of(found, pauses),
        "pauses": pauses,
        "question": next((pause for pause in pauses if pause.answered_on is None), None),
        "gathering": next(iter(found.gatherings.all()), None),
        "counts": counts_of(found) if found.state == REDACTING else None,
        "checks": checks,
        "check": next((check for check in checks if check.answered_at is None), None),
        "compared": last_comparison(found, now),
        "ready": may_download(found, now),
        "complaints": list(found.complaints.all()),
        "rights": list(found.data_rights.select_related("concern")),
        "mine": found.officer_id == request.user.pk and found.is_open,
        "may_handle": not held.isdisjoint(HANDLES),
        "today": local_date(now),
        "commissioner": COMMISSIONER,
        "complaint_source": COMPLAINT_SOURCE,
    }
    return render(request, "subject_access/request.html", context)


@require_POST
def take(request: PersonRequest, reference: str) -> HttpResponse:
    """Take over a request."""
    found, now = asked(request, reference)
    return do(
        request,
        lambda: service.take_request(found.pk, request.user, now),
        "You handle this request now.",
        page_of(found),
    )


@require_POST
def ask_identity(request: PersonRequest, reference: str) -> HttpResponse:
    """Record that the person was asked to show who they are."""
    found, now = asked(request, reference)
    return do(
        request,
        lambda: service.ask_identity(found.pk, request.user, now),
        "Recorded. The clock begins when they have shown it.",
        page_of(found),
    )


@require_http_methods(GET_POST)
def identity(request: PersonRequest, reference: str) -> HttpResponse:
    """Record how it was made sure who asks."""
    found, _ = asked(request, reference)
    form = forms.IdentityForm(**given(request))
    return FormPage(
        form,
        lambda valid, now: service.check_identity(
            found.pk,
            request.user,
            valid.cleaned_data["how"],
            valid.cleaned_data["shown_on"],
            valid.cleaned_data["authority"],
            now,
        ),
        "Recorded. Now look for the person.",
        back=page_of(found),
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def question(request: PersonRequest, reference: str) -> HttpResponse:
    """Ask what they mean, or record their answer when a question waits."""
    found, _ = asked(request, reference)
    if found.pauses.filter(answered_on=None).exists():
        return FormPage(
            forms.AnswerForm(**given(request)),
            lambda valid, now: service.answer_question(
                found.pk,
                request.user,
                valid.cleaned_data["answer"],
                valid.cleaned_data["on"],
                now,
            ),
            "Recorded. The clock runs again.",
            back=page_of(found),
            caption=found.reference,
        ).answer(request)
    return FormPage(
        forms.QuestionForm(**given(request)),
        lambda valid, now: service.ask_question(
            found.pk, request.user, valid.cleaned_data["question"], now
        ),
        "Recorded. The clock stands until they answer.",
        back=page_of(found),
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def extend(request: PersonRequest, reference: str) -> HttpResponse:
    """Take two more months, with the reason."""
    found, _ = asked(request, reference)
    return FormPage(
        forms.ExtendForm(**given(request)),
        lambda valid, now: service.extend(
            found.pk, request.user, valid.cleaned_data["ground"], valid.cleaned_data["why"], now
        ),
        "Recorded. Tell the person now.",
        back=page_of(found),
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def refuse(request: PersonRequest, reference: str) -> HttpResponse:
    """Refuse a request, with the ground and the reason."""
    found, _ = asked(request, reference)
    return FormPage(
        forms.RefuseForm(**given(request)),
        lambda valid, now: service.end_request(
            found.pk,
            request.user,
            "refuse",
            valid.cleaned_data["words"],
            now,
            valid.cleaned_data["because"],
        ),
        "The request is refused. Tell the person now.",
        back=page_of(found),
        button="Refuse it",
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def withdraw(request: PersonRequest, reference: str) -> HttpResponse:
    """Record that the person no longer asks."""
    found, _ = asked(request, reference)
    return FormPage(
        forms.WithdrawForm(**given(request)),
        lambda valid, now: service.end_request(
            found.pk, request.user, "withdraw", valid.cleaned_data["words"], now
        ),
        "The request is withdrawn.",
        back=page_of(found),
        button="It was withdrawn",
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def complaint(request: PersonRequest, reference: str) -> HttpResponse:
    """Record a complaint."""
    found, now = asked(request, reference)
    if not may_handle(request.user, now):
        raise Http404
    return FormPage(
        forms.ComplaintForm(**given(request)),
        lambda valid, now: care.record_complaint(
            found.pk,
            request.user,
            valid.cleaned_data["text"],
            valid.cleaned_data["received_on"],
            now,
        ),
        "The complaint is recorded. Acknowledge it.",
        back=page_of(found),
        caption=found.reference,
    ).answer(request)


@require_http_methods(GET_POST)
def complaint_answer(request: PersonRequest, reference: str, pk: int) -> HttpResponse:
    """Record that a complaint was acknowledged, or what came of it."""
    found, now = asked(request, reference)
    one = found.complaints.filter(pk=pk).first()
    if one is None or not may_handle(request.user, now):
        raise Http404
    return FormPage(
        forms.ComplaintAnswerForm(**given(request)),
        lambda valid, now: care.answer_complaint(
            found.pk, pk, request.user, valid.cleaned_data["outcome"], now
        ),
        "Recorded. Tell the person.",
        back=page_of(found),
        caption=found.reference,
        context={"said": one.text},
    ).answer(request)


@require_POST
def gather(request: PersonRequest, reference: str, kind: str) -> HttpResponse:
    """Ask the worker to look for the person, to collect, or to compare."""
    found, now = asked(request, reference)
    if kind not in AccessGathering.Kind.values:
        raise Http404
    answer = do(
        request,
        lambda: ask_for(found.pk, request.user, kind, now),
        GATHERED[AccessGathering.Kind(kind)],
        page_of(found),
    )
    nudge(gather_personal_data)
    return answer


@require_safe
def progress(request: PersonRequest, reference: str) -> HttpResponse:
    """Say how far the worker is; when it has finished, the page is shown anew."""
    found, _ = asked(request, reference)
    gathering = found.gatherings.first()
    if gathering is None or "HX-Request" not in request.headers:
        return redirect(page_of(found))
    answer = render(
        request, "subject_access/_progress.html", {"found": found, "gathering": gathering}
    )
    if gathering.done_at is not None:
        answer["HX-Refresh"] = "true"
    return answer
