"""Deciding again what a concern is: proposal, differences, routes, clocks, team, priority."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from concerns.access import visible_concerns
from concerns.models import Concern, Draft, Reassessment, Referral
from concerns.services import reclassify
from concerns.services.clocks import case_of
from concerns.services.custody import take_concern
from concerns.services.decide import Closing, close_concern
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.reclassify import Choice
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, Raw, family
from tests.concerns.conftest import Council, council
from tests.factories import NOON, give_role, make_lead, make_user

__all__ = ["council"]
pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)
CASS = "childrens-social-care"


def filed(council: Council, answers: Raw, owner: User, number: int = 1) -> Concern:
    """Return a concern of a real report, taken by the owner."""
    draft = Draft.objects.create(
        owner=council.reporter, answers=answers, expires_at=NOON + timedelta(days=30)
    )
    concern = submit_report(draft.pk, council.reporter, NOON).concerns.get(number=number)
    Concern.objects.filter(pk=concern.pk).update(owner=owner, taken_at=NOON, state="referred")
    concern.refresh_from_db()
    return concern


def propose(concern: Concern, actor: User, person: dict[str, Any] | None = None) -> Reassessment:
    """Ask the rules again with corrected facts of the person."""
    corrections = {"person": person} if person else {}
    return reclassify.propose(concern.pk, actor, corrections, concern.version, LATER)


def decide(
    asked: Reassessment, actor: User, choice: Choice | None = None, reason: str = ""
) -> Concern:
    """Decide as proposed, or otherwise."""
    wanted = choice or reclassify.proposed_choice(asked)
    version = Concern.objects.values_list("version", flat=True).get(pk=asked.concern_id)
    return reclassify.decide_classification(asked.pk, actor, wanted, reason, version, LATER)


def slugs(concern: Concern, *states: str) -> set[str]:
    """Return the agencies of a concern's referrals in these states."""
    return set(concern.referrals.filter(state__in=states).values_list("agency_slug", flat=True))


def test_asked_again_with_the_same_facts_the_rules_say_what_they_said(council: Council) -> None:
    for number in (1, 2, 3):
        lead = council.child_lead if number < 3 else council.adult_lead
        concern = filed(council, family(), lead, number)
        asked = propose(concern, lead)
        assert asked.proposal["person"] == concern.assessment
        told = {route["agency"] for route in asked.proposal["routes"]}
        wanted = set(concern.referrals.values_list("agency_slug", flat=True))
        named = {
            route["agency"]
            for route in asked.proposal["routes"]
            if route["requirement"] != "not_needed"
        }
        assert named == wanted
        assert told >= wanted


def test_following_the_rules_needs_no_reason_and_the_report_never_changes(council: Council) -> None:
    concern = filed(council, ADULT, council.adult_lead)
    report = concern.report
    facts, words, digest = report.facts, report.statement, report.content_hash
    asked = propose(concern, council.adult_lead, {"danger_now": "yes", "override_reason": "Danger"})
    assert asked.proposal["person"]["priority"] == 1
    decided = decide(asked, council.adult_lead)
    report.refresh_from_db()
    assert (report.facts, report.statement, report.content_hash) == (facts, words, digest)
    assert decided.priority == 1
    assert "police-emergency" in slugs(decided, "to_do", "sent")
    assert decided.clocks.get(slug="priority").due_at <= LATER
    decision = decided.decisions.get(kind="reclassify")
    assert (decision.before["priority"], decision.after["priority"]) == (3, 1)
    assert decision.reassessment == asked


def test_deciding_otherwise_than_the_rules_needs_a_reason(council: Council) -> None:
    concern = filed(council, CHILD, council.child_lead)
    asked = propose(concern, council.child_lead)
    proposed = reclassify.proposed_choice(asked)
    for other in (
        Choice("neither", proposed.categories, proposed.priority, proposed.agencies),
        Choice("child", ("neglect",), proposed.priority, proposed.agencies),
        Choice("child", proposed.categories, 1, proposed.agencies),
        Choice("child", proposed.categories, proposed.priority, frozenset({CASS})),
        Choice("child", proposed.categories, proposed.priority, proposed.agencies | {"prevent"}),
    ):
        assert len(reclassify.differences(other, asked)) == 1
        with pytest.raises(NotAllowedError, match="reason"):
            decide(asked, council.child_lead, other)
    assert reclassify.differences(proposed, asked) == []


