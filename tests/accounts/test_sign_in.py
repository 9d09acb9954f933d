"""Who gets in, and who is kept out for how long."""

from __future__ import annotations

from typing import Any

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.test import Client

from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.accounts.conftest import PASSWORD, sign_in, with_password
from tests.factories import make_user

pytestmark = pytest.mark.django_db
WRONG = "not the password at all"


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/password/change/").status_code == 200


def test_a_person_with_the_right_password_is_signed_in_and_it_is_recorded(officer: User) -> None:
    client = Client()
    assert sign_in(client, officer.email.upper()) == 302
    assert is_signed_in(client)
    assert Event.objects.get(name="account.signed_in").actor == officer


def test_a_wrong_password_is_refused_in_words_that_do_not_say_which_part_is_wrong(
    officer: User,
) -> None:
    pages = [
        Client().post("/accounts/login/", {"login": email, "password": WRONG}).content.decode()
        for email in (officer.email, "nobody@example.org")
    ]
    for page in pages:
        assert "Enter the email address and password of your account" in page
        assert WRONG not in page
    failed = Event.objects.filter(name="account.sign_in_failed")
    assert failed.count() == 2
    assert officer.email not in str(list(failed.values()))


def test_somebody_who_left_cannot_sign_in(officer: User) -> None:
    officer.is_active = False
    officer.save()
    client = Client()
    sign_in(client, officer.email)
    assert not is_signed_in(client)


