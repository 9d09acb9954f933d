"""The frame of every page, the statements, and the pages that say "no"."""

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import RequestDataTooBig
from django.db import connections
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from safeguarding_portal import views
from safeguarding_portal.context import names
from safeguarding_portal.typed import typed_context
from tests.design_system.example_form import GOOD, EveryField

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
ACCOUNT = "She said she was afraid.\nI saw a bruise."


def journey_page(**context: Any) -> str:
    return render_to_string("layouts/journey.html", names() | context)


def soup(response: Any) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.parametrize("name", ["accessibility", "privacy"])
def test_the_statements_need_no_sign_in_and_no_database(name: str) -> None:
    response = Client().get(f"/{name}/", HTTP_HOST="localhost")
    html = soup(response)
    assert response.status_code == 200
    assert html.select_one("html[lang=en].govuk-template")
    assert len(html.select("h1")) == 1
    assert "The council must add" in html.get_text()


def test_the_demo_banner_is_there_outside_production_only() -> None:
    warning = "Demo data. Do not enter real people."
    assert warning in render_to_string("errors/404.html", names() | {"is_demo": True})
    assert warning not in render_to_string("errors/404.html", names() | {"is_demo": False})


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (views.bad_request, 400),
        (views.permission_denied, 403),
        (views.page_not_found, 404),
        (views.server_error, 500),
        (views.csrf_failure, 403),
        (views.database_away, 503),
    ],
)
def test_a_page_that_says_no_stands_without_database_and_is_not_kept(
    view: Any, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("An error page asked the database.")

    monkeypatch.setattr(connections["default"], "ensure_connection", fail)
    response = view(RequestFactory().get("/anything/"))
    html = soup(response)
    assert response.status_code == status
    assert response["Cache-Control"] == "no-store"
    assert len(html.select("h1")) == 1
    assert html.select_one("#numbers")


def posted(site: str | None = "same-origin", **data: Any) -> Any:
    headers = {"Sec-Fetch-Site": site} if site else {}
    return RequestFactory().post("/report/x/?from=check", data, headers=headers)


@pytest.mark.parametrize("view", [views.csrf_failure, views.database_away])
def test_what_was_typed_is_shown_and_can_be_sent_again(view: Any) -> None:
    html = soup(view(posted(account=ACCOUNT, missing=["food", "heat"], danger="yes")))
    form = html.select_one("main form")
    assert form is not None
    assert form["action"] == "/report/x/?from=check"
    area = form.select_one("textarea[name=account]")
    assert area is not None
    assert area.get_text().removeprefix("\n") == ACCOUNT
    sent = [(field["name"], field["value"]) for field in form.select("input[type=hidden]")]
    assert ("missing", "food") in sent
    assert ("missing", "heat") in sent
    assert ("danger", "yes") in sent
    assert any(name == "csrfmiddlewaretoken" and token for name, token in sent)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none", None])
def test_a_page_that_may_be_forged_can_be_copied_but_not_sent(site: str | None) -> None:
    html = soup(views.csrf_failure(posted(site, account=ACCOUNT)))
    assert not html.select("main form, [name=csrfmiddlewaretoken]")
    assert ACCOUNT in html.get_text()


def test_secrets_are_never_shown_back() -> None:
    context = typed_context(
        posted(password="s3cret-1", new_password1="s3cret-2", code="s3cret-3", postcode="B1 1BB")
    )
    assert [item.value for item in context["typed"]] == ["B1 1BB"]  # type: ignore[attr-defined]


def test_typed_markup_stays_text() -> None:
    html = soup(views.csrf_failure(posted(account="</textarea><script>x</script>" + "y" * 60)))
    assert not html.select("main script")


def test_a_body_too_big_to_read_still_gets_a_page(monkeypatch: pytest.MonkeyPatch) -> None:
    request = posted(account=ACCOUNT)

    def too_big(_: Any) -> None:
        raise RequestDataTooBig("too big")

    monkeypatch.setattr(type(request), "POST", property(too_big))
    assert views.database_away(request).status_code == 503


def test_the_first_failure_of_a_form_is_caught_by_the_real_check() -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        "/accessibility/",
        {"account": ACCOUNT},
        HTTP_HOST="localhost",
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert response.status_code == 403
    assert soup(response).select_one("main form textarea")
    assert settings.CSRF_COOKIE_NAME in response.cookies


def journey(**context: Any) -> BeautifulSoup:
    return BeautifulSoup(journey_page(**context), "html.parser")


def test_a_journey_page_keeps_numbers_exit_and_both_buttons() -> None:
    html = journey(form=EveryField(GOOD), back_url="/back/", can_skip=True)
    assert html.select_one("#numbers")
    exit_link = html.select_one(".govuk-exit-this-page a")
    assert exit_link is not None
    assert exit_link["href"] == "https://www.bbc.co.uk/weather"
    assert html.select_one("a.govuk-back-link[href='/back/']")
    buttons = [button.get_text() for button in html.select("main form button")]
    assert buttons[-2:] == ["Continue", "Skip for now"]
    assert len(html.select("h1")) == 1


def test_the_title_says_when_there_is_an_error() -> None:
    title = "Is anyone in danger right now? – Safeguarding portal"
    assert journey(form=EveryField(raw={})).title.get_text() == title  # type: ignore[union-attr]
    assert journey(form=EveryField({})).title.get_text() == f"Error: {title}"  # type: ignore[union-attr]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_template_needs_an_exception_to_the_security_policy(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<[^>]*\sstyle=", source)
    assert not re.search(r"<[^>]*\son\w+=", source)
    assert not re.search(r"<style", source)
    assert not re.search(r"<script(?![^>]*\ssrc=)", source)
    assert "javascript:" not in source


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_every_file_that_a_template_names_has_been_built(path: Path) -> None:
    for name in re.findall(r"{% static '([^']+)' %}", path.read_text()):
        assert finders.find(name), f"{name} is missing: run npm install and npm run build"


def test_styles_hold_no_crown_no_transport_and_no_missing_image() -> None:
    found = finders.find("dist/portal.css")
    assert found
    css = Path(found).read_text()
    assert "GDS Transport" not in css
    assert "crown" not in css
    for image in re.findall(r"url\(([^)]*)\)", css):
        assert (Path(found).parent / image.strip("\"'")).is_file()


def test_the_lock_file_names_no_download_address() -> None:
    lock = (settings.BASE_DIR / "package-lock.json").read_text()
    assert "resolved" not in lock
    assert "://" not in re.sub(r'"url": "https?://[^"]*"', "", lock)
    assert lock.count('"integrity"') >= 5
