"""How an officer fills the journey, page by page, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

Answers = dict[str, Any]
CHILD: list[Answers] = [
    {"danger": "no"},
    {"name": "Robin Example", "group": "child", "age": "7"},
    {"lives": "birmingham", "now": "home"},
    {"worry": ["neglect"]},
    {
        "account": "Robin came in hungry and asked for food.",
        "known": "suspected",
        "ongoing": "yes",
    },
    {"relation": ["parent_carer"], "reach": "yes"},
    {"who": ["none"]},
    {"done": ["none"], "worker": "no"},
]
ADULT: list[Answers] = [
    {"danger": "no"},
    {"name": "Sam Example", "group": "adult", "age": "81"},
    {"lives": "birmingham", "now": "home"},
    {"needs": "yes"},
    {"worry": ["self_neglect"]},
    {"account": "The home is cold and full.", "known": "seen", "ongoing": "yes"},
    {"missing": ["heat"]},
    {"who": ["none"]},
    {"agree": "agrees"},
    {"capacity": "yes"},
    {"wishes": "To stay at home", "speaks": "nobody"},
    {"done": ["none"], "worker": "no"},
]
FIELDS = "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea"


def fill(page: Page, answers: Answers) -> None:
    """Answer one page with the mouse."""
    for name, value in answers.items():
        if isinstance(value, list):
            for item in value:
                page.check(f"[name='{name}'][value='{item}']")
        elif page.locator(f"[name='{name}'][type=radio]").count():
            page.check(f"[name='{name}'][value='{value}']")
        else:
            page.fill(f"[name='{name}']", value)


def press(page: Page, selector: str) -> None:
    """Press what leads to another page, and wait until that page is there."""
    with page.expect_navigation():
        page.click(selector)


def go_on(page: Page) -> None:
    """Press Continue."""
    press(page, "main button:has-text('Continue')")


def walk(page: Page, pages: list[Answers], look: Callable[[Page], None] = lambda page: None) -> int:
    """Begin a report and answer its pages; return how many pages there were, check included."""
    press(page, "text=Report a concern")
    for answers in pages:
        look(page)
        fill(page, answers)
        go_on(page)
    look(page)
    assert page.locator("h1").inner_text() == "Check and send your report", page.url
    return len(pages) + 1
