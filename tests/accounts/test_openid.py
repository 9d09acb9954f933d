"""Signing in with the council's account, against a real OpenID provider on loopback."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as portal_settings
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts.claims import read_claims
from safeguarding_portal.accounts.leavers import deactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import Invitation, Membership, Role, Source, Team, User
from safeguarding_portal.accounts.second_factor import is_strong
from safeguarding_portal.accounts.services import Invitee, invite
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.accounts.conftest import sign_in
from tests.factories import NOON, give_role, make_lead, make_team, make_user
from tests.sign_in import with_password_only

SCRIPT = Path(__file__).parent.parent / "oidc" / "provider.mjs"
NOT_TRUSTED = "address_not_trusted"
LEADS, AUDITORS = "11111111-aaaa", "22222222-BBBB"


def free_port() -> int:
    """Return a port of loopback that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Provider:
    """The provider, and the browser that goes there and back."""

    issuer: str
    client: Client = field(default_factory=Client)

    def next_person(self, person: str, **more: Any) -> None:
        """Say who comes next: `claims`, `amr`, and how the token is spoiled."""
        requests.post(f"{self.issuer}/test", json={"person": person, **more}, timeout=10)

    def way_there(self, **asked: str) -> str:
        """Return where the portal leads the browser."""
        answer = self.client.get(reverse("provider_start"), asked)
        assert answer.status_code == 302
        return str(answer["Location"])

    def way_back(self, url: str) -> str:
        """Follow the provider until it leads back; return that address without its host."""
        session = requests.Session()
        while url.startswith(self.issuer):
            answer = session.get(url, allow_redirects=False, timeout=10)
            assert answer.is_redirect, answer.text[:300]
            url = requests.compat.urljoin(url, answer.headers["Location"])
        back = urlsplit(url)
        return f"{back.path}?{back.query}"

    def sign_in(self, **asked: str) -> Any:
        """Sign in, there and back; return the portal's answer."""
        return self.client.get(self.way_back(self.way_there(**asked)))

    @property
    def person(self) -> User | None:
        """Return who is signed in in this browser."""
        pk = self.client.session.get("_auth_user_id")
        return User.objects.get(pk=pk) if pk else None


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    """Start the provider once, on a port of its own, and stop it afterwards."""
    node = shutil.which("node") or str(Path(sys.executable).with_name("node"))
    port = free_port()
    callback = portal_settings.PORTAL_URL + reverse("provider_callback")
    running = subprocess.Popen(
        [node, str(SCRIPT), str(port), callback],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert running.stdout is not None
    try:
        assert any("ready" in line for line in running.stdout), "the provider did not start"
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait(10)
        running.stdout.close()


@pytest.fixture
def provider(db: None, issuer: str, settings: Any) -> Provider:
    """Connect the portal with the provider."""
    settings.OIDC_ISSUER = issuer
    settings.OIDC_CLIENT_ID = "portal"
    settings.OIDC_CLIENT_SECRET = "secret-of-the-portal-for-tests-only"
    settings.OIDC_TRUSTED_DOMAINS = ["council.example.org"]
    return Provider(issuer)


def claims_of(name: str, **more: Any) -> dict[str, Any]:
    """Return claims as Entra ID sends them."""
    address = f"{name}@council.example.org"
    return {
        "oid": f"oid-{name}",
        "preferred_username": address,
        "email": address,
        "name": name.title(),
        **more,
    }


@pytest.fixture
def team(db: None, settings: Any) -> Team:
    """Return a team that a group leads to."""
    team = make_team(slug="children-north")
    rows = [
        {"group": LEADS, "role": "lead", "team": team.slug},
        {"group": AUDITORS, "role": "auditor"},
    ]
    settings.OIDC_GROUPS = json.dumps(rows)
    return team


def held_by(user: User) -> set[tuple[str, str]]:
    """Return the roles in force with where they came from."""
    rows = Membership.objects.filter(user=user, ends_at=None)
    return {(item.role, item.source) for item in rows}


def test_a_first_sign_in_opens_an_account_that_may_report(provider: Provider) -> None:
    provider.next_person("ada", claims=claims_of("ada"))
    answer = provider.sign_in(next="/policies/")
    assert (answer.status_code, answer["Location"]) == (302, "/policies/")
    user = User.objects.get(email="ada@council.example.org")
    assert provider.person == user
    assert (user.full_name, user.external_id) == ("Ada", "oid-ada")
    assert not user.has_usable_password()
    assert held_by(user) == set()
    names = set(Event.objects.filter(actor=user).values_list("name", flat=True))
    assert {"account.made", "account.linked", "account.signed_in"} <= names
    assert SocialAccount.objects.get().extra_data == {}, "nothing of the token is kept"


def test_the_way_there_carries_state_nonce_and_a_proof_key_and_no_more_than_that(
    provider: Provider,
) -> None:
    url = provider.way_there(process="connect", scope="offline_access", auth_params="x=1")
    asked = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert len(asked["nonce"]) == 64
    assert {"state", "code_challenge"} <= set(asked)
    assert "x" not in asked
    assert "prompt=login" in provider.way_there(again="1")


def test_somebody_known_by_a_trusted_address_is_linked_and_found_again_by_the_id(
    provider: Provider,
) -> None:
    user = make_user(email="ada@council.example.org")
    provider.next_person("ada", claims=claims_of("ada"))
    provider.sign_in()
    assert provider.person == user
    user.email = "married@council.example.org"
    user.save()
    again = Provider(provider.issuer)
    again.sign_in()
    assert again.person == user
    assert User.objects.count() == 1


def test_somebody_known_by_the_directorys_id_is_linked_whatever_their_address(
    provider: Provider,
) -> None:
    user = make_user(external_id="oid-ada")
    provider.next_person("ada", claims=claims_of("ada", email="x@elsewhere.example.org"))
    provider.sign_in()
    assert provider.person == user


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"email": "b@x.example.org", "preferred_username": "b@x.example.org"}, NOT_TRUSTED),
        ({"preferred_username": "guest#EXT#@t.example.org"}, NOT_TRUSTED),
        ({"email_verified": False}, NOT_TRUSTED),
        ({"email": "", "preferred_username": "no address"}, NOT_TRUSTED),
        ({"oid": "oid-somebody-else"}, "linked_to_another"),
    ],
)  # fmt: skip
def test_an_address_that_proves_nothing_links_nobody(
    provider: Provider, claims: dict[str, Any], why: str
) -> None:
    make_user(email="ada@council.example.org", external_id="oid-the-first")
    provider.next_person("ada", claims=claims_of("ada", **claims))
    answer = provider.sign_in()
    assert answer.status_code == 403
    assert "You cannot sign in with this account" in answer.content.decode()
    assert provider.person is None
    assert not SocialAccount.objects.exists()
    assert Event.objects.get(name="account.provider_refused").detail == {"why": why}


