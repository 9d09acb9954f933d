"""Two hosts, each with a web process, a worker and a beat, share one PostgreSQL and one Redis."""

from __future__ import annotations

import json
import signal
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from contacts.snapshot import SHIPPED
from tests.answers import CHILD
from tests.faults.browser import Browser, Page
from tests.faults.hosts import Loopback, Namespaces, make_hosts
from tests.faults.stack import Stack, copy_data, new_state
from tests.services import Processes, SmtpSink, free_port, wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
NAME = "http://portal.test"
REPORTER, LEAD, OTHER_LEAD = (
    "priya.hollis@example.org",
    "nadia.sterling@example.org",
    "amara.finch@example.org",
)
LEASE_SECONDS = 3


@dataclass
class Two:
    """Both hosts, "a" and "b", and what they share."""

    stack: Stack
    hosts: Namespaces | Loopback
    parts: dict[str, Processes]
    at: dict[str, str] = field(default_factory=dict)

    def serve(self) -> None:
        """Start a web process at each host."""
        port = free_port()
        self.at = {name: part.web(port) for name, part in self.parts.items()}

    def browser(self, host: str, email: str) -> Browser:
        """Return the browser of somebody who has signed in at a host."""
        browser = Browser([self.at[host]], NAME)
        assert not browser.sign_in(email).asks_to_sign_in
        return browser

    def holder(self) -> str:
        """Return whose beat sends: the name of the host, or nothing."""
        found = self.stack.rows("SELECT holder FROM beat_lease WHERE renewed_at IS NOT NULL")
        pid = int(str(found[0][0]).split(":")[1]) if found else 0
        running = {name: part.running.get("beat") for name, part in self.parts.items()}
        return next((name for name, beat in running.items() if beat and beat.pid == pid), "")

    def term(self) -> int:
        """Return how often the lease has changed hands."""
        return int(str(self.stack.rows("SELECT max(term) FROM beat_lease")[0][0]))


@pytest.fixture
def two(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Two]:
    """Start the servers and make two hosts; what runs there is the test's to start."""
    monkeypatch.setenv("PORTAL_EMBEDDED_FSYNC", "off")
    state = new_state()
    hosts = make_hosts(["a", "b"], [state.postgres_port, state.valkey_port])
    if isinstance(hosts, Loopback):
        warnings.warn(f"The hosts are {hosts.how}", UserWarning, stacklevel=1)
    fronts = {name: host.front for name, host in hosts.hosts.items()}
    extra = {
        "PORTAL_URL": NAME,
        "ALLOWED_HOSTS": ",".join(["portal.test", *fronts.values()]),
        "BEAT_LEASE_SECONDS": str(LEASE_SECONDS),
    }
    sink = SmtpSink(state.smtp_port, hosts=["127.0.0.1", *hosts.listen]).start()
    stack = Stack(copy_data(prepared, tmp_path / "servers"), state, sink, hosts.listen, extra)
    parts = {
        name: Processes(stack.environment(host), host.prefix, host.front)
        for name, host in hosts.hosts.items()
    }
    try:
        stack.start_postgres()
        stack.start_valkey()
        yield Two(stack, hosts, parts)
    finally:
        for part in parts.values():
            part.stop()
        stack.stop()
        hosts.close()


def fill(browser: Browser, draft: str, keys: list[str]) -> Page:
    """Answer some pages of a draft; return the last answer."""
    for key in keys:
        path = f"{draft}page/{key}/"
        page = browser.post(path, CHILD[key], browser.get(path).token)
        assert page.status == 200, (key, page.status)
    return page


def test_a_person_may_be_served_by_either_host_at_any_moment(two: Two) -> None:
    two.serve()
    browser = two.browser("a", REPORTER)
    draft = browser.post("/report/", {}, browser.get("/").token).path.split("page/")[0]
    pages = list(CHILD)
    fill(browser, draft, pages[:4])
    # The other host: the same session, the same draft.
    browser.at = [two.at["b"]]
    fill(browser, draft, pages[4:])
    two.parts["b"].worker()
    sent = browser.post(f"{draft}send/", {}, browser.get(f"{draft}check/").token)
    assert "Report sent" in sent.text
    promised = len(two.stack.rows("SELECT 1 FROM outbox_message"))
    wait_until(lambda: len(two.stack.sink.messages) == promised)
    _a_page_typed_at_one_host_is_kept_and_shown_at_the_other(two)
    _who_reads_at_one_host_is_seen_at_the_other(two)
    _wrong_passwords_count_together(two)


def _a_page_typed_at_one_host_is_kept_and_shown_at_the_other(two: Two) -> None:
    browser = two.browser("a", REPORTER)
    draft = browser.post("/report/", {}, browser.get("/").token).path.split("page/")[0]
    fill(browser, draft, ["danger"])
    path = f"{draft}page/what-happened/"
    token = browser.get(path).token
    browser.cookies.pop("session")
    typed = CHILD["what-happened"] | {"account": ["Typed while the session ended"]}
    assert browser.post(path, typed, token).asks_to_sign_in
    browser.at = [two.at["b"]]
    browser.sign_in(REPORTER)
    assert "Typed while the session ended" in browser.get(path).text


