"""The second factor of invented people: a secret anybody can work out, shown only in a demo.

A demo person with a role must enter a code like everybody else; the page that asks for it shows
the code, since there is no phone. Outside `PORTAL_MODE=demo` nothing here answers, and the people
do not exist.
"""

from __future__ import annotations

import base64
import hmac

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.conf import settings
from django.core.cache import cache

from safeguarding_portal.accounts.demo import DEMO_PASSWORD, PEOPLE
from safeguarding_portal.accounts.forms_factors import used_key
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.second_factor import Method

_WITH_ROLES = frozenset(person.email for person in PEOPLE if person.roles)


def secret_of(email: str) -> str:
    """Return the secret of a demo person's app, made from the address and the demo password."""
    digest = hmac.digest(DEMO_PASSWORD.encode(), email.encode(), "sha1")
    return base64.b32encode(digest).decode()


def give_app(user: User) -> None:
    """Give a demo person with a role their app, if they have none; safe to run twice."""
    if user.email not in _WITH_ROLES:
        return
    if not Authenticator.objects.filter(user=user, type=Method.TOTP).exists():
        totp.TOTP.activate(user, secret_of(user.email))


def code_for(user: User) -> str:
    """Return a code that the demo person can enter now; empty for everybody else.

    The first that was not used yet, so that two sign-ins within half a minute both work.
    """
    if not settings.IS_DEMO or user.email not in _WITH_ROLES:
        return ""
    before, now, after = totp.yield_hotp_counters_from_time()
    for counter in (now, after, before):
        code = totp.format_hotp_value(totp.hotp_value(secret_of(user.email), counter))
        if cache.get(used_key(user.pk, code)) is None:
            return code
    return ""
