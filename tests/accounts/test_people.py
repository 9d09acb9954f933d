"""Roles, leads, the staff list, and the invented people of a demonstration."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import phonenumbers
import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from safeguarding_portal.accounts.demo import DEMO_PASSWORD, PEOPLE, TEAMS
from safeguarding_portal.accounts.models import Membership, Role, Team, User
from safeguarding_portal.accounts.selectors import (
    STAFF_SEARCH_LIMIT,
    has_role,
    manager_and_deputies,
    roles_of,
    staff_search,
)
from tests.accounts.conftest import sign_in
from tests.factories import give_role, make_lead, make_team, make_user

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def test_a_role_counts_from_its_first_to_before_its_last_moment() -> None:
    user = make_user()
    membership = give_role(user, Role.AUDITOR)
    Membership.objects.filter(pk=membership.pk).update(
        starts_at=NOW, ends_at=NOW + timedelta(hours=1)
    )
    assert not has_role(user, Role.AUDITOR, NOW - timedelta(microseconds=1))
    assert has_role(user, Role.AUDITOR, NOW)
    assert not has_role(user, Role.AUDITOR, NOW + timedelta(hours=1))
    assert not has_role(user, Role.LEAD, NOW)


def test_somebody_who_left_has_no_role() -> None:
    user = make_lead(make_team())
    assert roles_of(user, NOW) == {Role.LEAD}
    user.is_active = False
    assert roles_of(user, NOW) == frozenset()


def test_the_staff_list_finds_by_any_part_of_a_name_in_any_case_and_order() -> None:
    found = make_user(full_name="Siân O’Neill-Wójcik", email="s.wojcik@example.org")
    make_user(full_name="Sian Other")
    for typed in ("wójcik", "NEILL", "siân wój", "wój siân", "s.wojc", "  Siân   O’Neill "):
        assert staff_search(typed) == [found], typed


@pytest.mark.parametrize("typed", ["", " ", "s", "%", "_", "\x00", "\x00s", "' OR 1=1 --", "%%%"])
def test_the_staff_list_is_not_read_out_by_tricks(typed: str) -> None:
    make_user(full_name="Sam Example")
    assert staff_search(typed) == []


def test_the_staff_list_leaves_out_leavers_and_stops_at_twenty(
    django_assert_num_queries: Any,
) -> None:
    make_user(full_name="Alex Gone", is_active=False)
    for number in range(25):
        make_user(full_name=f"Alex Number{number:02}")
    with django_assert_num_queries(1):
        found = staff_search("alex")
    assert len(found) == STAFF_SEARCH_LIMIT
    assert found[0].full_name == "Alex Number00"


def test_a_named_persons_manager_and_both_their_deputies_are_found() -> None:
    manager, deputy, own_deputy, other = (make_user() for _ in range(4))
    user = make_user(manager=manager)
    manager.deputies.add(deputy, user)
    user.deputies.add(own_deputy)
    other.deputies.add(make_user())
    assert set(manager_and_deputies(user)) == {manager, deputy, own_deputy}
    assert manager_and_deputies(make_user()) == []


def test_demo_people_are_loaded_twice_without_doubling(settings: Any) -> None:
    call_command("demo_people", verbosity=0)
    first = (User.objects.count(), Team.objects.count(), Membership.objects.count())
    call_command("demo_people", verbosity=0)
    assert first == (User.objects.count(), Team.objects.count(), Membership.objects.count())
    assert first[:2] == (len(PEOPLE), len(TEAMS))


def test_demo_people_cover_every_role_and_every_group_twice() -> None:
    call_command("demo_people", verbosity=0)
    for role in Role.values:
        assert Membership.objects.filter(role=role).exists(), role
    for group in Team.Group.values:
        assert Team.objects.filter(group=group).count() >= 2
    for group in (Team.Group.CHILDREN, Team.Group.ADULTS):
        leads = Membership.objects.filter(role=Role.LEAD, team__group=group, team__directorate=None)
        assert leads.count() >= 2, "one lead alone could be excluded"
    assert any(manager_and_deputies(user) for user in User.objects.all())


def test_each_demo_sign_in_that_is_shown_works() -> None:
    call_command("demo_people", verbosity=0)
    out = StringIO()
    call_command("demo_people", "--show", stdout=out)
    shown = [word for word in out.getvalue().split() if "@" in word]
    assert len(shown) == sum(1 for person in PEOPLE if person.shows) >= 9
    assert DEMO_PASSWORD in out.getvalue()
    for email in shown:
        assert sign_in(Client(), email, DEMO_PASSWORD) == 302, email


def test_demo_people_are_nobody() -> None:
    call_command("demo_people", verbosity=0)
    for user in User.objects.all():
        assert user.email.endswith("@example.org")
        number = phonenumbers.parse(user.work_phone, "GB")
        national = f"0{number.national_number}"
        assert national.startswith("01214960")
        assert len(national) == 11


def test_demo_people_exist_nowhere_but_in_a_demonstration(settings: Any) -> None:
    settings.IS_DEMO = False
    for arguments in ([], ["--show"]):
        with pytest.raises(CommandError, match="PORTAL_MODE=demo"):
            call_command("demo_people", *arguments)
    assert not User.objects.exists()
