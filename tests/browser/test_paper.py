"""Paper forms and posters in a real browser: small screen, scripts off, keyboard, axe."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from concerns.models import PaperBatch, PaperForm
from safeguarding_portal.accounts.demo import DIRECTORATES
from safeguarding_portal.accounts.models import Directorate, User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import CHILD, fill, go_on

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PHONE = {"viewport": {"width": 320, "height": 640}}


def press(page: Page, words: str) -> None:
    """Choose a button or a link of the page with the keyboard."""
    page.locator("main").get_by_text(words).first.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_forms_are_issued_made_void_and_seen_on_a_small_phone_with_the_keyboard(
    visit: Visit, people: dict[str, User]
) -> None:
    page = visit(people["child_lead"], "/paper/", **PHONE)
    check_page(page)
    press(page, "Issue paper forms")
    press(page, "Issue the forms")
    check_page(page)
    assert page.locator(".govuk-error-summary").count() == 1
    fill(page, {"count": "2", "place": "Library", "holder": people["reporter"].email})
    press(page, "Issue the forms")
    check_page(page)
    assert "2 of 2 not returned" in page.inner_text("main")
    press(page, "Make void")
    press(page, "Make it void")
    check_page(page)
    fill(page, {"reason": "Torn"})
    press(page, "Make it void")
    assert "1 of 2 not returned" in page.inner_text("main")
    press(page, "The rest is still here and blank")
    check_page(page)
    page.goto("/paper/")
    check_page(page)
    press(page, "Enter a paper form")
    check_page(page)
    press(page, "Continue")
    check_page(page)
    assert page.locator(".govuk-error-summary li").count() == 3


def test_a_paper_form_is_entered_and_sent_with_scripts_off(
    visit: Visit, people: dict[str, User]
) -> None:
    lead = visit(people["child_lead"], "/paper/issue/")
    fill(lead, {"count": "1", "place": "Library", "holder": people["reporter"].email})
    lead.click("text=Issue the forms")
    form = PaperForm.objects.get()
    page = visit(people["reporter"], "/", java_script_enabled=False)
    page.click("text=Enter a form that was written on paper")
    page.click("main button")
    assert page.locator(".govuk-error-summary").count() == 1
    PaperBatch.objects.update(issued_at=datetime(2026, 1, 1, tzinfo=UTC))
    fill(page, {"reference": form.reference, "clock": "9am", "name": "Wilma Writer"})
    fill(page, {"day_day": "2", "day_month": "1", "day_year": "2026"})
    page.click("main button")
    for answers in CHILD:
        fill(page, answers)
        go_on(page)
    page.click("text=Send report")
    words = page.inner_text("main")
    assert form.reference in words
    assert "9am on Friday 2 January 2026" in words


def test_the_list_of_posters_is_accessible_on_a_small_phone(
    visit: Visit, own_database: str
) -> None:
    for slug, name in DIRECTORATES.items():
        Directorate.objects.create(slug=slug, name=name)
    page = visit(None, "/get-help-now/", **PHONE)
    check_page(page)
    page.click("text=Print a poster or a pocket card")
    assert "City Housing" in page.inner_text("main")
    check_page(page)
