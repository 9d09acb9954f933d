"""A reporter and a lead talk in two browsers; by keyboard, without scripts, and at 320 px."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Concern, Draft
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import Role, User
from tests.answers import CHILD
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.factories import give_role, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]
SEND = "main form[novalidate] button[type=submit]:not([name])"


def file(people: People) -> Concern:
    """File a report as the reporter."""
    now = timezone.now()
    draft = Draft.objects.create(
        owner=people["reporter"], answers=CHILD, expires_at=now + timedelta(days=30)
    )
    return submit_report(draft.pk, people["reporter"], now).concerns.get()


def tab_to(page: Page, words: str) -> None:
    """Go to a link or button by keyboard alone."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in str(page.evaluate("document.activeElement.innerText")):
            return
    raise AssertionError(f"{words} cannot be reached by keyboard")


def enter(page: Page) -> None:
    """Press Enter and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_reporter_and_a_lead_talk_and_disagree_in_two_browsers(
    visit: Visit, people: People
) -> None:
    concern = file(people)
    options, look = {"viewport": {"width": 320, "height": 700}}, check_page
    reporter = visit(people["reporter"], **options)
    press(reporter, f"main a:has-text('{concern.report.reference}')")
    look(reporter)
    press(reporter, "main a:has-text('Write a message')")
    press(reporter, SEND)
    look(reporter)
    assert reporter.locator(".govuk-error-summary").is_visible()
    reporter.fill("[name=text]", "Robin was not at school today.")
    press(reporter, SEND)
    lead = visit(people["child_lead"], f"/concerns/{concern.reference}/conversation/", **options)
    look(lead)
    assert "Robin was not at school today." in lead.inner_text("main")
    press(lead, "main a:has-text('Write to the reporter')")
    look(lead)
    lead.check("[name=kind][value=feedback]")
    lead.fill("[name=text]", "The Trust has it.")
    press(lead, SEND)
    reporter.goto("/")
    assert "New word for you" in reporter.inner_text("main")
    press(reporter, f"main a:has-text('{concern.report.reference}')")
    look(reporter)
    assert "The Trust has it." in reporter.inner_text("main")
    press(reporter, "main a:has-text('Disagree with a decision')")
    look(reporter)
    reporter.check("[name=danger][value=no]")
    reporter.check("[name=about][value=decision]")
    reporter.fill("[name=text]", "Somebody should visit.")
    press(reporter, SEND)
    look(reporter)
    press(lead, "nav a:has-text('Disagreement')")
    look(lead)
    press(lead, "main a:has-text('Write the outcome')")
    look(lead)
    lead.check("[name=agreed][value=yes]")
    lead.fill("[name=outcome]", "We agreed that the Trust visits.")
    lead.fill("[name=told]", "Somebody visits tomorrow.")
    press(lead, SEND)
    look(lead)
    reporter.reload()
    assert "Somebody visits tomorrow." in reporter.inner_text("main")
    assert "We agreed that" not in reporter.inner_text("main")


def test_danger_is_added_by_keyboard_alone_and_shows_999_first(
    visit: Visit, people: People
) -> None:
    concern = file(people)
    page = visit(people["reporter"], f"/reports/{concern.report.reference}/")
    tab_to(page, "Add information or a correction")
    enter(page)
    page.focus("[name=danger][value=yes]")
    page.keyboard.press("Space")
    page.focus("[name=kind][value=information]")
    page.keyboard.press("Space")
    page.focus("[name=text]")
    page.keyboard.type("He is at the door.")
    tab_to(page, "Send")
    enter(page)
    check_page(page)
    assert page.locator(".portal-help__number").first.inner_text() == "Call 999"
    page.goto(f"/reports/{concern.report.reference}/")
    tab_to(page, "Nobody has told me anything")
    enter(page)
    check_page(page)
    assert "We have told the people" in page.inner_text("main")
    concern.refresh_from_db()
    assert concern.priority == 1


def test_without_scripts_everything_that_was_said_arrives(visit: Visit, people: People) -> None:
    concern = file(people)
    off = {"java_script_enabled": False}
    reporter = visit(people["reporter"], f"/reports/{concern.report.reference}/", **off)
    press(reporter, "main a:has-text('Add a call you made')")
    reporter.check("[name=agency][value=childrens-social-care]")
    reporter.check("[name=through][value=yes]")
    reporter.fill("[name=text]", "They took it down.")
    press(reporter, SEND)
    press(reporter, "main button:has-text('Nobody has told me anything')")
    assert "We have told the people" in reporter.inner_text("main")
    lead = visit(people["child_lead"], f"/concerns/{concern.reference}/conversation/", **off)
    assert "They took it down." in lead.inner_text("main")
    press(lead, "main a:has-text('Write to the reporter')")
    lead.check("[name=kind][value=message]")
    lead.fill("[name=text]", "I am ringing you now.")
    press(lead, SEND)
    reporter.reload()
    assert "I am ringing you now." in reporter.inner_text("main")


def test_a_manager_sees_the_gaps_and_changes_ladder_rota_and_absence(
    visit: Visit, people: People
) -> None:
    manager = make_user(full_name="Mary Manager")
    team = people["child_lead"].memberships.get().team
    give_role(manager, Role.TRIAGE_MANAGER, team)
    page = visit(manager, "/cover/", viewport={"width": 320, "height": 800})
    check_page(page)
    assert "no corporate safeguarding lead" in page.inner_text("main")
    press(page, "main a:has-text('Ladders')")
    check_page(page)
    press(page, "main a:has-text('Change') >> nth=0")
    check_page(page)
    page.uncheck("[name=step_5][value=director]")
    press(page, SEND)
    check_page(page)
    page.check("[name=step_5][value=corporate_lead]")
    press(page, SEND)
    check_page(page)
    for path in ("/cover/duty/", "/cover/duty/new/", "/accounts/absences/new/"):
        page.goto(path)
        check_page(page)
        if path.endswith("new/"):
            press(page, SEND)
            check_page(page)
