"""What is wrong with the settings for who comes in, said at start and not at the first sign-in."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error

from safeguarding_portal.accounts.groups import GroupsError, group_rows
from safeguarding_portal.accounts.models import Team

_NAMES = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
# Issuers that speak for every tenant: anybody's account would be the council's.
_EVERYBODY = frozenset({"common", "organizations", "consumers"})
_LOOPBACK = frozenset({"127.0.0.1", "localhost"})


def check_provider(**kwargs: Any) -> list[CheckMessage]:
    """The provider is set up whole, or not at all, and is one tenant's."""
    given = [name for name in _NAMES if getattr(settings, name)]
    found: list[CheckMessage] = []
    if given and len(given) < len(_NAMES):
        missing = sorted(set(_NAMES) - set(given))
        found.append(Error(f"Set these too, or none: {', '.join(missing)}.", id="accounts.E001"))
    if not given and not settings.LOCAL_PASSWORDS:
        words = "LOCAL_PASSWORDS is off and there is no OIDC_ISSUER: nobody could sign in."
        found.append(Error(words, id="accounts.E002"))
    issuer = urlsplit(settings.OIDC_ISSUER)
    if given and (issuer.scheme != "https" and issuer.hostname not in _LOOPBACK):
        found.append(Error("OIDC_ISSUER must begin with https://.", id="accounts.E003"))
    if _EVERYBODY & set(issuer.path.split("/")):
        words = "OIDC_ISSUER must name the council's own tenant, not every tenant."
        found.append(Error(words, id="accounts.E004"))
    if given and not settings.OIDC_TRUSTED_DOMAINS:
        words = "Set OIDC_TRUSTED_DOMAINS: the e-mail domains that the provider answers for."
        found.append(Error(words, id="accounts.E005"))
    if settings.GROUPS_FROM not in {"token", "scim"}:
        found.append(Error("GROUPS_FROM must be token or scim.", id="accounts.E006"))
    return found + _groups()


def _groups() -> list[CheckMessage]:
    try:
        group_rows()
    except GroupsError as error:
        return [Error(str(error), id="accounts.E007")]
    return []


def check_teams(*, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """The teams that groups lead to exist; asked with `check --database default`."""
    if not databases:
        return []
    try:
        wanted = {row.team for row in group_rows() if row.team}
    except GroupsError:
        return []
    known = set(Team.objects.filter(slug__in=wanted, is_active=True).values_list("slug", flat=True))
    if missing := sorted(wanted - known):
        words = f"OIDC_GROUPS names teams that do not exist: {', '.join(missing)}."
        return [Error(words, id="accounts.E008")]
    return []
