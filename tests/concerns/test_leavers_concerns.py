"""Somebody leaves: what they held goes to cover, never to nobody."""

from __future__ import annotations

from datetime import timedelta

import pytest

from concerns.access import visible_concerns
from concerns.models import (
    AccessGrant,
    Approval,
    Bell,
    Concern,
    Contest,
    ContestStage,
    CustodyGap,
    DutyTurn,
    Exclusion,
    Task,
)
from concerns.rules.ladder import OWNER_LEFT
from concerns.selectors.reconcile import gap_of, gaps_in
from concerns.services.custody import take_concern
from concerns.services.escalate import escalate_due, warn_before_bells
from concerns.services.leavers import hand_over_left, holdings
from concerns.services.reconcile import check_custody
from safeguarding_portal.accounts.leavers import deactivate, reactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.memberships import end_role
from safeguarding_portal.accounts.models import Absence, Membership, Role, Source, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.concerns.conftest import Council
from tests.factories import NOON, give_role, make_concern, make_lead, make_referral, make_user

SCIM = By(Source.SCIM)
LATER = NOON + timedelta(minutes=1)


def owned_by(user: User, council: Council, **fields: object) -> Concern:
    """Return an open concern of the children's team that the person owns."""
    concern = make_concern(council.children, owner=user, taken_at=NOON, **fields)
    Concern.objects.filter(pk=concern.pk).update(state=Concern.State.IN_TRIAGE)
    concern.refresh_from_db()
    return concern


def told(template: str) -> set[str]:
    """Return whom messages of this kind were promised to."""
    return set(Message.objects.filter(template=template).values_list("recipient", flat=True))


def test_an_owner_who_leaves_gives_the_concern_back_to_the_team_and_its_leads_are_told(
    council: Council,
) -> None:
    other = make_lead(council.children)
    concern = owned_by(council.child_lead, council)
    assert deactivate(council.child_lead.pk, SCIM, LATER)
    concern.refresh_from_db()
    assert (concern.owner, concern.state) == (None, Concern.State.NEW)
    assert told("owner_left") == {other.email}
    event = Event.objects.get(name="concern.owner_left", concern_id=concern.pk)
    assert (event.actor, event.actor_label) == (None, "scim")


def test_a_deputy_who_may_see_it_is_told_first_and_the_leads_when_they_do_not_take_it(
    council: Council,
) -> None:
    deputy, other = make_lead(council.children), make_lead(council.children)
    council.child_lead.deputies.add(deputy)
    owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert told("owner_left") == {deputy.email}
    assert escalate_due(LATER + timedelta(hours=1)) == 1
    assert told("owner_left") == {deputy.email, other.email}


def test_whoever_stands_in_for_a_leaver_who_was_away_is_told(council: Council) -> None:
    stand_in = make_lead(council.children)
    Absence.objects.create(
        user=council.child_lead,
        starts_on=NOON.date(),
        ends_on=NOON.date(),
        deputy=stand_in,
        entered_by=council.child_lead,
        entered_at=NOON,
    )
    make_lead(council.children)
    owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert told("owner_left") == {stand_in.email}


def test_a_deputy_who_may_not_see_the_concern_never_hears_of_it(council: Council) -> None:
    outsider, other = make_user(), make_lead(council.children)
    council.child_lead.deputies.add(outsider)
    owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert told("owner_left") == {other.email}


def test_the_bell_rings_up_the_ladder_until_somebody_takes_it(council: Council) -> None:
    other = make_lead(council.children)
    concern = owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    for hours in (1, 2, 3):
        escalate_due(LATER + timedelta(hours=hours))
    assert told("owner_left") >= {other.email, council.manager.email, council.corporate.email}
    concern.refresh_from_db()
    take_concern(concern.pk, other, concern.version, LATER + timedelta(hours=4))
    assert warn_before_bells(LATER + timedelta(hours=4, minutes=50)) == 0
    assert escalate_due(LATER + timedelta(hours=5)) == 0
    assert Bell.objects.get(kind=OWNER_LEFT).ended_at == LATER + timedelta(hours=5)


