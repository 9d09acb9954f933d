"""SCIM as Entra ID sends it: who comes, changes and leaves."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from safeguarding_portal.accounts.leavers import deactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import (
    DirectoryGroup,
    DirectoryToken,
    Membership,
    Role,
    Source,
    Team,
    User,
)
from safeguarding_portal.accounts.scim.tokens import new_token
from safeguarding_portal.audit.models import Event
from tests.accounts.conftest import sign_in
from tests.factories import give_role, make_lead, make_team, make_user

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
KING = "king@council.example.org"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ADA = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
    "externalId": "oid-ada",
    "userName": "ada@council.example.org",
    "active": True,
    "displayName": "Ada Byron",
    "emails": [{"primary": True, "type": "work", "value": "Ada@council.example.org"}],
    "name": {"formatted": "Ada Byron", "familyName": "Byron", "givenName": "Ada"},
    "title": "Warden",
}


class Directory:
    """The council's directory with its token."""

    def __init__(self, secret: str) -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {secret}"}

    def send(self, method: str, path: str, body: Any = None, **asked: str) -> Any:
        """Send a request to SCIM; the answer's JSON is its `data`."""
        answer: Any = self.client.generic(
            method,
            f"/scim/v2/{path}",
            body if isinstance(body, (str, bytes)) else json.dumps(body or {}),
            content_type="application/scim+json",
            query_params=asked,
            headers=self.headers,
        )
        answer.data = answer.json() if answer.content else None
        return answer

    def patch(self, path: str, *operations: dict[str, Any]) -> Any:
        """Send a PATCH."""
        return self.send("PATCH", path, {"schemas": [PATCH], "Operations": list(operations)})


@pytest.fixture
def directory(db: None, settings: Any) -> Directory:
    settings.OIDC_TRUSTED_DOMAINS = ["council.example.org"]
    _, secret = new_token("entra", timezone.now())
    return Directory(secret)


@pytest.fixture
def ada(directory: Directory) -> User:
    """Return a person whom the directory has reported."""
    made = directory.send("POST", "Users", ADA)
    assert made.status_code == 201, made.data
    return User.objects.get(pk=made.data["id"])


# Keys


def test_without_a_valid_token_nothing_is_shown_or_done(directory: Directory) -> None:
    token = DirectoryToken.objects.get()
    for header in ("", "Bearer", "Bearer wrong", "Basic eDp5", "Bearer \u00e9"):
        directory.headers, kept = {"Authorization": header}, directory.headers
        for method in ("GET", "POST", "DELETE"):
            answer = directory.send(method, "Users")
            assert answer.status_code == 401
            assert answer["WWW-Authenticate"].startswith("Bearer")
        directory.headers = kept
    assert directory.send("GET", "Users").status_code == 200
    token.expires_at = timezone.now() - timedelta(seconds=1)
    token.save()
    assert directory.send("GET", "Users").status_code == 401


def test_a_signed_in_person_is_not_the_directory(directory: Directory) -> None:
    client = Client()
    client.force_login(make_user())
    assert client.get("/scim/v2/Users").status_code == 401


def test_a_token_is_changed_for_the_next_without_a_gap(directory: Directory) -> None:
    out = StringIO()
    call_command("scim_token", "new", "next", stdout=out)
    following = Directory(out.getvalue().split()[0])
    assert directory.send("GET", "Users").status_code == 200
    assert following.send("GET", "Users").status_code == 200
    call_command("scim_token", "list", stdout=out)
    assert out.getvalue().count("last used: ") == 2
    first = DirectoryToken.objects.get(name="entra").pk
    call_command("scim_token", "revoke", str(first), stdout=out)
    assert directory.send("GET", "Users").status_code == 401
    assert following.send("GET", "Users").status_code == 200
    with pytest.raises(CommandError):
        call_command("scim_token", "revoke", str(first), stdout=out)
    assert Event.objects.filter(name__startswith="directory_token.").count() == 3


# People


def test_a_person_is_made_and_may_report(directory: Directory, ada: User) -> None:
    assert (ada.email, ada.full_name, ada.job_title, ada.external_id, ada.user_name) == (
        "ada@council.example.org", "Ada Byron", "Warden", "oid-ada", "ada@council.example.org",
    )  # fmt: skip
    assert not ada.has_usable_password()
    assert EmailAddress.objects.get(user=ada).verified
    shown = directory.send("GET", f"Users/{ada.pk}").data
    assert shown["userName"] == ADA["userName"]
    assert shown["externalId"] == "oid-ada"
    assert shown["active"] is True
    assert shown["meta"]["location"].endswith(f"/scim/v2/Users/{ada.pk}")