def test_an_address_that_the_provider_says_is_verified_counts_beside_another_sign_in_name(
    provider: Provider,
) -> None:
    user = make_user(email="ada@council.example.org")
    provider.next_person("a1", claims=claims_of("ada", preferred_username="a1@x", xms_edov="1"))
    provider.sign_in()
    assert provider.person == user


def test_an_account_is_opened_only_where_the_council_wants_it_or_by_invitation(
    provider: Provider, settings: Any, team: Team
) -> None:
    settings.OIDC_OPENS_ACCOUNTS = False
    provider.next_person("ada", claims=claims_of("ada"))
    assert provider.sign_in().status_code == 403
    invite(None, Invitee("ada@council.example.org", "Ada", role=Role.LEAD, team=team), NOON)
    Invitation.objects.update(expires_at=NOON.replace(year=2100))
    provider.sign_in()
    assert provider.person is not None
    assert held_by(provider.person) == {("lead", Source.HAND)}


def test_an_invitation_into_a_role_that_a_group_gave_meanwhile_keeps_nobody_out(
    provider: Provider, team: Team
) -> None:
    now = timezone.now()
    invite(None, Invitee("ada@council.example.org", "Ada", role=Role.LEAD, team=team), now)
    user = make_user(email="ada@council.example.org", external_id="oid-ada")
    Membership.objects.create(user=user, role=Role.LEAD, team=team, source=Source.GROUPS)
    provider.next_person("ada", claims=claims_of("ada", groups=[LEADS]))
    assert provider.sign_in().status_code == 302
    assert held_by(user) == {("lead", Source.GROUPS)}
    assert Invitation.objects.get().accepted_by == user


def test_somebody_who_has_left_is_refused_and_stays_out(provider: Provider) -> None:
    provider.next_person("ada", claims=claims_of("ada"))
    provider.sign_in()
    user = provider.person
    assert user is not None
    deactivate(user.pk, By(Source.SCIM), NOON)
    assert provider.client.get("/").status_code == 302
    answer = provider.sign_in()
    assert answer.status_code == 403
    assert "This account is closed" in answer.content.decode()
    stranger = make_user(email="bo@council.example.org", is_active=False)
    provider.next_person("bo", claims=claims_of("bo"))
    assert provider.sign_in().status_code == 403
    assert not SocialAccount.objects.filter(user=stranger).exists()


