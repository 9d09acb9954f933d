"""Who may do what, as sentences."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.utils import timezone

from policies.models import Document, DocumentVersion
from policies.services import drafts
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.accounts.services import accept_invitation
from tests.factories import give_role, make_team, make_user
from tests.policies.conftest import client_of, seen

pytestmark = pytest.mark.django_db
READING = [
    "/policies/",
    "/policies/to-confirm/",
    "/policies/corporate-safeguarding-policy/",
    "/policies/corporate-safeguarding-policy/versions/",
    "/policies/corporate-safeguarding-policy/confirm/",
    "/search/?q=neglect",
]
OVERSIGHT = ["/policies/desk/", "/policies/desk/document/kinds-of-harm/"]
EDITING = [
    "/policies/desk/new/",
    "/policies/desk/document/kinds-of-harm/settings/",
    "/policies/desk/document/kinds-of-harm/import/",
    "/policies/desk/document/kinds-of-harm/retire/",
    "/policies/desk/sources/prevent/",
]
OVERSEERS = {Role.POLICY_EDITOR, Role.CORPORATE_LEAD, Role.DCS, Role.DASS, Role.TRIAGE_MANAGER}
APPROVERS = OVERSEERS - {Role.TRIAGE_MANAGER}


def person_with(role: str) -> User:
    user = make_user()
    team = make_team(Team.Group.CHILDREN) if role in Role.of_a_team() else None
    give_role(user, role, team)
    return user


@pytest.fixture
def draft(loaded: None, now: datetime) -> DocumentVersion:
    """Return a draft that somebody else wrote."""
    document = Document.objects.get(slug="kinds-of-harm")
    return drafts.start_draft(document.pk, make_user(), now)


def opened(user: User, paths: list[str]) -> set[int]:
    client = client_of(user)
    return {client.get(path).status_code for path in paths}


def test_everybody_who_signs_in_reads_policies_and_no_drafts(draft: DocumentVersion) -> None:
    user = make_user()
    assert opened(user, READING) == {200}
    assert opened(user, [*OVERSIGHT, *EDITING, f"/policies/desk/version/{draft.pk}/"]) == {404}
    assert opened(user, ["/policies/kinds-of-harm/versions/2/"]) == {404}


@pytest.mark.parametrize("role", Role.values)
def test_only_those_who_look_after_policies_see_the_desk(role: str, draft: DocumentVersion) -> None:
    paths = [*OVERSIGHT, f"/policies/desk/version/{draft.pk}/", "/policies/confirmations/"]
    assert opened(person_with(role), paths) == {200 if role in OVERSEERS else 404}


@pytest.mark.parametrize("role", Role.values)
def test_only_a_policy_editor_writes(role: str, draft: DocumentVersion) -> None:
    user = person_with(role)
    version = f"/policies/desk/version/{draft.pk}/"
    parts = ("add/", "discard/", "submit/", "publish/", "section/neglect/")
    paths = [*EDITING, *(version + part for part in parts)]
    assert opened(user, paths) == {200 if role == Role.POLICY_EDITOR else 404}
    if role != Role.POLICY_EDITOR:
        client = client_of(user)
        posts = [*paths, f"{version}section/neglect/move/", f"{version}section/neglect/remove/"]
        posts += ["/policies/desk/document/kinds-of-harm/draft/", f"{version}cancel/"]
        assert {client.post(path).status_code for path in posts} == {404}


@pytest.mark.parametrize("role", Role.values)
def test_editors_and_directors_approve_what_others_wrote(
    role: str, draft: DocumentVersion, now: datetime
) -> None:
    drafts.submit_for_review(draft.pk, drafts.ForReview("x", True), draft.writers.get(), now)
    path = f"/policies/desk/version/{draft.pk}/approve/"
    client_of(person_with(role)).post(path, {"seen": seen(draft)})
    draft.refresh_from_db()
    assert (draft.state == "approved") is (role in APPROVERS)


def test_an_editor_cannot_approve_their_own_text_by_a_forged_form(
    draft: DocumentVersion, editor: User, now: datetime
) -> None:
    draft.writers.add(editor)
    drafts.submit_for_review(draft.pk, drafts.ForReview("x", True), editor, now)
    path = f"/policies/desk/version/{draft.pk}/approve/"
    answer = client_of(editor).post(path, {"seen": seen(draft)}, follow=True)
    assert "You wrote this version" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == "in_review"


def test_a_manager_sees_their_own_people_only_and_an_editor_everybody(
    loaded: None, editor: User
) -> None:
    manager = make_user(full_name="Mandy Manager")
    make_user(full_name="Mine Own", manager=manager)
    make_user(full_name="Other Person")
    page = client_of(manager).get("/policies/confirmations/?show=all").content.decode()
    assert "Mine Own" in page
    assert "Other Person" not in page
    assert "Other Person" not in _export(manager)
    assert "Mine Own" in _export(manager)
    page = client_of(editor).get("/policies/confirmations/?show=all").content.decode()
    assert "Other Person" in page
    assert "Other Person" in _export(editor)


def _export(user: User) -> str:
    return client_of(user).get("/policies/confirmations/export/").content.decode()


def test_who_manages_nobody_sees_nobodys_confirmations(loaded: None) -> None:
    paths = ["/policies/confirmations/", "/policies/confirmations/export/"]
    assert opened(make_user(), paths) == {404}


def test_an_invitation_says_what_the_person_is_to_the_council(
    approver: User, now: datetime
) -> None:
    rows = (
        "email,full name,kind\na@example.org,Ann Agency,Agency worker\nb@example.org,Ben Staff,\n"
    )
    client = client_of(approver)
    wrong = client.post(
        "/accounts/invitations/many/", {"rows": rows.replace("Agency w", "Robot w")}
    )
    assert "There is no kind called Robot worker" in wrong.content.decode()
    client.post("/accounts/invitations/many/", {"rows": rows, "send": "1"})
    typed = {"email": "c@example.org", "full_name": "Cas", "role": "reporter", "kind": "member"}
    client.post("/accounts/invitations/new/", typed)
    kinds = {}
    for email in ("a@example.org", "b@example.org", "c@example.org"):
        user = make_user(email=email)
        accept_invitation(user, timezone.now())
        user.refresh_from_db()
        kinds[email[0]] = user.kind
    assert kinds == {"a": "agency_worker", "b": "staff", "c": "member"}
