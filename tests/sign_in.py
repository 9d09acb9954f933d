"""What "signed in" means to a test or a bench: the one place that makes a session by itself.

    client.force_login(user)                 fully: password and second factor, just now
    with_password_only(client, user)         the second factor is still to come
    pass_second_factor(client)               after a real sign-in with the password

`tests/conftest.py` puts `fully` in the place of Django's own `force_login`; a bench calls it.
"""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from django.http import HttpRequest
from django.test import Client

from safeguarding_portal.accounts import idle
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.second_factor import Method, mark_strong

_django_force_login = Client.force_login


def with_password_only(client: Client, user: User) -> None:
    """Sign the person in as their password does, at this moment."""
    _sign_in(client, user, is_strong=False)


def fully(client: Client, user: Any, backend: str | None = None) -> None:
    """Sign the person in with a second factor too; takes the arguments of Django's own."""
    _sign_in(client, user, is_strong=True, backend=backend)


def pass_second_factor(client: Client) -> None:
    """Mark the session of a person who has signed in through the page."""
    request = HttpRequest()
    request.session = client.session
    mark_strong(request, Method.TOTP)
    request.session.save()


def _sign_in(client: Client, user: Any, *, is_strong: bool, backend: str | None = None) -> None:
    _django_force_login(client, user, backend)
    request = HttpRequest()
    request.session, request.user = client.session, user
    record_authentication(request, user, method="password")
    if is_strong:
        mark_strong(request, Method.TOTP)
    request.session.save()
    client.cookies[idle.cookie_name()] = idle.cookie_value(str(request.session.session_key))
