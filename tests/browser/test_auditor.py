"""An auditor in a browser: the trail, a check, evidence, and a review, with scripts and without."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Involvement
from concerns.services.curiosity import watch_reads
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.chain import public_key_text
from safeguarding_portal.audit.checks import run_check, waiting_checks
from safeguarding_portal.audit.evidence_check import check_text
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.sealing import seal_new_events
from tests.assurance.conftest import happen
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.factories import give_role, make_concern, make_lead, make_team, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def auditor(own_database: str) -> User:
    """Return an auditor, after a day on which somebody read what touches them."""
    person, team = make_user(full_name="Edda Auditor"), make_team()
    give_role(person, Role.AUDITOR)
    reader = make_lead(team, full_name="Kim Reader")
    concern = make_concern(team)
    Involvement.objects.create(concern=concern, part=Involvement.Part.HOUSEHOLD, name="Kim Reader")
    now = timezone.now()
    for minutes in range(60, 0, -1):
        happen("concern.viewed", reader, now - timedelta(minutes=minutes), concern, "192.0.2.7")
    seal_new_events(now)
    watch_reads(now)
    return person


OPTIONS = [
    {"viewport": {"width": 320, "height": 800}, "java_script_enabled": False},
    {"viewport": {"width": 320, "height": 800}},
    {"viewport": {"width": 1280, "height": 800}},
]


@pytest.mark.parametrize("options", OPTIONS, ids=["320px without scripts", "320px", "1280px"])
def test_an_auditor_reads_the_trail_and_takes_evidence_out(
    visit: Visit, auditor: User, options: dict[str, object]
) -> None:
    look = check_page if "java_script_enabled" not in options else not_sideways
    page = visit(auditor, "/more/", **options)
    press(page, "main a:has-text('Audit trail')")
    look(page)
    press(page, "main a:has-text('By person')")
    press(page, "main button")
    look(page)
    assert "Enter a name" in page.inner_text(".govuk-error-summary")
    page.fill("[name=name]", "kim")
    press(page, "main button")
    look(page)
    press(page, "main a:has-text('Kim Reader')")
    look(page)
    assert "Read" in page.inner_text("main table")
    press(page, "text=Earlier events")
    look(page)
    page.click("summary")
    page.fill("[name=address]", "nowhere")
    press(page, "main form button")
    look(page)
    assert "Enter an address like" in page.inner_text(".govuk-error-summary")
    page.fill("[name=address]", "192.0.2.7")
    press(page, "main form button")
    press(page, "text=Take these events out")
    look(page)
    page.check("[name=form][value=evidence]")
    page.fill("[name=reason]", "A complaint.")
    press(page, "main button")
    look(page)
    with page.expect_download() as download:
        page.click("main a:has-text('Download it')")
    text = download.value.path().read_text(encoding="utf-8")
    assert check_text(text, public_key_text()).problems == ()
    page.goto("/audit/readers/")
    look(page)
    press(page, "main table a")
    assert "Kim Reader" in page.inner_text("h1")


def not_sideways(page: Page) -> None:
    """Assert that a page has no sideways scrolling."""
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), page.url


def test_a_check_shows_its_progress_and_what_it_found(visit: Visit, auditor: User) -> None:
    page = visit(auditor, "/audit/check/")
    check_page(page)
    press(page, "main button")
    check_page(page)
    assert "A check is running" in page.inner_text("main")
    (waiting,) = waiting_checks(timezone.now())
    run_check(waiting, timezone.now())
    # The page looks again by itself.
    page.wait_for_selector("#check-state:has-text('It is whole')")
    check_page(page)


def test_a_review_with_the_keyboard_alone(visit: Visit, auditor: User) -> None:
    page = visit(auditor, "/audit/findings/", viewport={"width": 390, "height": 800})
    check_page(page)
    page.focus("main a:has-text('Kim Reader')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit/findings/*/")
    check_page(page)
    assert "the reader's own name" in page.inner_text("main")
    assert "Robin Example" not in page.content()
    page.focus("main button:has-text('Save')")
    page.keyboard.press("Enter")
    page.wait_for_selector(".govuk-error-summary")
    check_page(page)
    page.focus("[name=outcome]")
    page.keyboard.press("Space")
    page.focus("[name=words]")
    page.keyboard.type("Her own task.")
    page.focus("main button:has-text('Save')")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Your review is recorded")
    check_page(page)
    assert "It was right" in page.inner_text("main")


def test_printing_a_record_is_an_event(visit: Visit, auditor: User) -> None:
    team = make_team()
    lead, concern = make_lead(team), make_concern(team)
    page = visit(lead, f"/concerns/{concern.reference}/")
    with page.expect_response(re.compile("/printed/")) as answer:
        page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert answer.value.status == 204
    assert Event.objects.get(name="concern.printed").actor == lead