def test_a_session_of_somebody_who_left_ends_at_once(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    User.objects.filter(pk=officer.pk).update(is_active=False)
    assert not is_signed_in(client)


def test_five_wrong_passwords_shut_an_account_to_unknown_browsers_for_five_minutes(
    officer: User,
) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        for _ in range(5):
            assert sign_in(Client(), officer.email, WRONG) == 200
        assert sign_in(Client(), officer.email, address="10.0.0.2") == 200
        clock.shift(301)
        assert sign_in(Client(), officer.email) == 302


def test_a_browser_the_person_has_used_is_not_shut_by_tries_from_elsewhere(officer: User) -> None:
    desk = Client()
    sign_in(desk, officer.email)
    desk.post("/accounts/logout/")
    for _ in range(6):
        sign_in(Client(), officer.email, WRONG)
    assert sign_in(Client(), officer.email) == 200, "an unknown browser is shut out"
    assert sign_in(desk, officer.email) == 302


def test_a_flood_from_the_councils_address_does_not_lock_out_browsers_that_people_have_used(
    officer: User, settings: Any
) -> None:
    rates = settings.ACCOUNT_RATE_LIMITS | {"login_failed": "5/5m/key,20/5m/ip"}
    settings.ACCOUNT_RATE_LIMITS = rates
    desk = Client()
    sign_in(desk, officer.email)
    desk.post("/accounts/logout/")
    for number in range(25):
        sign_in(Client(), f"guess{number}@example.org", WRONG)
    other = with_password(make_user())
    assert sign_in(Client(), other.email) == 200, "the flood is stopped at the address"
    assert sign_in(desk, officer.email) == 302


def test_the_shared_address_bears_a_busy_monday_morning(db: None) -> None:
    for number in range(60):
        assert sign_in(Client(), f"typo{number}@example.org", WRONG) == 200
    officer = with_password(make_user())
    assert sign_in(Client(), officer.email) == 302


def test_a_known_browser_is_shut_after_five_wrong_passwords_too(officer: User) -> None:
    desk = Client()
    sign_in(desk, officer.email)
    desk.post("/accounts/logout/")
    for _ in range(5):
        assert sign_in(desk, officer.email, WRONG) == 200
    assert sign_in(desk, officer.email) == 200


def test_a_forged_device_cookie_counts_as_an_unknown_browser(officer: User) -> None:
    for _ in range(5):
        sign_in(Client(), officer.email, WRONG)
    liar = Client()
    liar.cookies["device"] = "W10:1vN:forged"
    assert sign_in(liar, officer.email) == 200


def test_signing_in_works_while_redis_is_away(officer: User, settings: Any) -> None:
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert sign_in(Client(), officer.email) == 302


def test_signing_out_takes_a_post(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    client.get("/accounts/logout/")
    assert is_signed_in(client)
    client.post("/accounts/logout/")
    assert not is_signed_in(client)


def _reset(client: Client, email: str) -> str:
    client.post("/accounts/password/reset/", {"email": email})
    message = Message.objects.filter(template="account_code").last()
    return message.context["code"] if message else ""


def test_a_forgotten_password_is_replaced_with_a_code_in_the_browser_that_asked(
    officer: User,
) -> None:
    client = Client()
    code = _reset(client, officer.email)
    new = "three quiet lamps at dusk"
    sent = client.post("/accounts/password/reset/confirm/", {"code": code.lower()})
    assert sent.headers["Location"] == "/accounts/password/reset/complete/"
    client.post("/accounts/password/reset/complete/", {"password1": new, "password2": new})
    assert is_signed_in(client)
    assert sign_in(Client(), officer.email, new) == 302
    assert Event.objects.filter(name="account.password_set", actor=officer).exists()
    assert Message.objects.filter(template="account_notice", recipient=officer.email).exists()


def test_a_reset_code_is_worth_nothing_in_another_browser(officer: User) -> None:
    code = _reset(Client(), officer.email)
    thief = Client()
    assert thief.post("/accounts/password/reset/confirm/", {"code": code}).status_code == 302
    assert thief.get("/accounts/password/reset/complete/").status_code == 302
    _reset(thief, "nobody@example.org")
    assert thief.post("/accounts/password/reset/confirm/", {"code": code}).status_code == 200


def test_a_reset_code_lives_a_quarter_of_an_hour_and_three_tries(officer: User) -> None:
    with time_machine.travel("2026-11-24T10:00:00Z", tick=False) as clock:
        late = Client()
        code = _reset(late, officer.email)
        clock.shift(15 * 60 + 1)
        late.post("/accounts/password/reset/confirm/", {"code": code})
        assert late.get("/accounts/password/reset/complete/").status_code == 302
    guesser = Client()
    code = _reset(guesser, officer.email)
    for _ in range(3):
        guesser.post("/accounts/password/reset/confirm/", {"code": "BBBBBBBB"})
    guesser.post("/accounts/password/reset/confirm/", {"code": code})
    assert "complete" not in guesser.get("/accounts/password/reset/complete/").headers["Location"]


def test_asking_for_a_code_looks_the_same_for_an_address_without_an_account(
    officer: User,
) -> None:
    known, unknown = Client(), Client()
    answers = [
        browser.post("/accounts/password/reset/", {"email": email}, follow=True).content.decode()
        for browser, email in ((known, officer.email), (unknown, "nobody1@example.org"))
    ]
    plain = [page.replace(officer.email, "").replace("nobody1@example.org", "") for page in answers]
    assert _without_token(plain[0]) == _without_token(plain[1])
    assert Message.objects.count() == 1


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrfmiddlewaretoken" not in line)


def test_changing_the_password_needs_the_old_one_and_says_what_is_wrong(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    sent = {"oldpassword": WRONG, "password1": "short", "password2": "shorter"}
    page = client.post("/accounts/password/change/", sent).content.decode()
    assert "Enter the password that you use now" in page
    assert "too short" in page
    new = "three quiet lamps at dusk"
    good = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    client.post("/accounts/password/change/", good)
    assert sign_in(Client(), officer.email, new) == 302


@pytest.mark.parametrize("path", ["login/", "signup/", "password/reset/"])
def test_empty_forms_name_every_field_and_link_to_it(path: str, db: None) -> None:
    page = BeautifulSoup(Client().post(f"/accounts/{path}", {}).content, "html.parser")
    links = page.select(".govuk-error-summary a")
    assert len(links) >= 1
    for link in links:
        target = page.find(id=str(link["href"]).lstrip("#"))
        assert target is not None
        assert target.name == "input"
    assert "This field is required" not in page.get_text()


def test_a_nul_or_a_huge_password_is_refused_like_any_wrong_one(officer: User) -> None:
    for password in ("\x00" * 20, "x" * 200_000, "é" * 500):
        assert sign_in(Client(), officer.email, password) == 200
        cache.clear()
    assert sign_in(Client(), "nul\x00@example.org") == 200


def test_the_device_cookie_is_out_of_reach_of_scripts(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    cookie = client.cookies["device"]
    assert cookie["httponly"]
    assert officer.email not in cookie.value


def test_asking_too_often_shows_the_numbers_and_plain_words(officer: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reset_password": "1/m/key"}
    asks = [Client().post("/accounts/password/reset/", {"email": officer.email}) for _ in range(2)]
    assert asks[1].status_code == 429
    page = asks[1].content.decode()
    assert "Wait a moment, then try again" in page
    assert "tel:" in page
    assert asks[1]["Cache-Control"] == "no-store"