def test_the_same_person_twice_is_a_conflict(directory: Directory, ada: User) -> None:
    answer = directory.send("POST", "Users", ADA)
    assert (answer.status_code, answer.data["scimType"]) == (409, "uniqueness")
    by_hand = make_user(email="bo@council.example.org")
    said = ADA | {"userName": by_hand.email, "externalId": "oid-bo", "emails": []}
    assert directory.send("POST", "Users", said).status_code == 409


@pytest.mark.parametrize(
    "wanted",
    [
        'userName eq "ADA@council.example.org"',
        'externalId eq "oid-ada"',
        'emails[type eq "work"].value eq "ada@council.example.org"',
        'emails.value eq "ada@council.example.org"',
    ],
)
def test_the_filters_that_entra_sends_find_one_person(
    directory: Directory, ada: User, wanted: str
) -> None:
    make_user()
    found = directory.send("GET", "Users", filter=wanted).data
    assert (found["totalResults"], found["Resources"][0]["id"]) == (1, str(ada.pk))
    none = directory.send("GET", "Users", filter='userName eq "nobody"').data
    assert (none["totalResults"], none["Resources"]) == (0, [])


def test_somebody_invited_by_hand_is_found_by_their_address(directory: Directory) -> None:
    user = make_user(email="bo@council.example.org")
    found = directory.send("GET", "Users", filter='userName eq "BO@council.example.org"').data
    assert found["Resources"][0]["id"] == str(user.pk)


@pytest.mark.parametrize(
    "wanted",
    [
        'userName sw "a"',
        'userName eq "a" or userName eq "b"',
        "userName",
        'nickName eq "a"',
        'x eq "\x00"',
    ],
)
def test_other_filters_are_refused_by_name(directory: Directory, wanted: str) -> None:
    answer = directory.send("GET", "Users", filter=wanted)
    assert (answer.status_code, answer.data["scimType"]) == (400, "invalidFilter")


def test_a_list_comes_in_pages(directory: Directory) -> None:
    for _ in range(5):
        make_user()
    page = directory.send("GET", "Users", startIndex="2", count="3").data
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (5, 2, 3)
    assert directory.send("GET", "Users", count="0").data["Resources"] == []
    assert directory.send("GET", "Users", count="many").status_code == 400


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "path": "active", "value": False},
        {"op": "Replace", "value": {"active": "false"}},
        {"op": "Add", "value": {"active": False}},
        {"op": "remove", "path": "active"},
    ],
)
def test_active_false_in_every_spelling_closes_the_account_at_once(
    directory: Directory, ada: User, operation: dict[str, Any]
) -> None:
    client = Client()
    client.force_login(ada)
    assert client.get("/").status_code == 200
    answer = directory.patch(f"Users/{ada.pk}", operation)
    assert (answer.status_code, answer.data["active"]) == (200, False)
    assert client.get("/").status_code == 302
    ada.refresh_from_db()
    assert ada.left_by == Source.SCIM


def test_deleting_closes_and_keeps_the_name(directory: Directory, ada: User) -> None:
    assert directory.send("DELETE", f"Users/{ada.pk}").status_code == 204
    ada.refresh_from_db()
    assert (ada.is_active, ada.full_name) == (False, "Ada Byron")
    assert directory.send("GET", f"Users/{ada.pk}").data["active"] is False
    assert directory.send("DELETE", f"Users/{ada.pk}").status_code == 204


def test_a_returner_comes_back_unless_a_hand_closed_the_account(
    directory: Directory, ada: User
) -> None:
    back = {"op": "Replace", "path": "active", "value": "True"}
    directory.send("DELETE", f"Users/{ada.pk}")
    assert directory.patch(f"Users/{ada.pk}", back).data["active"] is True
    corporate = make_user()
    give_role(corporate, Role.CORPORATE_LEAD)
    deactivate(ada.pk, By(Source.HAND, corporate), timezone.now())
    assert directory.patch(f"Users/{ada.pk}", back).data["active"] is False