# Groups


def test_groups_give_and_end_roles_at_each_sign_in_and_leave_those_given_by_hand(
    provider: Provider, team: Team
) -> None:
    make_lead(team)
    provider.next_person("ada", claims=claims_of("ada", groups=[LEADS, "unknown"]))
    provider.sign_in()
    user = provider.person
    assert user is not None
    give_role(user, Role.POLICY_EDITOR)
    assert held_by(user) == {("lead", Source.GROUPS), ("policy_editor", Source.HAND)}
    provider.next_person("ada", claims=claims_of("ada", groups=[AUDITORS.lower()]))
    provider.sign_in()
    assert held_by(user) == {("auditor", Source.GROUPS), ("policy_editor", Source.HAND)}
    provider.next_person("ada", claims=claims_of("ada"))
    provider.sign_in()
    assert held_by(user) == {("policy_editor", Source.HAND)}
    events = Event.objects.filter(object_id=str(user.pk), actor_label="groups")
    assert events.filter(name="membership.given").count() == 2
    assert events.filter(name="membership.ended").count() == 2


def test_a_role_held_by_hand_is_not_given_twice(provider: Provider, team: Team) -> None:
    user = make_lead(team, email="ada@council.example.org")
    provider.next_person("ada", claims=claims_of("ada", groups=[LEADS]))
    provider.sign_in()
    assert held_by(user) == {("lead", Source.HAND)}


def test_groups_left_out_of_the_token_never_mean_fewer_checks(
    provider: Provider, team: Team
) -> None:
    over = {"_claim_names": {"groups": "src1"}}
    provider.next_person("ada", claims=claims_of("ada", **over))
    provider.sign_in()
    user = provider.person
    assert user is not None, "who holds nothing by a group may report"
    assert Event.objects.filter(name="account.groups_left_out", actor=user).exists()
    provider.next_person("ada", claims=claims_of("ada", groups=[LEADS]))
    provider.sign_in()
    provider.client.post("/accounts/logout/")
    provider.next_person("ada", claims=claims_of("ada", **over))
    answer = provider.sign_in()
    assert answer.status_code == 403
    assert "in so many groups" in answer.content.decode()
    assert provider.person is None


def test_where_the_directory_reports_groups_the_token_is_not_asked(
    provider: Provider, team: Team, settings: Any
) -> None:
    settings.GROUPS_FROM = "scim"
    provider.next_person("ada", claims=claims_of("ada", groups=[LEADS]))
    provider.sign_in()
    assert provider.person is not None
    assert held_by(provider.person) == set()


@pytest.mark.parametrize(
    ("amr", "always", "strong"),
    [(["pwd"], False, False), (["pwd", "mfa"], False, True), (["pwd"], True, True)],
)
def test_a_session_is_strong_only_when_the_provider_says_so(
    provider: Provider, settings: Any, amr: list[str], always: bool, strong: bool
) -> None:
    settings.OIDC_ALWAYS_STRONG = always
    provider.next_person("ada", claims=claims_of("ada"), amr=amr)
    provider.sign_in()
    assert provider.person is not None
    assert is_strong(provider.client) is strong  # type: ignore[arg-type]


# What must not work


def test_what_the_provider_says_of_somebody_refused_opens_nobody_elses_records(
    provider: Provider, settings: Any
) -> None:
    lead = make_lead(make_team())
    with_password_only(provider.client, lead)
    settings.OIDC_OPENS_ACCOUNTS = False
    provider.next_person("eve", claims=claims_of("eve"), amr=["pwd", "mfa"])
    assert provider.sign_in().status_code == 403
    assert provider.person == lead
    assert not is_strong(provider.client)  # type: ignore[arg-type]
    assert provider.client.get("/concerns/")["Location"].startswith("/accounts/second-factor/")


def changed(url: str, **params: str) -> str:
    """Return an address with other parameters."""
    parts = urlsplit(url)
    asked = {key: values[0] for key, values in parse_qs(parts.query).items()} | params
    return urlunsplit(parts._replace(query=urlencode(asked)))


def is_refused(provider: Provider, answer: Any) -> bool:
    """Whether nobody is signed in, and the page says so with the numbers to call."""
    page = answer.content.decode()
    said = "You are not signed in" in page and "999" in page
    failed = Event.objects.filter(name="account.provider_failed").exists()
    return answer.status_code == 403 and said and failed and provider.person is None


