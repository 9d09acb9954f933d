"""How allauth behaves when the council's provider signs somebody in, or does not."""

from __future__ import annotations

import logging
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from requests import RequestException

from safeguarding_portal.accounts.claims import Claims
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.provider import PROVIDER_ID
from safeguarding_portal.accounts.provider_people import RefusedError, person_of
from safeguarding_portal.audit.services import record

logger = logging.getLogger(__name__)


class SocialAdapter(DefaultSocialAccountAdapter):
    """One provider, from the environment; every way in is judged by `person_of`."""

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """Return the provider of the settings, read anew, and none from the database."""
        if not settings.OIDC_ISSUER:
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id=PROVIDER_ID,
                name="Council account",
                client_id=settings.OIDC_CLIENT_ID,
                secret=settings.OIDC_CLIENT_SECRET,
                settings={"server_url": settings.OIDC_ISSUER, "oauth_pkce_enabled": True},
            )
        ]

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody signs up this way: `person_of` has opened the account, or refused."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Find the person; raise `ImmediateHttpResponse` with the page that says why not."""
        try:
            sociallogin.user = _found_once(request.provider_claims)  # type: ignore[attr-defined]
        except RefusedError as refusal:
            with transaction.atomic():
                detail = {"why": refusal.code}
                record("account.provider_refused", actor_label="visitor", detail=detail)
            raise ImmediateHttpResponse(refused_page(request, str(refusal))) from refusal

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Exception | None = None,
        extra_context: Any = None,
    ) -> None:
        """Answer with our own page, which says what to do and whom to call."""
        raise ImmediateHttpResponse(failed_page(request, exception))


def _found_once(claims: Claims) -> User:
    """Find the person; of two first sign-ins at the same moment the second finds the first's."""
    try:
        return person_of(claims, timezone.now())
    except IntegrityError:
        return person_of(claims, timezone.now())


def failed_page(request: HttpRequest, exception: Exception | None) -> HttpResponse:
    """Return the page for a provider that is away (503), or a sign-in that proves nothing (403)."""
    is_away = isinstance(exception, RequestException)
    logger.warning("sign-in with the provider failed: %s", type(exception).__name__)
    with transaction.atomic():
        why = "away" if is_away else "not_proved"
        record("account.provider_failed", actor_label="visitor", detail={"why": why})
    context = {"is_away": is_away, "has_passwords": settings.LOCAL_PASSWORDS}
    return render(request, "account/provider_failed.html", context, status=503 if is_away else 403)


def refused_page(request: HttpRequest, words: str) -> HttpResponse:
    """Return the page for somebody whom the provider knows and we do not let in."""
    return render(request, "account/provider_refused.html", {"words": words}, status=403)
