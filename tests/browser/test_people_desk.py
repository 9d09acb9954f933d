"""The pages about people in a browser: found, given a role, closed; and the ways to sign in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Concern
from safeguarding_portal.accounts.models import Membership, Role, Team, User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.factories import give_role, make_concern, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 320, "height": 800}, "java_script_enabled": False},
        {"viewport": {"width": 1280, "height": 800}},
    ],
    ids=["without JavaScript at 320px", "with JavaScript"],
)
def test_the_corporate_lead_finds_somebody_gives_a_role_and_closes_the_account(
    visit: Visit, people: People, options: dict[str, object]
) -> None:
    corporate, lead = make_user(full_name="Corin Corporate"), people["child_lead"]
    give_role(corporate, Role.CORPORATE_LEAD)
    team = Team.objects.get(memberships__user=lead)
    make_concern(team, owner=lead, taken_at=timezone.now())
    page = visit(corporate, "/accounts/people/", **options)
    seen(page, options)
    page.fill("[name=text]", "childlead")
    press(page, "button:has-text('Show')")
    press(page, "main a:has-text('Chris Childlead')")
    seen(page, options)
    press(page, "main a:has-text('Give a role')")
    press(page, "button:has-text('Give the role')")
    assert "Select the role" in page.inner_text(".govuk-error-summary")
    seen(page, options)
    page.check("[name=role][value=auditor]")
    press(page, "button:has-text('Give the role')")
    assert Membership.objects.filter(user=lead, role=Role.AUDITOR).exists()
    press(page, "main a:has-text('Change details')")
    seen(page, options)
    page.go_back()
    press(page, "main a:has-text('Close this account')")
    assert "1 open concern" in page.inner_text("main")
    seen(page, options)
    press(page, "button:has-text('Close the account')")
    assert "This account is closed" in page.inner_text("main")
    seen(page, options)
    assert Concern.objects.get().owner is None
    page.goto("/accounts/people/leavers/")
    page.check("[name=kind][value=everybody]")
    page.fill("[name=rows]", f"email\n{corporate.email}")
    press(page, "button:has-text('Check the list')")
    seen(page, options)
    press(page, "button:has-text('Close')")
    assert "so many have left" in page.inner_text(".govuk-error-summary")
    seen(page, options)


@pytest.mark.parametrize("path", ["/accounts/login/", "/accounts/code/", "/accounts/council/"])
def test_the_ways_to_sign_in_stand_at_320_pixels(
    visit: Visit, people: People, settings: object, path: str
) -> None:
    settings.OIDC_ISSUER = "http://127.0.0.1:1"  # type: ignore[attr-defined]
    settings.LOCAL_PASSWORDS = False  # type: ignore[attr-defined]
    options: dict[str, object] = {"viewport": {"width": 320, "height": 800}}
    seen(visit(None, path, **options), options)


def seen(page: Page, options: dict[str, object]) -> None:
    """Look at the page as everybody must be able to; axe needs scripts."""
    if folder := os.environ.get("SHOTS"):
        width = page.viewport_size["width"] if page.viewport_size else 0
        number = len(list(Path(folder).iterdir()))
        page.screenshot(path=f"{folder}/{number:02}_{width}.png", full_page=True)
    if "java_script_enabled" not in options:
        check_page(page)
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, page.url
