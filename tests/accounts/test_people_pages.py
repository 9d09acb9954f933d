"""The pages about people: who sees them, what they give, end and close."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from safeguarding_portal.accounts.models import Membership, PersonKind, Role, Source, Team, User
from safeguarding_portal.audit.models import Event
from tests.factories import give_role, make_concern, make_lead, make_team, make_user

PEOPLE = "/accounts/people/"


@pytest.fixture
def team(db: None) -> Team:
    return make_team(name="Children north")


@pytest.fixture
def corporate(db: None) -> User:
    user = make_user(full_name="Corin Corporate")
    give_role(user, Role.CORPORATE_LEAD)
    return user


@pytest.fixture
def manager(team: Team) -> User:
    user = make_user(full_name="Mika Manager")
    give_role(user, Role.TRIAGE_MANAGER, team)
    return user


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk(corporate: User) -> Client:
    return signed_in(corporate)


def page_of(user: User, *parts: str) -> str:
    return "/".join((f"{PEOPLE}{user.pk}", *parts, ""))


def test_only_managers_and_the_corporate_lead_see_people(team: Team, corporate: User) -> None:
    for user in (make_user(), make_lead(team)):
        for path in (PEOPLE, page_of(corporate), f"{PEOPLE}leavers/"):
            assert signed_in(user).get(path).status_code == 404


def test_the_list_finds_people_by_name_role_team_and_whether_they_have_left(
    desk: Client, team: Team
) -> None:
    lead, other = make_lead(team, full_name="Robin Lead"), make_user(full_name="Sam Other")
    gone = make_user(full_name="Gale Gone", is_active=False)
    for typed, shown, hidden in (
        ({"text": "robin"}, [lead], [other, gone]),
        ({"role": "lead"}, [lead], [other, gone]),
        ({"team": str(team.pk)}, [lead], [other, gone]),
        ({"left": "on"}, [gone], [lead, other]),
        ({}, [lead, other], [gone]),
    ):
        page = desk.post(PEOPLE, typed).content.decode()
        assert all(person.full_name in page for person in shown), typed
        assert not any(person.full_name in page for person in hidden), typed


def test_a_name_in_an_address_is_not_read(desk: Client) -> None:
    make_user(full_name="Robin Lead")
    make_user(full_name="Sam Other")
    assert "Sam Other" in desk.get(PEOPLE, {"text": "robin"}).content.decode()


def test_an_empty_list_says_what_to_do(desk: Client) -> None:
    assert "Nobody fits" in desk.post(PEOPLE, {"text": "zzz"}).content.decode()


@pytest.mark.parametrize(
    "typed",
    [
        {"role": "king"},
        {"team": "x"},
        {"text": "a\x00b" * 9000},
        {"page": "-1"},
        {"page": "9" * 90},
    ],
)
def test_nonsense_is_answered_in_plain_words(desk: Client, typed: dict[str, str]) -> None:
    assert desk.post(PEOPLE, typed).status_code in {200, 422}
    assert desk.get(PEOPLE, typed).status_code in {200, 422}


def test_thirty_people_cost_no_more_statements_than_one(
    desk: Client, team: Team, django_assert_max_num_queries: Any
) -> None:
    make_lead(team)
    with django_assert_max_num_queries(12) as one:
        desk.get(PEOPLE)
    for _ in range(30):
        make_lead(team)
    with django_assert_max_num_queries(12) as many:
        desk.get(PEOPLE)
    assert len(one) == len(many)


def test_a_person_shows_roles_now_and_before_and_who_is_kept_out_with_them(
    desk: Client, team: Team, django_assert_max_num_queries: Any
) -> None:
    deputy = make_user(full_name="Dee Deputy")
    lead = make_lead(team, manager=make_user(full_name="Max Above"))
    lead.deputies.add(deputy)
    with django_assert_max_num_queries(12):
        page = desk.get(page_of(lead)).content.decode()
    assert "Safeguarding lead" in page
    assert "Max Above" in page
    assert "Dee Deputy" in page


def test_the_corporate_lead_gives_and_ends_a_role_with_a_trace(desk: Client, team: Team) -> None:
    user = make_user()
    desk.post(page_of(user, "roles", "give"), {"role": "lead", "team": str(team.pk)})
    held = Membership.objects.get(user=user)
    assert (held.role, held.source, held.ends_at) == ("lead", Source.HAND, None)
    path = page_of(user, "roles", str(held.pk), "end")
    assert "End the role" in desk.get(path).content.decode()
    assert desk.post(path).status_code == 302
    held.refresh_from_db()
    assert held.ends_at is not None
    names = ["membership.given", "membership.ended"]
    assert Event.objects.filter(name__in=names, object_id=str(user.pk)).count() == 2
    assert desk.post(path).status_code == 404


def test_a_triage_manager_gives_the_role_of_lead_in_their_team_and_nothing_else(
    manager: User, team: Team
) -> None:
    user, client = make_user(), signed_in(manager)
    elsewhere = make_team()
    give = page_of(user, "roles", "give")
    for typed in (
        {"role": "corporate_lead", "team": "council"},
        {"role": "lead", "team": str(elsewhere.pk)},
        {"role": "lead", "team": "council"},
    ):
        assert client.post(give, typed).status_code == 422, typed
    assert not Membership.objects.filter(user=user).exists()
    assert client.post(give, {"role": "lead", "team": str(team.pk)}).status_code == 302
    far = give_role(user, Role.LEAD, elsewhere)
    assert client.post(page_of(user, "roles", str(far.pk), "end")).status_code == 404
    for act in ("close", "reopen", "change"):
        assert client.post(page_of(user, act)).status_code == 404


def test_nobody_changes_their_own_roles_details_or_account(desk: Client, corporate: User) -> None:
    mine = Membership.objects.get(user=corporate)
    page = desk.get(page_of(corporate)).content.decode()
    assert "This is you" in page
    assert "Give a role" not in page
    typed = {"role": "auditor", "team": "council"}
    assert desk.post(page_of(corporate, "roles", "give"), typed).status_code == 422
    assert desk.post(page_of(corporate, "roles", str(mine.pk), "end")).status_code == 404
    assert desk.post(page_of(corporate, "close")).status_code == 403
    changed = {"full_name": "Me", "kind": "staff", "manager": "", "deputies": ""}
    assert desk.post(page_of(corporate, "change"), changed).status_code == 422


def test_a_role_that_a_group_gives_is_not_ended_by_hand(desk: Client, team: Team) -> None:
    user = make_user()
    held = give_role(user, Role.LEAD, team, source=Source.GROUPS)
    assert "By a group" in desk.get(page_of(user)).content.decode()
    assert desk.post(page_of(user, "roles", str(held.pk), "end")).status_code == 404


def test_the_corporate_lead_changes_kind_job_manager_and_deputies(desk: Client) -> None:
    user, above, deputy = make_user(), make_user(), make_user()
    typed = {
        "full_name": "New Name",
        "job_title": "Warden",
        "work_phone": "0121 496 0199",
        "kind": "contractor",
        "manager": above.email.upper(),
        "deputies": f"{deputy.email}\n\n{deputy.email}",
    }
    assert desk.post(page_of(user, "change"), typed).status_code == 302
    user.refresh_from_db()
    assert (user.full_name, user.kind, user.manager) == ("New Name", PersonKind.CONTRACTOR, above)
    assert list(user.deputies.all()) == [deputy]
    detail = Event.objects.get(name="person.changed").detail
    assert detail["fields"] == [
        "full_name", "job_title", "work_phone", "kind", "manager", "deputies",
    ]  # fmt: skip
    assert deputy.email in desk.get(page_of(user, "change")).content.decode()
    desk.post(page_of(user, "change"), typed)
    assert Event.objects.filter(name="person.changed").count() == 1, "nothing changed"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("manager", "nobody@example.org"),
        ("manager", "not an address"),
        ("deputies", "nobody@example.org"),
        ("deputies", "\n".join(f"p{n}@example.org" for n in range(11))),
        ("kind", "king"),
        ("full_name", ""),
    ],
)
def test_wrong_details_come_back_as_typed_with_an_error(
    desk: Client, field: str, value: str
) -> None:
    user = make_user()
    typed = {"full_name": "New Name", "kind": "staff", field: value}
    answer = desk.post(page_of(user, "change"), typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.content.decode()


def test_closing_asks_first_and_says_what_goes_to_cover(desk: Client, team: Team) -> None:
    lead = make_lead(team)
    make_concern(team, owner=lead, taken_at="2026-11-24T12:00Z")
    page = desk.get(page_of(lead, "close")).content.decode()
    assert "1 open concern" in page
    lead.refresh_from_db()
    assert lead.is_active
    assert desk.post(page_of(lead, "close")).status_code == 302
    lead.refresh_from_db()
    assert not lead.is_active
    assert "This account is closed" in desk.get(page_of(lead)).content.decode()


def test_an_account_that_was_closed_opens_again_without_roles(desk: Client, team: Team) -> None:
    lead = make_lead(team)
    desk.post(page_of(lead, "close"))
    assert "Roles do not come back" in desk.get(page_of(lead, "reopen")).content.decode()
    desk.post(page_of(lead, "reopen"))
    lead.refresh_from_db()
    assert lead.is_active
    assert "No role" in desk.get(page_of(lead)).content.decode()


def test_somebody_who_does_not_exist_is_not_found(desk: Client) -> None:
    for parts in ((), ("close",), ("change",), ("roles", "give"), ("roles", "1", "end")):
        assert desk.get(f"{PEOPLE}{'/'.join(('999999', *parts, ''))}").status_code == 404
