"""The whole way of a concern in a real browser, with real mail, at a chosen moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Concern, Report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import ADULT, CHILD, fill, go_on, press, walk
from tests.services import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
FRIDAY_1620 = datetime(2026, 11, 27, 16, 20, tzinfo=UTC)
People = dict[str, User]


def deliver_all() -> None:
    """Deliver what waits, as a worker does, with the real sender."""
    for pk in Message.objects.filter(status="QUEUED").values_list("pk", flat=True):
        deliver_message(pk, timezone.now())


def test_a_child_concern_on_friday_at_1620_shows_the_duty_team_and_reaches_the_trust(
    visit: Visit, people: People, sink: SmtpSink
) -> None:
    with time_machine.travel(FRIDAY_1620, tick=True):
        page = visit(people["reporter"])
        assert walk(page, CHILD, check_page) == 9
        press(page, "text=Send report")
        check_page(page)
        assert "Call 0121 675 4806" in page.inner_text("main")
        deliver_all()
    referral = Message.objects.get(kind="referral")
    assert referral.recipient == "childrens-social-care@example.org"
    assert referral.status == Message.Status.SENT
    assert any("safeguarding referral" in subject for subject in sink.subjects())
    bodies = " ".join(str(message) for message in sink.messages)
    assert "Robin" not in bodies
    assert "hungry" not in bodies


def test_an_adult_concern_at_the_same_minute_shows_the_day_line(
    visit: Visit, people: People, sink: SmtpSink
) -> None:
    with time_machine.travel(FRIDAY_1620, tick=True):
        page = visit(people["reporter"])
        assert walk(page, ADULT, check_page) == 13
        press(page, "text=Send report")
        check_page(page)
        assert "Call 0121 303 1234" in page.inner_text("main")
    assert Concern.objects.get().group == "adult_at_risk"


def test_two_children_and_their_mother_make_three_linked_concerns(
    visit: Visit, people: People
) -> None:
    page = visit(people["reporter"])
    press(page, "text=Report a concern")
    fill(page, {"danger": "no"})
    go_on(page)
    for person in (
        {"group": "child", "age": "4"},
        {"group": "child", "age": "9"},
        {"group": "adult", "age": "31"},
    ):
        fill(page, person)
        is_last = person["group"] == "adult"
        press(page, "text=Continue" if is_last else "text=Save and add another person")
    for _ in range(2):
        fill(page, {"lives": "birmingham", "now": "home"})
        go_on(page)
        fill(page, {"worry": ["emotional"]})
        go_on(page)
    fill(page, {"lives": "birmingham", "now": "home"})
    go_on(page)
    fill(page, {"needs": "yes"})
    go_on(page)
    fill(page, {"worry": ["psychological"]})
    go_on(page)
    fill(page, {"account": "Shouting every night.", "known": "seen", "ongoing": "yes"})
    go_on(page)
    press(page, "text=Go to check and send")
    press(page, "text=Send report")
    report = Report.objects.get()
    groups = sorted(report.concerns.values_list("group", flat=True))
    assert groups == ["adult_at_risk", "child", "child"]
    assert page.locator("text=" + report.reference).first.is_visible()


@pytest.mark.parametrize(
    "options", [{"java_script_enabled": False}, {"viewport": {"width": 320, "height": 640}}]
)
def test_the_journey_works_without_scripts_and_on_a_small_phone(
    visit: Visit, people: People, options: dict[str, object]
) -> None:
    page = visit(people["reporter"], **options)
    look = check_page if "viewport" in options else (lambda page: None)
    walk(page, CHILD, look)
    press(page, "text=Send report")
    assert page.locator("h1").first.inner_text() == "Report sent"
    look(page)


def test_every_page_says_what_is_missing_without_an_axe_violation(
    visit: Visit, people: People
) -> None:
    page = visit(people["reporter"])
    press(page, "text=Report a concern")
    for answers in [*CHILD]:
        go_on(page)
        if page.locator(".govuk-error-summary").count():
            check_page(page)
            link = page.locator(".govuk-error-summary a").first
            target = link.get_attribute("href") or ""
            assert page.locator(target).count() == 1
        fill(page, answers)
        go_on(page)
    assert page.locator("h1").inner_text() == "Check and send your report"


def _tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_the_journey_works_with_the_keyboard_alone(visit: Visit, people: People) -> None:
    page = visit(people["reporter"])
    _tab_to(page, ".govuk-button--start")
    page.keyboard.press("Enter")
    for answers in CHILD:
        page.wait_for_selector("main form")
        before = page.url
        for name, value in answers.items():
            if isinstance(value, list):
                _tab_to(page, f"[name='{name}'][value='{value[0]}']")
                page.keyboard.press("Space")
            elif page.locator(f"[name='{name}'][type=radio]").count():
                _tab_to(page, f"[name='{name}']")
                page.keyboard.press("Space")
                while not page.locator(f"[name='{name}'][value='{value}']").is_checked():
                    page.keyboard.press("ArrowDown")
            else:
                _tab_to(page, f"[name='{name}']")
                page.keyboard.type(value)
        _tab_to(page, "main .govuk-button-group .govuk-button")
        page.keyboard.press("Enter")
        page.wait_for_function("before => location.href !== before", arg=before)
    _tab_to(page, "form[action$='/send/'] button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Report sent")


def test_exit_keeps_the_draft_and_the_reporter_goes_on_elsewhere(
    visit: Visit, people: People
) -> None:
    page = visit(people["reporter"])
    press(page, "text=Report a concern")
    fill(page, {"danger": "no"})
    go_on(page)
    page.close()
    other = visit(people["reporter"])
    check_page(other)
    press(other, "text=Go on with the draft")
    assert other.locator("h1").inner_text() == "Who are you worried about?"


def test_a_double_click_and_a_second_tab_file_one_report(visit: Visit, people: People) -> None:
    page = visit(people["reporter"])
    walk(page, CHILD)
    second = page.context.new_page()
    second.goto(page.url)
    page.dblclick("text=Send report")
    page.wait_for_selector("text=Report sent")
    second.click("text=Send report")
    second.wait_for_selector("text=Report sent")
    assert Report.objects.count() == 1