def test_the_last_lead_of_a_team_leaves_and_the_manager_and_the_corporate_lead_hear(
    council: Council,
) -> None:
    owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert told("owner_left") == {council.manager.email}
    assert told("without_lead") == {council.corporate.email}


def test_an_old_concern_of_a_leaver_is_held_by_its_bell_and_is_a_gap_when_that_stands_still(
    council: Council,
) -> None:
    make_lead(council.children)
    owned_by(council.child_lead, council)
    week_later = NOON + timedelta(days=7)
    deactivate(council.child_lead.pk, SCIM, week_later)
    everything = Concern.objects.all()
    assert not gaps_in(everything, week_later).exists()
    found = gaps_in(everything, week_later + timedelta(hours=2)).get()
    assert gap_of(found) == "not_taken"


def test_open_tasks_go_to_the_owner_and_those_of_an_unowned_concern_to_a_lead(
    council: Council,
) -> None:
    helper, owner = make_lead(council.children), make_lead(council.children)
    held, unowned = owned_by(owner, council), make_concern(council.children)
    for concern in (held, unowned):
        Task.objects.create(
            concern=concern, words="Ring school", owner=helper, created_by=owner, created_at=NOON
        )
    deactivate(helper.pk, SCIM, LATER)
    assert Task.objects.get(concern=held).owner == owner
    assert Task.objects.get(concern=unowned).owner in {owner, council.child_lead}
    assert owner.email in told("task_given")
    assert Event.objects.filter(name="task.handed_over").count() == 2


def test_a_request_to_close_is_taken_back_and_other_leads_are_asked_for_second_opinions(
    council: Council,
) -> None:
    concern = owned_by(council.child_lead, council, approval_asked_at=NOON)
    other = make_lead(council.children)
    mine = Approval.objects.create(
        concern=concern,
        rule_id="EYES.child",
        outcome="no_further_action",
        words="-",
        asked_by=council.child_lead,
        asked_at=NOON,
    )
    theirs = Approval.objects.create(
        concern=owned_by(other, council),
        rule_id="EYES.child",
        outcome="no_further_action",
        words="-",
        asked_by=other,
        asked_at=NOON,
    )
    deactivate(council.child_lead.pk, SCIM, LATER)
    mine.refresh_from_db()
    concern.refresh_from_db()
    assert (mine.state, concern.approval_asked_at) == (Approval.State.WITHDRAWN, None)
    theirs.refresh_from_db()
    assert theirs.state == Approval.State.WAITING
    assert told("approval_asked") == {council.corporate.email}, "no other lead is left"


def test_a_stage_of_a_disagreement_that_named_the_leaver_names_others(council: Council) -> None:
    other = make_lead(council.children)
    concern = owned_by(other, council)
    contest = Contest.objects.create(
        concern=concern,
        raised_by=council.reporter,
        by_reporter=True,
        about="closed",
        text="-",
        raised_at=NOON,
    )
    stage = ContestStage.objects.create(
        contest=contest,
        level=0,
        started_at=NOON,
        due_at=NOON + timedelta(days=1),
        people=[{"id": council.child_lead.pk, "name": str(council.child_lead)}],
    )
    deactivate(council.child_lead.pk, SCIM, LATER)
    stage.refresh_from_db()
    assert other.pk in {person["id"] for person in stage.people}
    assert other.email in told("contest_stage")


def test_a_restricted_concern_whose_last_reader_leaves_lets_the_reserve_in(
    council: Council,
) -> None:
    excluded = make_lead(council.children)
    concern = owned_by(council.child_lead, council, restricted=True)
    Exclusion.objects.create(
        report=concern.report,
        user=excluded,
        kind=Exclusion.Kind.EXCLUDED,
        reason=Exclusion.Reason.NAMED,
    )
    AccessGrant.objects.create(
        concern=concern, user=council.child_lead, reason="-", granted_at=NOON
    )
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert not AccessGrant.objects.filter(user=council.child_lead, revoked_at=None).exists()
    assert visible_concerns(council.corporate, LATER).filter(pk=concern.pk).exists()
    assert not visible_concerns(excluded, LATER).exists()
    assert told("owner_left") == {council.corporate.email}


