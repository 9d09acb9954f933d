"""Take the pictures of the README from the running system (`make run` in another window)."""

import os
import sys
from pathlib import Path

import django
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "safeguarding_portal.settings")
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
django.setup()

from safeguarding_portal.accounts.demo import DEMO_PASSWORD  # noqa: E402
from scripts.need_chromium import FLAGS, find  # noqa: E402
from tests.browser.journeys import CHILD, press, walk  # noqa: E402

ADDRESS = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
FOLDER = ROOT / "docs" / "screenshots"


def sign_in(page: Page, email: str) -> None:
    """Sign in as a demo person."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", DEMO_PASSWORD)
    press(page, "main button[type=submit] >> nth=0")
    code = page.locator("text=Demo only: your code is >> strong")
    if code.count():
        page.fill("[name=code]", code.inner_text())
        press(page, "text=Continue")


def main() -> None:
    """Walk through a report and its triage, and keep pictures."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=FLAGS)
        page = browser.new_page(base_url=ADDRESS, viewport={"width": 1000, "height": 900})
        page.goto("/get-help-now/")
        page.screenshot(path=FOLDER / "get-help-now.png")
        sign_in(page, "priya.hollis@example.org")
        walk(page, CHILD)
        page.screenshot(path=FOLDER / "check.png")
        press(page, "text=Send report")
        page.screenshot(path=FOLDER / "sent.png")
        lead = browser.new_page(base_url=ADDRESS, viewport={"width": 1200, "height": 900})
        sign_in(lead, "nadia.sterling@example.org")
        lead.goto("/concerns/")
        lead.screenshot(path=FOLDER / "queue.png")
        press(lead, "th a.govuk-link >> nth=0")
        lead.screenshot(path=FOLDER / "concern.png")
        browser.close()
    print(f"Five pictures are in {FOLDER.relative_to(ROOT)}.")


if __name__ == "__main__":
    main()
