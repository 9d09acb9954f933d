"""People to sign in as, and the cache of the throttle cleared before each test."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from safeguarding_portal.accounts.models import User
from tests.factories import make_user

PASSWORD = "brass kettle forty seven"


@pytest.fixture(autouse=True)
def _no_old_tries(settings: Any) -> None:
    # Argon2 is slow on purpose; these tests are about who may try, not about hashing.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    cache.clear()


def with_password(user: User) -> User:
    """Let the person sign in with `PASSWORD`."""
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@pytest.fixture
def officer(db: None) -> User:
    """A person without any role, who can sign in."""
    return with_password(make_user())


def sign_in(client: Client, email: str, password: str = PASSWORD, address: str = "10.0.0.1") -> int:
    """Send the sign-in form; 302 when it worked, 200 with an error when not."""
    sent = client.post(
        "/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address
    )
    return sent.status_code
