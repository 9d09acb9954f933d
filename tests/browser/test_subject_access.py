"""Records officers answer a request in a real browser: narrow, wide, and without scripts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import AccessRequest, Concern
from concerns.services.subject_access_gather import gather_waiting
from safeguarding_portal.accounts.models import Role, User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import fill, press
from tests.factories import give_role, make_user
from tests.people.makers import file
from tests.subject_access.conftest import report_about_robin

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
SAVE = "main form button.govuk-button:has-text('Save')"


def officers(people: dict[str, User]) -> tuple[User, User]:
    """Return two records officers, with a report about Robin filed and matched."""
    found = make_user(full_name="Imke Orchard"), make_user(full_name="Desi Quarry")
    for one in found:
        give_role(one, Role.RECORDS_OFFICER)
    file(people["reporter"], report_about_robin(), timezone.now() - timedelta(days=3))
    return found


def new_request(page: Page) -> None:
    """Record a request by Robin, received today."""
    today = timezone.localdate()
    fill(
        page,
        {
            "requester": "self",
            "requester_name": "Robin Example",
            "received_on_day": str(today.day),
            "received_on_month": str(today.month),
            "received_on_year": str(today.year),
            "received_how": "by letter",
            "name": "Robin Example",
            "born_day": "3",
            "born_month": "4",
            "born_year": "2016",
        },
    )
    press(page, SAVE)


def decide_items(page: Page, *, by_selecting: bool) -> None:
    """Decide every item as suggested; take out some words of the account by hand."""
    while page.locator("h1").inner_text() == "What may they see of this?":
        text = page.inner_text("[data-redact-text]")
        withheld = page.is_checked("[name=decision][value=withhold]")
        if withheld:
            page.fill("[name=reason]", "About somebody else")
        else:
            page.check("[name=decision][value=give]")
        if "has a key" in text and not withheld:
            take_out_words(page, by_selecting=by_selecting)
        press(page, SAVE)


def take_out_words(page: Page, *, by_selecting: bool) -> None:
    """Take out "has a key": selected with the mouse, or typed."""
    if by_selecting:
        page.evaluate(
            "() => { const walk = document.createTreeWalker("
            "document.querySelector('[data-redact-text]'), NodeFilter.SHOW_TEXT);"
            "while (walk.nextNode()) { const at = walk.currentNode.data.indexOf('has a key');"
            "if (at >= 0) getSelection().setBaseAndExtent("
            "walk.currentNode, at, walk.currentNode, at + 9); } }"
        )
        page.locator("[data-redact-selection]").dispatch_event("click")
        assert page.input_value("[name=words]") == "has a key"
    else:
        assert page.locator("[data-redact-selection]").is_hidden()
        page.fill("[name=words]", "has a key")
    page.check("[name=exemption][value=crime]")
    page.fill("[name=reason]", "The police ask for it")


@pytest.mark.parametrize(("width", "scripts"), [(320, True), (1280, True), (320, False)])
def test_an_officer_searches_redacts_and_another_checks(
    visit: Visit, people: dict[str, User], width: int, scripts: bool
) -> None:
    officer, second = officers(people)
    options: dict[str, Any] = {
        "viewport": {"width": width, "height": 800},
        "java_script_enabled": scripts,
    }
    page = visit(officer, "/more/", **options)

    def check(shown: Page) -> None:
        if scripts:
            check_page(shown)

    press(page, "text=Requests for personal data")
    check(page)
    press(page, "main a:has-text('Record a request')")
    check(page)
    press(page, SAVE)
    assert page.locator(".govuk-error-summary").is_visible()
    check(page)
    new_request(page)
    check(page)
    press(page, "main a:has-text('Record proof of identity')")
    today = timezone.localdate()
    day = {"day": today.day, "month": today.month, "year": today.year}
    fill(page, {"how": "Passport", **{f"shown_on_{part}": str(n) for part, n in day.items()}})
    press(page, SAVE)
    press(page, "main button:has-text('Look for the person')")
    check(page)
    gather_waiting(timezone.now())
    page.goto(page.url)
    press(page, "main a:has-text('Who was found')")
    check(page)
    press(page, "text=Compare and decide")
    press(page, SAVE)
    check(page)
    page.check("[name=is_person][value=yes]")
    page.fill("[name=reason]", "Same date of birth and address")
    press(page, SAVE)
    press(page, "text=Back")
    press(page, "main button:has-text('Collect what is theirs')")
    gather_waiting(timezone.now())
    page.goto(page.url)
    press(page, "main a.govuk-button:has-text('Items')")
    check(page)
    press(page, "main tbody a >> nth=0")
    check(page)
    decide_items(page, by_selecting=scripts)
    press(page, "text=Back")
    press(page, "main button:has-text('Ask for the second check')")
    other = visit(second, urlsplit(page.url).path, **options)
    press(other, "main button:has-text('Check it')")
    press(other, "main a:has-text('Compare, and answer')")
    text = other.inner_text("main")
    assert "[taken out] [taken out]" not in text
    assert "has a key" in text
    check(other)
    press(other, SAVE)
    check(other)
    other.check("[name=agreed][value=yes]")
    press(other, SAVE)
    request = AccessRequest.objects.get()
    assert request.state == "agreed"
    released = "\n".join(request.items.values_list("released", flat=True))
    assert "has a key" not in released
    assert "Samuel" not in released
    page.goto(page.url)
    press(page, "main button:has-text('Look for changes')")
    gather_waiting(timezone.now())
    page.goto(page.url)
    assert "Nothing has changed in the record" in page.inner_text("main")
    check(page)


@pytest.mark.parametrize("width", [320, 1280])
def test_a_lead_records_a_correction_and_decides_with_the_keyboard(
    visit: Visit, people: dict[str, User], width: int
) -> None:
    officers(people)
    reference = Concern.objects.get().reference
    page = visit(
        people["child_lead"],
        f"/concerns/{reference}/rights/",
        viewport={"width": width, "height": 800},
    )
    check_page(page)
    page.locator("text=Record what somebody says").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    check_page(page)
    press(page, SAVE)
    check_page(page)
    today = timezone.localdate()
    day = {"day": today.day, "month": today.month, "year": today.year}
    fill(page, {"kind": "restrict", "asked_by": "Their mother", "what": "The address is wrong"})
    fill(page, {f"received_on_{part}": str(number) for part, number in day.items()})
    press(page, SAVE)
    press(page, "main a:has-text('Decide')")
    fill(page, {"decision": "agreed", "reason": "The school says so too"})
    press(page, SAVE)
    assert "Its use is restricted since today" in page.inner_text("main")
    check_page(page)