def test_patch_changes_what_entra_maps(directory: Directory, ada: User) -> None:
    above = make_user()
    answer = directory.patch(
        f"Users/{ada.pk}",
        {"op": "Replace", "path": "displayName", "value": "Ada King"},
        {"op": "Add", "path": "title", "value": "Head warden"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": KING},
        {"op": "Replace", "path": "userName", "value": KING},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": str(above.pk)},
        {"op": "Add", "path": f"{ENTERPRISE}:department", "value": "Libraries"},
        {"op": "Replace", "value": {"externalId": "oid-new", "preferredLanguage": "en"}},
    )  # fmt: skip
    assert answer.status_code == 200, answer.data
    ada.refresh_from_db()
    assert (ada.full_name, ada.job_title, ada.email) == (
        "Ada King", "Head warden", "king@council.example.org",
    )  # fmt: skip
    assert (ada.manager, ada.external_id) == (above, "oid-new")
    assert EmailAddress.objects.get(user=ada).email == "king@council.example.org"
    assert answer.data[ENTERPRISE]["manager"]["value"] == str(above.pk)
    detail = Event.objects.filter(name="person.changed").latest("id").detail
    assert {"email", "manager_id"} <= set(detail["fields"])
    directory.patch(f"Users/{ada.pk}", {"op": "Remove", "path": f"{ENTERPRISE}:manager"})
    ada.refresh_from_db()
    assert ada.manager is None


def test_put_replaces_and_names_in_parts_are_joined(directory: Directory, ada: User) -> None:
    said = {
        "userName": ADA["userName"],
        "externalId": "oid-ada",
        "name": {"givenName": "Augusta", "familyName": "King"},
        ENTERPRISE: {"manager": {"value": ""}},
        "active": "False",
    }
    answer = directory.send("PUT", f"Users/{ada.pk}", said)
    assert answer.data["displayName"] == "Augusta King"
    assert answer.data["active"] is False


def test_a_feed_gives_no_role_and_cannot_move_an_account_to_a_strangers_address(
    directory: Directory, ada: User
) -> None:
    directory.patch(
        f"Users/{ada.pk}", {"op": "Add", "path": "roles", "value": [{"value": "corporate_lead"}]}
    )
    assert not Membership.objects.exists()
    move = {"op": "Replace", "path": "emails", "value": "thief@elsewhere.example.org"}
    assert directory.patch(f"Users/{ada.pk}", move).status_code == 400
    stranger = ADA | {"emails": [], "userName": "x@elsewhere.example.org", "externalId": "x"}
    assert directory.send("POST", "Users", stranger).status_code == 400


def test_a_change_that_is_wrong_in_one_part_changes_nothing(
    directory: Directory, ada: User
) -> None:
    answer = directory.patch(
        f"Users/{ada.pk}",
        {"op": "Replace", "path": "displayName", "value": "Somebody Else"},
        {"op": "Replace", "path": "active", "value": "perhaps"},
    )
    assert (answer.status_code, answer.data["scimType"]) == (400, "invalidValue")
    ada.refresh_from_db()
    assert (ada.full_name, ada.is_active) == ("Ada Byron", True)
    other = make_user(external_id="oid-other")
    taken = {"op": "Replace", "path": "externalId", "value": other.external_id}
    assert directory.patch(f"Users/{ada.pk}", taken).status_code == 409
    own = {"op": "Replace", "path": f"{ENTERPRISE}:manager", "value": str(ada.pk)}
    assert directory.patch(f"Users/{ada.pk}", own).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff",
        b'{"Operations": []}',
        b'{"Operations": [1]}',
        b'{"Operations": [{"op": "destroy"}]}',
        b'{"Operations": [{"op": "add"}]}',
        b'{"Operations": [{"op": "add", "path": 7, "value": 1}]}',
        b'{"Operations": [{"op": "add", "path": [], "value": 1}]}',
        b'{"Operations": [{"op": "add", "path": "manager", "value": {"value": {}}}]}',
        b'{"Operations": [{"op": "add", "path": "manager", "value": [[]]}]}',
        b'{"Operations": [{"op": "add", "path": "displayName", "value": "a\\u0000b"}]}',
        b'{"Operations": [{"op": "add", "path": "displayName", "value": {"a": 1}}]}',
        b'{"Operations": [{"op": "add", "path": "emails", "value": [1, null, {"value": 3}]}]}',
        b'{"Operations": [{"op": "add", "path": "members", "value": 3}]}',
        b'{"Operations": [{"op": "add", "path": "urn:x:manager", "value": []}]}',
        b"[" * 100_000,
    ],
)
def test_no_body_breaks_it(directory: Directory, ada: User, body: bytes) -> None:
    group = directory.send("POST", "Groups", {"displayName": "Leads"}).data["id"]
    for path in (f"Users/{ada.pk}", f"Groups/{group}"):
        for method in ("PATCH", "PUT", "POST"):
            assert directory.send(method, path, body).status_code < 500
    for path in ("Users", "Groups"):
        assert directory.send("POST", path, body).status_code < 500


