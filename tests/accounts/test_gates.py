"""A second factor opens records; without it a report can still be made. And the idle lock."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import Draft, Report
from safeguarding_portal.accounts import gates, idle
from safeguarding_portal.accounts.models import KeptPage, Membership, Role, User
from tests.accounts.conftest import PASSWORD, sign_in, with_password
from tests.answers import CHILD
from tests.architecture.test_addresses import ADDRESSES
from tests.factories import give_role, make_concern, make_lead, make_team, make_user
from tests.sign_in import with_password_only

pytestmark = pytest.mark.django_db
ASKED = "/accounts/second-factor/"
LOCKED = "/accounts/unlock/"
START = "2026-11-24T10:00:00Z"


@pytest.fixture
def lead(db: None) -> User:
    return with_password(make_lead(make_team()))


@pytest.fixture
def weak(lead: User) -> Client:
    """A lead who has given the password and nothing else."""
    client = Client()
    with_password_only(client, lead)
    return client


@pytest.mark.parametrize("role", Role.values)
def test_every_role_above_reporter_is_asked_before_any_page(role: str) -> None:
    user = make_user()
    give_role(user, role, make_team() if role in Role.of_a_team() else None)
    client = Client()
    with_password_only(client, user)
    for path in ("/", "/concerns/", "/directory/", "/policies/", "/more/", "/custody/"):
        assert client.get(path)["Location"] == f"{ASKED}?next={path}"


def test_records_are_closed_without_it(weak: Client, lead: User) -> None:
    concern = make_concern(lead.memberships.get().team)
    for path in ("", "note/", "chronology.pdf"):
        answer = weak.get(f"/concerns/{concern.reference}/{path}")
        assert answer["Location"].startswith(ASKED)


def test_a_reporter_is_not_asked(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    assert client.get("/").status_code == 200


def test_a_lead_who_lost_the_phone_still_files_a_report(weak: Client, lead: User) -> None:
    begun = weak.post("/report/")
    page = begun["Location"]
    draft = Draft.objects.get(owner=lead)
    assert weak.get(page).status_code == 200
    for key, typed in CHILD.items():
        assert weak.post(f"/report/{draft.pk}/page/{key}/", typed).status_code == 302
    sent = weak.post(f"/report/{draft.pk}/send/")
    report = Report.objects.get(reporter=lead)
    assert sent["Location"] == f"/sent/{report.reference}/"
    assert weak.get(sent["Location"]).status_code == 200
    assert weak.get(f"/reports/{report.reference}/")["Location"].startswith(ASKED)


def test_signing_out_setting_up_and_the_numbers_stay_open(weak: Client) -> None:
    for path in ("/get-help-now/", "/accounts/second-factor/set-up/", "/accounts/logout/"):
        assert weak.get(path).status_code == 200
    assert weak.get("/accounts/second-factor/set-up/app/").status_code == 200


def test_somebody_given_a_role_while_signed_in_is_asked_at_the_next_page(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    assert client.get("/more/").status_code == 200
    give_role(officer, Role.POLICY_EDITOR)
    assert client.get("/more/")["Location"].startswith(ASKED)


def test_what_was_typed_meanwhile_is_kept(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    concern = make_concern()
    give_role(officer, Role.LEAD, concern.team)
    path = f"/concerns/{concern.reference}/note/"
    assert client.post(path, {"text": "A long note"})["Location"] == f"{ASKED}?next={path}"
    assert KeptPage.objects.get().owner == officer


def test_a_role_that_has_ended_asks_for_nothing(officer: User) -> None:
    held = give_role(officer, Role.AUDITOR)
    Membership.objects.filter(pk=held.pk).update(ends_at=timezone.now() - timedelta(days=1))
    client = Client()
    sign_in(client, officer.email)
    assert client.get("/more/").status_code == 200


def test_the_gates_cost_no_statement_on_the_page_of_somebody_who_passed(lead: User) -> None:
    client = Client()
    client.force_login(lead)
    client.get("/concerns/")
    with CaptureQueriesContext(connection) as with_gates:
        client.get("/concerns/")
    looked = [q["sql"] for q in with_gates if "mfa_authenticator" in q["sql"]]
    assert looked == []
    reporter = Client()
    reporter.force_login(make_user())
    with CaptureQueriesContext(connection) as strong:
        reporter.get("/more/")
    with_password_only(reporter, make_user())
    with CaptureQueriesContext(connection) as weak:
        reporter.get("/more/")
    assert len(weak) == len(strong), "the roles are looked up once for the gate and the menu"


def test_a_part_of_a_page_is_led_there_whole(weak: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/concerns/?mine=1"}
    assert weak.get("/concerns/", headers=headers)["HX-Redirect"] == f"{ASKED}?next=/concerns/"


def test_a_part_of_no_page_is_led_to_the_first(weak: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    assert weak.get("/concerns/", headers=headers)["HX-Redirect"] == f"{ASKED}?next=/"


def test_the_list_of_open_pages_names_pages_that_exist() -> None:
    assert {name for name, _ in ADDRESSES} >= gates.OPEN_WITHOUT_SECOND_FACTOR


def test_every_part_of_a_page_that_asks_again_and_again_says_so() -> None:
    pages = [path.read_text() for path in Path(settings.BASE_DIR, "templates").rglob("*.html")]
    tags = [tag for page in pages for tag in re.findall(r"<[^>]+hx-trigger=.every[^>]+>", page)]
    assert tags
    assert [tag for tag in tags if f'"{idle.BACKGROUND_HEADER}"' not in tag] == []


# --- The idle lock --------------------------------------------------------------------------------


@pytest.fixture
def _lock(settings: Any) -> None:
    settings.IDLE_LOCK_AFTER = timedelta(minutes=15)


@pytest.mark.usefixtures("_lock")
class TestIdleLock:
    def test_after_15_minutes_only_the_password_is_asked_and_the_page_comes_back(
        self, officer: User
    ) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            clock.shift(15 * 60)
            assert client.get("/more/").status_code == 200
            clock.shift(15 * 60 + 1)
            assert client.get("/more/")["Location"] == f"{LOCKED}?next=/more/"
            wrong = client.post(LOCKED, {"password": "wrong", "next": "/more/"})
            assert wrong.status_code == 422
            assert "Enter the password of your account" in wrong.content.decode()
            assert client.get("/more/").status_code == 302, "still locked"
            assert client.post(LOCKED, {"password": PASSWORD, "next": "/more/"})["Location"] == (
                "/more/"
            )
            assert client.get("/more/").status_code == 200

    def test_a_reporter_in_the_middle_of_a_report_loses_nothing(self, officer: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            draft = Draft.objects.create(
                owner=officer, expires_at=timezone.now() + timedelta(days=30)
            )
            path = f"/report/{draft.pk}/page/what-happened/"
            clock.shift(16 * 60)
            typed = CHILD["what-happened"] | {"account": "She had a mark on her arm"}
            led = client.post(path, typed)
            assert led["Location"] == f"{LOCKED}?next={path}"
            assert "What you typed is kept" in client.get(led["Location"]).content.decode()
            client.post(led["Location"], {"password": PASSWORD, "next": path})
            assert "She had a mark on her arm" in client.get(path).content.decode()
            assert client.post(path, typed).status_code == 302
            assert not KeptPage.objects.exists()

    def test_a_page_that_asks_by_itself_is_no_sign_of_a_person_and_is_told(
        self, lead: User
    ) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            client.force_login(lead)
            background = {"HX-Request": "true", "X-Background": "1"}
            for _ in range(14):
                clock.shift(60)
                assert client.get("/concerns/", headers=background).status_code == 200
            clock.shift(61)
            told = client.get("/concerns/", headers=background)
            assert (told.status_code, told["HX-Trigger"]) == (204, gates.LOCKED_EVENT)
            assert client.get("/concerns/").status_code == 302

    def test_typing_keeps_it_open_without_a_page(self, officer: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            for _ in range(20):
                clock.shift(60)
                assert client.post("/accounts/active/").status_code == 204
            assert client.get("/more/").status_code == 200
            clock.shift(16 * 60)
            assert client.post("/accounts/active/").status_code == 423
            assert client.get("/accounts/active/").status_code == 423

    def test_throwing_the_cookie_away_or_taking_anothers_opens_nothing(self, officer: User) -> None:
        client, other = Client(), Client()
        sign_in(client, officer.email)
        sign_in(other, with_password(make_user()).email)
        client.cookies["active"] = other.cookies["active"].value
        assert client.get("/more/")["Location"].startswith(LOCKED)
        del client.cookies["active"]
        assert client.get("/more/")["Location"].startswith(LOCKED)
        client.cookies["active"] = "nonsense"
        assert client.get("/more/")["Location"].startswith(LOCKED)

    def test_the_cookie_is_written_at_most_once_a_minute(self, officer: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            clock.shift(59)
            assert idle.cookie_name() not in client.get("/more/").cookies
            clock.shift(1)
            assert idle.cookie_name() in client.get("/more/").cookies

    def test_the_numbers_and_signing_out_stay_open(self, officer: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            clock.shift(16 * 60)
            assert client.get("/get-help-now/").status_code == 200
            client.post("/accounts/logout/")
            assert sign_in(client, officer.email) == 302
            assert client.get("/more/").status_code == 200

    def test_the_lock_asks_no_second_factor_again(self, lead: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            client.force_login(lead)
            clock.shift(16 * 60)
            client.post(LOCKED, {"password": PASSWORD})
            assert client.get("/concerns/").status_code == 200

    def test_somebody_without_a_password_signs_in_again(self) -> None:
        user = make_user()
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            client.force_login(user)
            clock.shift(16 * 60)
            assert "Sign in again" in client.get(LOCKED).content.decode()
            again = client.post(LOCKED, {"again": "1", "next": "/more/"})
            assert again["Location"] == "/accounts/login/?next=/more/"

    def test_tries_at_the_lock_are_counted_like_tries_at_the_door(self, officer: User) -> None:
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            clock.shift(16 * 60)
            for _ in range(5):
                client.post(LOCKED, {"password": "wrong"})
            page = client.post(LOCKED, {"password": PASSWORD}).content.decode()
            assert "too many tries" in page

    def test_the_lock_of_a_page_gets_words_and_not_a_page(self, officer: User) -> None:
        headers = {"Accept": "application/json"}
        with time_machine.travel(START, tick=False) as clock:
            client = Client()
            sign_in(client, officer.email)
            clock.shift(16 * 60)
            wrong = client.post(LOCKED, {"password": ""}, headers=headers)
            assert wrong.json() == {"error": "Enter your password"}
            assert client.post(LOCKED, {"password": PASSWORD}, headers=headers).status_code == 204
            assert client.get("/more/").status_code == 200
