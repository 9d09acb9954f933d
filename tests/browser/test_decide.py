"""A lead decides: by keyboard alone, without scripts, at 320 px, with no axe violation."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from concerns.models import Concern
from safeguarding_portal.accounts.models import Role, Team, User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.browser.test_triage import file
from tests.factories import give_role, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]


def taken(people: People) -> Concern:
    """File a child's concern and let its lead take it, with every agency's part ended."""
    concern = file(people)
    concern.referrals.update(state="done", escalate_at=None)
    concern.calls.update(needless_at=concern.received_at)
    Concern.objects.filter(pk=concern.pk).update(
        owner=people["child_lead"], taken_at=concern.received_at, state="accepted"
    )
    concern.refresh_from_db()
    return concern


def choose(page: Page, name: str, value: str) -> None:
    """Choose a radio button by keyboard: focus it, press space."""
    page.focus(f"[name={name}][value='{value}']")
    page.keyboard.press("Space")


def submit(page: Page) -> None:
    """Press the page's button by keyboard, and wait for the next page."""
    button = page.locator("main form button[type=submit]").last
    button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.parametrize("options", [{}, {"java_script_enabled": False}], ids=["js", "no js"])
def test_closing_goes_through_a_second_lead_by_keyboard(
    visit: Visit, people: People, options: dict[str, bool]
) -> None:
    concern = taken(people)
    second = make_user(full_name="Sasha Secondlead")
    give_role(second, Role.LEAD, Team.objects.get(pk=concern.team_id))
    page = visit(people["child_lead"], f"/concerns/{concern.reference}/close/", **options)
    submit(page)
    assert page.locator(".govuk-error-summary").is_visible()
    choose(page, "outcome", "no_further_action")
    page.focus("[name=words]")
    page.keyboard.type("Nothing more to do.")
    submit(page)
    assert "Another lead has to agree" in page.inner_text("main")
    page = visit(second, "/concerns/work/", **options)
    link = page.locator(f"main a:has-text('{concern.reference}')")
    link.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    choose(page, "agree", "yes")
    page.focus("[name=reason]")
    page.keyboard.type("I read it all.")
    submit(page)
    concern.refresh_from_db()
    assert (concern.state, concern.outcome) == ("closed", "no_further_action")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_of_deciding_have_no_axe_violation(
    visit: Visit, people: People, width: int
) -> None:
    concern = taken(people)
    page = visit(people["child_lead"], viewport={"width": width, "height": 800})
    base = f"/concerns/{concern.reference}"
    for path in ("close/", "on-hold/", "priority/", "agreement/", "checklist/child/", "task/"):
        page.goto(f"{base}/{path}")
        check_page(page)
    page.goto(f"{base}/task/")
    page.fill("[name=words]", "Ring the school")
    submit(page)
    check_page(page)
    page.goto("/concerns/work/")
    check_page(page)
    page.goto(f"{base}/facts/")
    check_page(page)
    page.check("[name=danger_now][value=yes]")
    submit(page)
    check_page(page)
    page.fill("[name=reason]", "She is alone with him")
    submit(page)
    assert "From P2 to P1" in page.inner_text("main")
    check_page(page)
    press(page, "main a:has-text('Put it on hold')")
    submit(page)
    check_page(page)
