"""Need to know, as sentences."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.http import Http404

from concerns.access import Action, can, get_concern_or_404, visible_concerns, visible_reports
from concerns.models import AccessGrant, Concern, Exclusion
from concerns.selectors.readers import readers_of
from safeguarding_portal.accounts.models import Membership, Role, Team
from tests.factories import (
    NOON,
    give_role,
    make_concern,
    make_lead,
    make_report,
    make_team,
    make_user,
)

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

pytestmark = pytest.mark.django_db


def sees(user: User, concern: Concern) -> bool:
    """Whether the person sees the concern, and both mirrors of the rule agree."""
    seen = visible_concerns(user, NOON).filter(pk=concern.pk).exists()
    assert seen == readers_of(concern, NOON).filter(pk=user.pk).exists()
    return seen


def grant(concern: Concern, user: User, **fields: object) -> AccessGrant:
    """Name the person on the access list of the concern."""
    values = {"reason": "covers for the lead", "granted_at": NOON - timedelta(hours=1)}
    return AccessGrant.objects.create(concern=concern, user=user, **values | fields)


def exclude(concern: Concern, user: User, **fields: object) -> Exclusion:
    """Keep the person out of the concern's report."""
    values = {"kind": Exclusion.Kind.EXCLUDED, "reason": Exclusion.Reason.NAMED}
    return Exclusion.objects.create(report=concern.report, user=user, **values | fields)


def test_a_lead_sees_the_open_concerns_of_their_team() -> None:
    concern = make_concern()
    assert sees(make_lead(concern.team), concern)


def test_a_lead_of_another_team_sees_nothing() -> None:
    concern = make_concern()
    assert not sees(make_lead(make_team(Team.Group.ADULTS)), concern)


def test_a_reporter_sees_their_own_report_but_no_concern() -> None:
    concern = make_concern()
    reporter = concern.report.reporter
    assert not sees(reporter, concern)
    assert list(visible_reports(reporter)) == [concern.report]
    assert not visible_reports(make_user()).exists()


@pytest.mark.parametrize("role", [Role.CORPORATE_LEAD, Role.DCS, Role.DASS])
def test_a_council_wide_role_sees_every_open_team(role: str) -> None:
    concern, person = make_concern(), make_user()
    give_role(person, role)
    assert sees(person, concern)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.DIRECTORY_EDITOR, Role.POLICY_EDITOR])
def test_a_role_that_does_not_work_concerns_opens_none(role: str) -> None:
    concern, person = make_concern(), make_user()
    give_role(person, role)
    assert not sees(person, concern)


def test_a_membership_that_has_ended_opens_nothing() -> None:
    concern = make_concern()
    lead = make_lead(concern.team)
    Membership.objects.filter(user=lead).update(ends_at=NOON)
    assert not sees(lead, concern)


def test_a_leaver_sees_nothing_not_even_by_grant() -> None:
    concern = make_concern()
    lead = make_lead(concern.team)
    grant(concern, lead)
    lead.is_active = False
    lead.save()
    assert not sees(lead, concern)


def test_a_restricted_concern_is_seen_by_its_access_list_only() -> None:
    concern = make_concern(restricted=True)
    lead, named, director = make_lead(concern.team), make_lead(concern.team), make_user()
    give_role(director, Role.DCS)
    grant(concern, named)
    assert sees(named, concern)
    assert not sees(lead, concern)
    assert not sees(director, concern)


@pytest.mark.parametrize(
    "fields",
    [
        {"revoked_at": NOON - timedelta(minutes=1)},
        {"expires_at": NOON},
        {"granted_at": NOON + timedelta(minutes=1)},
    ],
    ids=["revoked", "expired", "not yet"],
)
def test_a_grant_that_is_not_in_force_opens_nothing(fields: dict[str, object]) -> None:
    concern, person = make_concern(restricted=True), make_user()
    grant(concern, person, **fields)
    assert not sees(person, concern)


@pytest.mark.parametrize("kind", list(Exclusion.Kind))
def test_an_excluded_or_held_lead_sees_no_trace_even_with_a_grant(kind: str) -> None:
    concern = make_concern()
    lead = make_lead(concern.team)
    grant(concern, lead)
    exclude(concern, lead, kind=kind)
    assert not sees(lead, concern)
    with pytest.raises(Http404):
        get_concern_or_404(lead, concern.reference, NOON)


def test_an_exclusion_covers_every_concern_of_the_report_and_no_other() -> None:
    team = make_team()
    report = make_report()
    first, second = make_concern(team, report), make_concern(team, report)
    other = make_concern(team)
    lead = make_lead(team)
    exclude(first, lead)
    assert list(visible_concerns(lead, NOON)) == [other]
    assert not sees(lead, second)


def test_a_lifted_exclusion_no_longer_hides() -> None:
    concern = make_concern()
    lead = make_lead(concern.team)
    exclude(concern, lead, lifted_at=NOON, lifted_by=make_user())
    assert sees(lead, concern)


def test_absent_and_forbidden_give_the_same_answer() -> None:
    concern = make_concern()
    outsider = make_user()
    for reference in (concern.reference, "NOSUCH-1"):
        with pytest.raises(Http404) as refusal:
            get_concern_or_404(outsider, reference, NOON)
        assert str(refusal.value) == ""


@pytest.mark.parametrize(
    ("owned", "closed", "allowed"),
    [
        (False, False, {Action.TAKE}),
        (True, False, {Action.DECIDE}),
        (True, True, set()),
        (False, True, set()),
    ],
    ids=["not mine", "mine", "mine and closed", "closed"],
)
def test_what_may_be_done_follows_from_owner_and_state(
    owned: bool, closed: bool, allowed: set[Action]
) -> None:
    concern = make_concern()
    lead = make_lead(concern.team)
    if owned:
        concern.owner, concern.taken_at = lead, NOON
    if closed:
        concern.state = Concern.State.CLOSED
    asked = {Action.TAKE, Action.DECIDE}
    assert {action for action in asked if can(lead, action, concern)} == allowed
    assert can(lead, Action.RECORD, concern)
    assert can(lead, Action.VIEW, concern)
