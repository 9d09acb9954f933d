"""A fresh sign-in before something dangerous, and what was sent comes back."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from concerns.models import AccessGrant
from safeguarding_portal.accounts.dangerous import ASKS_FOR_FRESH_SIGN_IN
from safeguarding_portal.accounts.models import KeptPage
from safeguarding_portal.accounts.passwords import breached
from tests.accounts.conftest import PASSWORD, with_password
from tests.factories import make_concern, make_lead, make_team

START = "2026-11-24T10:00:00Z"
ASKED = "/accounts/reauthenticate/"


def asking(resolver: URLResolver, prefix: str = "") -> set[str]:
    """Return the names of the addresses whose view asks for a fresh sign-in."""
    found = set()
    for item in resolver.url_patterns:
        if isinstance(item, URLResolver):
            found |= asking(item, f"{prefix}{item.namespace}:" if item.namespace else prefix)
        elif isinstance(item, URLPattern) and _asks(item.callback):
            found.add(f"{prefix}{item.name}")
    return found


def _asks(view: Any) -> bool:
    while view is not None:
        if getattr(view, "asks_for_fresh_sign_in", False):
            return True
        view = getattr(view, "__wrapped__", None)
    return False


def test_the_table_and_the_views_agree() -> None:
    assert asking(get_resolver()) == set(ASKS_FOR_FRESH_SIGN_IN)


@pytest.mark.django_db
def test_what_was_sent_is_kept_and_done_once_after_the_password(settings: Any) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
    with time_machine.travel(START, tick=False) as clock:
        team = make_team()
        lead = with_password(make_lead(team))
        concern = make_concern(team)
        grant = AccessGrant.objects.create(
            concern=concern,
            user=make_lead(make_team()),
            granted_by=lead,
            granted_at=timezone.now(),
            reason="Joint work",
        )
        path = f"/concerns/{concern.reference}/access/revoke/{grant.pk}/"
        client = Client()
        client.force_login(lead)
        clock.shift(5 * 60)
        assert client.post(path)["Location"] == f"{ASKED}?next={path}"
        assert KeptPage.objects.get().owner == lead
        page = client.get(f"{ASKED}?next={path}").content.decode()
        assert "nothing has happened yet" in page
        assert client.post(ASKED, {"password": "wrong", "next": path}).status_code == 422
        assert client.post(ASKED, {"password": PASSWORD, "next": path})["Location"] == path
        assert "Do it now" in client.get(path).content.decode()
        assert client.post(path)["Location"].endswith("/access/")
        assert not KeptPage.objects.exists()


@pytest.mark.django_db
def test_a_page_to_fill_in_asks_before_anything_is_typed_and_counts_for_five_minutes(
    settings: Any,
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
    with time_machine.travel(START, tick=False) as clock:
        lead = with_password(make_lead(make_team()))
        client = Client()
        client.force_login(lead)
        path = "/concerns/open-in-an-emergency/"
        assert client.get(path).status_code == 200
        clock.shift(5 * 60)
        assert client.get(path)["Location"] == f"{ASKED}?next={path}"
        client.post(ASKED, {"password": PASSWORD})
        clock.shift(5 * 60 - 1)
        assert client.get(path).status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example.org/", "//evil.example.org", "javascript:alert(1)", "\\\\x"]
)
def test_it_leads_to_no_other_site(elsewhere: str) -> None:
    lead = with_password(make_lead(make_team()))
    client = Client()
    client.force_login(lead)
    assert client.post(ASKED, {"password": PASSWORD, "next": elsewhere})["Location"] == "/"


@pytest.mark.parametrize(
    "password",
    ["1q2w3e4r5t6y", "1Q2W3E4R5T6Y", "Liverpool2024!!", "Password1234!", "123456789012345"],
)
def test_breached_and_decorated_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationError) as refused:
        validate_password(password)
    assert "stolen or common passwords" in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    "password", ["Birmingham-Council-2026", "safeguardinglead!", "ChildrensTrust1"]
)
def test_a_password_made_of_the_councils_own_words_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password)
    validate_password(f"{password} heron kettle")


def test_three_words_of_ones_own_are_taken_and_the_list_is_whole() -> None:
    validate_password("brass kettle forty seven")
    assert len(breached()) == 43_940
