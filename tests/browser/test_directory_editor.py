"""An editor's change from draft to approved to live at its minute, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from playwright.sync_api import Page

from contacts.services import publish_version
from contacts.snapshot import SHIPPED, read_versions
from safeguarding_portal.accounts.models import Role, User
from tests.browser.conftest import Visit, check_page
from tests.factories import give_role, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
# A Tuesday; the change starts that afternoon at three.
NOW = datetime(2026, 12, 1, 10, tzinfo=UTC)
START = datetime(2026, 12, 1, 15, tzinfo=UTC)


@pytest.fixture
def editors(own_database: str, tmp_path: Path) -> Iterator[tuple[User, User]]:
    """Publish the shipped directory, and return two people who may edit it."""
    old: Any = settings.CONTACTS_SNAPSHOT
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    publish_version(read_versions(SHIPPED)[0], NOW - timedelta(days=1))
    first, second = make_user(full_name="Tess Editor"), make_user(full_name="Sol Second")
    for person in (first, second):
        give_role(person, Role.DIRECTORY_EDITOR)
    yield first, second
    settings.CONTACTS_SNAPSHOT = old


def save(page: Page) -> None:
    page.click("main button:has-text('Save')")


@pytest.mark.parametrize(("width", "script"), [(320, True), (1280, False)])
def test_a_change_goes_from_draft_to_approved_to_live_at_its_minute(
    visit: Visit, editors: tuple[User, User], width: int, script: bool
) -> None:
    options = {"viewport": {"width": width, "height": 900}}
    # axe needs scripts, so it looks in the first round; the second does everything without.
    look = check_page if script else (lambda page: None)
    with time_machine.travel(NOW, tick=True):
        page = visit(editors[0], "/directory/", java_script_enabled=script, **options)
        look(page)
        page.click("text=Local Authority Designated Officer (LADO)")
        look(page)
        page.click("nav[aria-label=Back] a")
        page.click("text=Edit the directory")
        look(page)
        page.click("text=Start a change")
        page.fill("[name=name]", "A new number for the police")
        for part, value in (("day", "1"), ("month", "12"), ("year", "2026")):
            page.fill(f"[name=day_{part}]", value)
        page.fill("[name=clock]", "3pm")
        look(page)
        save(page)
        look(page)
        page.click("text=The police non-emergency line")
        page.fill("[name=number]", "0121")
        page.fill("[name=sun]", "whenever")
        save(page)
        look(page)
        assert page.locator(".govuk-error-summary li").count() == 2
        assert page.input_value("[name=sun]") == "whenever"
        page.fill("[name=number]", "0121 496 0101")
        page.fill("[name=sun]", "24 hours")
        save(page)
        look(page)
        assert "“101” becomes “0121 496 0101”" in page.inner_text("main")
        page.click("text=See what a reporter would see")
        look(page)
        page.click("text=Hand-overs of Birmingham Children's Trust")
        look(page)
        page.click("text=What would a reporter see?")
        page.click("nav[aria-label=Back] a")
        page.click("text=Propose for approval")
        assert "Somebody else has to approve it" in page.inner_text("main")
        look(page)

        other = visit(editors[1], page.url, java_script_enabled=script, **options)
        look(other)
        other.click("main button:has-text('Approve')")
        assert "Scheduled" in other.inner_text("main")
        other.goto("/directory/edit/versions/")
        look(other)
        other.click("text=birmingham-2")
        look(other)
    for moment, number in ((START - timedelta(seconds=30), "101"), (START, "0121 496 0101")):
        with time_machine.travel(moment, tick=False):
            page.goto("/directory/police-non-emergency/")
            assert f"Call {number}\n" in page.inner_text("main")
            public = visit(None, "/get-help-now/", java_script_enabled=script)
            assert number in public.inner_text("main")


def test_an_editor_sets_the_hours_with_the_keyboard_alone(
    visit: Visit, editors: tuple[User, User]
) -> None:
    with time_machine.travel(NOW, tick=True):
        page = visit(editors[0], "/directory/edit/start/")
        page.focus("[name=name]")
        page.keyboard.type("Saturdays")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=The children's front door (CASS)")
        page.focus("text=The children's front door (CASS)")
        page.keyboard.press("Enter")
        page.wait_for_selector("[name=mon]")
        page.focus("[name=mon]")
        for day in range(7):
            page.keyboard.press("Control+A")
            page.keyboard.type("9am to 5pm" if day < 6 else "closed")
            page.keyboard.press("Tab")
        page.focus("main button:has-text('Save')")
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Saturday: closed becomes 9am to 5pm")


def test_the_pages_of_care_and_import_have_no_axe_violation_on_a_small_phone(
    visit: Visit, editors: tuple[User, User]
) -> None:
    with time_machine.travel(NOW, tick=True):
        page = visit(editors[0], "/directory/edit/care/", viewport={"width": 320, "height": 800})
        check_page(page)
        page.click("text=The LADO team")
        check_page(page)
        page.click("text=Record a test call")
        save(page)
        check_page(page)
        page.check("[name=worked][value=yes]")
        page.fill("[name=spoke_to]", "Jo, duty desk")
        save(page)
        assert "answered by Jo, duty desk" in page.inner_text("main")
        check_page(page)
        page.goto("/directory/edit/start/")
        page.fill("[name=name]", "Many at once")
        save(page)
        draft = page.url
        page.click("text=Import from CSV or JSON")
        check_page(page)
        page.fill("[name=text]", "name,number\nx,1")
        save(page)
        check_page(page)
        page.goto(draft)
        page.click("text=Decide about the adult out-of-hours line")
        check_page(page)
        page.goto(draft)
        page.click("text=Urgent: publish alone")
        check_page(page)
        page.goto(draft)
        page.click("text=The LADO team")
        page.click("text=Christmas plan, day by day")
        check_page(page)
        page.goto(draft)
        page.click("text=Throw away")
        check_page(page)
