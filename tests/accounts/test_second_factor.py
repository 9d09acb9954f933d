"""Setting a second factor up, entering it, losing it; signing out everywhere; new browsers."""

from __future__ import annotations

import re
from typing import Any

import pytest
import time_machine
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.webauthn.internal import auth as webauthn
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts import demo_codes, factors
from safeguarding_portal.accounts.demo import DEMO_PASSWORD
from safeguarding_portal.accounts.management.commands.demo_people import load_demo_people
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.accounts.conftest import PASSWORD, sign_in, with_password
from tests.factories import give_role, make_lead, make_team, make_user
from tests.sign_in import with_password_only

pytestmark = pytest.mark.django_db
ASKED = "/accounts/second-factor/"
SET_UP = "/accounts/second-factor/set-up/app/"
PASSKEY = "/accounts/second-factor/set-up/passkey/"
CODES = "/accounts/second-factor/recovery-codes/"
RESET = "/accounts/second-factor/reset/"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
START = "2026-11-24T10:00:00Z"


def code_now(secret: str = SECRET, step: int = 0) -> str:
    """Return the code that an app with this secret shows now, or some half minutes from now."""
    now = list(totp.yield_hotp_counters_from_time())[1]
    return totp.format_hotp_value(totp.hotp_value(secret, now + step))


@pytest.fixture
def lead(db: None) -> User:
    """A lead with an authenticator app."""
    user = with_password(make_lead(make_team()))
    factors.add_app(user, SECRET, timezone.now())
    return user


@pytest.fixture
def weak(lead: User) -> Client:
    client = Client()
    with_password_only(client, lead)
    return client


def is_open(client: Client) -> bool:
    return client.get("/concerns/").status_code == 200


def test_password_then_code_opens_the_portal_and_leads_on(lead: User) -> None:
    client = Client()
    sign_in(client, lead.email)
    led = client.get("/concerns/")
    page = client.get(led["Location"]).content.decode()
    assert "Second step of sign-in" in page
    assert "Demo only" not in page
    before = client.session.session_key
    done = client.post(ASKED, {"code": code_now(), "next": "/concerns/"})
    assert done["Location"] == "/concerns/"
    assert is_open(client)
    assert client.session.session_key != before, "a stronger session has a key of its own"
    assert Event.objects.get(name="account.second_factor_passed").detail == {"kind": "totp"}


@pytest.mark.parametrize("code", ["000000", "", "x" * 300, "١٢٣٤٥٦", "\x00", "😟"])
def test_a_wrong_code_is_refused_in_plain_words(weak: Client, code: str) -> None:
    answer = weak.post(ASKED, {"code": code})
    assert answer.status_code == 422
    assert not is_open(weak)
    assert Event.objects.filter(name="account.second_factor_failed").exists()


