"""Unlocking, proving who one is, "Your sign-in", and signing out everywhere."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.base.internal.flows import post_authentication
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from safeguarding_portal.accounts import factors
from safeguarding_portal.accounts.forms_factors import PasskeyProofForm, PasswordProofForm
from safeguarding_portal.accounts.kept_pages import has_kept_page
from safeguarding_portal.accounts.next_page import next_page
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.sign_ins import sign_ins_of
from safeguarding_portal.accounts.views_factors import passkey_question
from safeguarding_portal.audit.services import record
from safeguarding_portal.http import PersonRequest

HTTP_UNPROCESSABLE, HTTP_LOCKED = 422, 423
GET_POST = ["GET", "HEAD", "POST"]


@require_http_methods(GET_POST)
def unlock(request: PersonRequest) -> HttpResponse:
    """Open the locked screen again: the password, or a passkey, and no second factor."""
    if not request.is_locked:  # type: ignore[attr-defined]
        return HttpResponse(status=204) if _wants_json(request) else redirect(next_page(request))
    return _prove(request, "account/unlock.html", "account.unlocked")


@require_http_methods(GET_POST)
def reauthenticate(request: PersonRequest) -> HttpResponse:
    """Ask who the person is before something dangerous (`fresh_sign_in_required`)."""
    return _prove(request, "account/reauthenticate.html", "account.confirmed")


def _prove(request: PersonRequest, template: str, event: str) -> HttpResponse:
    """Take the password or the answer of a passkey; who has neither signs in again."""
    if "again" in request.POST:
        logout(request)
        return HttpResponseRedirect(
            f"{reverse('account_login')}?{urlencode({'next': next_page(request)}, safe='/')}"
        )
    sent: Any = None
    if "credential" in request.POST:
        sent = PasskeyProofForm(request.POST, user=request.user)
    elif request.method == "POST":
        sent = PasswordProofForm(request.POST, request=request)
    if sent is not None and sent.is_valid():
        _note_proof(request, sent, event)
        return HttpResponse(status=204) if _wants_json(request) else redirect(next_page(request))
    if sent is not None and _wants_json(request):
        words = next(iter(sent.errors.values()))[0]
        return JsonResponse({"error": words}, status=HTTP_UNPROCESSABLE)
    kinds = {factor.kind for factor in factors.factors_of(request.user)}
    context = {
        "form": sent or PasswordProofForm(request=request),
        "has_password": request.user.has_usable_password(),
        "question": passkey_question(request, kinds),
        "next": next_page(request),
        "is_kept": has_kept_page(request),
    }
    return render(request, template, context, status=HTTP_UNPROCESSABLE if sent else 200)


def _note_proof(request: PersonRequest, sent: Any, event: str) -> None:
    if passkey := sent.cleaned_data.get("credential"):
        passkey.user = request.user
        post_authentication(request, passkey, reauthenticated=True)
    else:
        record_authentication(request, request.user, method="password", reauthenticated=True)
    request.person_is_there = True  # type: ignore[attr-defined]
    with transaction.atomic():
        record(event, actor=request.user)


def _wants_json(request: PersonRequest) -> bool:
    """Whether the lock of a page asks, without leaving the page (`lock.mjs`)."""
    return request.headers.get("Accept") == "application/json"


@require_http_methods(GET_POST)
def active(request: PersonRequest) -> HttpResponse:
    """Answer whether the screen is locked; a POST says that the person is typing."""
    if request.is_locked:  # type: ignore[attr-defined]
        return HttpResponse(status=HTTP_LOCKED)
    request.person_is_there = request.method == "POST"  # type: ignore[attr-defined]
    return HttpResponse(status=204)


@require_safe
def your_sign_in(request: PersonRequest) -> HttpResponse:
    """Show how the person signs in, and where they did lately."""
    held = factors.factors_of(request.user)
    context = {
        "factors": [factor for factor in held if factor.kind in factors.REAL],
        "codes_left": sum(factor.left for factor in held),
        "has_password": request.user.has_usable_password(),
        "sign_ins": sign_ins_of(request.user),
    }
    return render(request, "account/your_sign_in.html", context)


@require_http_methods(GET_POST)
@fresh_sign_in_required
def sign_out_everywhere(request: PersonRequest) -> HttpResponse:
    """Ask, then end every session of the person, this one too."""
    now: datetime = timezone.now()
    if request.method != "POST":
        return render(request, "account/sign_out_everywhere.html")
    factors.sign_out_everywhere(request.user, now)
    logout(request)
    return redirect("account_login")