def test_a_child_who_is_an_adult_moves_to_the_adults_team_with_new_routes_and_clocks(
    council: Council,
) -> None:
    concern = filed(council, CHILD, council.child_lead)
    asked = propose(
        concern,
        council.child_lead,
        {
            "group": "adult",
            "age_min": 20,
            "age_max": 20,
            "dob": None,
            "care_needs": "yes",
            "override_reason": "Others are at risk",
            "override_grounds": ["others_at_risk"],
        },
    )
    assert asked.proposal["person"]["group"] == "adult_at_risk"
    decided = decide(asked, council.child_lead)
    assert (decided.group, decided.team, decided.owner) == ("adult_at_risk", council.adults, None)
    assert decided.state == "new"
    assert not visible_concerns(council.child_lead, LATER).filter(pk=decided.pk).exists()
    told = Message.objects.filter(kind="new_concern", dedupe_key__contains="moved")
    assert told.get().recipient == council.adult_lead.email
    # Who had it hears that it is withdrawn; who has it now is told; both by reference only.
    assert CASS in slugs(decided, "withdrawn")
    assert Message.objects.get(kind="referral_withdrawn").agency_slug == CASS
    assert "adult-social-care" in slugs(decided, "sent")
    assert not decided.calls.still_due().filter(agency_slug=CASS).exists()
    runs = set(decided.clocks.filter(met_at=None).values_list("slug", flat=True))
    assert {"lead_triage", "chase_adult_social_care"} <= runs
    assert not runs & {"call_now", "written_follow_up", "authority_decision", "assessment"}
    gone = decided.clocks.get(slug="authority_decision")
    assert gone.withdrawn_because


def test_a_route_that_was_withdrawn_can_be_sent_again_in_a_new_message(council: Council) -> None:
    concern = filed(council, CHILD, council.child_lead)
    proposed = reclassify.proposed_choice(propose(concern, council.child_lead))
    without = Choice("child", proposed.categories, 2, proposed.agencies - {CASS})
    decide(propose(concern, council.child_lead), council.child_lead, without, "Known to them")
    concern.refresh_from_db()
    decide(propose(concern, council.child_lead), council.child_lead)
    referral = concern.referrals.get(agency_slug=CASS)
    assert referral.state == Referral.State.SENT
    assert Message.objects.filter(kind="referral", agency_slug=CASS).count() == 2


def test_an_agency_without_a_mailbox_that_had_it_becomes_a_task(council: Council) -> None:
    concern = filed(council, CHILD, council.child_lead)
    concern.referrals.filter(agency_slug="police-non-emergency").update(state="done")
    concern.referrals.create(
        agency_slug="allocated-worker", required=True, state="returned", created_at=NOON
    )
    asked = propose(concern, council.child_lead)
    rung = concern.referrals.create(
        agency_slug="marac", required=True, state="to_do", created_at=NOON
    )
    rung.calls.create(concern=concern, agency_slug="marac", made_at=NOON, recorded_at=NOON)
    decide(asked, council.child_lead)
    assert concern.tasks.filter(words__startswith="Tell Marac").exists()
    task = concern.tasks.get(words__startswith="Tell Allocated")
    assert task.words == "Tell Allocated worker that the referral is withdrawn"
    assert task.owner == council.child_lead
    concern.refresh_from_db()
    assert concern.task_due_at == task.due_at


def test_without_the_override_reason_the_police_are_not_told_of_an_adult(council: Council) -> None:
    concern = filed(council, ADULT, council.adult_lead)
    asked = propose(concern, council.adult_lead, {"coercion": "yes"})
    assert "police-non-emergency" in reclassify.proposed_choice(asked).agencies
    with pytest.raises(NotAllowedError, match="without agreement"):
        decide(asked, council.adult_lead)
    asked = propose(
        concern,
        council.adult_lead,
        {
            "coercion": "yes",
            "override_reason": "She is controlled",
            "override_grounds": ["coercion"],
        },
    )
    decided = decide(asked, council.adult_lead)
    assert decided.decisions.get(kind="reclassify").after["grounds"] == ["coercion"]


def test_an_older_proposal_cannot_be_decided_on(council: Council) -> None:
    concern = filed(council, CHILD, council.child_lead)
    old = propose(concern, council.child_lead)
    propose(concern, council.child_lead, {"danger_now": "yes"})
    with pytest.raises(ConflictError, match="asked again since"):
        decide(old, council.child_lead)


def test_only_a_lead_lowers_a_priority_also_when_deciding_again(council: Council) -> None:
    concern = filed(council, CHILD, council.manager)
    asked = propose(concern, council.manager)
    proposed = reclassify.proposed_choice(asked)
    lower = Choice("child", proposed.categories, 3, proposed.agencies)
    with pytest.raises(NotAllowedError, match="Only a safeguarding lead"):
        decide(asked, council.manager, lower, "Calm now")
    with pytest.raises(NotAllowedError, match="Only a safeguarding lead"):
        reclassify.change_priority(concern.pk, council.manager, 3, "Calm", concern.version, LATER)
    raised = reclassify.change_priority(
        concern.pk, council.manager, 1, "Worse", concern.version, LATER
    )
    assert raised.priority == 1


