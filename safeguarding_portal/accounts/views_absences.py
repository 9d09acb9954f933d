"""Absences: one's own, and those of the people one manages; who stands in."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safeguarding_portal.accounts.absences import (
    AbsenceError,
    NewAbsence,
    absences_seen_by,
    cancel_absence,
    enter_absence,
    people_managed_by,
)
from safeguarding_portal.accounts.forms_absences import NOBODY, AbsenceForm
from safeguarding_portal.accounts.models import Absence, Membership, User
from safeguarding_portal.http import PersonRequest

HTTP_UNPROCESSABLE = 422


@require_safe
def absences(request: PersonRequest) -> HttpResponse:
    """List the absences that concern the person, now and to come."""
    now = timezone.now()
    managed = set(people_managed_by(request.user, now).values_list("pk", flat=True))
    rows = [(row, row.user_id in managed) for row in absences_seen_by(request.user, now)]
    return render(request, "account/absences.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def add_absence(request: PersonRequest) -> HttpResponse:
    """Enter an absence."""
    now = timezone.now()
    people = {str(person.pk): person for person in people_managed_by(request.user, now)}
    deputies = {str(person.pk): person for person in _may_stand_in(people)}
    form = AbsenceForm(
        request.POST if request.method == "POST" else None,
        people=[(pk, str(person)) for pk, person in people.items()],
        deputies=[(pk, str(person)) for pk, person in deputies.items()],
        me=str(request.user.pk),
    )
    if form.is_valid():
        typed = form.cleaned_data
        chosen = typed["deputy"]
        new = NewAbsence(
            people[typed["person"]],
            typed["first_day"],
            typed["last_day"],
            None if chosen == NOBODY else deputies[chosen],
        )
        try:
            enter_absence(request.user, new, now)
        except AbsenceError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The absence is entered.")
            return redirect("accounts:absences")
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    return render(request, "account/absence.html", {"form": form}, status=status)


def _may_stand_in(people: dict[str, User]) -> list[User]:
    """Return who could stand in for any of the people: their deputies, and who shares a team."""
    ids = [int(pk) for pk in people]
    teams = Membership.objects.filter(user__in=ids, ends_at=None).values("team")
    shares = Q(memberships__ends_at=None) & (
        Q(memberships__team__in=teams)
        | Q(memberships__team=None, memberships__role__in=["corporate_lead", "dcs", "dass"])
    )
    named = Q(pk__in=User.deputies.through.objects.filter(from_user__in=ids).values("to_user"))
    found = User.objects.filter(shares | named, is_active=True)
    return list(found.distinct().order_by("full_name", "pk"))


@require_POST
def cancel(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an absence back."""
    try:
        cancel_absence(pk, request.user, timezone.now())
    except Absence.DoesNotExist as refusal:
        raise Http404 from refusal
    messages.success(request, "The absence is cancelled.")
    return redirect("accounts:absences")
