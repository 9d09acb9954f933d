"""The body map in a real browser: by keyboard, by touch, without scripts, on a small screen."""

from __future__ import annotations

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from concerns.bodymap.areas import BY_SLUG
from concerns.bodymap.figures import drawing, middle_of
from concerns.bodymap.marks import Mark, place
from concerns.models import Concern, Draft, Report
from concerns.services.body_map import record_mark, strike_out
from safeguarding_portal.accounts.models import User
from tests.answers import CHILD
from tests.bodymap.test_draft import WITH_MARKS, make_draft
from tests.browser.conftest import Visit, check_page
from tests.browser.journeys import press

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
People = dict[str, User]
PHONE = {"width": 320, "height": 700}
TARGET = 24


def address(draft: Draft) -> str:
    """Return the address of the first person's map."""
    return f"/report/{draft.pk}/body-map/1/"


def saved(draft: Draft) -> dict[str, list[str]]:
    """Return the first mark as it was saved."""
    draft.refresh_from_db()
    page: dict[str, list[str]] = draft.answers["mark.1-1"]
    return page


def describe(page: Page) -> None:
    """Say what the mark is, and save it."""
    page.check("[name=kind][value=bruise]")
    page.check("[name=saw][value=me]")
    press(page, "text=Save this mark")


def test_by_keyboard_alone_a_mark_is_placed_with_the_arrow_keys(
    visit: Visit, people: People
) -> None:
    draft = make_draft(people["reporter"], dict(CHILD))
    page = visit(people["reporter"], address(draft))
    check_page(page)
    frame = page.locator("[data-body-view=Front]")
    while not frame.evaluate("element => element === document.activeElement"):
        page.keyboard.press("Tab")
    status = page.locator("[data-body-status]")
    assert status.text_content() in {"Left side of the chest", "Right side of the chest"}
    for key in ["Shift+ArrowLeft"] * 3 + ["Shift+ArrowDown"] * 2:
        page.keyboard.press(key)
    assert status.text_content() == "Inside of the right elbow"
    check_page(page)
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "area"
    assert page.input_value("[name=area]") == "right-elbow-crease-front"
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    while page.evaluate("document.activeElement.name") != "saw":
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    check_page(page)
    assert "Mark 1: inside of the right elbow: bruise" in page.inner_text("main")
    typed = saved(draft)
    found = drawing("child", "front").area_at(int(typed["x"][0]), int(typed["y"][0]))
    assert found == BY_SLUG["right-elbow-crease-front"]


def test_without_scripts_the_list_gives_the_same_record(visit: Visit, people: People) -> None:
    draft = make_draft(people["reporter"], dict(CHILD))
    page = visit(people["reporter"], address(draft), java_script_enabled=False)
    page.select_option("[name=area]", label="Left forearm, front")
    describe(page)
    assert "Mark 1: left forearm, front: bruise" in page.inner_text("main")
    drawn = page.locator("svg >> nth=0").get_attribute("aria-label") or ""
    assert "Mark 1: left forearm, front: bruise" in drawn
    assert saved(draft)["area"] == ["left-forearm-front"]
    press(page, "text=That is all: go on")
    assert page.locator("h1").inner_text() == "Check and send your report"


def test_on_a_phone_a_touch_places_a_mark_and_the_list_may_overrule_it(
    visit: Visit, people: People
) -> None:
    draft = make_draft(people["reporter"], dict(CHILD))
    page = visit(people["reporter"], address(draft), viewport=PHONE, has_touch=True)
    check_page(page)
    touch(page, "Back", "left-calf-back")
    assert page.input_value("[name=area]") == "left-calf-back"
    assert page.input_value("[name=x]") != ""
    page.select_option("[name=area]", "left-heel-back")
    assert page.input_value("[name=x]") == ""
    touch(page, "Front", "nose-front")
    describe(page)
    check_page(page)
    assert saved(draft)["area"] == ["nose-front"]
    for box in page.locator(".portal-body__acts a, .portal-body__acts button").all():
        size = box.bounding_box()
        assert size is not None
        assert size["height"] >= TARGET


def touch(page: Page, view: str, slug: str) -> None:
    """Touch the drawing in the middle of an area."""
    svg = page.locator(f"[data-body-view={view}] svg")
    svg.scroll_into_view_if_needed()
    box = svg.bounding_box()
    assert box is not None
    drawn = drawing("child", view.lower())
    x, y = drawn.units(*middle_of("child", BY_SLUG[slug]))
    scale = min(box["width"] / drawn.width, box["height"] / drawn.height)
    left = (box["width"] - drawn.width * scale) / 2
    svg.tap(position={"x": left + x * scale, "y": y * scale})


def test_a_lead_reads_adds_and_prints_the_map(visit: Visit, people: People) -> None:
    draft = make_draft(people["reporter"], dict(WITH_MARKS))
    page = visit(people["reporter"], f"/report/{draft.pk}/check/")
    check_page(page)
    press(page, "text=Send report")
    assert Report.objects.get().statement[-1]["title"] == "Body map: the child"
    concern, lead = Concern.objects.get(), people["child_lead"]
    sore = Mark(
        number=0,
        **place("child", "left-heel-back", None, None),
        kind="pressure-sore",
        kind_words="Pressure sore",
        seen_on="2024-11-20",
    )
    record_mark(concern.pk, lead, sore, timezone.now())
    strike_out(concern.pk, lead, 2, "It was dirt", timezone.now())
    page = visit(lead, f"/concerns/{concern.reference}/body-map/")
    check_page(page)
    labels = [svg.get_attribute("aria-label") or "" for svg in page.locator("main svg").all()]
    assert "Mark 3: left heel: pressure sore" in labels[1]
    assert "Compare by the day" in page.inner_text("main")
    page.set_viewport_size(PHONE)
    check_page(page)
    page.emulate_media(media="print")
    assert page.locator("text=Add a mark").count() == 1
    assert not page.locator("text=Add a mark").is_visible()
    page.emulate_media(media="screen")
    press(page, "text=Add a mark")
    check_page(page)
    page.select_option("[name=area]", "mouth-front")
    describe(page)
    check_page(page)
    assert re.search(r"Mark 4: mouth or lips: bruise\. It is recorded", page.inner_text("main"))
