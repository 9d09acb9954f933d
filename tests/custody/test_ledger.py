"""The ledger and the state of a referral say the same, whatever happens in whatever order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concerns.models import AgencyCode, Call, Concern, LegEvent, Referral
from concerns.selectors.legs import legs_of
from concerns.services import agency, custody
from concerns.services.custody import Acceptance, CallRecord
from concerns.services.errors import ServiceError
from concerns.services.legs import note_outcomes, state_told_by
from concerns.services.routing import send_referral
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.receipts import NewReceipt, take_receipt
from tests.answers import ADULT, CHILD, family
from tests.custody.conftest import Council, carried, file, reported
from tests.factories import NOON, make_concern, make_referral

LATER = NOON + timedelta(minutes=20)
JO = Acceptance("Jo Worker", "Duty social worker", "0121 496 0100", LATER)


def kinds(referral: Referral) -> list[str]:
    """Return the kinds of a ledger's rows, in the order written."""
    return list(referral.ledger.order_by("id").values_list("kind", flat=True))


def assert_told(referral: Referral) -> None:
    """Assert that ledger and state agree."""
    referral.refresh_from_db()
    assert state_told_by(kinds(referral)) == referral.state


def newest_code(referral: Referral) -> str:
    """Return the code that was mailed last for a referral."""
    agency.send_code(referral.pk, NOON)
    return str(Message.objects.filter(kind="referral_code").latest("id").context["code"])


def test_every_referral_of_a_report_has_its_first_row_at_submit(council: Council) -> None:
    for answers in (CHILD, ADULT, family()):
        file(council.reporter, answers, NOON)
    referrals = list(Referral.objects.all())
    assert len(referrals) > 5
    for referral in referrals:
        assert_told(referral)
        event = referral.ledger.get()
        assert (event.happened_at, event.actor_label) == (NOON, "rules")


def test_an_offer_that_is_sent_accepted_by_call_tells_who_decided_and_who_accepted(
    council: Council,
) -> None:
    concern = make_concern(council.children)
    custody.take_concern(concern.pk, council.child_lead, 1, NOON)
    offer = make_referral(concern, agency_slug="lado", state="offered", required=False)
    custody.decide_offer(offer.pk, council.child_lead, send=True, reason="Needed", now=NOON)
    call = CallRecord("lado", "0121 675 1669", "Jo", "R1", "They take it", LATER)
    made = custody.record_call(concern.pk, council.child_lead, call, LATER)
    custody.record_acceptance(offer.pk, council.child_lead, JO, LATER)
    assert kinds(offer) == ["offered", "queued", "accepted"]
    queued, accepted = offer.ledger.order_by("id")[1:]
    assert (queued.actor, queued.happened_at) == (council.child_lead, NOON)
    assert (accepted.name, accepted.role, accepted.phone) == (JO.name, JO.role, JO.phone)
    assert (accepted.happened_at, accepted.actor) == (LATER, council.child_lead)
    assert accepted.evidence == f"call:{made.pk}"
    assert_told(offer)


def test_an_acceptance_by_link_has_the_code_as_evidence_and_the_agency_as_doer(
    leg: Referral,
) -> None:
    assert agency.open_with_code(leg.pk, newest_code(leg), NOON)
    agency.accept_by_link(leg.pk, JO, LATER)
    assert kinds(leg) == ["queued", "code_sent", "opened", "accepted"]
    for event in leg.ledger.filter(kind__in=("opened", "accepted")):
        assert event.actor_label == "agency"
        assert event.evidence == f"code:{AgencyCode.objects.get().pk}"
    assert_told(leg)


def test_a_return_keeps_its_reason_and_may_still_be_accepted(leg: Referral) -> None:
    agency.return_by_link(leg.pk, JO, "Not ours\n\nTry: Solihull", LATER)
    assert leg.ledger.get(kind="returned").reason == "Not ours\n\nTry: Solihull"
    assert_told(leg)
    with pytest.raises(ServiceError, match="returned this already"):
        agency.return_by_link(leg.pk, JO, "Again", LATER)
    agency.accept_by_link(leg.pk, JO, LATER)
    assert_told(leg)


def test_whoever_writes_a_state_the_ledger_tells_it(leg: Referral) -> None:
    Referral.objects.filter(pk=leg.pk).update(state="withdrawn")
    assert kinds(leg) == ["queued", "withdrawn"]
    Referral.objects.filter(pk=leg.pk).update(due_at=LATER)
    assert kinds(leg) == ["queued", "withdrawn"]


@pytest.mark.parametrize("act", ["UPDATE concerns_legevent SET kind = 'accepted'", "DELETE"])
def test_no_row_of_the_ledger_can_be_changed_or_removed(leg: Referral, act: str) -> None:
    statement = act if act != "DELETE" else "DELETE FROM concerns_legevent"
    refusal = pytest.raises(DatabaseError, match="kept as it is")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_ledger_refuses_an_acceptance_without_a_name(leg: Referral) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        LegEvent.objects.create(
            referral=leg, kind="accepted", happened_at=NOON, recorded_at=NOON, actor_label="x"
        )


def test_what_the_outbox_learns_stands_on_the_leg_once(leg: Referral) -> None:
    message = carried(leg)
    reported(message, "delayed")
    reported(message, "delivered")
    for _ in range(2):
        note_outcomes(LATER)
    assert kinds(leg) == ["queued", "sent", "delayed", "delivered"]
    sent = leg.ledger.get(kind="sent")
    assert (sent.happened_at, sent.evidence) == (NOON, f"message:{message.public_id}")
    names = Event.objects.filter(concern_id=leg.concern_id).values_list("name", flat=True)
    assert {"leg.sent", "leg.delayed", "leg.delivered"} <= set(names)


