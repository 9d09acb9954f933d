"""A lead's acts: taking, recording, deciding, closing; and the agency's link."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from concerns.models import AgencyCode, Call, Clock, Concern, Decision, Exclusion, Referral
from concerns.services import agency, custody
from concerns.services.custody import Acceptance, CallRecord
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.escalate import escalate_due, handle_undelivered
from concerns.services.routing import hash_secret
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.concerns.conftest import Council
from tests.factories import NOON, make_concern, make_lead, make_referral, make_user

LATER = NOON + timedelta(minutes=20)
PERSON = Acceptance("Jo Worker", "Duty social worker", "0121 496 0100", LATER)


def owned(council: Council) -> Concern:
    """Return a concern that the children's lead has taken."""
    concern = make_concern(council.children)
    return custody.take_concern(concern.pk, council.child_lead, concern.version, NOON)


def test_taking_makes_an_owner_and_leaves_a_trace(council: Council) -> None:
    concern = owned(council)
    assert (concern.owner, concern.state, concern.version) == (council.child_lead, "in_triage", 2)
    assert Event.objects.filter(name="concern.taken", actor=council.child_lead).exists()


def test_a_second_claim_with_an_old_version_loses(council: Council) -> None:
    concern = owned(council)
    second = make_lead(council.children)
    with pytest.raises(ConflictError):
        custody.take_concern(concern.pk, second, 1, NOON)
    concern.refresh_from_db()
    assert concern.owner == council.child_lead


def test_somebody_out_of_scope_finds_nothing_to_take(council: Council) -> None:
    concern = make_concern(council.children)
    with pytest.raises(Http404):
        custody.take_concern(concern.pk, council.adult_lead, 1, NOON)


def test_an_acceptance_in_a_call_ends_custody_by_name(council: Council) -> None:
    concern = owned(council)
    referral = make_referral(concern)
    Call.objects.create(
        concern=concern, referral=referral, agency_slug="x", due_at=NOON, recorded_at=NOON
    )
    Clock.objects.create(
        concern=concern, slug="priority", label="First", due_at=LATER, why="w", source="s"
    )
    custody.record_acceptance(referral.pk, council.child_lead, PERSON, LATER)
    referral.refresh_from_db()
    concern.refresh_from_db()
    assert (referral.state, referral.ended_by_name) == ("accepted", "Jo Worker")
    assert referral.escalate_at is None
    assert concern.state == Concern.State.ACCEPTED
    assert not Call.objects.still_due().exists()
    assert Clock.objects.get().met_at == LATER


def test_a_second_acceptance_never_overwrites_the_first(council: Council) -> None:
    referral = make_referral(owned(council))
    custody.record_acceptance(referral.pk, council.child_lead, PERSON, LATER)
    other = Acceptance("Else", "Worker", "0121 496 0101", LATER)
    with pytest.raises(ConflictError):
        custody.record_acceptance(referral.pk, council.child_lead, other, LATER)


def test_the_database_refuses_an_acceptance_without_a_name(council: Council) -> None:
    referral = make_referral(make_concern(council.children))
    with pytest.raises(DatabaseError), transaction.atomic():
        Referral.objects.filter(pk=referral.pk).update(state="accepted")


def test_an_acceptance_cannot_be_in_the_future(council: Council) -> None:
    referral = make_referral(owned(council))
    with pytest.raises(NotAllowedError, match="has not come yet"):
        custody.record_acceptance(referral.pk, council.child_lead, PERSON, NOON)


def test_a_recorded_call_answers_the_call_that_was_due(council: Council) -> None:
    concern = owned(council)
    referral = make_referral(concern)
    due = Call.objects.create(
        concern=concern,
        referral=referral,
        agency_slug="childrens-social-care",
        due_at=NOON,
        recorded_at=NOON,
    )
    record = CallRecord("childrens-social-care", "0121 496 0100", "Jo", "R1", "Told them", LATER)
    made = custody.record_call(concern.pk, council.child_lead, record, LATER)
    assert made.pk == due.pk
    assert made.made_by == council.child_lead
    assert not concern.calls.still_due().exists()


