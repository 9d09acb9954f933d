"""Pages of second factors: asked for at sign-in, set up, taken away, reset for somebody else."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import urlencode

import qrcode
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import clear_totp_secret
from allauth.mfa.webauthn.internal import auth as webauthn
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from safeguarding_portal.accounts import demo_codes, factors
from safeguarding_portal.accounts.forms_factors import (
    AppForm,
    PasskeyForm,
    PasskeyProofForm,
    ResetFactorForm,
    SecondFactorForm,
)
from safeguarding_portal.accounts.kept_pages import has_kept_page
from safeguarding_portal.accounts.next_page import next_page
from safeguarding_portal.accounts.reauthentication import fresh_sign_in_required
from safeguarding_portal.accounts.second_factor import (
    Method,
    ask_always,
    forget_strong,
    is_strong,
    mark_strong,
)
from safeguarding_portal.accounts.selectors import roles_of
from safeguarding_portal.accounts.views import for_inviters
from safeguarding_portal.audit.services import record
from safeguarding_portal.http import PersonRequest

HTTP_UNPROCESSABLE = 422
GET_POST = ["GET", "HEAD", "POST"]


def passkey_question(request: PersonRequest, kinds: set[str]) -> str:
    """Return what the browser must ask a passkey of this person, as JSON; empty without one."""
    if factors.Kind.WEBAUTHN not in kinds:
        return ""
    return json.dumps(webauthn.begin_authentication(request.user), cls=DjangoJSONEncoder)


@require_http_methods(GET_POST)
def second_factor(request: PersonRequest) -> HttpResponse:
    """Ask for the second factor; who has none is led to set one up."""
    if is_strong(request):
        return redirect(next_page(request))
    kinds = {factor.kind for factor in factors.factors_of(request.user)}
    if kinds.isdisjoint(factors.REAL):
        return redirect_with_next("accounts:set_up", request)
    sent = _sent(request)
    if sent is not None and sent.is_valid():
        _pass(request, sent)
        return redirect(next_page(request))
    if sent is not None:
        with transaction.atomic():
            record("account.second_factor_failed", actor=request.user)
    is_code = isinstance(sent, SecondFactorForm)
    context = {
        "form": sent,
        "code_form": sent if is_code else SecondFactorForm(user=request.user),
        "question": passkey_question(request, kinds),
        "next": next_page(request),
        "is_kept": has_kept_page(request),
        "demo_code": demo_codes.code_for(request.user),
    }
    status = 200 if sent is None else HTTP_UNPROCESSABLE
    return render(request, "account/second_factor.html", context, status=status)


def _sent(request: PersonRequest) -> SecondFactorForm | PasskeyProofForm | None:
    """Return what was sent as a second factor: the answer of a passkey, or a code."""
    if request.method != "POST":
        return None
    if "credential" in request.POST:
        return PasskeyProofForm(request.POST, user=request.user)
    return SecondFactorForm(request.POST, user=request.user)


def _pass(request: PersonRequest, sent: SecondFactorForm | PasskeyProofForm) -> None:
    """Mark the session, under a new key, and record how it was done."""
    used: Authenticator = (
        sent.authenticator
        if isinstance(sent, SecondFactorForm)
        else sent.cleaned_data["credential"]
    )
    used.user = request.user
    post_authentication(request, used, reauthenticated=True)
    request.session.cycle_key()
    mark_strong(request, Method(used.type))
    with transaction.atomic():
        record("account.second_factor_passed", actor=request.user, detail={"kind": used.type})


def redirect_with_next(url_name: str, request: PersonRequest) -> HttpResponse:
    """Lead to a page of sign-in, and keep in mind where the person wanted to go."""
    query = urlencode({"next": next_page(request)}, safe="/")
    return redirect(f"{reverse(url_name)}?{query}")


def _may_change(request: PersonRequest) -> bool:
    """Whether second factors may be changed: not before the one there is has been passed.

    The gates do not ask a session that is older than a reporter's first factor.
    """
    return is_strong(request) or not factors.has_factor(request.user)


@require_http_methods(["GET", "HEAD"])
def set_up(request: PersonRequest) -> HttpResponse:
    """Say why a second factor is needed, and offer the ways."""
    if not _may_change(request):
        return redirect_with_next("accounts:second_factor", request)
    is_required = not is_strong(request) and bool(roles_of(request.user))
    context = {"next": next_page(request), "is_required": is_required}
    return render(request, "account/set_up.html", context)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def set_up_app(request: PersonRequest) -> HttpResponse:
    """Show the secret of a new authenticator app, and take its first code."""
    if not _may_change(request):
        return redirect_with_next("accounts:second_factor", request)
    form = AppForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        factors.add_app(request.user, form.secret, timezone.now())
        clear_totp_secret(request)
        return _after_adding(request, Method.TOTP)
    address = get_mfa_adapter().build_totp_url(request.user, form.secret)
    context = {
        "form": form,
        "next": next_page(request),
        "secret": " ".join(form.secret[i : i + 4] for i in range(0, len(form.secret), 4)),
        "address": address,
        "qr": qr_path(address),
    }
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    return render(request, "account/set_up_app.html", context, status=status)


def qr_path(text: str) -> dict[str, object]:
    """Return a QR code as the path of an SVG drawing and the length of its side, in modules."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    matrix = code.get_matrix()
    path = "".join(
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark
    )
    return {"path": path, "side": len(matrix)}


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def set_up_passkey(request: PersonRequest) -> HttpResponse:
    """Have the browser make a passkey."""
    if not _may_change(request):
        return redirect_with_next("accounts:second_factor", request)
    form = PasskeyForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        factors.add_passkey(request.user, typed["name"], typed["credential"], timezone.now())
        return _after_adding(request, Method.PASSKEY)
    question = webauthn.begin_registration(request.user, True)
    context = {
        "form": form,
        "next": next_page(request),
        "question": json.dumps(question, cls=DjangoJSONEncoder),
    }
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    return render(request, "account/set_up_passkey.html", context, status=status)