def test_turns_of_duty_to_come_are_cancelled(council: Council) -> None:
    turn = DutyTurn.objects.create(
        user=council.child_lead,
        team=council.children,
        starts_at=NOON + timedelta(days=1),
        ends_at=NOON + timedelta(days=2),
        made_at=NOON,
        made_by=council.manager,
    )
    deactivate(council.child_lead.pk, SCIM, LATER)
    turn.refresh_from_db()
    assert turn.cancelled_at == LATER


def test_a_leaver_sees_nothing_and_comes_back_without_what_they_had(council: Council) -> None:
    concern = owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    council.child_lead.refresh_from_db()
    assert not visible_concerns(council.child_lead, LATER).exists()
    assert reactivate(council.child_lead.pk, SCIM, LATER)
    council.child_lead.refresh_from_db()
    assert not visible_concerns(council.child_lead, LATER).exists()
    concern.refresh_from_db()
    assert concern.owner is None


def test_whoever_loses_a_role_by_hand_keeps_only_what_they_can_still_see(council: Council) -> None:
    both = council.child_lead
    give_role(both, Role.LEAD, council.adults)
    make_lead(council.children)
    lost, kept = owned_by(both, council), owned_by(both, council)
    Concern.objects.filter(pk=kept.pk).update(team=council.adults)
    role = Membership.objects.get(user=both, team=council.children)
    end_role(council.corporate, role.pk, LATER)
    lost.refresh_from_db()
    kept.refresh_from_db()
    assert (lost.owner, kept.owner) == (None, both)


def test_the_sweep_finds_what_a_row_changed_by_hand_left_behind(council: Council) -> None:
    make_lead(council.children)
    concern = owned_by(council.child_lead, council)
    fine = owned_by(make_lead(council.children), council)
    User.objects.filter(pk=council.child_lead.pk).update(is_active=False)
    assert gap_of(gaps_in(Concern.objects.all(), LATER).get()) == "owner_gone"
    check_custody(LATER)
    assert CustodyGap.objects.get(mended_at=None).kind == "owner_gone"
    assert hand_over_left(LATER) == 1
    assert hand_over_left(LATER) == 0
    concern.refresh_from_db()
    fine.refresh_from_db()
    assert concern.owner is None
    assert fine.owner is not None
    check_custody(LATER)
    assert not CustodyGap.objects.filter(mended_at=None).exists()


def test_the_sweep_finds_an_owner_whose_role_ran_out_by_itself(council: Council) -> None:
    concern = owned_by(council.child_lead, council)
    Membership.objects.filter(user=council.child_lead).update(ends_at=LATER)
    assert hand_over_left(LATER - timedelta(seconds=1)) == 0
    assert hand_over_left(LATER) == 1
    concern.refresh_from_db()
    assert concern.owner is None


def test_a_closed_concern_keeps_the_name_of_its_owner(council: Council) -> None:
    concern = owned_by(council.child_lead, council)
    Concern.objects.filter(pk=concern.pk).update(state=Concern.State.CLOSED, closed_at=NOON)
    deactivate(council.child_lead.pk, SCIM, LATER)
    concern.refresh_from_db()
    assert concern.owner == council.child_lead
    assert hand_over_left(LATER) == 0


def test_what_a_page_counts_beforehand_leaves_out_what_the_viewer_is_kept_out_of(
    council: Council,
) -> None:
    owned_by(council.child_lead, council)
    hidden = owned_by(council.child_lead, council)
    make_referral(hidden)
    Exclusion.objects.create(
        report=hidden.report,
        user=council.corporate,
        kind=Exclusion.Kind.EXCLUDED,
        reason=Exclusion.Reason.NAMED,
    )
    counted = [
        (item.count, item.words)
        for item in holdings(council.child_lead, council.corporate, NOON)
        if item.count
    ]
    assert counted == [(1, "open concern")]


@pytest.mark.parametrize("held", [1, 8])
def test_every_concern_of_a_leaver_is_handed_over_in_one_transaction(
    council: Council, held: int
) -> None:
    make_lead(council.children)
    for _ in range(held):
        owned_by(council.child_lead, council)
    deactivate(council.child_lead.pk, SCIM, LATER)
    assert not Concern.objects.filter(owner=council.child_lead).exists()
    closed = Event.objects.get(name="account.closed")
    assert closed.detail["handed_over"] == held