def test_raising_brings_clock_and_bells_forward_and_lowering_takes_them_back(
    council: Council,
) -> None:
    concern = filed(council, ADULT, council.adult_lead)
    receipt_due = concern.clocks.get(slug="priority").due_at
    raised = reclassify.change_priority(
        concern.pk, council.adult_lead, 1, "Worse", concern.version, LATER
    )
    assert raised.clocks.get(slug="priority").due_at == LATER
    bell = raised.referrals.get(agency_slug="adult-social-care").escalate_at
    assert bell == LATER + timedelta(minutes=15)
    assert raised.calls.still_due().filter(agency_slug="adult-social-care").exists()
    lowered = reclassify.change_priority(
        concern.pk, council.adult_lead, 3, "Safe again", raised.version, LATER
    )
    assert lowered.clocks.get(slug="priority").due_at == receipt_due
    later = lowered.referrals.get(agency_slug="adult-social-care").escalate_at
    assert later is not None
    assert later > bell
    assert lowered.decisions.get(kind="lower_priority").after["clocks"][0]["why"]


def test_one_lead_alone_cannot_call_a_child_something_else_and_then_do_nothing(
    council: Council,
) -> None:
    concern = filed(council, CHILD, council.child_lead)
    other = Choice("neither", ("support",), 2, frozenset())
    decide(propose(concern, council.child_lead), council.child_lead, other, "A misunderstanding")
    concern.tasks.update(state="done", ended_at=NOON, ended_by=council.child_lead)
    concern.refresh_from_db()
    concern = take_concern(concern.pk, council.adult_lead, concern.version, LATER)
    closed = close_concern(
        concern.pk,
        council.adult_lead,
        Closing("not_safeguarding", "Pointed to the school"),
        concern.version,
        LATER,
    )
    assert closed.state != "closed"
    assert closed.approvals.get().rule_id == "EYES.child"


def test_a_graver_concern_is_first_contacted_again_though_it_was_before(council: Council) -> None:
    concern = filed(council, ADULT, council.adult_lead)
    concern.clocks.filter(slug="priority").update(met_at=NOON)
    raised = reclassify.change_priority(
        concern.pk, council.adult_lead, 2, "Worse", concern.version, LATER
    )
    assert raised.clocks.get(slug="priority").met_at is None
    assert raised.next_due_at is not None


def test_a_restricted_record_that_moves_is_opened_to_the_new_leads_without_conflict(
    council: Council,
) -> None:
    concern = filed(council, CHILD, council.child_lead)
    named = make_lead(council.adults)
    concern.report.exclusions.create(user=named, kind="excluded", reason="named")
    Concern.objects.filter(pk=concern.pk).update(restricted=True)
    concern.grants.create(user=council.child_lead, reason="Lead", granted_at=NOON)
    asked = propose(
        concern, council.child_lead, {"group": "adult", "age_min": 30, "age_max": 30, "dob": None}
    )
    decide(asked, council.child_lead, reason="Grown up")
    assert visible_concerns(council.adult_lead, LATER).filter(pk=concern.pk).exists()
    assert not visible_concerns(named, LATER).filter(pk=concern.pk).exists()
    concern.refresh_from_db()
    assert concern.owner == council.child_lead


def test_the_reserve_may_lower_where_no_lead_is_left(council: Council) -> None:
    director = make_user()
    give_role(director, Role.DASS)
    concern = filed(council, ADULT, director)
    lowered = reclassify.change_priority(
        concern.pk, director, 4, "For advice", concern.version, LATER
    )
    assert lowered.clocks.get(slug="priority").withdrawn_because


@pytest.mark.parametrize("number", [1, 2, 3])
def test_corrected_facts_reach_only_the_person_of_the_concern(
    council: Council, number: int
) -> None:
    concern = filed(council, family(), council.child_lead, number)
    case = case_of(concern, {"person": {"danger_now": "yes"}}, NOON)
    assert case.number == number - 1
    assert [person.danger_now == "yes" for person in case.facts.people].count(True) <= 1
    assert case.person.danger_now == "yes"


def test_asking_and_deciding_take_at_most_24_statements_each(council: Council) -> None:
    concern = filed(council, CHILD, council.child_lead)
    with CaptureQueriesContext(connection) as asking:
        asked = propose(concern, council.child_lead, {"danger_now": "yes"})
    choice, version = reclassify.proposed_choice(asked), concern.version
    with CaptureQueriesContext(connection) as deciding:
        reclassify.decide_classification(asked.pk, council.child_lead, choice, "", version, LATER)
    for captured in (asking, deciding):
        own = [item["sql"] for item in captured if "SAVEPOINT" not in item["sql"]]
        assert len(own) <= 24, "\n".join(sql[:110] for sql in own)