def _after_adding(request: PersonRequest, method: Method) -> HttpResponse:
    """Go on as somebody who has just shown the new factor; with recovery codes, if there are none.

    Whoever stands here has either passed an earlier second factor or had none.
    """
    if not is_strong(request):
        request.session.cycle_key()
        mark_strong(request, method)
    ask_always(request)
    messages.success(request, "Your second factor is set up.")
    kinds = {factor.kind for factor in factors.factors_of(request.user)}
    if factors.Kind.RECOVERY_CODES not in kinds:
        return redirect_with_next("accounts:recovery_codes", request)
    return redirect("accounts:your_sign_in")


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def recovery_codes(request: PersonRequest) -> HttpResponse:
    """Make recovery codes and show them, once; those of before stop working."""
    if not _may_change(request):
        return redirect_with_next("accounts:second_factor", request)
    held = factors.factors_of(request.user)
    if not any(factor.kind in factors.REAL for factor in held):
        return redirect("accounts:set_up")
    context: dict[str, Any] = {
        "codes": [],
        "next": next_page(request),
        "left": sum(factor.left for factor in held),
    }
    if request.method == "POST":
        context["codes"] = factors.new_recovery_codes(request.user, timezone.now())
    return render(request, "account/recovery_codes.html", context)


@require_http_methods(GET_POST)
@fresh_sign_in_required(reads=True)
def remove(request: PersonRequest, pk: int) -> HttpResponse:
    """Ask, then take an app or a passkey of one's own away."""
    if not _may_change(request):
        return redirect_with_next("accounts:second_factor", request)
    held = {f.pk: f for f in factors.factors_of(request.user) if f.kind in factors.REAL}
    if pk not in held:
        raise Http404
    is_last = len(held) == 1
    if request.method != "POST":
        needs_one = is_last and bool(roles_of(request.user))
        context = {"factor": held[pk], "is_last": is_last, "needs_one": needs_one}
        return render(request, "account/remove_factor.html", context)
    if not factors.remove_factor(request.user, pk, timezone.now()):
        forget_strong(request)
    messages.success(request, f"{held[pk].name} is removed.")
    return redirect("accounts:your_sign_in")


@require_http_methods(GET_POST)
@for_inviters
@fresh_sign_in_required(reads=True)
def reset(request: PersonRequest) -> HttpResponse:
    """Reset the second factor of somebody else, who can no longer use theirs."""
    now = timezone.now()
    form = ResetFactorForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        person = factors.resettable(request.user, typed["email"], now)
        if person is None:
            form.add_error(
                "email",
                "You cannot reset this person’s second factor. Check the address, or ask the "
                "corporate safeguarding lead",
            )
        else:
            factors.reset_factors(request.user, person, factors.Reason(typed["reason"]), now)
            messages.success(request, f"{person} can sign in and set up a new second factor.")
            return redirect("accounts:reset_factor")
    status = HTTP_UNPROCESSABLE if form.is_bound else 200
    return render(request, "account/reset_factor.html", {"form": form}, status=status)
