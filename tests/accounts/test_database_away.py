"""With PostgreSQL out of reach the page says so, keeps what was typed, and shows the numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connections
from django.test import Client

from contacts import views

STEP = "/report/00000000-0000-4000-8000-000000000000/page/what-happened/"
STORY = "She said he comes at night.\nI wrote it down at once."


@pytest.fixture
def database_away(django_db_blocker: Any) -> Iterator[None]:
    """Point the portal at a port where nobody listens."""
    connection = connections["default"]
    with django_db_blocker.unblock():
        connection.close()
        was = connection.settings_dict["HOST"], connection.settings_dict["PORT"]
        connection.settings_dict["HOST"], connection.settings_dict["PORT"] = "127.0.0.1", "1"
        yield
        connection.close()
        connection.settings_dict["HOST"], connection.settings_dict["PORT"] = was


def signed_in() -> Client:
    """Return a browser with a session cookie; nobody can look up whose it is."""
    client = Client(raise_request_exception=False)
    client.cookies["session"] = "a" * 32
    return client


PAGES = ["/", STEP, "/concerns/", "/policies/", "/accounts/invitations/", "/accounts/login/"]


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_so_and_shows_the_numbers(path: str, database_away: None) -> None:
    answer = signed_in().get(path)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The portal cannot save right now" in page
    assert "tel:999" in page
    assert page.count("tel:") >= 3
    assert answer["Cache-Control"] == "no-store"
    assert int(answer["Retry-After"]) > 0
    assert "Traceback" not in page


def test_what_was_typed_is_on_the_screen_without_secrets_and_can_be_sent_again(
    database_away: None,
) -> None:
    sent = {
        "account": STORY,
        "how": "told",
        "csrfmiddlewaretoken": "x" * 32,
        "password": "brass kettle",
        "code": "BCDF-GHJK",
    }
    answer = signed_in().post(STEP, sent, headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status_code == 503
    page = BeautifulSoup(answer.content, "html.parser")
    form = page.find("form", action=STEP)
    assert form is not None
    area = form.find("textarea", attrs={"name": "account"})
    assert area is not None
    assert area.get_text().lstrip("\n") == STORY
    hidden = form.find("input", attrs={"name": "how"})
    assert hidden is not None
    assert hidden["value"] == "told"
    assert "brass kettle" not in str(page)
    assert "BCDF-GHJK" not in str(page)


def test_a_form_from_another_site_is_not_given_a_fresh_token(database_away: None) -> None:
    page = signed_in().post(STEP, {"account": STORY}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 503
    assert "csrfmiddlewaretoken" not in page.content.decode()
    assert "I wrote it down at once." in page.content.decode()


@pytest.mark.parametrize("path", ["/get-help-now/", "/health/live"])
def test_public_pages_stand_without_the_database_even_for_the_signed_in(
    path: str, database_away: None
) -> None:
    assert signed_in().get(path).status_code == 200


def test_a_visitor_is_still_led_to_sign_in(database_away: None) -> None:
    answer = Client(raise_request_exception=False).get(STEP)
    assert answer.status_code == 302


def test_readiness_says_no(database_away: None) -> None:
    assert signed_in().get("/health/ready").status_code == 503


def test_the_fault_is_logged_with_the_id_the_visitor_sees_and_no_typed_word(
    database_away: None, caplog: Any
) -> None:
    answer = signed_in().post(STEP, {"account": STORY})
    assert len(answer["X-Request-ID"]) == 16
    assert "database is away" in caplog.text
    assert "comes at night" not in caplog.text


def test_other_faults_are_not_taken_for_a_lost_database(monkeypatch: Any) -> None:
    monkeypatch.setattr(views, "render", lambda *_: 1 / 0)
    answer = Client(raise_request_exception=False).get("/get-help-now/")
    assert answer.status_code == 500
    assert "fault" in answer.content.decode() or "wrong" in answer.content.decode()
