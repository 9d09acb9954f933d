"""The council's OpenID Connect provider, as allauth asks for it.

allauth finds this module by its name (`<app>.provider`). To its own provider it adds what it does
not do: a nonce of its own for each sign-in, the issuer compared, and the token verified whole.
"""

from __future__ import annotations

from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import salted_hmac

from safeguarding_portal.accounts.claims import read_claims
from safeguarding_portal.accounts.id_tokens import IdTokenError, verify

PROVIDER_ID = "council"


def _nonce_of(code_verifier: str) -> str:
    """Return the nonce that belongs to a sign-in's proof key, which only its state holds."""
    return salted_hmac("provider nonce", code_verifier, algorithm="sha256").hexdigest()


class CouncilAdapter(OpenIDConnectOAuth2Adapter):
    """Talks with the provider; whatever it does not prove raises, and nobody is signed in."""

    _nonce = ""

    def get_access_token_data(
        self, request: HttpRequest, app: SocialApp, client: Any, pkce_code_verifier: Any = None
    ) -> dict[str, Any]:
        """Fetch the tokens; the nonce in them must be the one of this sign-in."""
        self._nonce = _nonce_of(str(pkce_code_verifier)) if pkce_code_verifier else ""
        data: dict[str, Any] = super().get_access_token_data(
            request, app, client, pkce_code_verifier
        )
        return data

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """Return the one address that is registered at the provider."""
        return settings.PORTAL_URL + reverse("provider_callback")

    @property
    def openid_config(self) -> dict[str, Any]:
        """Return what the provider says of itself, which must be the one that we asked for."""
        config: dict[str, Any] = super().openid_config
        if str(config.get("issuer", "")).rstrip("/") != settings.OIDC_ISSUER:
            raise IdTokenError("another issuer answers")
        return config

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        """Verify the token, and hand on what it says."""
        config = self.openid_config
        with get_adapter().get_requests_session() as session:
            answer = session.get(config["jwks_uri"])
            answer.raise_for_status()
        claims = verify(
            str(kwargs["response"].get("id_token", "")),
            answer.json(),
            issuer=config["issuer"],
            client_id=app.client_id,
            nonce=self._nonce,
        )
        request.provider_claims = read_claims(claims)  # type: ignore[attr-defined]
        return self.get_provider().sociallogin_from_response(request, claims)


class CouncilProvider(OpenIDConnectProvider):
    """One provider, set up by the environment; it keeps no copy of what a token says."""

    oauth2_adapter_class = CouncilAdapter
    pkce_enabled_default = True

    def get_callback_url(self) -> str:
        """Return our own address."""
        return reverse("provider_callback")

    def extract_uid(self, data: dict[str, Any]) -> str:
        """Return the id that links a person: the issuer is part of it."""
        return read_claims(data).subject

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        """Keep nothing of the token."""
        return {}

    def get_pkce_params(self) -> dict[str, str]:
        """Add the nonce to the proof key that it is made from."""
        params: dict[str, str] = super().get_pkce_params()
        return params | {"nonce": _nonce_of(params["code_verifier"])}

    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Take from the address where to go afterwards, and whether to sign in afresh; no more.

        allauth would also take the scope, further parameters, and "connect", from it.
        """
        next_url = get_next_redirect_url(request)
        return {
            "process": AuthProcess.LOGIN,
            "scope": self.get_scope(),
            "auth_params": {"prompt": "login"} if "again" in request.GET else {},
        } | ({"next_url": next_url} if next_url else {})


provider_classes = [CouncilProvider]