def test_a_code_with_a_gap_is_taken_and_none_works_twice(lead: User) -> None:
    with time_machine.travel(START, tick=False) as clock:
        first, second = Client(), Client()
        with_password_only(first, lead)
        with_password_only(second, lead)
        code = code_now()
        assert first.post(ASKED, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
        clock.shift(31)
        assert second.post(ASKED, {"code": code}).status_code == 422
        assert second.post(ASKED, {"code": code_now()}).status_code == 302


def test_five_wrong_codes_shut_it_for_five_minutes_and_reporting_stays_open(
    weak: Client, lead: User
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _ in range(5):
            weak.post(ASKED, {"code": "000000"})
        answer = weak.post(ASKED, {"code": code_now()})
        assert "too many tries" in answer.content.decode()
        assert weak.post("/report/").status_code == 302
        clock.shift(301)
        assert weak.post(ASKED, {"code": code_now()}).status_code == 302


def test_who_has_none_is_led_to_set_one_up_and_gets_recovery_codes() -> None:
    user = with_password(make_lead(make_team()))
    client = Client()
    sign_in(client, user.email)
    assert client.get(f"{ASKED}?next=/concerns/")["Location"] == (
        "/accounts/second-factor/set-up/?next=/concerns/"
    )
    page = client.get(f"{SET_UP}?next=/concerns/").content.decode()
    secret = client.session["mfa.totp.secret"]
    assert " ".join(re.findall("....", secret)) in page
    assert client.post(SET_UP, {"code": "000000"}).status_code == 422
    assert client.session["mfa.totp.secret"] == secret, "a wrong code keeps the picture"
    done = client.post(SET_UP, {"code": code_now(secret), "next": "/concerns/"})
    assert done["Location"] == f"{CODES}?next=/concerns/"
    assert is_open(client)
    shown = client.post(CODES, {"next": "/concerns/"}).content.decode()
    codes = [tag.text for tag in BeautifulSoup(shown, "html.parser").select("li .portal-code")]
    assert len(codes) == 10
    assert codes[0] not in client.get(CODES).content.decode(), "shown once"
    again = Client()
    with_password_only(again, user)
    assert again.post(ASKED, {"code": codes[3]}).status_code == 302
    third = Client()
    with_password_only(third, user)
    assert third.post(ASKED, {"code": codes[3]}).status_code == 422, "each works once"
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert Message.objects.filter(template="account_factor_changed").count() == 2


def test_a_password_alone_never_adds_a_factor_to_an_account_that_has_one(weak: Client) -> None:
    for path in (SET_UP, PASSKEY, "/accounts/second-factor/set-up/"):
        assert weak.get(path)["Location"].startswith(f"{ASKED}?next=")
        assert weak.post(path, {"code": code_now(), "name": "x"}).status_code in {302, 405}
    for path in (CODES, RESET, "/accounts/password/change/", "/accounts/your-sign-in/"):
        assert weak.get(path)["Location"].startswith(f"{ASKED}?next=")


def test_a_reporter_who_set_one_up_is_asked_too(officer: User) -> None:
    factors.add_app(officer, SECRET, timezone.now())
    client = Client()
    sign_in(client, officer.email)
    assert client.get("/")["Location"] == f"{ASKED}?next=/"


def test_a_session_older_than_the_factor_neither_takes_it_away_nor_gets_codes(
    officer: User,
) -> None:
    older = Client()
    with_password_only(older, officer)
    factors.add_app(officer, SECRET, timezone.now())
    remove = reverse("accounts:remove_factor", args=[Authenticator.objects.get().pk])
    for path in (CODES, remove):
        assert older.post(path)["Location"].startswith(ASKED)
    assert [factor.kind for factor in factors.factors_of(officer)] == [factors.Kind.TOTP]


def test_taking_the_last_one_away_closes_the_records_again(lead: User) -> None:
    client = Client()
    client.force_login(lead)
    pk = Authenticator.objects.get(user=lead).pk
    path = f"/accounts/second-factor/{pk}/remove/"
    assert "you see no record until" in client.get(path).content.decode()
    client.post(path)
    assert client.get("/concerns/")["Location"].startswith(ASKED)
    other = Client()
    other.force_login(make_user())
    assert other.post(path).status_code == 404


@pytest.mark.parametrize(
    "sent",
    ["", "{}", "[]", "1", "null", "x", '{"id": 1}', '{"response": {"userHandle": "!"}}', "[[[["],
)
def test_what_no_passkey_would_say_is_refused_in_plain_words(lead: User, sent: str) -> None:
    client = Client()
    with_password_only(client, lead)
    assert client.post(ASKED, {"credential": sent}).status_code == 422
    client.force_login(lead)
    client.get(PASSKEY)
    answer = client.post(PASSKEY, {"credential": sent, "name": "Key"})
    assert answer.status_code == 422
    assert "The passkey could not be checked" in answer.content.decode()
    nameless = client.post(PASSKEY, {"credential": sent, "name": ""}).content.decode()
    assert "Enter a name for the passkey" in nameless
    assert "could not be checked" not in nameless
    assert Client().post("/accounts/passkey/", {"credential": sent}).status_code == 302


# --- Resetting somebody else's --------------------------------------------------------------------


def reset(actor: User, email: str, **fields: str) -> Any:
    client = Client()
    client.force_login(actor)
    return client.post(RESET, {"email": email, "reason": "lost", "is_sure": "on"} | fields)


def test_a_manager_resets_a_lead_of_their_team_who_is_told_and_signed_out(lead: User) -> None:
    manager = make_user()
    give_role(manager, Role.TRIAGE_MANAGER, lead.memberships.get().team)
    desk = Client()
    desk.force_login(lead)
    assert reset(manager, lead.email.upper()).status_code == 302
    assert not Authenticator.objects.filter(user=lead).exists()
    assert desk.get("/concerns/")["Location"].startswith("/accounts/login/")
    event = Event.objects.get(name="account.second_factor_reset")
    assert (event.actor, event.object_id, event.detail) == (
        manager,
        str(lead.pk),
        {"reason": "lost"},
    )
    assert Message.objects.filter(template="account_factor_reset", recipient=lead.email).exists()


def test_nobody_resets_their_own_or_of_people_beyond_their_reach(lead: User) -> None:
    manager, corporate = make_user(), make_user()
    give_role(manager, Role.TRIAGE_MANAGER, make_team())
    give_role(corporate, Role.CORPORATE_LEAD)
    for actor, person in ((manager, lead), (manager, manager), (corporate, corporate)):
        assert reset(actor, person.email).status_code == 422
    assert reset(manager, corporate.email).status_code == 422
    assert reset(corporate, "nobody@example.org").status_code == 422
    assert reset(lead, manager.email).status_code == 404
    assert not Event.objects.filter(name="account.second_factor_reset").exists()
    assert reset(corporate, lead.email, is_sure="").status_code == 422
    assert reset(corporate, lead.email).status_code == 302
    with pytest.raises(ValueError, match="own"):
        factors.reset_factors(lead, lead, factors.Reason.LOST, timezone.now())


def test_the_operator_resets_it_for_the_last_corporate_lead(lead: User) -> None:
    call_command("reset_second_factor", lead.email)
    assert not Authenticator.objects.filter(user=lead).exists()
    assert Event.objects.get(name="account.second_factor_reset").actor_label == "command line"
    with pytest.raises(CommandError, match="Nobody"):
        call_command("reset_second_factor", "nobody@example.org")


# --- Where one is signed in -----------------------------------------------------------------------


def test_signing_out_everywhere_ends_every_session_and_no_others(officer: User) -> None:
    desk, phone, other = Client(), Client(), Client()
    sign_in(desk, officer.email)
    sign_in(phone, officer.email)
    other.force_login(make_user())
    assert desk.post("/accounts/sign-out-everywhere/")["Location"] == "/accounts/login/"
    for client in (desk, phone):
        assert client.get("/more/")["Location"].startswith("/accounts/login/")
    assert other.get("/more/").status_code == 200
    assert sign_in(phone, officer.email) == 302
    assert phone.get("/more/").status_code == 200
    assert Event.objects.get(name="account.signed_out_everywhere").actor == officer


def test_a_sign_in_with_a_new_browser_is_told_and_the_first_of_all_is_not(officer: User) -> None:
    desk, phone = Client(), Client()
    told = Message.objects.filter(template="account_new_device", recipient=officer.email)
    sign_in(desk, officer.email)
    assert not told.exists()
    desk.post("/accounts/logout/")
    sign_in(desk, officer.email)
    assert not told.exists(), "a browser that the person has used before"
    sign_in(phone, officer.email)
    assert told.count() == 1
    assert Event.objects.filter(name="account.new_browser", actor=officer).count() == 1


def test_your_sign_in_shows_factors_codes_and_where_one_signed_in(lead: User) -> None:
    factors.new_recovery_codes(lead, timezone.now())
    client = Client()
    sign_in(client, lead.email, address="10.9.8.7")
    client.post(ASKED, {"code": code_now()})
    page = client.get("/accounts/your-sign-in/").content.decode()
    for words in ("Authenticator app", "10 left", "10.9.8.7", "Password", "Sign out everywhere"):
        assert words in page
    empty = Client()
    empty.force_login(make_user())
    shown = empty.get("/accounts/your-sign-in/").content.decode()
    assert "You have none" in shown
    assert "No sign-in is on record yet" in shown


# --- The demo -------------------------------------------------------------------------------------


def test_a_demo_person_is_shown_the_code_and_only_in_a_demo(settings: Any) -> None:
    cache.clear()
    load_demo_people()
    load_demo_people()
    lead = User.objects.get(email="nadia.sterling@example.org")
    for _ in range(2):
        client = Client()
        sign_in(client, lead.email, DEMO_PASSWORD)
        page = client.get(ASKED).content.decode()
        shown = re.search(r"Demo only: your code is <strong>(\d{6})</strong>", page)
        assert shown, "two sign-ins within half a minute both work"
        client.post(ASKED, {"code": shown.group(1)})
        assert is_open(client)
    assert demo_codes.code_for(User.objects.get(email="priya.hollis@example.org")) == ""
    settings.IS_DEMO = False
    assert demo_codes.code_for(lead) == ""
    assert demo_codes.code_for(make_user()) == ""


def test_a_lost_key_lets_nobody_in(weak: Client, settings: Any) -> None:
    settings.SECRET_KEY = "another" * 10
    assert totp.decrypt("nonsense") != totp.decrypt("nonsense"), "never a secret one could guess"


def test_a_passkey_is_asked_for_with_finger_face_or_pin_not_only_a_touch(officer: User) -> None:
    request = RequestFactory().get("/")
    request.session = Client().session
    with context.request_context(request):
        asked = webauthn.begin_authentication(officer)
        assert asked["publicKey"]["userVerification"] == "required"
        assert webauthn.get_state()["user_verification"] == "required", "what the answer is held to"


def test_password_of_a_colleague_does_not_unlock(officer: User) -> None:
    client = Client()
    with_password_only(client, make_user())
    answer = client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 422
