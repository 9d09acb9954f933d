"""Leaving is at once, a list of leavers asks first, and coming back brings nothing along."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from safeguarding_portal.accounts.feed import plan_leavers
from safeguarding_portal.accounts.leavers import deactivate, reactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.machines import machine
from safeguarding_portal.accounts.memberships import PeopleError
from safeguarding_portal.accounts.models import (
    Invitation,
    KeptPage,
    Membership,
    Role,
    Source,
    User,
)
from safeguarding_portal.accounts.roster import RosterError
from safeguarding_portal.accounts.scim.people import set_active
from safeguarding_portal.accounts.selectors_people import Wanted, people_found
from safeguarding_portal.accounts.services import Invitee, invite
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.accounts.conftest import sign_in
from tests.factories import NOON, give_role, make_lead, make_team, make_user

SCIM = By(Source.SCIM)
LATER = NOON + timedelta(minutes=5)
LEAVERS = "/accounts/people/leavers/"


@pytest.fixture
def corporate(db: None) -> User:
    user = make_user(full_name="Corin Corporate")
    give_role(user, Role.CORPORATE_LEAD)
    return user


@pytest.fixture
def desk(corporate: User) -> Client:
    client = Client()
    client.force_login(corporate)
    return client


def test_a_leaver_is_signed_out_with_the_next_request_and_cannot_sign_in(officer: User) -> None:
    client = Client()
    assert sign_in(client, officer.email) == 302
    assert client.get("/").status_code == 200
    deactivate(officer.pk, SCIM, LATER)
    assert client.get("/").status_code == 302
    assert sign_in(Client(), officer.email) == 200


def test_no_session_from_before_lives_again_after_a_return(officer: User) -> None:
    client = Client()
    sign_in(client, officer.email)
    deactivate(officer.pk, SCIM, LATER)
    reactivate(officer.pk, SCIM, LATER)
    assert client.get("/").status_code == 302


def test_roles_invitations_and_kept_pages_end_and_the_name_stays(corporate: User) -> None:
    manager, team = make_user(full_name="Mika Manager"), make_team()
    give_role(manager, Role.TRIAGE_MANAGER, team)
    give_role(manager, Role.POLICY_EDITOR)
    invite(manager, Invitee("new@example.org", "New", role=Role.LEAD, team=team), NOON)
    KeptPage.objects.create(key_hash="x", owner=manager, path="/", body=b"", expires_at=LATER)
    assert deactivate(manager.pk, SCIM, LATER)
    assert not Membership.objects.filter(user=manager, ends_at=None).exists()
    assert Invitation.objects.get().withdrawn_at == LATER
    assert not KeptPage.objects.exists()
    event = Event.objects.get(name="account.closed")
    assert event.detail == {
        "source": "scim", "memberships": 2, "invitations": 1, "handed_over": 0,
    }  # fmt: skip
    manager.refresh_from_db()
    assert (manager.full_name, manager.left_by) == ("Mika Manager", Source.SCIM)


def test_closing_twice_is_once(officer: User) -> None:
    assert deactivate(officer.pk, SCIM, LATER)
    assert not deactivate(officer.pk, SCIM, LATER)
    assert Event.objects.filter(name="account.closed").count() == 1


def test_what_a_hand_closed_no_feed_opens(corporate: User, officer: User) -> None:
    deactivate(officer.pk, By(Source.HAND, corporate), LATER)
    assert not reactivate(officer.pk, SCIM, LATER)
    assert reactivate(officer.pk, By(Source.HAND, corporate), LATER)


def test_only_the_corporate_lead_closes_and_nobody_their_own(corporate: User) -> None:
    manager, other = make_user(), make_user()
    give_role(manager, Role.TRIAGE_MANAGER, make_team())
    for actor, user in ((manager, other), (corporate, corporate), (other, other)):
        with pytest.raises(PeopleError):
            deactivate(user.pk, By(Source.HAND, actor), LATER)
    deactivate(other.pk, SCIM, LATER)
    with pytest.raises(PeopleError):
        reactivate(other.pk, By(Source.HAND, manager), LATER)


def test_the_last_lead_of_a_team_who_leaves_rings_the_corporate_lead(corporate: User) -> None:
    team = make_team()
    first, last = make_lead(team), make_lead(team)
    deactivate(first.pk, SCIM, LATER)
    assert not Message.objects.filter(template="without_lead").exists()
    deactivate(last.pk, SCIM, LATER)
    assert Message.objects.get(template="without_lead").recipient == corporate.email
    assert Event.objects.filter(name="team.without_lead", object_id=str(team.pk)).exists()


def test_the_last_corporate_lead_who_leaves_rings_the_directors(corporate: User) -> None:
    director = make_user()
    give_role(director, Role.DCS)
    deactivate(corporate.pk, SCIM, LATER)
    assert Message.objects.get(template="without_lead").recipient == director.email


# Lists


@pytest.fixture
def staff(corporate: User) -> list[User]:
    return [make_user(full_name=f"Staff {letter}") for letter in "abcdefghi"]


def test_a_list_of_leavers_closes_those_it_names(staff: list[User]) -> None:
    plan = plan_leavers(f"email\n{staff[0].email.upper()}\nnobody@example.org\n")
    assert (plan.close, plan.unknown, plan.accounts) == ((staff[0],), (3,), 10)
    assert not plan.is_many


def test_a_list_may_say_who_is_active_and_may_use_the_directorys_ids(staff: list[User]) -> None:
    User.objects.filter(pk=staff[1].pk).update(external_id="A-1")
    text = f"email;external id;active\n{staff[0].email};;yes\n;a-1;No\n"
    assert plan_leavers(text).close == (staff[1],)


def test_a_list_of_everybody_closes_whoever_is_not_in_it(
    staff: list[User], corporate: User
) -> None:
    here = "\n".join(user.email for user in (*staff[:8], corporate))
    assert plan_leavers(f"email\n{here}", everybody=True).close == (staff[8],)
    half = "\n".join(user.email for user in staff[:5])
    assert plan_leavers(f"email\n{half}", everybody=True).is_many


@pytest.mark.parametrize(
    "text",
    [
        "",
        "email",
        "name\nx",
        "email,active\na@example.org,perhaps",
        'email\n"a',
        "active\nno",
        "\x00",
    ],
)
def test_a_list_that_cannot_be_read_says_why_and_closes_nobody(
    desk: Client, staff: list[User], text: str
) -> None:
    if text.strip("\x00"):
        with pytest.raises(RosterError):
            plan_leavers(text)
    answer = desk.post(LEAVERS, {"kind": "leavers", "rows": text, "apply": "1"})
    assert answer.status_code == 422
    assert not User.objects.filter(is_active=False).exists()


def test_the_page_shows_first_and_closes_when_confirmed(desk: Client, staff: list[User]) -> None:
    typed = {"kind": "leavers", "rows": f"email\n{staff[0].email}"}
    page = desk.post(LEAVERS, typed)
    assert staff[0].full_name in page.content.decode()
    assert User.objects.filter(is_active=False).count() == 0
    assert desk.post(LEAVERS, typed | {"apply": "1"}).status_code == 302
    gone = User.objects.get(is_active=False)
    assert (gone, gone.left_by) == (staff[0], Source.FEED)


def test_a_list_that_closes_more_than_a_fifth_asks_again_and_never_closes_who_applies_it(
    desk: Client, staff: list[User], corporate: User
) -> None:
    typed = {"kind": "everybody", "rows": f"email\n{staff[0].email}", "apply": "1"}
    answer = desk.post(LEAVERS, typed)
    assert answer.status_code == 422
    assert "more than a fifth" in answer.content.decode()
    assert User.objects.filter(is_active=False).count() == 0
    assert desk.post(LEAVERS, typed | {"many": "on"}).status_code == 302
    assert set(User.objects.filter(is_active=True)) == {staff[0], corporate}


def test_the_command_says_first_and_refuses_half_a_list(staff: list[User], tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"\ufeffemail\n{staff[0].email}\n", "utf-8")
    out = StringIO()
    call_command("close_leavers", str(path), stdout=out)
    assert "1 of 10 accounts to close" in out.getvalue()
    call_command("close_leavers", str(path), "--everybody", stdout=out)
    with pytest.raises(CommandError, match="fifth"):
        call_command("close_leavers", str(path), "--everybody", "--apply", stdout=out)
    assert not User.objects.filter(is_active=False).exists()
    call_command("close_leavers", str(path), "--apply", stdout=out)
    assert User.objects.get(is_active=False) == staff[0]
    with pytest.raises(CommandError, match="cannot be used"):
        call_command("close_leavers", str(tmp_path / "none.csv"), stdout=out)


def test_a_machine_of_the_portal_works_nowhere_and_leaves_never(corporate: User) -> None:
    made = machine("probe@example.org", "Synthetic check")
    plan = plan_leavers(f"email\n{corporate.email}", everybody=True)
    assert made not in plan.close
    assert made not in people_found(Wanted(), 1, NOON).people
    with pytest.raises(User.DoesNotExist):
        set_active(made.pk, NOON, active=False)