def test_only_the_owner_decides_an_offer_and_must_say_why(council: Council) -> None:
    concern = owned(council)
    offer = make_referral(concern, agency_slug="lado", state="offered", required=False)
    with pytest.raises(NotAllowedError, match="reason"):
        custody.decide_offer(offer.pk, council.child_lead, send=True, reason=" ", now=LATER)
    other = make_lead(council.children)
    with pytest.raises(NotAllowedError, match="Take this concern first"):
        custody.decide_offer(offer.pk, other, send=True, reason="Needed", now=LATER)
    custody.decide_offer(offer.pk, council.child_lead, send=True, reason="Needed", now=LATER)
    offer.refresh_from_db()
    assert offer.state == Referral.State.SENT
    assert Message.objects.filter(kind="referral", agency_slug="lado").count() == 1
    assert Decision.objects.get(kind="refer").reason == "Needed"


def test_a_hold_is_decided_by_a_lead_without_conflict(council: Council) -> None:
    concern = make_concern(council.children)
    held = make_lead(council.children)
    hold = Exclusion.objects.create(
        report=concern.report, user=held, kind="held", reason="similar_name", decide_by=LATER
    )
    with pytest.raises(Http404):
        custody.decide_hold(hold.pk, held, keep=False, now=NOON)
    custody.decide_hold(hold.pk, council.child_lead, keep=False, now=NOON)
    hold.refresh_from_db()
    assert hold.lifted_by == council.child_lead


@pytest.fixture
def linked(council: Council) -> Referral:
    """Return a referral with a link whose secret is "secret"."""
    return make_referral(
        make_concern(council.children),
        link_hash=hash_secret("secret"),
        link_expires_at=NOON + timedelta(days=30),
    )


def sent_code() -> str:
    """Return the code that was mailed last."""
    return str(Message.objects.filter(kind="referral_code").latest("id").context["code"])


def test_a_link_is_found_by_its_secret_until_it_expires(linked: Referral) -> None:
    assert agency.find_referral("secret", NOON) == linked
    assert agency.find_referral("other", NOON) is None
    assert agency.find_referral("secret", NOON + timedelta(days=31)) is None


def test_a_code_goes_to_the_agencys_mailbox_and_opens_once(linked: Referral) -> None:
    agency.send_code(linked.pk, NOON)
    message = Message.objects.get(kind="referral_code")
    assert message.recipient == "childrens-social-care@example.org"
    code = sent_code()
    assert not agency.open_with_code(linked.pk, "000000" if code != "000000" else "1", NOON)
    linked.refresh_from_db()
    assert linked.opened_at is None
    assert agency.open_with_code(linked.pk, f" {code[:3]} {code[3:]} ", NOON)
    assert not agency.open_with_code(linked.pk, code, NOON)
    linked.refresh_from_db()
    assert (linked.state, linked.opened_at) == ("opened", NOON)


def test_a_code_dies_after_15_minutes_and_after_five_tries(linked: Referral) -> None:
    agency.send_code(linked.pk, NOON)
    assert not agency.open_with_code(linked.pk, sent_code(), NOON + timedelta(minutes=15))
    for _ in range(5):
        agency.open_with_code(linked.pk, "wrong", NOON)
    assert not agency.open_with_code(linked.pk, sent_code(), NOON)
    assert AgencyCode.objects.get().tries == 5


def test_no_more_than_six_codes_an_hour(linked: Referral) -> None:
    for _ in range(6):
        agency.send_code(linked.pk, NOON)
    with pytest.raises(NotAllowedError):
        agency.send_code(linked.pk, NOON)


