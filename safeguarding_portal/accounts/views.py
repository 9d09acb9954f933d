"""Inviting people: the list, one person, many from a spreadsheet, taking back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from safeguarding_portal.accounts.forms import REPORTER, InviteForm, InviteManyForm
from safeguarding_portal.accounts.models import Directorate, Invitation, PersonKind
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.roster import RosterError, RosterLine, read_roster
from safeguarding_portal.accounts.selectors import (
    invitations_seen_by,
    may_invite,
    roles_to_give,
    teams_managed_by,
)
from safeguarding_portal.accounts.services import (
    InvitationError,
    Invitee,
    invite,
    role_label,
    withdraw_invitation,
)
from safeguarding_portal.http import PersonRequest

HTTP_UNPROCESSABLE = 422
View = Callable[..., HttpResponse]


def for_inviters(view: View) -> View:
    """Answer 404 to whoever may not invite: for them these pages do not exist."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_invite(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@for_inviters
def invitations(request: PersonRequest) -> HttpResponse:
    """List the invitations that wait for an answer."""
    now = timezone.now()
    rows = [
        {
            "invitation": invitation,
            "role": role_label(invitation.role),
            "has_run_out": invitation.expires_at <= now,
        }
        for invitation in invitations_seen_by(request.user, now)
    ]
    return render(request, "account/invitations.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@for_inviters
@fresh_sign_in_required(reads=True)
def invite_one(request: PersonRequest) -> HttpResponse:
    """Invite one person."""
    now = timezone.now()
    directorates = {found.slug: found for found in Directorate.objects.all()}
    teams = {found.slug: found for found in teams_managed_by(request.user, now)}
    form = InviteForm(
        request.POST if request.method == "POST" else None,
        directorates={slug: found.name for slug, found in directorates.items()},
        roles={role or REPORTER: role_label(role) for role in roles_to_give(request.user, now)},
        teams={slug: found.name for slug, found in teams.items()},
    )
    if form.is_valid():
        typed = form.cleaned_data
        invitee = Invitee(
            email=typed["email"],
            full_name=typed["full_name"],
            job_title=typed["job_title"],
            directorate=directorates.get(typed["directorate"]),
            role="" if typed["role"] == REPORTER else typed["role"],
            team=teams.get(typed["team"]),
            kind=typed["kind"] or PersonKind.STAFF,
        )
        try:
            invite(request.user, invitee, now)
        except InvitationError as refusal:
            form.add_error("team" if "team" in str(refusal) else "email", str(refusal))
        else:
            messages.success(request, f"{invitee.email} is invited")
            return redirect("accounts:invitations")
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    return render(request, "account/invite_one.html", {"form": form}, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@for_inviters
@fresh_sign_in_required(reads=True)
def invite_many(request: PersonRequest) -> HttpResponse:
    """Check a list and show what each line would do; send it only when that page was confirmed.

    The confirming page carries the list itself, and the lines are judged again: what was right a
    minute ago may have been done by somebody else. With any wrong line nobody is invited.
    """
    form = InviteManyForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTP_UNPROCESSABLE if form.is_bound else 200
        return render(request, "account/invite_many.html", {"form": form}, status=status)
    try:
        lines = read_roster(form.cleaned_data["rows"], request.user, timezone.now())
    except RosterError as error:
        form.add_error("rows", str(error))
        return render(request, "account/invite_many.html", {"form": form}, status=422)
    wrong = [line for line in lines if line.errors]
    if wrong:
        for line in wrong:
            form.add_error("rows", f"Line {line.number}: {'; '.join(line.errors)}")
        return render(request, "account/invite_many.html", {"form": form}, status=422)
    if "send" not in request.POST:
        return render(request, "account/invite_many_check.html", {"form": form, "lines": lines})
    _invite_all(request, lines)
    messages.success(
        request, f"{len(lines)} {'person is' if len(lines) == 1 else 'people are'} invited"
    )
    return redirect("accounts:invitations")


@transaction.atomic
def _invite_all(request: PersonRequest, lines: list[RosterLine]) -> None:
    now = timezone.now()
    for line in lines:
        if line.invitee is not None:
            invite(request.user, line.invitee, now)


@require_POST
@for_inviters
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    """Take an invitation back; one the person cannot see does not exist for them."""
    now = timezone.now()
    if pk not in {invitation.pk for invitation in invitations_seen_by(request.user, now)}:
        raise Http404
    try:
        withdraw_invitation(pk, request.user, now)
    except (InvitationError, Invitation.DoesNotExist) as refusal:
        raise Http404 from refusal
    messages.success(request, "The invitation is withdrawn")
    return redirect("accounts:invitations")