@pytest.mark.parametrize("kind", ["auto_reply", "reply"])
def test_an_automatic_reply_is_recorded_and_never_counts(leg: Referral, kind: str) -> None:
    reported(carried(leg), kind)
    before = leg.escalate_at
    note_outcomes(LATER)
    assert kind in kinds(leg)
    leg.refresh_from_db()
    assert (leg.state, leg.escalate_at, leg.ended_by_name) == ("sent", before, "")


def test_what_came_back_becomes_a_call_that_is_due_and_the_leads_are_told(
    leg: Referral, council: Council
) -> None:
    message = carried(leg)
    take_receipt(NewReceipt("mailbox", "failed", "k", (message.provider_id,)), LATER)
    for _ in range(2):
        note_outcomes(LATER)
    assert kinds(leg).count("failed") == 1
    assert leg.calls.still_due().count() == 1
    told = Message.objects.get(kind="delivery_failed")
    assert told.recipient == council.child_lead.email


def test_a_code_that_cannot_be_delivered_makes_a_call_due_too(leg: Referral) -> None:
    newest_code(leg)
    code = Message.objects.get(kind="referral_code")
    Message.objects.filter(pk=code.pk).update(
        status="FAILED", failed_at=NOON, last_error="The mail server refused it for good (550)."
    )
    note_outcomes(LATER)
    assert "failed" in kinds(leg)
    assert leg.calls.still_due().count() == 1


def test_what_is_sent_again_starts_anew_and_may_fail_again(leg: Referral, council: Council) -> None:
    failed = {
        "status": "FAILED",
        "sent_at": None,
        "failed_at": NOON,
        "last_error": "refused (550).",
    }

    def is_undelivered() -> bool:
        return legs_of([leg.concern])[leg.concern_id][0].is_undelivered

    carried(leg, **failed)
    note_outcomes(LATER)
    assert is_undelivered()
    leg.refresh_from_db()
    leg.state = Referral.State.WITHDRAWN
    leg.save()
    with transaction.atomic():
        send_referral(leg, LATER)
    assert not is_undelivered()
    Message.objects.filter(subject_type="referral", status="QUEUED").update(**failed)
    note_outcomes(LATER)
    assert is_undelivered()
    assert kinds(leg).count("failed") == 2
    assert Message.objects.filter(kind="delivery_failed").count() == 2


REPORTED = ["delivered", "delayed", "failed", "auto_reply", "reply"]
ACTS = [*REPORTED, "code", "wrong", "open", "accept", "return", "withdraw", "call", "note"]


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=st.lists(st.sampled_from(ACTS), min_size=1, max_size=9))
def test_receipts_and_people_in_any_order_never_part_ledger_and_state(
    leg: Referral, council: Council, acts: list[str]
) -> None:
    with transaction.atomic():
        play(leg, council, acts)
        transaction.set_rollback(True)


def play(leg: Referral, council: Council, acts: list[str]) -> None:
    """Do the acts, and look after each of them."""
    message = carried(leg)
    accepted = withdrawn = False
    for number, act in enumerate(acts):
        before = Referral.objects.get(pk=leg.pk)
        try:
            do(act, number, leg, council, message)
        except ServiceError:
            assert accepted or withdrawn or before.state == "returned" or act in {"code", "open"}
        note_outcomes(LATER)
        assert_told(leg)
        accepted, withdrawn = leg.state == "accepted", leg.state == "withdrawn"
        # A named person ended it, or it is open and rings, or the council took it back.
        assert accepted == bool(leg.ended_by_name and leg.state != "returned")
        if before.state == "accepted" and act != "withdraw":
            assert accepted
        if act in REPORTED:
            assert leg.state == before.state
        if leg.is_open:
            assert leg.escalate_at is not None
            message.refresh_from_db()
            rung = Call.objects.filter(referral=leg).exists()
            assert message.status != "FAILED" or rung


def do(act: str, number: int, leg: Referral, council: Council, message: Message) -> None:
    """Do one act."""
    match act:
        case "code":
            agency.send_code(leg.pk, NOON)
        case "wrong":
            agency.open_with_code(leg.pk, "wrong", NOON)
        case "open":
            agency.open_with_code(leg.pk, newest_code(leg), NOON)
        case "accept":
            agency.accept_by_link(leg.pk, JO, LATER)
        case "return":
            agency.return_by_link(leg.pk, JO, "Not ours", LATER)
        case "call":
            custody.record_acceptance(leg.pk, council.child_lead, JO, LATER)
        case "withdraw":
            leg.refresh_from_db()
            if leg.is_open:
                Referral.objects.filter(pk=leg.pk).update(
                    state="withdrawn", escalate_at=None, ended_by_name=""
                )
        case "note":
            custody.add_note(leg.concern_id, council.child_lead, "Rang again", LATER)
        case _:
            take_receipt(NewReceipt("notify", act, f"n{number}", (message.provider_id,)), LATER)


def test_a_closed_concern_keeps_its_ledger(council: Council) -> None:
    concern = make_concern(council.children, state=Concern.State.CLOSED, closed_at=NOON)
    referral = make_referral(concern, state="done", ended_at=NOON)
    assert_told(referral)
