"""The agency's pages: nothing is shown before the code, and accepting is a POST with a name.

Mail scanners follow links; a GET here reads nothing out and changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from concerns.agency.forms import AcceptForm, CodeForm, ReturnForm
from concerns.files.views import content_response
from concerns.models import Referral
from concerns.selectors.body_map import body_map_of
from concerns.selectors.files import shared_files
from concerns.selectors.pack import referral_pack
from concerns.services import agency
from concerns.services.custody import Acceptance
from concerns.services.errors import ServiceError
from concerns.services.file_shares import download_shared
from concerns.services.pack import CONTENT_TYPES, download_pack
from safeguarding_portal.design_system.forms import PortalForm
from safeguarding_portal.http import GET_POST

COOKIE = "agency"
SCHEMA = Path(__file__).resolve().parent / "referral-pack.schema.json"
# After the code the pages stay open in this browser for an hour.
OPEN_FOR = timedelta(hours=1)


def _dead(request: HttpRequest, secret: str, now: datetime) -> HttpResponse:
    """Say that a link opens nothing: too old, withdrawn, or unknown; never of what it was."""
    fate = agency.fate_of_link(secret, now)
    status = 404 if fate == "unknown" else 410
    return render(request, "agency/dead.html", {"fate": fate}, status=status)


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
        return _dead(request, secret, now)
    if _is_open(request, found):
        agency.record_look(found)
        return render(request, "agency/referral.html", _context(found, secret, now))
    form = CodeForm(request.POST) if request.method == "POST" else CodeForm()
    if request.method == "POST" and form.is_valid():
        try:
            if agency.open_with_code(found.pk, form.cleaned_data["code"], now):
                return _let_in(request, found, secret)
        except ServiceError as refusal:
            form.add_error("code", str(refusal))
        else:
            form.add_error("code", "That code is wrong or too old. Check it, or ask for a new one")
    context = {"form": form, "secret": secret, "title": form.title}
    return render(request, "agency/code.html", context, status=422 if form.errors else 200)


def _let_in(request: HttpRequest, found: Referral, secret: str) -> HttpResponse:
    """Remember in this browser that the code was typed, and show the referral."""
    response = redirect("concerns:agency:referral", secret)
    response.set_cookie(
        COOKIE,
        signing.dumps(found.link_hash, salt=COOKIE),
        max_age=OPEN_FOR,
        httponly=True,
        secure=request.is_secure(),
        samesite="Strict",
        # One for each link: two referrals can be open side by side.
        path=reverse("concerns:agency:referral", args=[secret]),
    )
    return response


def _context(found: Referral, secret: str, now: datetime) -> dict[str, Any]:
    """Return what the agency may see: the pack of this referral, nothing else."""
    pack = referral_pack(found, now)
    shown = body_map_of(found.concern) if pack["body_map"] else None
    return {
        "referral": found,
        "concern": found.concern,
        "pack": pack,
        "body_map": shown,
        "views": shown.views if shown else [],
        "files": shared_files(found),
        "secret": secret,
        "is_open": found.is_open,
        "was_returned": found.state == Referral.State.RETURNED,
    }


@login_not_required
@never_cache
@require_GET
def pack(request: HttpRequest, secret: str, form: str) -> HttpResponse:
    """Give the referral pack as a file, to a browser in which the code was typed."""
    if form not in CONTENT_TYPES:
        raise Http404
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request, secret, now)
    if not _is_open(request, found):
        return redirect("concerns:agency:referral", secret)
    response = HttpResponse(download_pack(found, form, now), content_type=CONTENT_TYPES[form])
    name = f"referral-{found.concern.reference}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@login_not_required
@never_cache
@require_GET
def file(request: HttpRequest, secret: str, file_id: UUID) -> HttpResponseBase:
    """Give a file that a lead shared, to a browser in which the code was typed."""
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request, secret, now)
    if not _is_open(request, found):
        return redirect("concerns:agency:referral", secret)
    return content_response(request, download_shared(found, file_id, now))


@login_not_required
@require_safe
def pack_schema(request: HttpRequest) -> HttpResponse:
    """Publish the schema of the JSON pack, version 1."""
    return HttpResponse(SCHEMA.read_bytes(), content_type="application/schema+json")


@login_not_required
@never_cache
@require_POST
def code(request: HttpRequest, secret: str) -> HttpResponse:
    """Send a code to the agency's own mailbox."""
    now = timezone.now()
    found = agency.find_referral(secret, now)
    if found is None:
        return _dead(request, secret, now)
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

    def act(found: Referral, form: Any, now: datetime) -> object:
        return agency.return_by_link(found.pk, _person(form, now), form.whole_reason(), now)

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
        return _dead(request, secret, now)
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
