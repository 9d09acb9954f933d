"""What the council's provider says of a person, as far as we believe it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

LONGEST = 100


@dataclass(frozen=True)
class Claims:
    """Who signed in, in the provider's words.

    `subject` is the issuer's own id of the person for us, `external_id` the id that the council's
    directory uses everywhere (Entra's `oid`), or the subject. `email` is empty unless the provider
    is trusted for it. `groups` is None when the token leaves out which groups there are.
    """

    subject: str
    external_id: str
    user_name: str
    name: str
    email: str
    groups: frozenset[str] | None
    is_strong: bool


def read_claims(claims: Mapping[str, Any]) -> Claims:
    """Read the claims of a verified token. Raises `ValueError` for one that names nobody.

    An empty id must never find whoever has none.
    """
    subject = f"{claims['iss']}#{claims['sub']}"
    external_id = _text(claims, "oid") or _text(claims, "sub")
    if not 0 < len(external_id) <= LONGEST:
        raise ValueError("The token does not say whose it is.")
    return Claims(
        subject=subject,
        external_id=external_id,
        user_name=_text(claims, "preferred_username"),
        name=_text(claims, "name"),
        email=_trusted_address(claims),
        groups=_groups(claims),
        is_strong=_is_strong(claims),
    )


def _text(claims: Mapping[str, Any], name: str) -> str:
    value = claims.get(name, "")
    is_usable = isinstance(value, str) and value.isprintable()
    return value.strip() if is_usable and len(value) <= 254 else ""


def _trusted_address(claims: Mapping[str, Any]) -> str:
    """Return the address, if the provider answers for its domain and says that it is verified.

    Entra sends `email_verified` to nobody: what proves an address there is that it is the sign-in
    name, whose domain belongs to the tenant, or `xms_edov`. A guest's address is neither.
    """
    name = _text(claims, "preferred_username").lower()
    email = _text(claims, "email").lower() or name
    domain = email.rpartition("@")[2]
    if "@" not in email or domain not in {item.lower() for item in settings.OIDC_TRUSTED_DOMAINS}:
        return ""
    if str(claims.get("email_verified", "")).lower() == "false":
        return ""
    said = {str(claims.get(key, "")).lower() for key in ("email_verified", "xms_edov")}
    return email if name == email or said & {"true", "1"} else ""


def _groups(claims: Mapping[str, Any]) -> frozenset[str] | None:
    """Return the groups; None when there are too many for the token (Entra's overage).

    Entra then sends `_claim_names` with a pointer instead (`hasgroups` in some flows).
    """
    elsewhere = claims.get("_claim_names")
    is_over = isinstance(elsewhere, dict) and "groups" in elsewhere
    if is_over or claims.get("hasgroups"):
        return None
    groups = claims.get("groups", [])
    return frozenset(group for group in groups if isinstance(group, str) and len(group) <= LONGEST)


def _is_strong(claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr", [])
    used = {method for method in methods if isinstance(method, str)}
    return settings.OIDC_ALWAYS_STRONG or bool(used & set(settings.OIDC_STRONG_METHODS))
