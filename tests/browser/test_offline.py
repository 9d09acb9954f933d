""" "Get help now" with no network and no server, in a real Chromium, at chosen moments."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from contacts import bundle
from contacts.hours import LONDON
from contacts.selectors import current_directory
from contacts.snapshot import SHIPPED, read_versions, write_versions
from safeguarding_portal.accounts.models import User
from tests.browser.conftest import add_cookies, check_page

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CASS, EDT, ASC = "0121 303 1888", "0121 675 4806", "0121 303 1234"
COPY = "/get-help-now/offline/"
FRIDAY_1610 = datetime(2026, 11, 27, 16, 10, tzinfo=UTC)


@contextmanager
def device(browser: Browser, at: datetime, **options: object) -> Iterator[Page]:
    """A page on a device of its own, whose clock stands at `at` until the test moves it."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.clock.install(time=at)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    context.close()
    assert faults == []


class Portal(LiveServer):
    """The portal in this process; stopped, it also ends the connections that are still open."""

    def __init__(self) -> None:
        super().__init__("127.0.0.1")
        self.open: list[socket.socket] = []
        httpd: Any = self.thread.httpd
        serve = httpd.process_request

        def remember(connection: socket.socket, address: object) -> None:
            self.open.append(connection)
            serve(connection, address)

        httpd.process_request = remember

    def stop(self) -> None:
        """Refuse every connection, old and new."""
        super().stop()
        for connection in self.open:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def server(own_database: str) -> Iterator[Portal]:
    """Serve the portal until the test stops it."""
    bundle._built.clear()
    running = Portal()
    yield running
    running.stop()
    bundle._built.clear()


def keep_a_copy(page: Page, server: Portal, at: datetime) -> None:
    """Open the page once with the network, and wait until this device holds all it needs."""
    with time_machine.travel(at, tick=False):
        page.goto(f"{server.url}/get-help-now/")
        page.evaluate(
            "async () => { await navigator.serviceWorker.ready;"
            " while (!await caches.match('/get-help-now/clock'))"
            " await new Promise(done => requestIdleCallback(done)) }"
        )


def open_at(page: Page, at: datetime) -> str:
    """Set the device's clock, open "Get help now" again, and return what it says about itself."""
    page.clock.set_fixed_time(at)
    page.goto(page.url)
    page.wait_for_selector("html[data-help]")
    return str(page.get_attribute("html", "data-help"))


def child_card(page: Page) -> str:
    """Return the card of a child."""
    return page.locator(".portal-help__card", has_text="worried about a child").inner_text()


def london(*parts: int) -> datetime:
    """Return a wall time in London."""
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type, misc]


def test_with_no_server_the_answer_is_right_at_every_turn(browser: Browser, server: Portal) -> None:
    with device(browser, FRIDAY_1610, viewport={"width": 320, "height": 640}) as page:
        keep_a_copy(page, server, FRIDAY_1610)
        server.stop()
        assert open_at(page, london(2026, 11, 27, 16, 14, 59)) == "now"
        assert f"Call {CASS}" in child_card(page)
        assert "until 4:15pm today, then the emergency duty team (EDT)" in child_card(page)
        check_page(page)
        # The page stays open over the closing minute.
        page.clock.set_fixed_time(london(2026, 11, 27, 16, 15))
        expect(page.locator(".portal-help__card").nth(1)).to_contain_text(f"Call {EDT}")
        assert "until 8:45am on Monday 30 November" in child_card(page)
        assert f"Call {ASC}" in page.locator(".portal-help__card").nth(2).inner_text()
        # Friday is an ordinary Christmas; Monday is its substitute holiday.
        assert open_at(page, london(2026, 12, 28, 10, 0)) == "now"
        assert f"Call {EDT}" in child_card(page)
        assert "until 8:45am tomorrow" in child_card(page)
        assert open_at(page, london(2027, 1, 26, 16, 9)) == "now"
        assert open_at(page, london(2027, 1, 26, 16, 10)) == "stale"
        for number in ("999", CASS, EDT, ASC):
            assert number in page.inner_text("main")
        assert "too old" in page.inner_text("main")
        check_page(page)


