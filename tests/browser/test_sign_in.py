"""Passkeys, the second step and the idle lock, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from concerns.models import Draft
from safeguarding_portal.accounts.models import User
from tests.accounts.conftest import PASSWORD, with_password
from tests.browser.conftest import Visit, add_cookies, check_page
from tests.browser.journeys import press
from tests.sign_in import with_password_only

CODES = "/accounts/second-factor/recovery-codes/"


@pytest.fixture
def site(own_database: str) -> Iterator[str]:
    """Serve under a name: a browser takes no passkey for a bare address."""
    server = LiveServer("localhost")
    yield server.url
    server.stop()


def add_authenticator(page: Page) -> None:
    """Give the browser a device that knows its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def go(page: Page, button: str, address: str) -> None:
    """Press a button that asks the passkey, and wait for the page it leads to."""
    page.click(f"text={button}")
    page.wait_for_url(lambda url: url == address)


def test_a_lead_sets_up_a_passkey_and_signs_in_with_nothing_else(
    visit: Visit, people: dict[str, User], site: str
) -> None:
    lead = with_password(people["child_lead"])
    page = visit(None, "/accounts/login/?next=/concerns/")
    add_authenticator(page)
    check_page(page)
    expect(page.locator("[data-passkey-error]")).to_be_hidden()
    page.fill("[name=login]", lead.email)
    page.fill("[name=password]", PASSWORD)
    press(page, "main button:has-text('Sign in') >> nth=0")
    assert page.url.endswith("/accounts/second-factor/set-up/?next=/concerns/")
    check_page(page)
    press(page, "text=Use a passkey")
    check_page(page)
    page.fill("[name=name]", "Work laptop")
    go(page, "Add the passkey", f"{site}{CODES}?next=/concerns/")
    press(page, "main button:has-text('Make recovery codes')")
    check_page(page)
    press(page, "text=I have kept them")
    assert page.url == f"{site}/concerns/"
    press(page, "button:has-text('Sign out')")
    page.goto("/accounts/login/?next=/concerns/")
    go(page, "Sign in with a passkey", f"{site}/concerns/")
    page.goto("/accounts/your-sign-in/")
    expect(page.locator("main")).to_contain_text("Work laptop")
    expect(page.locator("main")).to_contain_text("Passkey")
    check_page(page)


def test_after_the_password_a_passkey_is_the_second_step_and_opens_the_lock(
    visit: Visit, people: dict[str, User], site: str
) -> None:
    lead = with_password(people["child_lead"])
    page = visit(lead, "/accounts/second-factor/set-up/passkey/")
    add_authenticator(page)
    page.fill("[name=name]", "Key")
    go(page, "Add the passkey", f"{site}{CODES}?next=/")
    client = Client()
    with_password_only(client, lead)
    add_cookies(page.context, client, site)
    page.goto("/concerns/")
    check_page(page)
    go(page, "Use a passkey", f"{site}/concerns/")
    page.goto("/accounts/reauthenticate/?next=/more/")
    check_page(page)
    go(page, "Use a passkey", f"{site}/more/")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_sign_in_are_accessible_and_narrow(
    visit: Visit, people: dict[str, User], width: int
) -> None:
    lead = with_password(people["child_lead"])
    page = visit(lead, "/accounts/your-sign-in/", viewport={"width": width, "height": 800})
    check_page(page)
    for path in ("second-factor/set-up/app/", "sign-out-everywhere/", "reauthenticate/"):
        page.goto(f"/accounts/{path}")
        check_page(page)
    page.fill("[name=password]", "wrong")
    press(page, "text=Continue")
    check_page(page)


def test_with_scripts_off_the_second_step_and_the_lock_work(
    visit: Visit, people: dict[str, User]
) -> None:
    lead = with_password(people["child_lead"])
    page = visit(lead, "/accounts/second-factor/set-up/app/", java_script_enabled=False)
    expect(page.locator("svg[role=img]")).to_be_visible()
    page.goto("/accounts/second-factor/set-up/passkey/")
    expect(page.locator("main")).to_contain_text("This browser cannot use passkeys")


@pytest.fixture
def _lock() -> Iterator[None]:
    old = settings.IDLE_LOCK_AFTER
    settings.IDLE_LOCK_AFTER = timedelta(minutes=15)
    yield
    settings.IDLE_LOCK_AFTER = old


@pytest.mark.usefixtures("_lock")
@pytest.mark.parametrize("width", [320, 1280])
def test_the_screen_locks_by_itself_and_keeps_what_is_typed_and_not_sent(
    visit: Visit, people: dict[str, User], width: int
) -> None:
    reporter = with_password(people["reporter"])
    draft = Draft.objects.create(owner=reporter, expires_at=timezone.now() + timedelta(days=30))
    page = visit(reporter, "/more/", viewport={"width": width, "height": 800})
    page.clock.install()
    page.goto(f"/report/{draft.pk}/page/what-happened/")
    title = page.title()
    page.fill("[name=account]", "She said it was nothing")
    page.context.clear_cookies(name="active")
    page.clock.fast_forward(15 * 60_000 + 10_000)
    expect(page.locator("#lock-title")).to_be_focused()
    expect(page.locator("[name=account]")).to_be_hidden()
    assert page.title() == "The screen is locked"
    check_page(page)
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#lock-error")).to_have_text("Enter the password of your account")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[name=account]")).to_be_focused()
    assert page.input_value("[name=account]") == "She said it was nothing"
    assert page.title() == title


@pytest.mark.usefixtures("_lock")
def test_a_machine_that_slept_shows_nothing_to_whoever_wakes_it_even_without_a_network(
    visit: Visit, people: dict[str, User]
) -> None:
    page = visit(with_password(people["reporter"]), "/more/")
    page.clock.install()
    page.reload()
    page.context.set_offline(True)
    # Its clock has gone on and its timers have not.
    page.clock.set_system_time(timezone.now() + timedelta(hours=2))
    page.keyboard.press("Shift")
    expect(page.locator("#lock-title")).to_be_focused()
