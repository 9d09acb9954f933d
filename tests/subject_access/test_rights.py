"""Corrections, restrictions and objections stand beside what was filed, and are told on."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from concerns.models import Concern, DataRight, Exclusion
from concerns.selectors.pack import referral_pack
from concerns.services.data_rights import (
    NewRight,
    decide_right,
    end_restriction,
    lock_for_rights,
    record_right,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.triage.chronology import chronology
from safeguarding_portal.outbox.models import Message
from tests.factories import NOON, make_referral, make_user
from tests.subject_access.conftest import DAY, LATER, Office, client_of

pytestmark = pytest.mark.django_db


def say(office: Office, **fields: Any) -> DataRight:
    """Record what the mother says of the concern."""
    values: dict[str, Any] = {
        "kind": "rectify",
        "asked_by": "Their mother",
        "received_on": DAY,
        "what": "The address is wrong",
        "statement": "We live at number 14",
    }
    new = NewRight(**values | fields)
    return record_right(office.concern.pk, office.council.child_lead, new, NOON)


def decide(office: Office, right: DataRight, decision: str = "agreed") -> DataRight:
    """Decide about it as the lead."""
    lead = office.council.child_lead
    return decide_right(right.pk, lead, decision, "Checked with the school", "Number 14", NOON)


def test_a_correction_changes_nothing_that_was_filed_and_stands_beside_it(office: Office) -> None:
    statement = office.report.statement
    decide(office, say(office))
    office.report.refresh_from_db()
    assert office.report.statement == statement
    page = client_of(office.council.child_lead).get(f"/concerns/{office.concern.reference}/rights/")
    text = page.content.decode()
    assert "The address is wrong" in text
    assert "We live at number 14" in text
    assert "Checked with the school" in text
    titles = [entry.title for entry in chronology(office.concern.pk, frozenset({"work"}))]
    assert "Decided about a correction, restriction or objection" in titles


@pytest.mark.parametrize(("decision", "told"), [("agreed", 1), ("both", 1), ("refused", 0)])
def test_agencies_that_had_it_are_told_of_what_stands_with_a_reference_only(
    office: Office, decision: str, told: int
) -> None:
    # The Trust has it by mail; the mailbox of the directory is told.
    right = decide(office, say(office), decision)
    messages = Message.objects.filter(kind="record_corrected")
    assert messages.count() == told
    for message in messages:
        assert set(message.context) == {"reference", "urgency"}
    assert ("childrens-social-care" in right.agencies_told) is bool(told)
    referral = office.concern.referrals.get(agency_slug="childrens-social-care")
    pack = referral_pack(referral, NOON)
    assert [row["decision"] for row in pack["corrections"]] == ([decision] if told else [])


def test_an_agency_without_a_mailbox_becomes_a_task_for_whoever_owns_the_concern(
    office: Office,
) -> None:
    make_referral(office.concern, agency_slug="police-non-emergency-x", state="accepted",
                  ended_by_name="A", ended_by_role="B", ended_at=NOON)  # fmt: skip
    decide(office, say(office))
    assert office.concern.tasks.filter(words__contains="corrected").count() == 1


def test_a_restriction_marks_the_concern_until_it_ends(office: Office) -> None:
    right = decide(office, say(office, kind="restrict"))
    concern = Concern.objects.get(pk=office.concern.pk)
    assert concern.use_restricted_at == NOON
    page = client_of(office.council.child_lead).get(f"/concerns/{concern.reference}/")
    assert "Use of data restricted" in page.content.decode()
    end_restriction(right.pk, office.council.child_lead, "Checked; told on Monday", LATER)
    concern.refresh_from_db()
    assert concern.use_restricted_at is None
    with pytest.raises(ConflictError):
        end_restriction(right.pk, office.council.child_lead, "Again", LATER)


def test_an_objection_is_decided_and_told_to_no_agency(office: Office) -> None:
    decide(office, say(office, kind="object"))
    assert not Message.objects.filter(kind="record_corrected").exists()


def test_what_was_said_and_decided_never_changes_and_is_never_deleted(office: Office) -> None:
    right = decide(office, say(office))
    with pytest.raises(ConflictError):
        decide(office, right, "refused")
    for change in ({"what": "Other"}, {"decision": "refused"}, {"correction": "Other"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            DataRight.objects.filter(pk=right.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        right.delete()


def test_it_is_owed_an_answer_within_a_month_and_no_day_to_come_is_taken(office: Office) -> None:
    assert str(say(office).due_on) == "2026-12-24"
    with pytest.raises(NotAllowedError):
        say(office, received_on=LATER.date())


def test_who_may_not_see_the_concern_records_and_decides_nothing(office: Office) -> None:
    right = say(office)
    for person in (make_user(), office.council.adult_lead, office.officer):
        with pytest.raises(Http404):
            record_right(office.concern.pk, person, NewRight("rectify", "x", DAY, "x"), NOON)
        with pytest.raises(Http404):
            decide_right(right.pk, person, "agreed", "x", "", NOON)
        client = client_of(person)
        base = f"/concerns/{office.concern.reference}/right/"
        for path in (base, f"{base}{right.pk}/", f"{base}{right.pk}/end/"):
            assert client.get(path).status_code == 404
            assert client.post(path).status_code == 404


def test_an_officer_with_leave_records_what_a_person_says_of_a_concern(office: Office) -> None:
    request = office.searched()
    office.decide(request)
    client = client_of(office.officer)
    path = f"/subject-access/{request.reference}/right/{office.concern.reference}/"
    assert client.get(path).status_code == 200
    assert client.post(path, {}).status_code == 422
    answer = client.post(
        path,
        {
            "kind": "rectify",
            "asked_by": "Robin",
            "received_on_day": "24",
            "received_on_month": "11",
            "received_on_year": "2026",
            "what": "My name is misspelt",
        },
    )
    assert answer.status_code == 302
    right = DataRight.objects.get()
    assert (right.concern, right.request) == (office.concern, request)
    assert client_of(office.second).get(path).status_code == 404
    Exclusion.objects.create(
        report=office.report, user=office.officer, kind="excluded", reason="kin"
    )
    with pytest.raises(Http404):
        lock_for_rights(office.concern.pk, office.officer, NOON)
