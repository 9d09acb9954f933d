"""Judging an ID token: signed by the provider, for us, for this sign-in, and still valid.

    verify(token, keys, issuer=..., client_id=..., nonce=...) -> dict

allauth trusts a token that it fetched itself over TLS without looking at its signature, which the
standard allows (OpenID Connect Core 3.1.3.7). Here a token opens records about children: signature,
issuer, audience, time and nonce are all checked.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

# Public keys only: with "none" or a shared secret a token could be made by anybody, or by us.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
REQUIRED = ("iss", "aud", "exp", "iat", "sub", "nonce")
# How far the clocks of two well-kept servers may differ, in seconds.
LEEWAY = 60


class IdTokenError(Exception):
    """The token proves nothing; the text says why, for the log, and quotes nothing of it."""


def verify(
    token: str, keys: Mapping[str, Any], *, issuer: str, client_id: str, nonce: str
) -> dict[str, Any]:
    """Return what the token says, or raise `IdTokenError`; `keys` is the provider's key set."""
    try:
        header = jwt.get_unverified_header(token)
        known = jwt.PyJWKSet.from_dict(dict(keys))
        key = known[header.get("kid", "")]
        claims: dict[str, Any] = jwt.decode(
            token,
            key=key,
            algorithms=[name for name in ALGORITHMS if name == header.get("alg")],
            issuer=issuer,
            audience=client_id,
            leeway=LEEWAY,
            options={"require": list(REQUIRED)},
        )
    except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
        raise IdTokenError(type(error).__name__) from error
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
        raise IdTokenError("meant for another client")
    if not nonce or not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
        raise IdTokenError("nonce of another sign-in")
    return claims
