"""The trail by person, by record, and by how much people read. Each look is an event itself.

A look at the trail of a record is not written to that record: whoever read it out of curiosity
would see in its chronology that somebody asks.
"""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from concerns.assurance.forms import PeriodForm, PersonForm, RecordForm
from concerns.assurance.pages import (
    GET_POST,
    UNPROCESSABLE,
    About,
    about_person,
    about_record,
    for_auditors,
    hidden_from,
    query_of,
    trail_form,
)
from concerns.assurance.words import entries_of
from concerns.dates import local_date
from concerns.selectors.curiosity import busiest_readers, findings_for
from safeguarding_portal.accounts.kept_pages import kept_answers
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.audit.trail import trail_page, trail_state
from safeguarding_portal.http import PersonRequest

PEOPLE_SHOWN = 20
READERS_SHOWN = 30
# A reader further down than this is found by name.
DEEPEST = 3_000


@require_safe
@for_auditors
def home(request: PersonRequest) -> HttpResponse:
    """Say how far the trail is sealed, what the last check found, and where to look."""
    waiting = findings_for(request.user, timezone.now()).filter(reviewed_at=None).count()
    return render(request, "assurance/home.html", {"state": trail_state(), "waiting": waiting})


@require_http_methods(GET_POST)
@for_auditors
def people(request: PersonRequest) -> HttpResponse:
    """Find a person, also one who has left."""
    typed = kept_answers(request)
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm(raw=typed)
    context: dict[str, object] = {"form": form}
    if form.is_bound and form.is_valid():
        context["found"] = _people_found(form.cleaned_data["name"])
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "assurance/people.html", context, status=status)


def _people_found(typed: str) -> list[User]:
    """Return the people in whose name or address every word occurs; at most 20."""
    found = User.objects.select_related("directorate")
    for word in typed.split()[:6]:
        found = found.filter(Q(full_name__icontains=word) | Q(email__istartswith=word))
    return list(found.order_by("full_name", "pk")[:PEOPLE_SHOWN])


@require_http_methods(GET_POST)
@for_auditors
def records(request: PersonRequest) -> HttpResponse:
    """Ask for a reference, and lead to who did what with the record."""
    typed = kept_answers(request)
    form = RecordForm(request.POST) if request.method == "POST" else RecordForm(raw=typed)
    if form.is_bound and form.is_valid():
        about = about_record(form.cleaned_data["reference"], hidden_from(request.user))
        if about is not None:
            return redirect("concerns:assurance:record", about.reference)
        form.add_error("reference", "There is no record with this reference. Check it")
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "assurance/records.html", {"form": form}, status=status)


@require_safe
@for_auditors
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Show what one person did and read."""
    about = about_person(pk)
    record_view("trail.person_viewed", actor=request.user, shown=[f"person:{pk}"])
    return _trail(request, about, hidden_from(request.user))


@require_safe
@for_auditors
def record(request: PersonRequest, reference: str) -> HttpResponse:
    """Show who read, wrote, printed or took out one record."""
    hidden = hidden_from(request.user)
    about = about_record(reference, hidden)
    if about is None:
        raise Http404
    record_view("trail.record_viewed", actor=request.user, shown=[about.reference])
    return _trail(request, about, hidden)


def _trail(request: PersonRequest, about: About, hidden: tuple[int, ...]) -> HttpResponse:
    form = trail_form(about, request.GET, timezone.now())
    page = trail_page(query_of(about, form, hidden), request.GET.get("after", ""))
    asked = request.GET.copy()
    asked.pop("after", None)
    further = asked.copy()
    further["after"] = page.next_cursor
    export = asked.copy()
    export.update(about.chosen())
    first, last = form.days()
    context = {
        "about": about,
        "form": form,
        "first": first,
        "last": last,
        "entries": entries_of(page.events),
        "next_url": f"?{further.urlencode()}" if page.next_cursor else "",
        "is_later_page": "after" in request.GET,
        "is_narrowed": form.is_bound,
        "export_query": export.urlencode(),
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "assurance/trail.html", context, status=status)


@require_safe
@for_auditors
def readers(request: PersonRequest) -> HttpResponse:
    """List who read most in a period, the busiest first, with findings."""
    now = timezone.now()
    form = PeriodForm(today=local_date(now))
    if any(request.GET.getlist(name) for name in form.input_names()):
        form = PeriodForm(request.GET, today=local_date(now))
        form.is_valid()
    first, last = form.days()
    place = _place(request.GET.get("place", ""))
    found = busiest_readers(first, last, findings_for(request.user, now), place, READERS_SHOWN + 1)
    rows = found[:READERS_SHOWN]
    record_view(
        "trail.readers_viewed",
        actor=request.user,
        shown=[f"person:{row.reader.pk}" for row in rows],
    )
    further = request.GET.copy()
    further["place"] = str(place + READERS_SHOWN)
    context = {
        "form": form,
        "first": first,
        "last": last,
        "rows": rows,
        "next_url": f"?{further.urlencode()}" if len(found) > READERS_SHOWN else "",
    }
    status = UNPROCESSABLE if form.is_bound and form.errors else 200
    return render(request, "assurance/readers.html", context, status=status)


def _place(text: str) -> int:
    return min(int(text), DEEPEST) if text.isascii() and text.isdecimal() and len(text) < 9 else 0