def test_accepting_by_link_ends_custody_and_returning_rings_the_leads(
    linked: Referral, council: Council
) -> None:
    agency.return_by_link(linked.pk, PERSON, "Not ours: lives in Solihull", LATER)
    linked.refresh_from_db()
    assert (linked.state, linked.escalate_at) == ("returned", LATER)
    assert Message.objects.filter(kind="referral_returned").count() == 1
    agency.accept_by_link(linked.pk, PERSON, LATER)
    linked.refresh_from_db()
    assert (linked.state, linked.ended_via) == ("accepted", "link")


def test_bells_climb_the_ladder_one_rung_an_interval(council: Council) -> None:
    concern = make_concern(council.children)
    referral = make_referral(concern, escalate_at=NOON)
    told = []
    for hours in range(4):
        escalate_due(NOON + timedelta(hours=hours))
        told.append(Message.objects.filter(kind="escalation").latest("id").recipient)
    assert told[:3] == [council.child_lead.email, council.manager.email, council.corporate.email]
    assert told[3] == council.dcs.email
    referral.refresh_from_db()
    # The rung of deputies was empty and passed over.
    assert referral.escalation_level == 5


def test_ringing_twice_in_one_minute_tells_once(council: Council) -> None:
    make_referral(make_concern(council.children), escalate_at=NOON)
    assert escalate_due(NOON) == 1
    assert escalate_due(NOON) == 0
    assert Message.objects.filter(kind="escalation").count() == 1


def test_the_most_urgent_bell_rings_first(council: Council) -> None:
    later = make_referral(
        make_concern(council.children, priority=3), escalate_at=NOON - timedelta(hours=5)
    )
    urgent = make_referral(make_concern(council.children, priority=1), escalate_at=NOON)
    escalate_due(NOON)
    order = list(
        Event.objects.filter(name="referral.escalated")
        .order_by("id")
        .values_list("object_id", flat=True)
    )
    assert order == [str(urgent.pk), str(later.pk)]


def test_an_empty_rung_is_passed_over_at_once(council: Council) -> None:
    from safeguarding_portal.accounts.models import Membership

    Membership.objects.filter(user=council.child_lead).update(ends_at=NOON - timedelta(days=1))
    make_referral(make_concern(council.children), escalate_at=NOON)
    escalate_due(NOON)
    assert Message.objects.get(kind="escalation").recipient == council.manager.email


def test_a_message_that_cannot_be_delivered_makes_a_call_due_and_tells_the_leads(
    council: Council,
) -> None:
    concern = make_concern(council.children)
    referral = make_referral(concern)
    for _ in range(2):
        handle_undelivered(f"{concern.reference}:{referral.agency_slug}", NOON)
    assert Call.objects.still_due().count() == 1
    assert Message.objects.filter(kind="delivery_failed").count() == 1
    concern.refresh_from_db()
    assert concern.next_due_at == NOON


@pytest.mark.parametrize("act", ["update", "delete"])
def test_what_was_filed_cannot_be_changed_or_removed(council: Council, act: str) -> None:
    concern = make_concern(council.children)
    from django.db import connection

    statement = {
        "update": "UPDATE concerns_report SET priority = 4",
        "delete": "DELETE FROM concerns_concern",
    }[act]
    refusal = pytest.raises(DatabaseError, match="kept as it is")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    concern.refresh_from_db()


def test_people_without_a_role_are_told_nothing(council: Council) -> None:
    stranger = make_user()
    make_referral(make_concern(council.children), escalate_at=NOON)
    escalate_due(NOON)
    assert not Message.objects.filter(recipient=stranger.email).exists()


def test_doing_it_by_hand_ends_the_call_that_was_due(council: Council) -> None:
    concern = owned(council)
    by_hand = make_referral(concern, agency_slug="police-non-emergency", state="to_do")
    Call.objects.create(
        concern=concern, referral=by_hand, agency_slug="x", due_at=NOON, recorded_at=NOON
    )
    custody.mark_done(by_hand.pk, council.child_lead, "Reported on 101", LATER)
    by_hand.refresh_from_db()
    assert (by_hand.state, by_hand.escalate_at) == ("done", None)
    assert not concern.calls.still_due().exists()