def test_a_token_with_the_nonce_of_another_sign_in_is_refused(provider: Provider) -> None:
    provider.next_person("ada", claims=claims_of("ada"))
    there = changed(provider.way_there(), nonce="f" * 64)
    assert is_refused(provider, provider.client.get(provider.way_back(there)))


def test_a_state_that_is_not_this_browsers_is_refused(provider: Provider) -> None:
    provider.next_person("ada", claims=claims_of("ada"))
    back = provider.way_back(provider.way_there())
    assert is_refused(provider, provider.client.get(changed(back, state="another")))
    other = Provider(provider.issuer)
    assert is_refused(other, other.client.get(back))


def test_a_way_back_works_once(provider: Provider) -> None:
    provider.next_person("ada", claims=claims_of("ada"))
    back = provider.way_back(provider.way_there())
    assert provider.client.get(back).status_code == 302
    provider.client.post("/accounts/logout/")
    assert is_refused(provider, provider.client.get(back))


@pytest.mark.parametrize(
    "spoiled",
    [
        {"forge": "key"},
        {"forge": "expired"},
        {"replace": {"aud": "another-client"}},
        {"replace": {"iss": "http://127.0.0.1:1"}},
        {"replace": {"nonce": ""}},
        {"replace": {"aud": ["portal", "another"], "azp": "another"}},
    ],
)
def test_a_spoiled_token_is_refused(provider: Provider, spoiled: dict[str, Any]) -> None:
    provider.next_person("ada", claims=claims_of("ada"), **spoiled)
    assert is_refused(provider, provider.sign_in())
    assert not User.objects.filter(email__startswith="ada").exists()


@pytest.mark.parametrize("sub", ["", " ", "a\tb", "a" * 101])
def test_a_token_that_names_nobody_is_nobodys(provider: Provider, sub: str) -> None:
    make_user()
    spoiled = {"sub": sub, "oid": ""}
    provider.next_person("ada", claims=claims_of("ada"), replace=spoiled)
    assert is_refused(provider, provider.sign_in())


def test_an_address_that_is_not_verified_counts_for_nothing_in_any_spelling(settings: Any) -> None:
    settings.OIDC_TRUSTED_DOMAINS = ["council.example.org"]
    for said in (False, "false", "False"):
        claims = {"iss": "i", "sub": "s", **claims_of("ada", email_verified=said)}
        assert read_claims(claims).email == ""


def test_somebody_who_changes_their_mind_at_the_provider_comes_back_to_a_plain_page(
    provider: Provider,
) -> None:
    state = parse_qs(urlsplit(provider.way_there()).query)["state"][0]
    back = reverse("provider_callback")
    assert is_refused(
        provider, provider.client.get(back, {"error": "access_denied", "state": state})
    )


@pytest.mark.parametrize("asked", [{}, {"code": "x"}, {"state": "\x00", "code": "é" * 9000}])
def test_nonsense_on_the_way_back_is_a_plain_page(
    provider: Provider, asked: dict[str, str]
) -> None:
    assert is_refused(provider, provider.client.get(reverse("provider_callback"), asked))


def test_a_provider_that_is_away_is_said_plainly_with_the_numbers(
    provider: Provider, settings: Any
) -> None:
    back = provider.way_back(provider.way_there())
    settings.OIDC_ISSUER = f"http://127.0.0.1:{free_port()}"
    for answer in (provider.client.get(reverse("provider_start")), provider.client.get(back)):
        page = answer.content.decode()
        assert answer.status_code == 503
        assert "sign-in is not working" in page
        assert "999" in page
        assert reverse("account_login") in page


def test_a_provider_that_says_it_is_another_is_refused(provider: Provider, settings: Any) -> None:
    settings.OIDC_ISSUER = provider.issuer.replace("127.0.0.1", "localhost")
    assert is_refused(provider, provider.client.get(reverse("provider_start")))


# With and without passwords


def test_both_ways_stand_on_the_sign_in_page(provider: Provider) -> None:
    page = provider.client.get(reverse("account_login"), {"next": "/a/?b=c&d"}).content.decode()
    assert 'name="password"' in page
    assert f"{reverse('provider_start')}?next=/a/%3Fb%3Dc%26d" in page


