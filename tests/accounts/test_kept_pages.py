"""A page sent after the session ended comes back, for half an hour, and to its owner only."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core import signing
from django.test import Client
from django.utils import timezone

from concerns.models import Draft
from safeguarding_portal.accounts.kept_pages import purge_kept_pages
from safeguarding_portal.accounts.models import KeptPage, User
from safeguarding_portal.accounts.tasks import purge
from tests.accounts.conftest import PASSWORD, sign_in, with_password
from tests.answers import CHILD
from tests.factories import make_concern, make_lead, make_team, make_user
from tests.sign_in import pass_second_factor

pytestmark = pytest.mark.django_db
STORY = "He flinched when the door opened.\nShe said: “it’s nothing” 😟 مرحبا"
START = "2026-11-24T10:00:00Z"


@pytest.fixture
def draft(officer: User) -> Draft:
    """A report that the officer is writing."""
    return Draft.objects.create(owner=officer, expires_at=timezone.now() + timedelta(days=30))


def page_of(draft: Draft) -> str:
    return f"/report/{draft.pk}/page/what-happened/"


def desk_of(person: User) -> Client:
    """Return a browser in which the person has signed in, and whose session then ended."""
    client = Client()
    assert sign_in(client, person.email) == 302
    end_sessions(client)
    return client


def end_sessions(client: Client) -> None:
    Session.objects.all().delete()


def send(client: Client, draft: Draft, **fields: str) -> Any:
    typed = CHILD["what-happened"] | {"account": STORY, "csrfmiddlewaretoken": "x", **fields}
    return client.post(page_of(draft), typed)


def test_a_kept_page_stays_in_no_cache_and_no_frame(officer: User) -> None:
    client = desk_of(officer)
    client.post("/accounts/sign-out-everywhere/", {"story": STORY})
    sign_in(client, officer.email)
    answer = client.get("/accounts/sign-out-everywhere/")
    assert shown_story(answer.content.decode())
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"


def shown_story(page: str) -> bool:
    return "He flinched when the door opened." in page and "😟 مرحبا" in page


def test_the_owner_gets_the_page_back_on_the_same_address_and_can_send_it(
    officer: User, draft: Draft
) -> None:
    desk = desk_of(officer)
    led = send(desk, draft)
    assert led.status_code == 302
    assert led["Location"] == f"/accounts/login/?next={page_of(draft)}"
    assert "What you typed is kept" in desk.get(led["Location"]).content.decode()
    again = desk.post(led["Location"], {"login": officer.email, "password": PASSWORD})
    assert again["Location"] == page_of(draft)
    page = desk.get(page_of(draft)).content.decode()
    assert shown_story(page)
    assert "We asked you to sign in first" in page
    assert 'name="account"' in page
    assert send(desk, draft).status_code == 302
    draft.refresh_from_db()
    assert draft.answers["what-happened"]["account"] == [STORY]
    assert not KeptPage.objects.exists(), "sent again, the copy has no further use"
    assert "We asked you to sign in first" not in desk.get(page_of(draft)).content.decode()


def test_reading_it_twice_loses_nothing(officer: User, draft: Draft) -> None:
    desk = desk_of(officer)
    send(desk, draft)
    sign_in(desk, officer.email)
    for _ in range(2):
        assert shown_story(desk.get(page_of(draft)).content.decode())


def test_somebody_else_who_signs_in_at_the_same_browser_does_not_get_it(
    officer: User, draft: Draft
) -> None:
    desk = desk_of(officer)
    send(desk, draft)
    other = with_password(make_user())
    sign_in(desk, other.email)
    answer = desk.get(page_of(draft))
    assert answer.status_code == 404
    assert not shown_story(answer.content.decode())
    end_sessions(desk)
    sign_in(desk, officer.email)
    assert shown_story(desk.get(page_of(draft)).content.decode()), "its owner still gets it"


def test_the_owner_at_another_browser_does_not_get_it(officer: User, draft: Draft) -> None:
    send(desk_of(officer), draft)
    phone = Client()
    sign_in(phone, officer.email)
    assert not shown_story(phone.get(page_of(draft)).content.decode())


def test_a_page_for_somebody_elses_draft_is_never_shown(officer: User) -> None:
    foreign = Draft.objects.create(
        owner=make_user(), expires_at=timezone.now() + timedelta(days=30)
    )
    desk = desk_of(officer)
    send(desk, foreign)
    sign_in(desk, officer.email)
    answer = desk.get(page_of(foreign))
    assert answer.status_code == 404
    assert not shown_story(answer.content.decode())


def test_it_is_kept_for_half_an_hour_and_then_purged(officer: User, draft: Draft) -> None:
    with time_machine.travel(START, tick=False) as clock:
        desk = desk_of(officer)
        send(desk, draft)
        sign_in(desk, officer.email)
        clock.shift(30 * 60 - 1)
        assert shown_story(desk.get(page_of(draft)).content.decode())
        assert purge_kept_pages(timezone.now()) == 0
        clock.shift(1)
        assert not shown_story(desk.get(page_of(draft)).content.decode())
        purge()
        purge()
    assert not KeptPage.objects.exists()


def test_the_row_tells_a_reader_of_the_database_nothing(officer: User, draft: Draft) -> None:
    send(desk_of(officer), draft, password="brass kettle forty seven", code="BCDF-GHJK")
    kept = KeptPage.objects.get()
    stored = bytes(kept.body) + str(vars(kept)).encode()
    for secret in (b"flinched", b"brass kettle", b"BCDF"):
        assert secret not in stored
    assert kept.owner == officer


def test_passwords_and_codes_are_not_kept_at_all(officer: User, draft: Draft) -> None:
    desk = desk_of(officer)
    send(desk, draft, password="brass kettle forty seven", code="BCDF-GHJK")
    sign_in(desk, officer.email)
    page = desk.get(page_of(draft)).content.decode()
    assert "brass kettle" not in page
    assert "BCDF-GHJK" not in page


def test_two_tabs_come_back_each_to_its_own_page(officer: User, draft: Draft) -> None:
    desk = desk_of(officer)
    send(desk, draft)
    other = f"/report/{draft.pk}/page/when/"
    desk.post(other, {"when": "a rough day in spring"})
    sign_in(desk, officer.email)
    assert shown_story(desk.get(page_of(draft)).content.decode())
    send(desk, draft)
    assert KeptPage.objects.get().path == other


def test_a_stranger_cannot_fill_the_table(officer: User, draft: Draft) -> None:
    assert send(Client(), draft).status_code == 302
    liar = Client()
    liar.cookies["device"] = signing.dumps(["x", [], officer.pk], salt="another")
    send(liar, draft)
    assert not KeptPage.objects.exists()
    desk = desk_of(officer)
    for number in range(25):
        desk.post(f"/report/{draft.pk}/page/person.{number}/", {"name": "x"})
    assert KeptPage.objects.count() == 20


def test_a_page_larger_than_anybody_types_is_not_kept(officer: User, draft: Draft) -> None:
    assert send(desk_of(officer), draft, more="x" * 1_100_000).status_code == 302
    assert not KeptPage.objects.exists()


def test_nothing_is_kept_for_somebody_who_has_left(officer: User, draft: Draft) -> None:
    desk = desk_of(officer)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    send(desk, draft)
    assert not KeptPage.objects.exists()


def test_a_forged_key_opens_nothing(officer: User, draft: Draft) -> None:
    send(desk_of(officer), draft)
    thief = Client()
    sign_in(thief, officer.email)
    thief.cookies["kept"] = signing.dumps("guess", salt="safeguarding_portal.kept_page")
    assert not shown_story(thief.get(page_of(draft)).content.decode())
    thief.cookies["kept"] = "nonsense"
    assert thief.get(page_of(draft)).status_code == 200


def test_a_changed_key_loses_the_copy_and_breaks_nothing(
    officer: User, draft: Draft, settings: Any
) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.KEPT_PAGE_KEYS = [old]
    desk = desk_of(officer)
    send(desk, draft)
    sign_in(desk, officer.email)
    settings.KEPT_PAGE_KEYS = [new, old]
    assert shown_story(desk.get(page_of(draft)).content.decode()), "the old key still decrypts"
    settings.KEPT_PAGE_KEYS = [new]
    answer = desk.get(page_of(draft))
    assert answer.status_code == 200
    assert not shown_story(answer.content.decode())


def test_a_leads_note_comes_back_too(officer: User) -> None:
    team = make_team()
    lead = with_password(make_lead(team))
    concern = make_concern(team)
    desk = desk_of(lead)
    path = f"/concerns/{concern.reference}/note/"
    note = desk.post(path, {"text": STORY})
    assert note.status_code == 302
    sign_in(desk, lead.email)
    pass_second_factor(desk)
    assert shown_story(desk.get(path).content.decode())


def test_a_button_pressed_after_the_session_ended_asks_again(officer: User, draft: Draft) -> None:
    desk = desk_of(officer)
    path = f"/report/{draft.pk}/send/"
    desk.post(path, {})
    sign_in(desk, officer.email)
    page = desk.get(path).content.decode()
    assert "nothing has happened yet" in page
    assert "Do it now" in page
    desk.post(path, {"discard-kept-page": "1"})
    assert not KeptPage.objects.exists()
    draft.refresh_from_db()
    assert draft.submitted_at is None


def test_a_page_that_refreshes_itself_is_led_to_sign_in_whole(officer: User) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/concerns/?mine=1"}
    answer = Client().get("/concerns/", headers=headers)
    assert answer["HX-Redirect"] == "/accounts/login/?next=/concerns/"
