"""The agency's pages: nothing is shown before the code, and accepting is a POST with a name.

Mail scanners follow links; a GET here reads nothing out and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from concerns.agency.forms import AcceptForm, CodeForm, ReturnForm
from concerns.models import Referral
from concerns.rules.taxonomy import BY_GROUP
from concerns.services import agency
from concerns.services.custody import Acceptance
from concerns.services.errors import ServiceError
from safeguarding_portal.design_system.forms import PortalForm

GET_POST = ["GET", "HEAD", "POST"]
COOKIE = "agency"
# After the code the pages stay open in this browser for an hour.
OPEN_FOR = timedelta(hours=1)


def _dead(request: HttpRequest) -> HttpResponse:
    return render(request, "agency/dead.html", status=404)


def _is_open(request: HttpRequest, referral: Referral) -> bool:
    """Whether this browser has typed the code for this referral within the hour."""
    try:
        opened = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=OPEN_FOR)
    except signing.BadSignature:
        return False
    return bool(opened == referral.link_hash)


@login_not_required
@never_cache
@require_http_methods(GET_POST)
def referral(request: HttpRequest, secret: str) -> HttpResponse:
    """Ask for the code; once it was typed here, show the referral."""
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request)
    if _is_open(request, found):
        return render(request, "agency/referral.html", _context(found, secret))
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        if agency.open_with_code(found.pk, form.cleaned_data["code"], now):
            response = redirect("concerns:agency:referral", secret)
            response.set_cookie(
                COOKIE,
                signing.dumps(found.link_hash, salt=COOKIE),
                max_age=OPEN_FOR,
                httponly=True,
                secure=request.is_secure(),
                samesite="Strict",
            )
            return response
        form.add_error("code", "That code is wrong or too old. Check it, or ask for a new one")
    context = {"form": form, "secret": secret, "title": form.title}
    return render(request, "agency/code.html", context, status=422 if form.errors else 200)


def _context(found: Referral, secret: str) -> dict[str, Any]:
    """Return what the agency may see: this referral and its report, nothing else."""
    concern = found.concern
    known = BY_GROUP["child" if concern.group == "child" else "adult"]
    slugs = [*concern.categories, *concern.flags]
    return {
        "referral": found,
        "concern": concern,
        "report": concern.report,
        "people": concern.involvements.exclude(part="informant"),
        "categories": [known[slug].words for slug in dict.fromkeys(slugs) if slug in known],
        "secret": secret,
        "is_open": found.is_open,
    }


@login_not_required
@never_cache
@require_POST
def code(request: HttpRequest, secret: str) -> HttpResponse:
    """Send a code to the agency's own mailbox."""
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request)
    form, refusal = CodeForm(), ""
    try:
        agency.send_code(found.pk, now)
    except ServiceError as error:
        refusal = str(error)
    context = {
        "form": form,
        "secret": secret,
        "title": form.title,
        "was_sent": not refusal,
        "refusal": refusal,
    }
    return render(request, "agency/code.html", context)


@login_not_required
@never_cache
@require_http_methods(GET_POST)
def accept(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the referral over, as a named person."""

    def act(found: Referral, form: PortalForm, now: datetime) -> object:
        return agency.accept_by_link(found.pk, _person(form, now), now)

    return _end(request, secret, AcceptForm, act)


@login_not_required
@never_cache
@require_http_methods(GET_POST)
def give_back(request: HttpRequest, secret: str) -> HttpResponse:
    """Give the referral back to the council, with the reason."""

    def act(found: Referral, form: PortalForm, now: datetime) -> object:
        return agency.return_by_link(found.pk, _person(form, now), form.cleaned_data["reason"], now)

    return _end(request, secret, ReturnForm, act)


def _person(form: PortalForm, now: datetime) -> Acceptance:
    typed = form.cleaned_data
    return Acceptance(typed["name"], typed["role"], typed["phone"], now)


def _end(
    request: HttpRequest,
    secret: str,
    kind: type[PortalForm],
    act: Callable[[Referral, PortalForm, datetime], object],
) -> HttpResponse:
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request)
    if not _is_open(request, found):
        return redirect("concerns:agency:referral", secret)
    form = kind(request.POST) if request.method == "POST" else kind()
    if request.method == "POST" and form.is_valid():
        try:
            act(found, form, now)
        except ServiceError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("concerns:agency:referral", secret)
    context = {"form": form, "secret": secret, "title": form.title, "concern": found.concern}
    return render(request, "agency/end.html", context, status=422 if form.errors else 200)