def test_the_october_clock_change_moves_the_hours_with_the_wall_clock(
    browser: Browser, server: Portal
) -> None:
    before = london(2026, 10, 23, 12, 0)
    with device(browser, before) as page:
        keep_a_copy(page, server, before)
        page.context.set_offline(True)
        page.wait_for_url("**/get-help-now/offline/")
        for wall, number in (
            (london(2026, 10, 23, 16, 14), CASS),
            (london(2026, 10, 23, 16, 15), EDT),
            (london(2026, 10, 26, 8, 44), EDT),
            (london(2026, 10, 26, 8, 45), CASS),
        ):
            assert open_at(page, wall) == "now"
            assert f"Call {number}" in child_card(page), wall
        assert "Who to call at 8:45am, Monday 26 October 2026" in page.inner_text("main")


def test_a_changed_list_and_a_wrong_clock_show_every_number_and_say_why(
    browser: Browser, server: Portal
) -> None:
    with device(browser, FRIDAY_1610) as page:
        keep_a_copy(page, server, FRIDAY_1610)
        server.stop()
        assert open_at(page, FRIDAY_1610 - timedelta(minutes=6)) == "clock"
        assert "clock of this device looks wrong" in page.inner_text("main")
        assert all(number in page.inner_text("main") for number in ("999", CASS, EDT, ASC))
        # A clock that was once seen later must not go back behind it.
        assert open_at(page, FRIDAY_1610 + timedelta(hours=3)) == "now"
        assert open_at(page, FRIDAY_1610 + timedelta(hours=1)) == "clock"
        # What a hotel's sign-in page or a changed proxy sends instead never replaces the list.
        asked: list[str] = []

        def pretend(route: Route) -> None:
            asked.append(route.request.url)
            route.fulfill(status=200, body='{"payload": "{}", "served_at": "", "signature": ""}')

        page.route("**/bundle.json", pretend)
        assert open_at(page, FRIDAY_1610 + timedelta(hours=4)) == "now"
        assert asked
        page.unroute_all()
        page.evaluate(
            "async number => { const store = await caches.open('help-now-bundle');"
            " const text = await (await store.match('/get-help-now/bundle.json')).text();"
            " await store.put('/get-help-now/bundle.json',"
            " new Response(text.replaceAll(number, '0121 496 0666'))) }",
            EDT,
        )
        assert open_at(page, FRIDAY_1610 + timedelta(hours=4)) == "signature"
        words = page.inner_text("main")
        assert "0121 496 0666" not in words
        assert all(number in words for number in ("999", CASS, EDT, ASC))


def test_a_device_whose_clock_was_wrong_from_the_start_is_not_trusted(
    browser: Browser, server: Portal
) -> None:
    with device(browser, FRIDAY_1610 + timedelta(hours=2)) as page:
        keep_a_copy(page, server, FRIDAY_1610)
        server.stop()
        assert open_at(page, FRIDAY_1610 + timedelta(hours=2)) == "clock"


def test_an_open_page_turns_to_the_copy_when_the_server_goes_away(
    browser: Browser, server: Portal
) -> None:
    with device(browser, FRIDAY_1610) as page:
        keep_a_copy(page, server, FRIDAY_1610)
        server.stop()
        page.clock.fast_forward(61_000)
        page.wait_for_url(f"**{COPY}")
        page.wait_for_selector("html[data-help=now]")
        assert f"Call {CASS}" in child_card(page)


def odd_version() -> dict[str, Any]:
    """Return a version from 4 January with nights, special openings and a longer chain."""
    document = json.loads(json.dumps(read_versions(SHIPPED)[0]))
    document |= {"version": "odd", "effective_from": "2027-01-04T09:30:00+00:00"}
    lines = {line["slug"]: line for line in document["lines"]}
    lines["cass"]["week"]["fri"] = [["08:45", "12:00"], ["22:00", "06:00"]]
    lines["cass"]["overrides"] = {"2027-01-11": [], "2027-01-17": [["10:00", "16:30"]]}
    lines["cass"]["fallback"] = "acap"
    lines["acap"]["week"]["sun"] = [["23:00", "24:00"]]
    lines["acap"]["number"] = "0121 496 0999"
    return document


