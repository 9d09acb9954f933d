"""The queue by keyboard, without scripts, on a small screen, and refreshing under a lead's eyes."""

from __future__ import annotations

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.models import Concern, TriagePreference
from concerns.services.custody import take_concern
from concerns.services.search_index import index_missing
from safeguarding_portal.accounts.models import Membership, User
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press
from tests.factories import make_concern, make_lead

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]


@pytest.fixture
def concerns(people: People) -> list[Concern]:
    """Return three concerns of the lead's team, the most urgent first."""
    team = Membership.objects.get(user=people["child_lead"]).team
    found = [make_concern(team, priority=number) for number in (1, 2, 3)]
    index_missing()
    return found


def focused(page: Page) -> str:
    """Return the words of what has the focus."""
    return str(page.evaluate("document.activeElement.innerText"))


def test_a_lead_moves_opens_takes_and_searches_with_single_keys(
    visit: Visit, people: People, concerns: list[Concern]
) -> None:
    page = visit(people["child_lead"], "/concerns/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    assert focused(page) == concerns[1].reference
    page.keyboard.press("k")
    assert focused(page) == concerns[0].reference
    page.keyboard.press("?")
    assert page.locator("#shortcuts[open]").is_visible()
    check_page(page)
    page.keyboard.press("/")
    page.keyboard.type("jo Robin?")
    assert page.input_value("#search") == "jo Robin?"
    page.locator("h1").click()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("c")
    assert "1 of 1 done" in page.inner_text("h1")
    concerns[0].refresh_from_db()
    assert concerns[0].owner == people["child_lead"]
    page.goto("/concerns/")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("o")
    assert concerns[0].reference in page.inner_text("h1")
    TriagePreference.objects.create(user=people["child_lead"], shortcuts=False)
    page.goto("/concerns/")
    page.keyboard.press("j")
    assert concerns[0].reference not in focused(page).splitlines()[:1]


def test_a_list_refreshes_in_place_and_keeps_the_focus(
    visit: Visit, people: People, concerns: list[Concern]
) -> None:
    page = visit(people["child_lead"], "/get-help-now/")
    page.clock.install()
    page.goto("/concerns/")
    page.keyboard.press("j")
    page.check(f"#pick-{concerns[1].reference}")
    page.locator("[data-row] th a").nth(2).focus()
    before = page.locator("[data-row]").count()
    other = make_lead(concerns[0].team, full_name="Bo Taker")
    take_concern(concerns[0].pk, other, concerns[0].version, timezone.now())
    make_concern(concerns[0].team, priority=1)
    with page.expect_response(lambda answer: "/concerns/" in answer.url):
        page.clock.run_for(20_500)
    page.wait_for_function("document.body.innerText.includes('Show 1 new')")
    assert "Bo Taker" in page.inner_text(f"#state-{concerns[0].reference}")
    assert page.locator("[data-row]").count() == before
    assert focused(page) == concerns[2].reference
    assert page.is_checked(f"#pick-{concerns[1].reference}")
    press(page, "text=Show 1 new")
    assert page.locator("[data-row]").count() == before + 1


def test_without_scripts_a_lead_filters_takes_many_and_saves_the_filter(
    visit: Visit, people: People, concerns: list[Concern]
) -> None:
    page = visit(people["child_lead"], "/concerns/", java_script_enabled=False)
    press(page, "text=Filter this list")
    page.check("[name=priority][value='2']")
    page.check("[name=priority][value='3']")
    press(page, "main button:has-text('Show the list')")
    assert "Your filter: 2 found" in page.inner_text("main")
    for concern in concerns[1:]:
        page.check(f"#pick-{concern.reference}")
    press(page, "text=Take them")
    assert "2 of 2 done" in page.inner_text("h1")
    page.goto("/concerns/?priority=1")
    press(page, "text=Save this filter")
    page.fill("[name=name]", "Now")
    press(page, "main button:has-text('Save')")
    press(page, "main a:text-is('Now')")
    assert page.locator("[data-row]").count() == 1


@pytest.mark.parametrize("width", [320, 1280])
def test_no_page_around_the_queue_has_an_axe_violation(
    visit: Visit, people: People, concerns: list[Concern], width: int
) -> None:
    page = visit(people["child_lead"], viewport={"width": width, "height": 800})
    paths = ["", "?view=closed", "?priority=2", "filter/", "filter/save/?priority=2", "filters/"]
    for path in [*paths, "preferences/", "bundles/", "search/"]:
        page.goto(f"/concerns/{path}")
        check_page(page)
    page.fill("#search", "Robin")
    press(page, "text=Search >> nth=-1")
    assert "3 found" in page.inner_text("main")
    check_page(page)
    page.goto("/concerns/")
    press(page, "text=Take them")
    check_page(page)
    page.goto("/concerns/")
    page.check(f"#pick-{concerns[0].reference}")
    press(page, "text=Set their priority")
    press(page, "main button:has-text('Save')")
    check_page(page)
    page.check("[name=priority][value='2']")
    press(page, "main button:has-text('Save')")
    assert "Write why the priority changes" in page.inner_text("main")
    check_page(page)
