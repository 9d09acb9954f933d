"""Keeping and disposing of records in a browser: without scripts at 320 px, and with them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Concern, DisposalBatch
from concerns.services.disposal import dispose_due
from concerns.services.retention import propose_row, work_out
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.records.conftest import closed_concern, make_keepers

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.parametrize(
    "options",
    [
        {"viewport": {"width": 320, "height": 800}, "java_script_enabled": False},
        {"viewport": {"width": 320, "height": 800}},
        {"viewport": {"width": 1280, "height": 800}},
    ],
    ids=["without JavaScript at 320px", "at 320px", "wide"],
)
def test_two_people_dispose_of_a_record(visit: Visit, options: dict[str, object]) -> None:
    keepers = make_keepers()
    gone, kept = closed_concern(keepers.team), closed_concern(keepers.team)
    work_out(timezone.now())
    propose_row(keepers.second, "adult.other", [8], "Line 12", "The council's own", timezone.now())
    page = visit(keepers.officer, "/records/", **options)

    def look(at: Page | None = None) -> None:
        shown = at or page
        if "java_script_enabled" not in options:
            check_page(shown)
        wide = shown.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert not wide, shown.url

    look()
    page.check(f"#pick-{gone.reference}", force=True)
    press(page, "main button:has-text('Propose')")
    look()
    address = page.url.removeprefix("http://").partition("/")[2]
    other = visit(keepers.second, f"/{address}", **options)
    press(other, "main a:has-text('Approve or refuse')")
    press(other, "main button:has-text('Save my answer')")
    assert "Select your answer" in other.inner_text(".govuk-error-summary")
    look(other)
    other.check("[value=approve]")
    press(other, "main button:has-text('Save my answer')")
    assert "anybody who keeps records can stop it" in other.inner_text("main")
    DisposalBatch.objects.update(dispose_after=timezone.now() - timedelta(minutes=1))
    assert dispose_due(timezone.now()) == 1
    assert list(Concern.objects.values_list("reference", flat=True)) == [kept.reference]
    page.reload()
    assert "1 of 1 gone" in page.inner_text("main")
    look()
    page.goto(f"/records/record/{kept.reference}/hold/")
    look()
    page.check("[value=report]")
    page.fill("[name=reason]", "For the inquiry")
    press(page, "main button:has-text('Put the hold on')")
    look()
    for path in ("record/" + kept.reference, "batches", "register", "schedule", "holds/inquiry"):
        page.goto(f"/records/{path}/")
        look()
    page.goto("/records/schedule/")
    press(page, "main a:has-text('Version council-')")
    look()
    lead = visit(keepers.lead, f"/concerns/{kept.reference}/kept/", **options)
    look(lead)
    assert "For the inquiry" in lead.inner_text("main")
