"""The menu shows what a person's roles lead to; it grants nothing."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts.models import Membership, Role, Team, User
from safeguarding_portal.context import MenuRoles, portal
from safeguarding_portal.menu import DOORS, doors_for


def menu_for(user: object) -> MenuRoles:
    request = RequestFactory().get("/")
    request.user = user  # type: ignore[assignment]
    return MenuRoles(request)


def person_with(role: str, **fields: object) -> User:
    user = User.objects.create_user("sam@example.org", full_name="Sam Example")
    team = Team.objects.create(slug="t", name="Team", group=Team.Group.CHILDREN)
    membership = Membership.objects.create(user=user, team=team, role=role)
    Membership.objects.filter(pk=membership.pk).update(**fields)
    return user


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "works"),
    [
        (Role.LEAD, True),
        (Role.TRIAGE_MANAGER, True),
        (Role.CORPORATE_LEAD, True),
        (Role.DCS, True),
        (Role.DASS, True),
        (Role.DIRECTORY_EDITOR, False),
        (Role.POLICY_EDITOR, False),
        (Role.AUDITOR, False),
    ],
)
def test_the_queue_is_in_the_menu_of_those_who_work_concerns(role: str, works: bool) -> None:
    assert menu_for(person_with(role)).works_concerns is works


@pytest.mark.django_db
def test_a_role_that_ended_or_has_not_begun_leads_nowhere() -> None:
    now = timezone.now()
    user = person_with(
        Role.LEAD, starts_at=now - timedelta(days=2), ends_at=now - timedelta(days=1)
    )
    assert not menu_for(user).works_concerns
    Membership.objects.update(starts_at=now + timedelta(days=1), ends_at=None)
    assert not menu_for(user).works_concerns


def test_a_visitor_and_the_context_itself_ask_the_database_nothing() -> None:
    # Without the django_db mark any query here is an error.
    assert not menu_for(AnonymousUser()).works_concerns
    assert portal(RequestFactory().get("/"))["portal_name"] == "Safeguarding portal"


@pytest.mark.django_db
@pytest.mark.parametrize("role", list(Role))
def test_every_door_that_is_shown_opens_and_every_other_stays_shut(role: str) -> None:
    person, desk = person_with(role), Client()
    person.set_password("three quiet lamps at dusk")
    person.save()
    desk.force_login(person)
    shown = {door.url_name for _, doors in doors_for([role]) for door in doors}
    page = desk.get("/more/").content.decode()
    for door in (door for _, doors in DOORS for door in doors):
        address = reverse(door.url_name)
        assert (f'href="{address}"' in page.split("<main")[1]) is (door.url_name in shown)
        assert (desk.get(address).status_code == 200) is (door.url_name in shown), door.url_name
