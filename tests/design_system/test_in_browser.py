"""The same pages in a real browser: focus, sight, scripts, and no accessibility violation.

Pages are rendered here and handed to Chromium with the strict policy of the portal, so that no
server and no database stand between a fault and the test that finds it.
"""

import mimetypes
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from csp.utils import build_policy
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import RequestFactory
from playwright.sync_api import Browser, Page, Route

from safeguarding_portal import views
from safeguarding_portal.context import names
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark
from tests.design_system.example_form import GOOD, EveryField

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HOST = "http://portal.test"
AXE = settings.BASE_DIR / "node_modules" / "axe-core" / "axe.min.js"
Show = Callable[..., Page]


@pytest.fixture
def show(browser: Browser) -> Iterator[Show]:
    contexts = []

    def open_page(html: str, *, width: int = 1280, scripts: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 640}, java_script_enabled=scripts
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: pytest.fail(str(error)))
        page.route(f"{HOST}/**", lambda route: _answer(route, html))
        page.goto(f"{HOST}/")
        return page

    yield open_page
    for context in contexts:
        context.close()


def _answer(route: Route, html: str) -> None:
    path = route.request.url.removeprefix(HOST)
    if path == "/":
        headers = {"Content-Security-Policy": build_policy()}
        route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=headers)
        return
    found = finders.find(path.removeprefix("/static/"))
    if not found:
        route.fulfill(status=404)
        return
    # Python 3.11 does not know .mjs everywhere, and a browser refuses a module of another type.
    kind = "text/javascript" if path.endswith(".mjs") else mimetypes.guess_type(path)[0]
    route.fulfill(body=Path(str(found)).read_bytes(), content_type=kind or "text/plain")


def journey(form: EveryField) -> str:
    context = {"form": form, "back_url": "/back/", "can_skip": True}
    return render_to_string("layouts/journey.html", names() | context)


def parts() -> str:
    rows = [{"key": "What happened?", "value": "x" * 200, "href": "/a"}]
    context = {"title": "BSP-1", "marks": [priority_mark("P1"), Mark("Not delivered", Tone.WARN)]}
    body = "".join(
        render_to_string(f"components/{name}.html", context | {"rows": rows, "text": "None yet."})
        for name in ("_identity_bar", "_panel", "_summary_card", "_warning", "_empty", "_notice")
    )
    frame = render_to_string("errors/404.html", names())
    before, heading, after = frame.partition('<h1 class="govuk-heading-l">Page not found</h1>')
    assert heading
    return before + body + after


PAGES: dict[str, Callable[[], str]] = {
    "empty form": lambda: journey(EveryField()),
    "form full of errors": lambda: journey(EveryField({})),
    "half wrong form": lambda: journey(
        EveryField({**GOOD, "born_month": "13", "missing": ["none", "food"]})
    ),
    "parts": parts,
    "404": lambda: render_to_string("errors/404.html", names()),
    "database away": lambda: views.database_away(
        RequestFactory().post(
            "/x/",
            {"account": "Words. " * 40, "a": "yes"},
            headers={"Sec-Fetch-Site": "same-origin"},
        )
    ).content.decode(),
    "accessibility": lambda: render_to_string("pages/accessibility.html", names()),
    "privacy": lambda: render_to_string("pages/privacy.html", names()),
}


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_an_accessibility_violation(show: Show, name: str, width: int) -> None:
    page = show(PAGES[name](), width=width)
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate("axe.run()")
    assert [
        (violation["id"], violation["nodes"][0]["html"]) for violation in found["violations"]
    ] == []
    assert len(found["passes"]) > 10


@pytest.mark.parametrize("name", PAGES)
def test_no_page_scrolls_sideways_on_a_small_phone(show: Show, name: str) -> None:
    page = show(PAGES[name](), width=320)
    assert page.evaluate("document.documentElement.scrollWidth") == 320


