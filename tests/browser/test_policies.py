"""An editor brings a change into force, a reader confirms it, everybody finds it: real Chromium."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from policies import selectors
from policies.models import Confirmation, DocumentVersion
from policies.services.load import load_shipped
from safeguarding_portal.accounts.models import Role, User
from tests.browser.conftest import Visit, check_page
from tests.factories import give_role, make_user

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]
POLICY = "/policies/corporate-safeguarding-policy/"
DESK = "/policies/desk/document/corporate-safeguarding-policy/"
PHONE = {"width": 320, "height": 800}


@pytest.fixture
def policy_people(own_database: str) -> Iterator[People]:
    """Publish what ships, and return an editor, an approver and a reader."""
    selectors._kept_state.cache_clear()
    load_shipped(timezone.now())
    found = {
        "editor": make_user(full_name="Farah Editor"),
        "approver": make_user(full_name="Helen Approver"),
        "reader": make_user(full_name="Rowan Reader"),
    }
    give_role(found["editor"], Role.POLICY_EDITOR)
    give_role(found["approver"], Role.CORPORATE_LEAD)
    yield found
    selectors._kept_state.cache_clear()


def look(page: Page, name: str) -> None:
    """Check a page; keep a picture of it where SHOTS says."""
    check_page(page)
    if folder := os.environ.get("SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def go(page: Page, selector: str) -> None:
    """Click something that leads to another page, and wait for it."""
    with page.expect_navigation():
        page.click(selector)


def test_an_editors_change_goes_from_draft_to_published_and_a_reader_confirms_it(
    visit: Visit, policy_people: People
) -> None:
    size = PHONE
    reader = visit(policy_people["reader"], viewport=size)
    look(reader, "home")
    go(reader, "text=Read Corporate Safeguarding Policy")
    look(reader, "confirm")
    go(reader, "main button:has-text('Confirm')")
    assert "Tick the box" in reader.inner_text("main")
    look(reader, "confirm-error")
    reader.check("[name=understood]")
    go(reader, "main button:has-text('Confirm')")
    look(reader, "confirmed")

    editor = visit(policy_people["editor"], "/policies/desk/", viewport=size)
    look(editor, "desk")
    go(editor, "th a >> text=Corporate Safeguarding Policy")
    look(editor, "desk-document")
    go(editor, "text=Begin the next version")
    look(editor, "draft")
    go(editor, "a:has-text('Change 6.1')")
    look(editor, "section-form")
    editor.fill("[name=body]", "Tell somebody <b>now</b>.")
    go(editor, "text=Save")
    assert "It has HTML" in editor.inner_text("main")
    look(editor, "section-error")
    editor.fill("[name=body]", "Tell somebody **at once**. Nothing is kept in confidence.")
    go(editor, "text=Show how it looks")
    assert editor.inner_text("#looks ~ p strong >> nth=-1") == "at once"
    look(editor, "section-look")
    go(editor, "main button:has-text('Save')")
    go(editor, "text=See what is different")
    look(editor, "changes")
    editor.go_back()
    go(editor, "text=Send for review")
    editor.fill("[name=change_note]", "Report at once")
    editor.check("[name=meaning][value=yes]")
    look(editor, "submit")
    go(editor, "main button:has-text('Send for review')")
    assert "Somebody else must approve it" in editor.inner_text("main")
    assert not editor.query_selector("main button:has-text('Approve')")
    version = DocumentVersion.objects.get(state="in_review")
    approver = visit(
        policy_people["approver"], f"/policies/desk/version/{version.pk}/", viewport=size
    )
    look(approver, "review")
    go(approver, "main button:has-text('Approve')")
    editor.reload()
    go(editor, "main a:has-text('Publish')")
    look(editor, "publish")
    go(editor, "main button:has-text('Publish')")
    assert "It is published" in editor.inner_text("main")

    reader.goto("/")
    go(reader, "text=Read what changed in Corporate Safeguarding Policy")
    assert "at once" in reader.inner_text("main")
    assert "6.3" not in reader.inner_text("main section >> nth=0")
    look(reader, "confirm-changes")
    reader.check("[name=understood]")
    go(reader, "main button:has-text('Confirm')")
    assert Confirmation.objects.filter(user=policy_people["reader"]).count() == 2
    reader.goto("/")
    assert "To read" not in reader.inner_text("main")


def test_reading_searching_and_linking_work_by_keyboard_on_a_phone_without_scripts(
    visit: Visit, policy_people: People
) -> None:
    page = visit(policy_people["reader"], "/policies/", viewport=PHONE, java_script_enabled=False)
    page.fill("[name=q]", "neglected")
    go(page, "main button:has-text('Search')")
    assert page.inner_text("mark >> nth=0").lower().startswith("neglect")
    go(page, "main a:has-text('Neglect') >> nth=0")
    assert page.inner_text("h1")
    page.goto(POLICY)
    assert "A summary in our own words" in page.inner_text("main")
    page.goto(f"{POLICY}confirm/")
    page.focus("[name=understood]")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert "You have confirmed" in page.inner_text("main")


def test_guidance_opens_in_place_by_keyboard_and_keeps_nobody_from_reporting(
    visit: Visit, policy_people: People
) -> None:
    page = visit(policy_people["reader"], viewport=PHONE)
    assert page.is_visible("main >> text=To read")
    go(page, "main button:has-text('Report a concern')")
    assert page.is_visible("[name=danger] >> nth=0")
    summary = page.locator("summary:has-text('What the guidance says')")
    summary.focus()
    page.keyboard.press("Enter")
    assert page.is_visible("details[open] >> text=call 999 first")
    look(page, "journey-in-place")


def test_every_other_page_has_no_axe_violation(visit: Visit, policy_people: People) -> None:
    page = visit(policy_people["editor"], viewport=PHONE)
    paths = {
        "list": "/policies/",
        "document": POLICY,
        "section": f"{POLICY}section/section-6-1/",
        "history": f"{POLICY}versions/",
        "version": f"{POLICY}versions/1/",
        "national": "/policies/national-guidance/",
        "as-kept": "/policies/as-kept/policies-2/",
        "to-confirm": "/policies/to-confirm/",
        "confirmations": "/policies/confirmations/",
        "confirmations-done": "/policies/confirmations/?show=done",
        "settings": f"{DESK}settings/",
        "import": f"{DESK}import/",
        "retire": f"{DESK}retire/",
        "new": "/policies/desk/new/",
        "source": "/policies/desk/sources/prevent/",
        "search": "/search/?q=police",
        "search-empty": "/search/?q=zzzz",
        "search-error": "/search/?q=",
    }
    for name, path in paths.items():
        page.goto(path)
        look(page, name)
    page.set_viewport_size({"width": 1280, "height": 900})
    for name in ("document", "confirmations", "search"):
        page.goto(paths[name])
        look(page, f"{name}-wide")


def test_a_text_is_imported_after_its_changes_were_shown(
    visit: Visit, policy_people: People, tmp_path: Path
) -> None:
    page = visit(policy_people["editor"], f"{DESK}import/", viewport=PHONE)
    bad = tmp_path / "policy.docm"
    bad.write_bytes(b"PK")
    page.set_input_files("[name=file]", bad)
    go(page, "main button:has-text('Show what would change')")
    assert "macros" in page.inner_text(".govuk-error-summary")
    look(page, "import-error")
    good = tmp_path / "policy.md"
    good.write_text("# The policy\n\n## 6.1 Report it\n\nAt once.\n\n## 9.1 New\n\nText.\n")
    page.set_input_files("[name=file]", good)
    go(page, "main button:has-text('Show what would change')")
    assert "Section taken out" in page.inner_text("main")
    assert "New section" in page.inner_text("main")
    look(page, "import-check")
    assert not DocumentVersion.objects.filter(state="draft").exists()
    go(page, "text=Put it in a draft")
    assert DocumentVersion.objects.get(state="draft").sections.get(number="6.1").anchor == (
        "section-6-1"
    )