def test_the_browser_answers_as_the_server_does(
    browser: Browser, server: Portal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot = tmp_path / "snapshot.json"
    write_versions(snapshot, [read_versions(SHIPPED)[0], odd_version()])
    monkeypatch.setattr(settings, "CONTACTS_SNAPSHOT", snapshot)
    starts = datetime(2027, 1, 4, 9, 30, tzinfo=UTC)
    slugs = list(current_directory(FRIDAY_1610).agencies)
    moments = [FRIDAY_1610 + timedelta(minutes=397 * step) for step in range(210)]
    with device(browser, FRIDAY_1610) as page:
        keep_a_copy(page, server, FRIDAY_1610)
        found = page.evaluate(
            "async ({moments, slugs}) => {"
            " const engine = await import('/static/dist/offline/engine.mjs');"
            " const store = await import('/static/dist/offline/store.mjs');"
            " const {bundle} = await store.load(document.querySelector('[data-offline]').dataset);"
            " return moments.map(at => slugs.map(slug => {"
            "  const found = engine.answer(bundle, slug, at);"
            "  return [found.line.number, found.until, engine.untilWords(found, at)] })) }",
            {"moments": [int(at.timestamp() * 1000) for at in moments], "slugs": slugs},
        )
    assert moments[-1] > starts
    for at, answers in zip(moments, found, strict=True):
        directory = current_directory(at)
        for slug, (number, until, words) in zip(slugs, answers, strict=True):
            server_says = directory.who_to_call(slug, at)
            assert number == server_says.number, (slug, at)
            if until == int(starts.timestamp() * 1000):
                # The browser also says when a new version changes the number.
                assert current_directory(starts).who_to_call(slug, starts).number != number
            else:
                assert words == server_says.until_words, (slug, at)


def _sign_in(context: BrowserContext, user: User, url: str) -> None:
    client = Client()
    client.force_login(user)
    add_cookies(context, client, url)


def test_no_page_of_a_record_and_none_for_a_signed_in_person_is_ever_kept(
    browser: Browser, server: Portal, people: dict[str, User]
) -> None:
    with device(browser, FRIDAY_1610) as page:
        _sign_in(page.context, people["child_lead"], server.url)
        keep_a_copy(page, server, FRIDAY_1610)
        for path in ("/", "/concerns/", "/policies/", COPY):
            page.goto(f"{server.url}{path}")
        kept = page.evaluate(
            "async () => { const found = [];"
            " for (const name of await caches.keys()) { const cache = await caches.open(name);"
            "  for (const request of await cache.keys()) {"
            "   const response = await cache.match(request);"
            "   found.push([new URL(request.url).pathname,"
            "    response.headers.get('Cache-Control') ?? '', await response.text()]) } }"
            " return found }"
        )
        scopes = page.evaluate(
            "async () => (await navigator.serviceWorker.getRegistrations()).map(one => one.scope)"
        )
    assert scopes == [f"{server.url}/get-help-now/"]
    for path, control, text in kept:
        assert path.startswith(("/get-help-now/", "/static/")), path
        assert "no-store" not in control
        assert people["child_lead"].full_name not in text
        assert "Sign out" not in text
    paths = {path for path, _, _ in kept}
    assert {COPY, "/get-help-now/bundle.json", "/static/dist/portal.css"} <= paths
    assert "/get-help-now/" not in paths


def test_the_page_can_be_installed_and_the_copy_works_with_scripts_off(
    browser: Browser, server: Portal
) -> None:
    with device(browser, FRIDAY_1610) as page:
        page.goto(f"{server.url}/get-help-now/")
        session = page.context.new_cdp_session(page)
        found = session.send("Page.getAppManifest")
        assert found["errors"] == []
        assert json.loads(found["data"])["start_url"] == "/get-help-now/"
        page.evaluate("async () => { await navigator.serviceWorker.ready }")
        reasons = session.send("Page.getInstallabilityErrors")["installabilityErrors"]
        # Every browser context of a test is a private window.
        assert [reason["errorId"] for reason in reasons] == ["in-incognito"]
    with device(browser, FRIDAY_1610, java_script_enabled=False) as page:
        page.goto(f"{server.url}{COPY}")
        words = page.inner_text("main")
        assert "cannot tell who answers" in words
        assert all(number in words for number in ("999", CASS, EDT, ASC))