def test_what_does_not_exist_is_a_scim_error(directory: Directory) -> None:
    for path in ("Users/999999", "Groups/999999"):
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = {"Operations": [{"op": "replace", "path": "active", "value": True}]}
            answer = directory.send(method, path, body)
            assert (answer.status_code, answer.data["status"]) == (404, "404"), (method, path)
    assert directory.send("DELETE", "Users").status_code == 405


# Groups


@pytest.fixture
def team(db: None, settings: Any) -> Team:
    team = make_team(slug="children-north")
    rows = [{"group": "g-leads", "role": "lead", "team": team.slug}]
    settings.OIDC_GROUPS, settings.GROUPS_FROM = json.dumps(rows), "scim"
    return team


def test_a_reported_group_gives_its_role_at_once_and_ends_it_at_once(
    directory: Directory, ada: User, team: Team
) -> None:
    make_lead(team)
    made = directory.send("POST", "Groups", {"displayName": "Leads", "externalId": "g-leads"})
    assert made.status_code == 201
    path = f"Groups/{made.data['id']}"
    add = {"op": "Add", "path": "members", "value": [{"value": str(ada.pk)}, {"value": "999999"}]}
    assert directory.patch(path, add).status_code == 200
    held = Membership.objects.get(user=ada)
    assert (held.role, held.team, held.source) == ("lead", team, Source.GROUPS)
    remove = {"op": "Remove", "path": f'members[value eq "{ada.pk}"]'}
    assert directory.patch(path, remove).data["members"] == []
    held.refresh_from_db()
    assert held.ends_at is not None
    directory.patch(path, add)
    assert directory.send("DELETE", path).status_code == 204
    assert not Membership.objects.filter(user=ada, ends_at=None).exists()


def test_a_returner_gets_back_what_their_groups_still_give(
    directory: Directory, ada: User, team: Team
) -> None:
    members = [{"value": str(ada.pk)}]
    said = {"displayName": "Leads", "externalId": "g-leads", "members": members}
    directory.send("POST", "Groups", said)
    directory.send("DELETE", f"Users/{ada.pk}")
    assert not Membership.objects.filter(user=ada, ends_at=None).exists()
    directory.patch(f"Users/{ada.pk}", {"op": "Replace", "path": "active", "value": True})
    assert Membership.objects.filter(user=ada, ends_at=None).exists()


def test_groups_are_found_and_listed_without_their_members(
    directory: Directory, ada: User, settings: Any
) -> None:
    said = {"displayName": "Leads", "externalId": "g", "members": [{"value": str(ada.pk)}]}
    directory.send("POST", "Groups", said)
    assert directory.send("POST", "Groups", said).status_code == 409
    asked = {"filter": 'displayName eq "leads"', "excludedAttributes": "members"}
    found = directory.send("GET", "Groups", **asked).data
    assert found["totalResults"] == 1
    assert "members" not in found["Resources"][0]
    assert not Membership.objects.exists(), "the token speaks for groups, not the directory"
    path = f"Groups/{DirectoryGroup.objects.get().pk}"
    directory.patch(path, {"op": "Replace", "path": "displayName", "value": "New"})
    assert directory.send("GET", path).data["displayName"] == "New"
    assert directory.send("PUT", path, {"displayName": "New", "members": []}).data["members"] == []


def test_it_says_what_it_can(directory: Directory) -> None:
    config = directory.send("GET", "ServiceProviderConfig").data
    assert config["patch"]["supported"]
    assert not config["bulk"]["supported"]
    assert {item["id"] for item in directory.send("GET", "ResourceTypes").data["Resources"]} == {
        "User", "Group",
    }  # fmt: skip
    assert len(directory.send("GET", "Schemas").data["Resources"]) == 3


def test_a_leaver_of_the_directory_cannot_use_an_old_password(
    directory: Directory, officer: User
) -> None:
    assert sign_in(Client(), officer.email) == 302
    directory.send("DELETE", f"Users/{officer.pk}")
    assert sign_in(Client(), officer.email) == 200