def test_each_error_link_moves_the_focus_to_its_input(show: Show) -> None:
    page = show(journey(EveryField({})))
    targets = page.eval_on_selector_all(
        ".govuk-error-summary__list a", "links => links.map(link => link.hash.slice(1))"
    )
    assert len(targets) == len(EveryField({}).errors)
    for number, target in enumerate(targets):
        page.locator(".govuk-error-summary__list a").nth(number).click()
        assert page.evaluate("document.activeElement.id") == target


def test_the_summary_takes_the_focus_when_the_page_opens(show: Show) -> None:
    page = show(journey(EveryField({})))
    assert page.evaluate("document.activeElement.className") == "govuk-error-summary"


@pytest.mark.parametrize("width", [320, 1280])
def test_the_numbers_and_the_exit_stay_in_sight_and_never_hide_the_focus(
    show: Show, width: int
) -> None:
    page = show(journey(EveryField()), width=width)
    page.locator(".govuk-button", has_text="Continue").focus()
    for _ in range(40):
        page.keyboard.press("Shift+Tab")
        state = page.evaluate(
            """() => {
              const top = document.querySelector(".portal-top");
              const focused = document.activeElement;
              const box = focused.getBoundingClientRect();
              return {
                inTop: top.contains(focused) || !top.parentElement.contains(focused),
                hidden: box.bottom <= top.getBoundingClientRect().bottom,
                gone: top.getBoundingClientRect().bottom < 0,
                label: focused.id || focused.className,
              };
            }"""
        )
        if state["inTop"]:
            break
        assert not state["hidden"], state
        assert not state["gone"]
    else:
        pytest.fail("The focus never came back to the top of the page.")


@pytest.mark.parametrize("width", [320, 1280])
def test_the_numbers_take_no_more_than_a_quarter_of_the_screen(show: Show, width: int) -> None:
    page = show(journey(EveryField()), width=width)
    height = page.locator(".portal-top").evaluate("box => box.getBoundingClientRect().height")
    # Less than the scroll padding too, so that a jump to an error never ends beneath the box.
    assert 0 < height <= 160
    assert page.locator(".portal-top a[href^='tel:']").count() == 3


def test_a_wrong_date_still_fits_on_one_line_of_a_small_phone(show: Show) -> None:
    page = show(journey(EveryField({})), width=320)
    tops = page.eval_on_selector_all(
        ".govuk-date-input__input", "boxes => boxes.map(box => box.getBoundingClientRect().top)"
    )
    assert len(tops) == 3
    assert len(set(tops)) == 1


def test_none_unticks_the_others(show: Show) -> None:
    page = show(journey(EveryField()))
    page.get_by_label("Food").check()
    page.get_by_label("None").check()
    assert not page.get_by_label("Food").is_checked()


def test_the_count_says_how_many_characters_are_too_many(show: Show) -> None:
    page = show(journey(EveryField()))
    page.get_by_label("What happened?").fill("x" * 110)
    assert page.locator(".govuk-character-count__status").inner_text() == (
        "You have 10 characters too many"
    )
    assert len(page.get_by_label("What happened?").input_value()) == 110


def test_shift_three_times_leaves_the_page(show: Show) -> None:
    page = show(journey(EveryField()))
    page.route("https://www.bbc.co.uk/**", lambda route: route.fulfill(body="Sunny"))
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url("https://www.bbc.co.uk/weather")
    assert page.inner_text("body") == "Sunny"


def test_without_scripts_the_page_is_whole(show: Show) -> None:
    page = show(journey(EveryField()), scripts=False)
    assert page.get_by_role("link", name="Exit this page").last.get_attribute("href") == (
        "https://www.bbc.co.uk/weather"
    )
    assert page.get_by_text("You can enter up to 100 characters").is_visible()
    assert page.get_by_role("link", name="Your reports").count() == 0
    assert page.get_by_role("button", name="Skip for now").is_visible()
    assert not page.get_by_role("button", name="Menu").is_visible()
