"""Signing in with the council's account: there, and back."""

from __future__ import annotations

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.account.views import LoginView
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from requests import RequestException

from safeguarding_portal.accounts.forms_codes import SignInCodeForm
from safeguarding_portal.accounts.id_tokens import IdTokenError
from safeguarding_portal.accounts.provider import PROVIDER_ID, CouncilAdapter
from safeguarding_portal.accounts.sign_in_codes import person_of_code
from safeguarding_portal.accounts.social import failed_page

# Whatever a provider that is away, broken or forged can raise while we talk with it.
FAULTS = (RequestException, OAuth2Error, IdTokenError, KeyError, TypeError, ValueError)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for a password where the council has them, else lead to the provider."""
    if settings.LOCAL_PASSWORDS:
        context = {"has_provider": bool(settings.OIDC_ISSUER)}
        answer: HttpResponse = LoginView.as_view(extra_context=context)(request)
        return answer
    return render(request, "account/sign_in_provider.html")


@login_not_required
@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Lead to the provider, with state, nonce and the proof key of this one sign-in."""
    return _with_provider(request, OAuth2LoginView)


@login_not_required
@never_cache
@require_safe
def callback(request: HttpRequest) -> HttpResponse:
    """Take what the provider says, and sign the person in, or say why not."""
    return _with_provider(request, OAuth2CallbackView)


def _with_provider(
    request: HttpRequest, view: type[OAuth2LoginView | OAuth2CallbackView]
) -> HttpResponse:
    if not settings.OIDC_ISSUER:
        raise Http404
    try:
        answer: HttpResponse = view.adapter_view(CouncilAdapter(request, PROVIDER_ID))(request)
    except FAULTS as fault:
        return failed_page(request, fault)
    return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Let in whoever has a code from the command line (`manage.py sign_in_code`)."""
    form = SignInCodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        typed = form.cleaned_data
        user = person_of_code(typed["email"], typed["code"], timezone.now())
        if user is not None:
            record_authentication(request, user, method="code")
            answer: HttpResponse = perform_login(request, user, email_verification="none")
            return answer
        form.add_error("code", "This code does not work. Ask for a new one")
    status = 422 if form.is_bound else 200
    return render(request, "account/sign_in_code.html", {"form": form}, status=status)
