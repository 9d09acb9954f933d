"""With a part really stopped a report is still taken, and nothing is lost once it is back."""

from __future__ import annotations

import re
from typing import Any

import pytest
import requests

from tests.answers import CHILD
from tests.faults.stack import Stack
from tests.services import wait_until

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
PASSWORD = "Demo only: brass kettle 47"


class Officer:
    """A member of staff with a browser, as far as HTTP goes."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.http = requests.Session()
        answer = self.post(
            "/accounts/login/", {"login": "priya.hollis@example.org", "password": PASSWORD}
        )
        assert answer.status_code == 200, answer.text[:500]

    def get(self, path: str) -> requests.Response:
        """Open a page."""
        return self.http.get(self.address + path, timeout=30)

    def post(self, path: str, data: dict[str, Any]) -> requests.Response:
        """Send a form: with the token of the page that shows it."""
        token = _token(self.get("/accounts/login/" if "login" in path else "/").text)
        headers = {"Origin": self.address}
        sent = {**data, "csrfmiddlewaretoken": token}
        return self.http.post(self.address + path, data=sent, headers=headers, timeout=30)

    def fill(self) -> str:
        """Begin a report and answer every page; return the draft's address."""
        draft = self.post("/report/", {}).url.removeprefix(self.address).split("page/")[0]
        for key, page in CHILD.items():
            answer = self.post(f"{draft}page/{key}/", page)
            assert answer.status_code == 200, (key, answer.status_code)
        return draft


def _token(text: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', text)
    assert found, text[:500]
    return found.group(1)


def sent_count(stack: Stack) -> int:
    """Return how many messages are sent."""
    return len(stack.rows("SELECT 1 FROM outbox_message WHERE status = 'SENT'"))


def promised_count(stack: Stack) -> int:
    """Return how many messages were promised."""
    return len(stack.rows("SELECT 1 FROM outbox_message"))


def test_with_the_queue_away_a_report_is_taken_and_delivered_when_it_is_back(stack: Stack) -> None:
    officer = Officer(stack.address)
    draft = officer.fill()
    stack.kill_valkey()
    answer = officer.post(f"{draft}send/", {})
    assert answer.status_code == 200
    assert "Report sent" in answer.text
    assert sent_count(stack) == 0
    stack.start_valkey()
    stack.processes.worker()
    stack.sweep()
    wait_until(lambda: sent_count(stack) == promised_count(stack))
    assert len({message["Message-ID"] for message in stack.sink.messages}) == promised_count(stack)


def test_with_the_mail_server_away_messages_wait_and_then_arrive(stack: Stack) -> None:
    stack.sink.mode = "4xx"
    stack.processes.worker()
    officer = Officer(stack.address)
    answer = officer.post(f"{officer.fill()}send/", {})
    assert "Report sent" in answer.text
    waiting = "SELECT 1 FROM outbox_message WHERE status = 'QUEUED' AND attempts > 0"
    wait_until(lambda: len(stack.rows(waiting)) == promised_count(stack))
    stack.sink.mode = "ok"
    stack.make_due()
    stack.sweep()
    wait_until(lambda: sent_count(stack) == promised_count(stack))


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(stack: Stack) -> None:
    stack.sink.mode = "hang"
    stack.processes.worker()
    officer = Officer(stack.address)
    officer.post(f"{officer.fill()}send/", {})
    wait_until(lambda: stack.sink.tries > 0)
    stack.processes.kill("worker")
    sending = "SELECT 1 FROM outbox_message WHERE status = 'SENDING'"
    assert stack.rows(sending)
    stack.sink.mode = "ok"
    stack.make_due()
    stack.processes.worker()
    stack.sweep()
    wait_until(lambda: sent_count(stack) == promised_count(stack))
    ids = [message["Message-ID"] for message in stack.sink.messages]
    assert len(set(ids)) == promised_count(stack)


def test_with_the_database_away_the_page_keeps_the_text_and_shows_the_numbers(
    stack: Stack,
) -> None:
    officer = Officer(stack.address)
    draft = officer.fill()
    token = _token(officer.get(f"{draft}page/what-happened/").text)
    stack.stop_postgres()
    typed = {"account": "Typed while the database was away", "csrfmiddlewaretoken": token}
    answer = officer.http.post(
        f"{stack.address}{draft}page/what-happened/",
        data=typed,
        headers={"Origin": stack.address},
        timeout=30,
    )
    assert answer.status_code == 503
    assert "Typed while the database was away" in answer.text
    assert "999" in answer.text
    public = officer.get("/get-help-now/")
    assert public.status_code == 200
    assert "tel:999" in public.text
    assert officer.get("/health/live").status_code == 200
    assert officer.get("/health/ready").status_code == 503
    stack.start_postgres()
    again = officer.post(
        f"{draft}page/what-happened/", CHILD["what-happened"] | {"account": typed["account"]}
    )
    assert again.status_code == 200
    assert "Report sent" in officer.post(f"{draft}send/", {}).text
