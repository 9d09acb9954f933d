"""A real Chromium against the portal on a real database, with time in the test's hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from safeguarding_portal.accounts.models import Role, Team, User
from tests.factories import give_role, make_team, make_user
from tests.services import SmtpSink

AXE = Path(__file__).resolve().parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture
def site(own_database: str) -> Iterator[str]:
    """Serve the portal in this process, on a database of its own; return its address."""
    server = LiveServer("127.0.0.1")
    yield server.url
    server.stop()


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    """Take mail."""
    server = SmtpSink().start()
    old = settings.EMAIL_PORT
    settings.EMAIL_PORT = server.port
    yield server
    settings.EMAIL_PORT = old
    server.stop()


@pytest.fixture
def people(own_database: str) -> dict[str, User]:
    """Return a reporter, and a lead for children and one for adults with their teams."""
    children, adults = make_team(Team.Group.CHILDREN), make_team(Team.Group.ADULTS)
    found = {
        "reporter": make_user(full_name="Alex Reporter"),
        "child_lead": make_user(full_name="Chris Childlead"),
        "adult_lead": make_user(full_name="Ada Adultlead"),
    }
    give_role(found["child_lead"], Role.LEAD, children)
    give_role(found["adult_lead"], Role.LEAD, adults)
    return found


Visit = Callable[..., Page]


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Visit]:
    """Open the portal as a person (or nobody); any script error fails the test."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_as(user: User | None, path: str = "/", **options: Any) -> Page:
        context = browser.new_context(base_url=site, **options)
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            add_cookies(context, client, site)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(path)
        return page

    yield open_as
    for context in contexts:
        context.close()
    assert faults == []


def add_cookies(context: BrowserContext, client: Client, url: str) -> None:
    """Let the browser go on where a test client is signed in."""
    context.add_cookies(
        [{"name": one.key, "value": one.value, "url": url} for one in client.cookies.values()]
    )


def axe_violations(page: Page) -> list[str]:
    """Return what axe-core finds wrong on the page, by rule and place (WCAG 2.2 AA)."""
    page.evaluate(AXE.read_text())
    # Begun here and waited for with a limit: an evaluation itself has none.
    page.evaluate(
        "() => { window.axeFound = null; axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', "
        "'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(done => { window.axeFound = "
        "JSON.stringify(done.violations.map(one => one.id + ': ' + one.nodes.map("
        "node => node.target.join(' ')).join(', '))) }) }"
    )
    found = page.wait_for_function("() => window.axeFound").json_value()
    result: list[str] = json.loads(found)
    return result


def check_page(page: Page) -> None:
    """Assert that a page has no axe violation and no sideways scrolling."""
    assert axe_violations(page) == [], page.url
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, f"{page.url} scrolls sideways"
