"""Filing a report: one transaction, once, with all that follows."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from concerns.access import visible_concerns
from concerns.models import Call, Clock, Concern, Draft, Exclusion, Referral, Report
from concerns.services.errors import IncompleteReportError
from concerns.services.submit import content_hash, submit_report
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, Raw, changed, family
from tests.concerns.conftest import Council
from tests.factories import make_user

FRIDAY = datetime(2026, 11, 27, 16, 20, tzinfo=UTC)
TUESDAY = datetime(2026, 11, 24, 11, tzinfo=UTC)


def file(owner: User, answers: Raw, now: datetime = TUESDAY) -> Report:
    """File a report with these answers."""
    draft = Draft.objects.create(owner=owner, answers=answers, expires_at=now + timedelta(days=30))
    return submit_report(draft.pk, owner, now)


def test_a_child_concern_is_referred_to_the_trust_and_the_leads_are_told(council: Council) -> None:
    report = file(council.reporter, CHILD)
    concern = report.concerns.get()
    assert (concern.group, concern.priority, concern.team) == ("child", 2, council.children)
    states = dict(concern.referrals.values_list("agency_slug", "state"))
    assert states["childrens-social-care"] == Referral.State.SENT
    # The police have only a phone: that is a call that is due, not a message.
    assert states["police-non-emergency"] == Referral.State.TO_DO
    kinds = sorted(Message.objects.values_list("kind", "recipient"))
    assert kinds == [
        ("new_concern", council.child_lead.email),
        ("referral", "childrens-social-care@example.org"),
        ("report_received", council.reporter.email),
    ]


def test_no_message_carries_a_name_or_a_story(council: Council) -> None:
    file(council.reporter, CHILD)
    for message in Message.objects.all():
        assert set(message.context) <= {"reference", "urgency", "link"}
        assert "Robin" not in str(message.context)


def test_filing_the_same_draft_again_returns_the_same_report(council: Council) -> None:
    report = file(council.reporter, CHILD)
    again = submit_report(report.draft_id, council.reporter, TUESDAY + timedelta(seconds=1))
    assert again == report
    assert Report.objects.count() == 1
    assert Message.objects.filter(kind="referral").count() == 1


def test_the_draft_is_empty_afterwards_and_the_report_holds_what_was_filed(
    council: Council,
) -> None:
    report = file(council.reporter, CHILD)
    report.draft.refresh_from_db()
    assert report.draft.answers == {}
    assert report.content_hash == content_hash(report.statement, report.facts)
    words = str(report.statement)
    assert "Robin has a mark on the arm." in words
    assert report.rules_version
    assert report.directory_version == "birmingham-1"


def test_only_the_account_is_required(council: Council) -> None:
    with pytest.raises(IncompleteReportError):
        file(council.reporter, changed(CHILD, what_happened={"known": ["seen"]}))
    report = file(council.reporter, {"what-happened": {"account": ["Something is wrong."]}})
    concern = report.concerns.get()
    # Nothing known: treated as a child, and a lead looks.
    assert concern.group == "child"
    assert concern.referrals.filter(agency_slug="childrens-social-care", required=True).exists()


def test_somebody_elses_draft_does_not_exist(council: Council) -> None:
    draft = Draft.objects.create(owner=make_user(), answers=CHILD, expires_at=TUESDAY)
    with pytest.raises(Http404):
        submit_report(draft.pk, council.reporter, TUESDAY)
    assert not Report.objects.exists()


def test_two_children_and_their_mother_are_three_linked_concerns(council: Council) -> None:
    report = file(council.reporter, family())
    found = list(report.concerns.order_by("number").values_list("group", "team"))
    assert found == [
        ("child", council.children.pk),
        ("child", council.children.pk),
        ("adult_at_risk", council.adults.pk),
    ]
    mother = report.concerns.get(number=3)
    assert mother.involvements.get(part="subject").name == "Kim Example"
    assert mother.referrals.filter(agency_slug="adult-social-care").exists()


def test_statements_are_as_many_for_one_person_as_for_five_and_at_most_24(
    council: Council,
) -> None:
    five: Raw = dict(CHILD)
    for number in (2, 3, 4, 5):
        five |= {
            f"person.{number}": {"group": ["child"], "age": ["5"], "name": [f"Child {number}"]},
            f"worry.{number}": {"worry": ["same"]},
        }
    counts = []
    for answers in (CHILD, five):
        draft = Draft.objects.create(owner=council.reporter, answers=answers, expires_at=TUESDAY)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            submit_report(draft.pk, council.reporter, TUESDAY)
        counts.append([query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]])
    assert len(counts[0]) <= 24, counts[0]
    assert len(counts[0]) == len(counts[1])


def test_an_adult_who_refuses_is_still_referred_and_the_police_wait_for_a_lead(
    council: Council,
) -> None:
    report = file(council.reporter, ADULT)
    concern = report.concerns.get()
    asc = concern.referrals.get(agency_slug="adult-social-care")
    assert (asc.required, asc.state, asc.marks) == (True, Referral.State.SENT, ["refused"])
    police = concern.referrals.get(agency_slug="police-non-emergency")
    assert (police.required, police.state) == (False, Referral.State.OFFERED)
    assert not Call.objects.filter(agency_slug="police-non-emergency").exists()


def test_p1_makes_a_call_due_at_once_besides_the_message(council: Council) -> None:
    report = file(council.reporter, changed(CHILD, danger={"danger": ["yes"]}))
    concern = report.concerns.get()
    assert concern.priority == 1
    agencies = set(Call.objects.still_due().values_list("agency_slug", flat=True))
    assert {"police-emergency", "childrens-social-care"} <= agencies
    assert concern.next_due_at == TUESDAY


def test_p2_out_of_hours_makes_a_call_due_to_the_duty_team(council: Council) -> None:
    report = file(council.reporter, CHILD, FRIDAY)
    call = Call.objects.still_due().get(agency_slug="childrens-social-care")
    assert call.number == "0121 675 4806"
    assert call.due_at == FRIDAY + timedelta(hours=1)
    referral = report.concerns.get().referrals.get(agency_slug="childrens-social-care")
    # Within one hour of opening: Monday 8:45.
    assert referral.escalate_at == datetime(2026, 11, 30, 9, 45, tzinfo=UTC)


def test_a_named_colleague_their_manager_and_deputies_are_kept_out(council: Council) -> None:
    manager, deputy = make_user(), make_user()
    named = make_user(manager=manager)
    named.deputies.add(deputy)
    answers = changed(
        CHILD,
        harm_by__1={"relation": ["council"], "reach": ["yes"]},
        harm_by_work__1={"conduct": ["harmed"]},
        harm_by_staff__1={"query": ["Person"], "staff": [str(named.pk)]},
    )
    report = file(council.reporter, answers)
    assert report.restricted
    kept_out = set(report.exclusions.values_list("user", flat=True))
    assert kept_out == {named.pk, manager.pk, deputy.pk}


def test_a_lead_who_is_named_never_sees_or_hears_of_it_and_the_reserve_does(
    council: Council,
) -> None:
    answers = changed(
        CHILD,
        harm_by__1={"relation": ["council"], "reach": ["yes"]},
        harm_by_work__1={"conduct": ["harmed"]},
        harm_by_staff__1={"query": ["Casey"], "staff": [str(council.child_lead.pk)]},
    )
    report = file(council.reporter, answers)
    concern = report.concerns.get()
    assert not visible_concerns(council.child_lead, TUESDAY).exists()
    assert not Message.objects.filter(recipient=council.child_lead.email).exists()
    assert visible_concerns(council.corporate, TUESDAY).get() == concern
    assert Message.objects.filter(recipient=council.corporate.email, kind="new_concern").exists()
    assert not visible_concerns(council.dcs, TUESDAY).exists()


def test_a_similar_name_only_holds_back_for_an_hour(council: Council) -> None:
    answers = changed(
        CHILD,
        harm_by__1={"relation": ["known"], "reach": ["yes"], "name": ["Casey Childled"]},
    )
    report = file(council.reporter, answers)
    held = report.exclusions.get()
    assert held.user == council.child_lead
    assert held.kind == Exclusion.Kind.HELD
    assert held.decide_by == TUESDAY + timedelta(hours=1)


def test_clocks_and_audit_events_are_written_with_it(council: Council) -> None:
    report = file(council.reporter, CHILD)
    slugs = set(Clock.objects.values_list("slug", flat=True))
    assert {"priority", "authority_decision", "assessment", "written_follow_up"} <= slugs
    names = set(Event.objects.filter(report_id=report.pk).values_list("name", flat=True))
    assert {"report.submitted", "concern.opened"} <= names


def test_when_anything_fails_nothing_is_filed(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    from concerns.services import open_concerns

    def broken(*args: object) -> None:
        raise RuntimeError("a fault in the middle")

    monkeypatch.setattr(open_concerns, "_tell_the_council", broken)
    draft = Draft.objects.create(owner=council.reporter, answers=CHILD, expires_at=TUESDAY)
    with pytest.raises(RuntimeError):
        submit_report(draft.pk, council.reporter, TUESDAY)
    draft.refresh_from_db()
    assert draft.answers == CHILD
    assert not Report.objects.exists()
    assert not Concern.objects.exists()
    assert not Message.objects.exists()
