"""A lead finds who is who, by mouse, by keyboard and without scripts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from concerns.models import Concern, ConcernLink, MatchCandidate
from safeguarding_portal.accounts.models import User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.people.makers import SWAPPED, child, file, person

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]


def two_reports(people: People) -> tuple[Concern, Concern]:
    """File two reports about one child, the second in a hurry; return their concerns."""
    now = timezone.now()
    first = file(people["reporter"], child(), now - timedelta(days=3))
    hasty = child("Rob Example", person__1=person("Rob Example", **SWAPPED))
    second = file(people["reporter"], hasty, now)
    return first.concerns.get(), second.concerns.get()


@pytest.mark.parametrize(("width", "scripts"), [(320, True), (1280, True), (320, False)])
def test_a_lead_confirms_a_match_links_a_duplicate_and_undoes_it(
    visit: Visit, people: People, width: int, scripts: bool
) -> None:
    first, second = two_reports(people)
    page = visit(
        people["child_lead"],
        f"/concerns/{second.reference}/",
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
    )

    def check() -> None:
        if scripts:
            check_page(page)

    press(page, "text=1 other concern may be about somebody named here")
    check()
    press(page, "text=Compare and decide")
    assert "Same date of birth with day and month swapped" in page.inner_text("main")
    check()
    press(page, "main button:has-text('Save')")
    assert page.locator(".govuk-error-summary").is_visible()
    check()
    page.check("[name=state][value=confirmed]")
    page.fill("[name=reason]", "The school says it is one child")
    press(page, "main button:has-text('Save')")
    assert MatchCandidate.objects.get().state == "confirmed"
    assert "Also in" in page.inner_text("main")
    check()
    press(page, "nav a:has-text('Links')")
    assert "1 earlier concern about the same person" in page.inner_text("main")
    assert page.locator("svg.portal-links").is_visible()
    check()
    press(page, "main p a:has-text('Decide')")
    check()
    page.check("[name=state][value=linked]")
    page.fill("[name=why]", "One report, sent twice")
    press(page, "main button:has-text('Save')")
    link = ConcernLink.objects.get(ended_at=None)
    assert (link.kind, link.state) == ("duplicate", "linked")
    check()
    press(page, "nav a:has-text('People')")
    press(page, "text=Look at it, or undo")
    page.check("[name=state][value=rejected]")
    page.fill("[name=reason]", "Two cousins")
    press(page, "main button:has-text('Save')")
    assert MatchCandidate.objects.get().state == "rejected"
    assert first.state == "new"


def test_a_match_is_decided_with_the_keyboard_alone(visit: Visit, people: People) -> None:
    _, second = two_reports(people)
    page = visit(people["child_lead"], f"/concerns/{second.reference}/people/")
    page.locator("text=Compare and decide").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.locator("[name=state] >> nth=0").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("I will ask the school")
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert MatchCandidate.objects.get().state == "parked"
    assert "Not sure yet" in page.inner_text("main")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_pages_for_what_a_lead_knows_have_no_axe_violation_in_any_state(
    visit: Visit, people: People, width: int
) -> None:
    first, second = two_reports(people)
    page = visit(
        people["child_lead"],
        f"/concerns/{second.reference}/links/",
        viewport={"width": width, "height": 800},
    )
    press(page, "text=Link another concern")
    check_page(page)
    press(page, "main button:has-text('Save')")
    check_page(page)
    page.fill("[name=other]", first.reference)
    page.fill("[name=why]", "Their mother told me")
    page.check("[name=kind][value=same_person]")
    press(page, "main button:has-text('Save')")
    check_page(page)
    press(page, "main button:has-text('Save')")
    check_page(page)
    page.check("[name=here] >> nth=0")
    page.check("[name=there] >> nth=0")
    press(page, "main button:has-text('Save')")
    assert page.locator("h1").inner_text() == "Are they the same person?"