def test_without_passwords_nothing_takes_or_makes_one(
    provider: Provider, settings: Any, officer: User
) -> None:
    settings.LOCAL_PASSWORDS = False
    page = provider.client.get(reverse("account_login")).content.decode()
    assert 'type="password"' not in page
    assert reverse("provider_start") in page
    assert sign_in(Client(), officer.email) == 200, "the page is shown again, nobody is let in"
    for name in (
        "account_signup",
        "account_reset_password",
        "account_confirm_password_reset_code",
        "account_complete_password_reset",
        "account_email_verification_sent",
    ):
        assert Client().get(reverse(name)).status_code == 404, name
    provider.client.force_login(officer)
    for name in ("account_change_password", "account_set_password"):
        assert provider.client.get(reverse(name)).status_code == 404, name
    assert reverse("account_change_password") not in provider.client.get("/more/").content.decode()
    invite(None, Invitee("new@council.example.org", "New"), NOON)
    link = Message.objects.get(kind="invitation").context["link"]
    assert link == reverse("account_login")


def test_a_code_from_the_command_line_lets_one_person_in_once_and_rings_the_corporate_lead(
    settings: Any, officer: User
) -> None:
    corporate = make_user()
    give_role(corporate, Role.CORPORATE_LEAD)
    settings.LOCAL_PASSWORDS = False
    out = StringIO()
    call_command("sign_in_code", officer.email, stdout=out)
    code = out.getvalue().split()[0]
    assert Message.objects.get(template="sign_in_code_made").recipient == corporate.email
    client = Client()
    typed = {"email": officer.email.upper(), "code": code.lower().replace("-", " ")}
    assert client.post(reverse("sign_in_code"), typed | {"code": "WRONG"}).status_code == 422
    assert client.post(reverse("sign_in_code"), typed).status_code == 302
    assert client.session["_auth_user_id"] == str(officer.pk)
    assert not is_strong(client)  # type: ignore[arg-type]
    assert Client().post(reverse("sign_in_code"), typed).status_code == 422
    names = ["account.code_made", "account.code_refused", "account.code_used"]
    assert Event.objects.filter(name__in=names).count() == 3


def test_a_code_ends_after_five_wrong_tries_and_with_the_account(officer: User) -> None:
    out = StringIO()
    call_command("sign_in_code", officer.email, stdout=out)
    code = out.getvalue().split()[0]
    for _ in range(5):
        Client().post(reverse("sign_in_code"), {"email": officer.email, "code": "BBBB"})
    typed = {"email": officer.email, "code": code}
    assert Client().post(reverse("sign_in_code"), typed).status_code == 422
    call_command("sign_in_code", officer.email, stdout=out)
    code = out.getvalue().splitlines()[2].split()[0]
    deactivate(officer.pk, By(Source.SCIM), NOON)
    typed = {"email": officer.email, "code": code}
    assert Client().post(reverse("sign_in_code"), typed).status_code == 422
    with pytest.raises(CommandError):
        call_command("sign_in_code", officer.email, stdout=out)


# Checked at start


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"OIDC_ISSUER": "https://login.example.org/t/v2.0"}, "accounts.E001"),
        ({"LOCAL_PASSWORDS": False}, "accounts.E002"),
        ({"OIDC_ISSUER": "http://login.example.org/t"}, "accounts.E003"),
        ({"OIDC_ISSUER": "https://login.example.org/common/v2.0"}, "accounts.E004"),
        ({"OIDC_ISSUER": "https://login.example.org/t"}, "accounts.E005"),
        ({"GROUPS_FROM": "rumour"}, "accounts.E006"),
        ({"OIDC_GROUPS": "/no/such/file.json"}, "accounts.E007"),
        ({"OIDC_GROUPS": '[{"group": "g", "role": "king"}]'}, "accounts.E007"),
        ({"OIDC_GROUPS": '[{"group": "g", "role": "lead"}]'}, "accounts.E007"),
        ({"OIDC_GROUPS": '[{"group": "g", "role": "auditor", "x": "y"}]'}, "accounts.E007"),
        ({"OIDC_GROUPS": '[["g"]]'}, "accounts.E007"),
        ({"OIDC_GROUPS": '[{"group": "g", "role": "lead", "team": "none"}]'}, "accounts.E008"),
    ],
)
@pytest.mark.django_db
def test_settings_that_cannot_work_are_said_at_start(
    settings: Any, changes: dict[str, Any], code: str
) -> None:
    before = {str(item.id) for item in run_checks(databases=["default"])}
    assert not {name for name in before if name.startswith("accounts")}
    for name, value in changes.items():
        setattr(settings, name, value)
    assert code in {item.id for item in run_checks(databases=["default"])}