def _who_reads_at_one_host_is_seen_at_the_other(two: Two) -> None:
    reference = str(two.stack.rows("SELECT reference FROM concerns_concern")[0][0])
    two.browser("a", LEAD).get(f"/concerns/{reference}/")
    assert "Nadia Sterling" in two.browser("b", OTHER_LEAD).get(f"/concerns/{reference}/").text


def _wrong_passwords_count_together(two: Two) -> None:
    """Five wrong passwords, by turns at both hosts: the sixth is not tried at either."""
    browser = Browser([two.at["a"]], NAME)
    for turn in range(6):
        browser.at = [two.at["ab"[turn % 2]]]
        typed = {"login": "marcus.adeyemi@example.org", "password": "wrong wrong wrong"}
        page = browser.post("/accounts/login/", typed, browser.get("/accounts/login/").token)
    browser.at = [two.at["a"]]
    assert "There were too many tries" in page.text
    assert browser.sign_in("marcus.adeyemi@example.org").asks_to_sign_in


def test_a_directory_published_at_one_host_shows_at_the_other_once_it_is_asked(
    two: Two, tmp_path: Path
) -> None:
    two.serve()
    public = Browser([two.at["b"]], NAME)
    assert "0121 496 0987" not in public.get("/get-help-now/").text
    shipped = json.loads(SHIPPED.read_text())
    document = shipped["versions"][0] | {"version": "birmingham-2"}
    for line in document["lines"]:
        # By day one of them is shown, by night the other.
        if line["slug"] in {"cass", "edt"}:
            line["number"] = "0121 496 0987"
    file = tmp_path / "directory.json"
    file.write_text(json.dumps({"versions": [document]}))
    two.stack.manage("load_directory", str(file), at=two.parts["a"])
    assert public.get("/health/ready").status == 200
    assert "0121 496 0987" in public.get("/get-help-now/").text


HOLD = """
import sys, time
from django.db import transaction
from concerns.models import Draft
with transaction.atomic():
    Draft.objects.select_for_update().get(pk="{draft}")
    open("{sign}", "w").close()
    time.sleep(600)
"""


def hold(two: Two, host: str, draft: str, sign: Path) -> None:
    """Let a process at a host lock a draft, and wait until it has."""
    code = HOLD.format(draft=draft.rstrip("/").rpartition("/")[2], sign=sign)
    two.parts[host].start("holder", "manage.py", "shell", "-v0", "-c", code)
    wait_until(sign.exists)


def test_with_one_host_cut_off_the_other_goes_on(two: Two, tmp_path: Path) -> None:
    two.serve()
    browser = two.browser("a", REPORTER)
    draft = browser.post("/report/", {}, browser.get("/").token).path.split("page/")[0]
    fill(browser, draft, list(CHILD))
    token = browser.get(f"{draft}check/").token
    two.parts["a"].worker()
    two.parts["b"].worker()
    hold(two, "a", draft, tmp_path / "held")
    two.hosts.cut("a")
    away = browser.post(f"{draft}send/", {}, token)
    assert away.status == 503
    assert "999" in away.text
    # Numbers need no database, and a host that can do nothing says so to whoever balances the load.
    assert "tel:999" in browser.get("/get-help-now/").text
    assert browser.get("/health/ready").status == 503
    # What the lost host held locked is free again.
    browser.at = [two.at["b"]]
    sent = browser.post(f"{draft}send/", {}, token)
    assert "Report sent" in sent.text
    promised = len(two.stack.rows("SELECT 1 FROM outbox_message"))
    wait_until(lambda: len(two.stack.sink.messages) >= promised)
    two.hosts.mend("a")
    browser.at = [two.at["a"]]
    wait_until(lambda: "Report sent" in browser.get(f"{draft}").text)


@pytest.mark.parametrize("how", ["killed", "frozen", "cut off"])
def test_the_other_beat_takes_over_from_one_that_is(two: Two, how: str) -> None:
    for part in two.parts.values():
        part.beat()
    first = wait_until(two.holder)
    other = "b" if first == "a" else "a"
    term = two.term()
    if how == "killed":
        two.parts[first].kill("beat")
    elif how == "frozen":
        two.parts[first].signal("beat", signal.SIGSTOP)
    else:
        two.hosts.cut(first)
    wait_until(lambda: two.holder() == other)
    if how == "frozen":
        two.parts[first].signal("beat", signal.SIGCONT)
    elif how == "cut off":
        two.hosts.mend(first)
    # It comes back and stands by: the lease does not change hands again.
    before = two.stack.rows("SELECT renewed_at FROM beat_lease")
    wait_until(lambda: two.stack.rows("SELECT renewed_at FROM beat_lease") != before)
    assert two.holder() == other
    assert two.term() == term + 1
