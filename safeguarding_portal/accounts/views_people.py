"""The people of the portal: who holds which role, who has left; for those who manage them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from safeguarding_portal.accounts.details import Details, change_details
from safeguarding_portal.accounts.forms_people import (
    ANY,
    COUNCIL,
    FindPeopleForm,
    GiveRoleForm,
    PersonForm,
)
from safeguarding_portal.accounts.leavers import deactivate, may_close_accounts, reactivate
from safeguarding_portal.accounts.leaving import By, holdings
from safeguarding_portal.accounts.memberships import PeopleError, end_role, give_role
from safeguarding_portal.accounts.models import Role, Source, Team
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.selectors import roles_to_give, teams_managed_by
from safeguarding_portal.accounts.selectors_people import (
    PersonView,
    Wanted,
    may_see_people,
    people_found,
    person_view,
)
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import PersonRequest

HTTP_UNPROCESSABLE = 422
MOST_PAGES = 10_000
View = Callable[..., HttpResponse]


def for_managers(view: View) -> View:
    """Answer 404 to whoever does not manage people."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_see_people(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def for_corporate_lead(view: View) -> View:
    """Answer 404 to whoever may not close accounts."""

    @wraps(view)
    def guarded(request: PersonRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_close_accounts(request.user, timezone.now()):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
def people(request: PersonRequest) -> HttpResponse:
    """List people. What is typed is sent, so that no name stands in an address."""
    now = timezone.now()
    teams = [(str(pk), name) for pk, name in Team.objects.values_list("pk", "name")]
    is_search = request.method == "POST"
    form = FindPeopleForm(request.POST if is_search else request.GET, teams=teams)
    typed = form.cleaned_data if form.is_valid() else {}
    wanted = Wanted(
        text=typed.get("text", "") if is_search else "",
        role=_or_empty(typed.get("role")),
        team=int(_or_empty(typed.get("team")) or 0) or None,
        left=bool(typed.get("left")),
    )
    page = people_found(wanted, _page_number(request), now)
    asked = {key: typed[key] for key in ("role", "team") if _or_empty(typed.get(key))}
    asked |= {"left": "on"} if wanted.left else {}
    return render(
        request,
        "account/people/list.html",
        {
            "form": form,
            "page": page,
            "wanted": wanted,
            "previous_url": _page_url(asked, page.number - 1) if page.number > 1 else "",
            "next_url": _page_url(asked, page.number + 1) if page.has_more else "",
            "is_search": is_search,
            "may_close": may_close_accounts(request.user, now),
        },
        status=200 if form.is_valid() else HTTP_UNPROCESSABLE,
    )


def _or_empty(choice: str | None) -> str:
    return "" if choice in {None, "", ANY} else str(choice)


def _page_number(request: PersonRequest) -> int:
    typed = request.GET.get("page", "")
    is_number = typed.isascii() and typed.isdigit() and len(typed) < 6
    return min(max(int(typed), 1), MOST_PAGES) if is_number else 1


def _page_url(asked: dict[str, str], number: int) -> str:
    return f"?{urlencode({**asked, 'page': str(number)})}"


def _person_or_404(request: PersonRequest, pk: int) -> PersonView:
    view = person_view(pk, request.user, timezone.now())
    if view is None:
        raise Http404
    return view


@require_safe
@for_managers
def person(request: PersonRequest, pk: int) -> HttpResponse:
    """Show one person: what they are, what they may do, what they could do before."""
    return render(request, "account/people/person.html", {"view": _person_or_404(request, pk)})


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@fresh_sign_in_required(reads=True)
def give(request: PersonRequest, pk: int) -> HttpResponse:
    """Give one more role."""
    now = timezone.now()
    view = _person_or_404(request, pk)
    teams = {str(team.pk): team for team in teams_managed_by(request.user, now)}
    form = GiveRoleForm(
        request.POST if request.method == "POST" else None,
        roles=[(role, Role(role).label) for role in roles_to_give(request.user, now) if role],
        teams=[(key, team.name) for key, team in teams.items()],
    )
    if form.is_valid():
        typed = form.cleaned_data
        team = None if typed["team"] in {"", COUNCIL} else teams[typed["team"]]
        try:
            give_role(request.user, pk, typed["role"], team, now)
        except PeopleError as refusal:
            form.add_error("team" if "team" in str(refusal) else None, str(refusal))
        else:
            messages.success(request, "The role is given")
            return redirect("accounts:person", pk)
    return _form_page(request, form, view, "Give the role")


@require_http_methods(["GET", "HEAD", "POST"])
@for_managers
@fresh_sign_in_required(reads=True)
def end(request: PersonRequest, pk: int, number: int) -> HttpResponse:
    """Ask, then end one role."""
    view = _person_or_404(request, pk)
    held = next((item for item in view.roles if item.membership.pk == number), None)
    if held is None or not held.may_end:
        raise Http404
    if request.method == "POST":
        end_role(request.user, number, timezone.now())
        messages.success(request, "The role has ended")
        return redirect("accounts:person", pk)
    return render(request, "account/people/end.html", {"view": view, "membership": held.membership})


@require_http_methods(["GET", "HEAD", "POST"])
@for_corporate_lead
@fresh_sign_in_required(reads=True)
def change(request: PersonRequest, pk: int) -> HttpResponse:
    """Change what is known of a person."""
    view = _person_or_404(request, pk)
    one = view.person
    form = PersonForm(
        request.POST if request.method == "POST" else None,
        initial={
            "full_name": one.full_name,
            "job_title": one.job_title,
            "work_phone": one.work_phone,
            "kind": one.kind,
            "manager": one.manager.email if one.manager else "",
            "deputies": "\n".join(one.deputies.values_list("email", flat=True)),
        },
    )
    if form.is_valid():
        try:
            change_details(request.user, pk, Details(**form.cleaned_data), timezone.now())
        except PeopleError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "The details are changed")
            return redirect("accounts:person", pk)
    return _form_page(request, form, view, "Save")


@require_http_methods(["GET", "HEAD", "POST"])
@for_corporate_lead
@fresh_sign_in_required(reads=True)
def close(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what happens, then close an account at once."""
    return _close_or_open(request, pk, is_closing=True)


@require_http_methods(["GET", "HEAD", "POST"])
@for_corporate_lead
@fresh_sign_in_required(reads=True)
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    """Say what does not come back, then open a closed account again."""
    return _close_or_open(request, pk, is_closing=False)


def _close_or_open(request: PersonRequest, pk: int, *, is_closing: bool) -> HttpResponse:
    now = timezone.now()
    view = _person_or_404(request, pk)
    if view.is_self:
        raise PermissionDenied
    if request.method == "POST":
        by = By(Source.HAND, request.user)
        (deactivate if is_closing else reactivate)(pk, by, now)
        messages.success(request, f"The account is {'closed' if is_closing else 'open again'}")
        return redirect("accounts:person", pk)
    held = holdings(view.person, request.user, now) if is_closing else []
    template = "account/people/close.html" if is_closing else "account/people/reopen.html"
    return render(request, template, {"view": view, "holdings": held})


def _form_page(
    request: PersonRequest, form: PortalForm, view: PersonView, button: str
) -> HttpResponse:
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    context = {"form": form, "view": view, "button": button}
    return render(request, "account/people/form.html", context, status=status)
