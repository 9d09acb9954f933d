"""Who may invite whom into what, and what an invitation opens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.test import Client

from safeguarding_portal.accounts.models import Directorate, Invitation, Membership, Role, User
from safeguarding_portal.accounts.selectors import may_give, open_invitation, roles_to_give
from safeguarding_portal.accounts.services import (
    InvitationError,
    Invitee,
    accept_invitation,
    invite,
    withdraw_invitation,
)
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import render
from tests.accounts.conftest import PASSWORD, sign_in
from tests.factories import give_role, make_lead, make_team, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NEW = Invitee("new.person@example.org", "New Person")
PAGES = ("/accounts/invitations/", "/accounts/invitations/new/", "/accounts/invitations/many/")


@pytest.fixture
def manager() -> User:
    """A triage manager of one team."""
    user = make_user()
    give_role(user, Role.TRIAGE_MANAGER, make_team())
    return user


@pytest.fixture
def corporate() -> User:
    """The corporate lead."""
    user = make_user()
    give_role(user, Role.CORPORATE_LEAD)
    return user


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def team_of(user: User) -> Any:
    return user.memberships.get().team


@pytest.mark.parametrize(
    "role", [role for role in Role.values if role not in {"triage_manager", "corporate_lead"}]
)
def test_nobody_but_triage_managers_and_the_corporate_lead_may_invite(role: str) -> None:
    user = make_user()
    give_role(user, role, make_team() if role == Role.LEAD else None)
    for page in PAGES:
        assert as_(user).get(page).status_code == 404
    for page in PAGES[1:]:
        assert as_(user).post(page, {"email": "x@example.org"}).status_code == 404
    with pytest.raises(InvitationError):
        invite(user, NEW, NOW)
    assert not Invitation.objects.exists()


def test_a_person_without_a_role_may_not_invite() -> None:
    assert as_(make_user()).get(PAGES[0]).status_code == 404


def test_a_triage_manager_invites_reporters_and_leads_of_their_own_team(manager: User) -> None:
    assert roles_to_give(manager, NOW) == ("", Role.LEAD)
    invite(manager, NEW, NOW)
    invite(manager, Invitee("lead@example.org", "A Lead", role="lead", team=team_of(manager)), NOW)
    assert Invitation.objects.count() == 2


@pytest.mark.parametrize("role", [role for role in Role.values if role != "lead"])
def test_a_triage_manager_gives_no_other_role(manager: User, role: str) -> None:
    with pytest.raises(InvitationError, match="cannot give this role"):
        invite(manager, Invitee("x@example.org", "X", role=role, team=team_of(manager)), NOW)


def test_a_triage_manager_gives_no_role_in_another_team(manager: User) -> None:
    with pytest.raises(InvitationError, match="cannot give this role"):
        invite(manager, Invitee("x@example.org", "X", role="lead", team=make_team()), NOW)


def test_a_triage_manager_whose_role_has_ended_may_not_invite(manager: User) -> None:
    Membership.objects.update(ends_at=NOW - timedelta(seconds=1))
    assert not may_give(manager, "", None, NOW)


def test_the_corporate_lead_gives_every_role(corporate: User) -> None:
    team = make_team()
    for number, role in enumerate(Role.values):
        invite(corporate, Invitee(f"p{number}@example.org", "P", role=role, team=team), NOW)
    assert Invitation.objects.count() == len(Role.values)


def test_a_lead_without_a_team_is_refused_by_words_and_by_the_database(corporate: User) -> None:
    with pytest.raises(InvitationError, match="Choose a team"):
        invite(corporate, Invitee("x@example.org", "X", role="lead"), NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.create(
            email="x@example.org", role="lead", created_at=NOW, expires_at=NOW
        )


def test_a_person_with_an_account_is_not_invited_into_another_role(corporate: User) -> None:
    with pytest.raises(InvitationError, match="has an account"):
        invite(corporate, Invitee(corporate.email.upper(), "Me", role="auditor"), NOW)


def test_two_invitations_of_one_address_are_one_too_many(manager: User) -> None:
    invite(manager, NEW, NOW)
    with pytest.raises(InvitationError, match="open invitation"):
        invite(manager, Invitee("NEW.person@example.org", "New Person"), NOW)


def test_who_was_invited_two_weeks_ago_may_be_invited_again(manager: User) -> None:
    invite(manager, NEW, NOW)
    later = NOW + timedelta(days=14)
    assert open_invitation(NEW.email, later) is None
    invite(manager, NEW, later)
    assert open_invitation(NEW.email, later) is not None


def test_an_invitation_is_announced_once_without_a_secret_or_a_name(manager: User) -> None:
    invite(manager, NEW, NOW)
    message = Message.objects.get()
    assert message.recipient == NEW.email
    assert message.context == {"link": "/accounts/signup/", "days": "14"}
    assert "New Person" not in render(message).body


def test_inviting_is_recorded_without_the_address(manager: User) -> None:
    invitation = invite(manager, NEW, NOW)
    event = Event.objects.get(name="invitation.made")
    assert (event.actor, event.object_id) == (manager, str(invitation.pk))
    assert NEW.email not in str(event.detail)


SIGN_UP = {
    "email": NEW.email,
    "full_name": "New Person",
    "job_title": "Librarian",
    "work_phone": "0121 496 0321",
    "password1": PASSWORD,
    "password2": PASSWORD,
}


def sign_up(client: Client, **fields: str) -> str:
    """Send the sign-up form; return the code that was promised, if any."""
    before = set(Message.objects.values_list("pk", flat=True))
    sent = client.post("/accounts/signup/", SIGN_UP | fields)
    assert sent.status_code == 302, sent.content.decode()
    assert sent.headers["Location"] == "/accounts/confirm-email/"
    new = Message.objects.exclude(pk__in=before).filter(template="account_code").last()
    return new.context["code"] if new else ""


def test_an_invited_person_opens_an_account_with_a_code_and_gets_the_role(manager: User) -> None:
    team = team_of(manager)
    with time_machine.travel(NOW, tick=False):
        invite(manager, Invitee(NEW.email, "N. Person", role="lead", team=team), NOW)
        client = Client()
        code = sign_up(client)
        user = User.objects.get(email=NEW.email)
        assert not user.memberships.exists(), "nothing is given before the address is proved"
        assert client.get("/accounts/password/change/").status_code == 302
        client.post("/accounts/confirm-email/", {"code": code})
        led = client.get("/accounts/password/change/")
        assert led["Location"].startswith("/accounts/second-factor/"), "signed in, with a role"
    user.refresh_from_db()
    assert (user.full_name, user.job_title) == ("New Person", "Librarian")
    assert user.work_phone == "0121 496 0321"
    membership = user.memberships.get()
    assert (membership.role, membership.team) == (Role.LEAD, team)
    assert Invitation.objects.get().accepted_by == user
    assert Event.objects.filter(name="invitation.accepted", actor=user).exists()


def test_a_wrong_code_opens_nothing(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        invite(manager, NEW, NOW)
        client = Client()
        sign_up(client)
        page = client.post("/accounts/confirm-email/", {"code": "BBBB-BBBB"})
        assert "Enter the code from our latest email" in page.content.decode()
        assert client.get("/accounts/password/change/").status_code == 302


def test_an_address_that_is_not_invited_gets_the_same_page_and_no_account_and_no_message() -> None:
    client = Client()
    assert sign_up(client, email="stranger@example.org") == ""
    assert client.get("/accounts/confirm-email/").status_code == 200
    assert not User.objects.filter(email="stranger@example.org").exists()
    assert not Message.objects.exists()


def test_who_has_an_account_is_told_by_message_and_the_page_does_not_say_it() -> None:
    user = make_user()
    client, stranger = Client(), Client()
    sign_up(client, email=user.email)
    assert Message.objects.get().template == "account_exists"
    sign_up(stranger, email="stranger@example.org")
    pages = [
        browser.get("/accounts/confirm-email/").content.decode() for browser in (client, stranger)
    ]
    assert "has an account" not in pages[0]
    same = [
        [
            line
            for line in page.replace(user.email, "@")
            .replace("stranger@example.org", "@")
            .split("\n")
            if "csrf" not in line
        ]
        for page in pages
    ]
    assert same[0] == same[1]


def test_an_invitation_that_ran_out_or_was_withdrawn_opens_nothing(manager: User) -> None:
    invitation = invite(manager, NEW, NOW)
    with time_machine.travel(NOW + timedelta(days=14), tick=False):
        assert sign_up(Client()) == ""
    withdraw_invitation(invitation.pk, manager, NOW)
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        assert sign_up(Client()) == ""
    assert not User.objects.filter(email=NEW.email).exists()


def test_an_allowed_domain_opens_an_account_without_any_role(settings: Any) -> None:
    settings.ACCOUNT_ALLOWED_DOMAINS = ["Council.example.org"]
    client = Client()
    code = sign_up(client, email="someone@council.example.org")
    client.post("/accounts/confirm-email/", {"code": code})
    assert client.get("/accounts/password/change/").status_code == 200
    assert not User.objects.get(email="someone@council.example.org").memberships.exists()
    assert sign_up(Client(), email="someone@evil-council.example.org") == ""
    assert sign_up(Client(), email="council.example.org@example.com") == ""


def test_an_invitation_is_used_up_once(manager: User) -> None:
    invite(manager, Invitee(NEW.email, "N", role="lead", team=team_of(manager)), NOW)
    user = make_user(email=NEW.email)
    assert accept_invitation(user, NOW) is not None
    assert accept_invitation(user, NOW) is None
    assert user.memberships.count() == 1


def test_withdrawing_takes_a_post_and_only_ones_own_invitations(
    manager: User, corporate: User
) -> None:
    other = make_user()
    give_role(other, Role.TRIAGE_MANAGER, make_team())
    with time_machine.travel(NOW, tick=False):
        invitation = invite(manager, NEW, NOW)
        path = f"/accounts/invitations/{invitation.pk}/withdraw/"
        assert as_(manager).get(path).status_code == 405
        assert as_(other).post(path).status_code == 404
        assert as_(make_lead(make_team())).post(path).status_code == 404
        assert open_invitation(NEW.email, NOW)
        assert as_(corporate).post(path).status_code == 302
    assert open_invitation(NEW.email, NOW) is None


def test_the_list_shows_ones_own_invitations_and_those_of_all_to_the_corporate_lead(
    manager: User, corporate: User, django_assert_max_num_queries: Any
) -> None:
    with time_machine.travel(NOW, tick=False):
        for number in range(30):
            invite(manager, Invitee(f"p{number}@example.org", f"Name{number}"), NOW)
        client = as_(manager)
        with django_assert_max_num_queries(12):
            page = client.get(PAGES[0]).content.decode()
        assert "Name29" in page
        assert "Name29" in as_(corporate).get(PAGES[0]).content.decode()
        other = make_user()
        give_role(other, Role.TRIAGE_MANAGER, make_team())
        assert "Name29" not in as_(other).get(PAGES[0]).content.decode()


def test_the_form_invites_and_a_wrong_one_names_each_field(manager: User) -> None:
    client = as_(manager)
    page = client.post(PAGES[1], {"email": "nonsense", "role": "auditor"})
    assert page.status_code == 422
    text = page.content.decode()
    for words in ("Enter an email address in full", "Enter their full name", "Select one of the"):
        assert words in text
    good = {"email": NEW.email, "full_name": "New Person", "role": "lead"}
    assert "Choose a team" in client.post(PAGES[1], good).content.decode()
    sent = client.post(PAGES[1], good | {"team": team_of(manager).slug})
    assert sent.status_code == 302
    assert Invitation.objects.get().role == "lead"


HEADER = "Email,Full name,Job title,Directorate,Role,Team\n"


def test_a_list_is_checked_first_and_sends_nothing(manager: User) -> None:
    rows = HEADER + "a@example.org,Ann Example,,,,\nb@example.org,Ben Example,,,,\n"
    page = as_(manager).post(PAGES[2], {"rows": rows})
    assert page.status_code == 200
    assert "2 people will be invited" in page.content.decode()
    assert not Invitation.objects.exists()
    assert not Message.objects.exists()


def test_a_checked_list_is_sent_when_confirmed_in_the_shape_spreadsheets_give(
    manager: User,
) -> None:
    team = team_of(manager)
    Directorate.objects.create(slug="housing", name="City Housing")
    rows = (
        "\ufeff"
        + HEADER.replace(",", ";").upper()
        + f'a@example.org;"Example; Ann";Officer;city housing;Safeguarding lead;{team.name}\r\n'
        + "\r\n;;;;;\r\n"
        + "B@example.org;Ben Example;;;;\r\n"
    )
    sent = as_(manager).post(PAGES[2], {"rows": rows, "send": "1"})
    assert sent.status_code == 302
    ann = Invitation.objects.get(email="a@example.org")
    assert (ann.full_name, ann.role, ann.team) == ("Example; Ann", "lead", team)
    assert ann.directorate is not None
    assert ann.directorate.slug == "housing"
    assert Message.objects.count() == Invitation.objects.count() == 2


def test_one_wrong_line_stops_the_list_and_every_fault_is_named_by_its_line(manager: User) -> None:
    lines = [
        "ok@example.org,Olive Example,,,,",
        "nonsense,,,,,",
        "c@example.org,Cara,,No such part,wizard,No such team",
        "d@example.org,Dan,,,auditor,",
        "ok@example.org,Olive Again,,,,",
        f"{manager.email},The Manager,,,,",
    ]
    page = as_(manager).post(PAGES[2], {"rows": HEADER + "\n".join(lines), "send": "1"})
    text = page.content.decode()
    for words in (
        "Line 3: Enter an email address in full, like name@example.org; Enter a full name",
        "Line 4: There is no role called wizard; There is no directorate called No such part; ",
        "There is no team called No such team",
        "Line 5: You cannot give this role",
        "Line 6: This address is in the list twice",
        "Line 7: This person has an account already",
    ):
        assert words in text
    assert "Olive Example" in text, "what was typed is still there"
    assert not Invitation.objects.exists()


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("name\nx", "missing: email, full name"),
        (HEADER, "nobody under the names"),
        ("email,full name,shoe size\na@example.org,A,3", "no column called: shoe size"),
        ('email,full name\na@example.org,"A', "quotation mark"),
        ("email,full name\n" + "a@example.org,A\n" * 501, "at most 500"),
        ("", "Paste at least one person"),
    ],
)
def test_a_list_that_cannot_be_read_says_why(manager: User, rows: str, words: str) -> None:
    page = as_(manager).post(PAGES[2], {"rows": rows})
    assert page.status_code == 422
    assert words in page.content.decode()


def test_the_first_person_is_invited_from_the_command_line() -> None:
    call_command("invite", "first@example.org", "--name", "First Person", "--role=corporate_lead")
    invitation = Invitation.objects.get()
    assert (invitation.invited_by, invitation.role) == (None, "corporate_lead")
    assert Event.objects.get(name="invitation.made").actor_label == "command line"
    for arguments, words in (
        (["nonsense"], "not an e-mail address"),
        (["first@example.org"], "open invitation"),
        (["x@example.org", "--role=lead"], "Name the team"),
        (["x@example.org", "--team=none"], "Name the team"),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("invite", *arguments)


def test_who_signed_up_can_sign_in_again(manager: User) -> None:
    with time_machine.travel(NOW, tick=False):
        invite(manager, NEW, NOW)
        client = Client()
        client.post("/accounts/confirm-email/", {"code": sign_up(client)})
        assert sign_in(Client(), NEW.email) == 302


def test_another_code_can_be_asked_for_and_replaces_the_first(manager: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        invite(manager, NEW, NOW)
        client = Client()
        first = sign_up(client)
        clock.shift(11)
        client.post("/accounts/confirm-email/", {"action": "resend"})
        codes = [row.context["code"] for row in Message.objects.filter(template="account_code")]
        assert codes[0] == first
        assert codes[1] != first
        client.post("/accounts/confirm-email/", {"code": first})
        assert client.get("/accounts/password/change/").status_code == 302
        client.post("/accounts/confirm-email/", {"code": codes[1]})
        assert client.get("/accounts/password/change/").status_code == 200
