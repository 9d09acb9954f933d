"""Files in a real browser: in parts over a bad line, and by the plain form without scripts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from concerns.models import Attachment, Correspondence, Draft, Report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.files.work import due_files, work_on
from tests.answers import CHILD
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.clamav import Clamd
from tests.files.conftest import clamd
from tests.files.samples import pdf, picture

__all__ = ["clamd"]
pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 700}}


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path, clamd: Clamd) -> None:
    settings.FILES_ROOT, settings.CLAMD_URL = tmp_path, clamd.url


def start(owner: User) -> Draft:
    expires = timezone.now() + timedelta(days=30)
    return Draft.objects.create(owner=owner, answers=CHILD, expires_at=expires)


def work() -> None:
    for pk in due_files(timezone.now()):
        work_on(pk, timezone.now())


def photo(name: str = "arm.jpg") -> dict[str, Any]:
    content = picture("PNG", (900, 900), compress_level=0)
    return {"name": name, "mimeType": "image/png", "buffer": content}


def choose(page: Page, *files: Any) -> None:
    page.set_input_files("#id_evidence", list(files))


def test_a_file_goes_up_in_parts_over_a_bad_line_and_the_lead_sees_it(
    visit: Visit, people: People
) -> None:
    draft = start(people["reporter"])
    page = visit(people["reporter"], f"/report/{draft.pk}/page/files/", **PHONE)
    check_page(page)
    assert page.locator("input[type=file]").count() == 0
    press(page, "#id_warned")
    parts: list[str] = []

    def bad_line(route: Route) -> None:
        if route.request.method == "PATCH":
            parts.append(route.request.headers["upload-offset"])
            if len(parts) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/files/add/**", bad_line)
    choose(page, photo())
    page.wait_for_selector("#files-waiting li")
    # The third try sends again what the second lost.
    assert parts[1] == parts[2] != "0"
    assert page.input_value("#id_evidence") == ""
    check_page(page)
    choose(page, {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"MZ"})
    page.wait_for_selector("#files-progress .govuk-error-message")
    assert "We cannot take this kind of file" in page.locator("#files-progress").inner_text()
    check_page(page)
    press(page, "button:has-text('Save and continue')")
    check_page(page)
    assert "arm.png" in page.locator("main").inner_text()
    press(page, "text=Send report")
    work()
    item = Attachment.objects.get(report=Report.objects.get())
    lead = visit(people["child_lead"], f"/files/{item.pk}/", **PHONE)
    shown = lead.locator("img.portal-files__shown")
    lead.wait_for_function("() => document.querySelector('img.portal-files__shown').complete")
    assert shown.evaluate("image => image.naturalWidth") == 900
    check_page(lead)
    press(lead, "text=Back")
    check_page(lead)
    assert "arm.png" in lead.locator("main").inner_text()


def test_without_scripts_the_form_carries_files_and_enter_sends_it(
    visit: Visit, people: People
) -> None:
    draft = start(people["reporter"])
    options = {**PHONE, "java_script_enabled": False}
    page = visit(people["reporter"], f"/report/{draft.pk}/page/files/", **options)
    press(page, "#id_warned")
    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": pdf()}
    choose(page, photo(), letter)
    press(page, "button:has-text('Upload the chosen files')")
    assert "letter.pdf" in page.locator("main").inner_text()
    press(page, "li:has-text('arm.png') button")
    assert [item.name for item in Attachment.objects.all()] == ["letter.pdf"]
    choose(page, {"name": "x.svg", "mimeType": "image/svg+xml", "buffer": b"<svg/>"})
    press(page, "button:has-text('Save and continue')")
    assert page.locator(".govuk-error-summary").is_visible()
    press(page, "button:has-text('Save and continue')")
    assert page.locator("h1").inner_text() == "Check and send your report"


def test_a_message_with_a_file_and_the_words_of_a_pdf(visit: Visit, people: People) -> None:
    from concerns.services.submit import submit_report

    draft = start(people["reporter"])
    report = submit_report(draft.pk, people["reporter"], timezone.now())
    page = visit(people["reporter"], f"/reports/{report.reference}/message/")
    page.fill("[name=text]", "See the letter")
    press(page, "#id_warned")
    assert page.input_value("[name=text]") == "See the letter"
    choose(page, {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": pdf("1")})
    page.wait_for_selector("#files-waiting li")
    press(page, "main form[novalidate] button[type=submit]:not([name])")
    check_page(page)
    work()
    item = Attachment.objects.get()
    lead = visit(people["child_lead"], f"/files/{item.pk}/", **PHONE)
    lead.click("summary:has-text('Words of page 1')")
    assert "School record" in lead.locator("main").inner_text()
    check_page(lead)


def test_a_message_waits_for_its_file_goes_once_and_not_without_it(
    visit: Visit, people: People
) -> None:
    from concerns.services.submit import submit_report

    draft = start(people["reporter"])
    report = submit_report(draft.pk, people["reporter"], timezone.now())
    page = visit(people["reporter"], f"/reports/{report.reference}/message/")
    page.fill("[name=text]", "See the letter")
    press(page, "#id_warned")
    held: list[Route] = []
    page.route("**/files/add/*/*/*/", lambda route: held.append(route))
    letter = {"name": "letter.pdf", "mimeType": "application/pdf", "buffer": pdf("1")}
    send = page.locator("main form[novalidate] button[type=submit]:not([name])")

    def on_its_way() -> Route:
        while not held:
            page.evaluate("() => new Promise(requestAnimationFrame)")
        return held.pop()

    def choose_and_send() -> Route:
        choose(page, letter)
        going = on_its_way()
        send.click()
        expect(page.locator("#files-said")).to_contain_text("We send this as soon as it is there")
        send.dispatch_event("click")
        return going

    # What a screen that was locked meanwhile answers: no offset. It is tried again, not at once.
    choose_and_send().fulfill(status=204)
    expect(page.locator("#files-progress li")).to_contain_text("Trying again")
    on_its_way().fulfill(status=422, json={"problem": "We cannot take this kind of file"})
    expect(page.locator("#files-said")).to_contain_text("Not sent yet")
    check_page(page)
    assert not Correspondence.objects.exists()
    going = choose_and_send()
    with page.expect_navigation():
        going.continue_()
    assert "Your message is sent." in page.locator("main").inner_text()
    assert Correspondence.objects.count() == 1
    assert Attachment.objects.filter(sent_at__isnull=False).count() == 1
