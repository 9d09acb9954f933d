"""A request from the day it came in to the day it was answered, and who may take part."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.http import Http404
from django.urls import reverse

from concerns.access import visible_concerns
from concerns.models import (
    AccessGathering,
    AccessItem,
    AccessLeave,
    AccessRequest,
    Exclusion,
    Involvement,
    Note,
)
from concerns.selectors.subject_access import readable_items, visible_requests
from concerns.services import subject_access as service
from concerns.services import subject_access_care as care
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.subject_access import NewRequest
from concerns.services.subject_access_answer import hand_over, leave_out_changes, may_download
from concerns.services.subject_access_gather import (
    announce_leaves,
    ask_for,
    decide_candidate,
    gather_waiting,
)
from concerns.services.subject_access_items import Decided, decide_item
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import NOON, give_role, make_concern, make_report, make_user
from tests.people.makers import child, file
from tests.subject_access.conftest import (
    DAY,
    LATER,
    Office,
    client_of,
    namesake,
    report_about_robin,
)

pytestmark = pytest.mark.django_db
AWAY = {"lives": ["birmingham"], "now": ["home"], "address": ["99 Far Street, B97 3CC"]}


def found_in(request: Any) -> dict[str, str]:
    """Return who was found, by the reference of the concern."""
    return {row.concern.reference: row.state for row in request.candidates.all()}


def test_the_person_is_found_by_name_and_a_namesake_too_each_with_reasons(office: Office) -> None:
    other = namesake(office.council)
    request = office.searched()
    rows = {row.concern.report_id: row for row in request.candidates.all()}
    mine, theirs = rows[office.report.pk], rows[other.pk]
    assert mine.weight > theirs.weight
    assert "same date of birth" in " ".join(mine.reasons).lower()
    assert "different" in " ".join(theirs.reasons).lower()


def test_a_namesake_who_was_dropped_is_never_collected_nor_read(office: Office) -> None:
    other = namesake(office.council).concerns.get()
    request = office.searched()
    for row in request.candidates.all():
        is_person = row.concern_id == office.concern.pk
        decide_candidate(
            request.pk, row.pk, office.officer, is_person=is_person, reason="Born then", now=NOON
        )
    office.collect(request)
    assert request.items.exists()
    assert not request.items.filter(concern=other).exists()
    assert not AccessLeave.objects.filter(concern=other).exists()


def test_another_name_a_lead_s_match_an_informant_and_a_mention_are_found(office: Office) -> None:
    who = office.council.reporter
    renamed = file(who, child("Robyn Sparrow"))
    told_by = {"name": ["Robin Example"], "who": ["neighbour"]}
    known = {"account": ["Something happened"], "known": ["told"], "ongoing": ["yes"]}
    told = file(who, child("Ash Elsewhere", told_by=told_by, what_happened=known, where__1=AWAY))
    mentioned = {**known, "account": ["A Robin Example came in"]}
    named = file(who, child("Ivo Otherly", what_happened=mentioned, where__1=AWAY))
    request = office.searched(aliases="Robyn Sparrow", born=None)
    references = set(found_in(request))
    reports = (renamed, told, named)
    assert {report.concerns.get().reference for report in reports} <= references
    assert request.candidates.get(concern__report=named).involvement is None
    informant = request.candidates.get(concern__report=told).involvement
    assert informant is not None
    assert informant.part == "informant"


def test_searching_and_collecting_twice_finds_the_same_and_keeps_what_was_decided(
    office: Office,
) -> None:
    request = office.collected()
    office.give_all(request)
    before = list(request.items.order_by("pk").values_list("pk", "key", "decision", "released"))
    office.collect(request, LATER)
    assert list(request.items.order_by("pk").values_list("pk", "key", "decision", "released")) == (
        before
    )
    ask_for(request.pk, office.officer, "search", LATER)
    gather_waiting(LATER)
    assert set(found_in(request).values()) == {"confirmed"}


def test_a_run_is_claimed_once_and_taken_again_when_its_worker_died(office: Office) -> None:
    request = office.open()
    service.check_identity(request.pk, office.officer, "Seen", DAY, "", NOON)
    run = ask_for(request.pk, office.officer, "search", NOON)
    with pytest.raises(ConflictError):
        ask_for(request.pk, office.officer, "search", NOON)
    AccessGathering.objects.filter(pk=run.pk).update(claimed_at=NOON)
    assert gather_waiting(NOON + timedelta(minutes=5)) == 0
    assert gather_waiting(NOON + timedelta(minutes=11)) == 1
    assert gather_waiting(NOON + timedelta(minutes=12)) == 0


def test_nothing_is_collected_before_everybody_found_is_decided(office: Office) -> None:
    request = office.searched()
    with pytest.raises(NotAllowedError):
        ask_for(request.pk, office.officer, "collect", NOON)


def test_an_item_that_changed_is_decided_again_and_one_that_went_is_gone(office: Office) -> None:
    note = Note.objects.create(
        concern=office.concern, author=office.council.child_lead, text="One", created_at=NOON
    )
    request = office.collected()
    office.give_all(request)
    item = request.items.get(key=f"note:{note.pk}")
    assert item.decision == "give"
    AccessItem.objects.filter(pk=item.pk).update(text="What stood there before")
    row = request.candidates.get()
    office.collect(request, LATER)
    item.refresh_from_db()
    assert item.decision == "open"
    decide_candidate(
        request.pk, row.pk, office.officer, is_person=False, reason="A cousin", now=LATER
    )
    office.collect(request, LATER + timedelta(hours=1))
    assert not request.items.filter(gone_at=None).exists()


def test_items_are_decided_again_when_somebody_in_them_is_no_longer_the_person(
    office: Office,
) -> None:
    request = office.searched(aliases="Samuel Thorne")
    office.decide(request)
    office.collect(request)
    office.give_all(request)
    account = request.items.get(key__startswith="report", text__contains="shouted")
    assert "Samuel Thorne" in account.released
    row = request.candidates.get(involvement__name="Samuel Thorne")
    AccessRequest.objects.filter(pk=request.pk).update(aliases="")
    decide_candidate(
        request.pk, row.pk, office.officer, is_person=False, reason="Their father", now=LATER
    )
    office.collect(request, LATER)
    account.refresh_from_db()
    assert (account.decision, account.released) == ("open", "")
    his = request.items.get(key=f"person:{row.involvement_id}")
    assert (his.decision, his.suggested) == ("open", "third_party")


def test_a_reporter_who_must_not_be_known_is_taken_out_wherever_they_are_named(
    office: Office,
) -> None:
    reporter = make_user(full_name="Tamsin Quillfeather")
    report = file(reporter, report_about_robin() | {"about-you": {"shield": ["shield"]}}, LATER)
    concern = report.concerns.get()
    note = {"concern": concern, "author": office.council.child_lead, "created_at": LATER}
    Note.objects.create(text="Tamsin Quillfeather rang again", **note)
    request = office.collected()
    item = request.items.get(text__contains="Tamsin", source="note")
    assert {row.words for row in item.redactions.all()} == {"Tamsin", "Quillfeather"}
    assert {row.exemption for row in item.redactions.all()} == {"informant"}
    office.give_all(request)
    given = " ".join(item.released for item in request.items.all())
    assert "Tamsin" not in given
    assert "Quillfeather" not in given


def test_nothing_is_decided_while_the_portal_collects(office: Office) -> None:
    request = office.collected()
    item = request.items.filter(gone_at=None).first()
    assert item
    ask_for(request.pk, office.officer, "collect", LATER)
    with pytest.raises(ConflictError, match="collecting"):
        office.give(item)
    gather_waiting(LATER)
    office.give(item)


def test_an_officer_kept_out_of_what_was_dropped_never_learns_that_it_was_found(
    office: Office,
) -> None:
    other = namesake(office.council)
    request = office.searched()
    dropped = request.candidates.get(concern__report=other)
    decide_candidate(
        request.pk, dropped.pk, office.officer, is_person=False, reason="Other day", now=NOON
    )
    Exclusion.objects.create(report=other, user=office.second, kind="excluded", reason="kin")
    service.take_request(request.pk, office.second, NOON)
    page = client_of(office.second).get(
        reverse("concerns:subject_access:found", args=[request.reference])
    )
    assert page.status_code == 200
    assert other.reference not in page.content.decode()
    with pytest.raises(NotAllowedError):
        decide_candidate(
            request.pk, dropped.pk, office.second, is_person=True, reason="Yes", now=NOON
        )
    assert not request.leaves.filter(user=office.second, concern__report=other).exists()


# --- Who may take part ---------------------------------------------------------------------------
def test_only_records_officers_and_those_who_check_know_of_requests(office: Office) -> None:
    request = office.collected()
    for person in (office.council.child_lead, office.council.manager, office.council.reporter):
        assert not visible_requests(person, NOON).exists()
        with pytest.raises(Http404):
            service.open_request(person, NewRequest("self", "A", DAY, "letter", "A"), NOON)
    assert visible_requests(office.second, NOON).count() == 1
    assert not visible_requests(office.council.corporate, NOON).exists()
    office.give_all(request)
    service.ask_check(request.pk, office.officer, NOON)
    assert visible_requests(office.council.corporate, NOON).count() == 1
    User.objects.filter(pk=office.second.pk).update(is_active=False)
    office.second.refresh_from_db()
    assert not visible_requests(office.second, NOON).exists()


def touched(how: str, office: Office) -> None:
    """Let the officer be touched by the concern in one of the ways there are."""
    if how == "excluded":
        Exclusion.objects.create(
            report=office.report, user=office.officer, kind="excluded", reason="kin"
        )
    elif how == "named":
        Involvement.objects.create(
            concern=office.concern, part="alleged", name="x", staff_member=office.officer
        )
    elif how == "alike":
        Involvement.objects.create(concern=office.concern, part="alleged", name="Imke Orcherd")
    else:
        make_concern(office.council.children, make_report(office.officer))


@pytest.mark.parametrize("how", ["excluded", "named", "alike", "reporter"])
def test_an_officer_whom_the_record_touches_loses_the_request_and_knows_of_it_no_more(
    office: Office, how: str
) -> None:
    touched(how, office)
    request = office.searched()
    assert request.officer is None
    assert not visible_requests(office.officer, NOON).exists()
    assert visible_requests(office.second, NOON).exists()
    waits = Message.objects.filter(kind="access_request_waits")
    assert list(waits.values_list("recipient", flat=True)) == [office.second.email]
    with pytest.raises(Http404):
        service.take_request(request.pk, office.officer, NOON)
    service.take_request(request.pk, office.second, NOON)


def test_who_is_kept_out_later_reads_nothing_any_more(office: Office) -> None:
    request = office.collected()
    assert readable_items(request, office.officer).exists()
    Exclusion.objects.create(
        report=office.report, user=office.officer, kind="excluded", reason="kin"
    )
    assert not visible_requests(office.officer, NOON).exists()


def test_nobody_handles_a_request_of_their_own(office: Office) -> None:
    with pytest.raises(NotAllowedError):
        office.open(staff=office.officer)
    request = office.open(staff=office.second)
    with pytest.raises(Http404):
        service.take_request(request.pk, office.second, NOON)


def test_leave_to_read_is_given_by_confirming_announced_once_and_ends_with_the_request(
    office: Office,
) -> None:
    request = office.searched()
    assert not request.leaves.exists()
    office.decide(request)
    assert announce_leaves(NOON) == 1
    assert announce_leaves(NOON) == 0
    told = Message.objects.filter(kind="access_leave").values_list("recipient", flat=True)
    assert list(told) == [office.council.child_lead.email]
    given = Event.objects.get(name="access_request.leave_given")
    assert (given.concern_id, given.detail["user"]) == (office.concern.pk, office.officer.pk)
    service.end_request(request.pk, office.officer, "withdraw", "They rang", NOON)
    assert not request.leaves.filter(ended_at=None).exists()
    assert Event.objects.filter(name="access_request.leave_ended").count() == 1
    request.refresh_from_db()
    assert not readable_items(request, office.officer).exists()


def test_leave_opens_no_concern_and_only_the_officer_and_the_checker_read(office: Office) -> None:
    request = office.collected()
    assert not visible_concerns(office.officer, NOON).exists()
    assert not readable_items(request, office.second).exists()
    service.take_request(request.pk, office.second, NOON)
    request.refresh_from_db()
    assert not readable_items(request, office.officer).exists()
    assert readable_items(request, office.second).exists()


# --- Redaction and the second check --------------------------------------------------------------
def test_a_suggestion_counts_until_it_is_dropped_and_more_words_can_be_taken_out(
    office: Office,
) -> None:
    request = office.collected()
    item = request.items.get(key__startswith="report", text__contains="shouted")
    rows = {row.words: row.pk for row in item.redactions.all()}
    kept = frozenset(pk for words, pk in rows.items() if words != "Samuel")
    said = Decided("give", kept, ("has a key",), "crime", "The police ask for it")
    item = decide_item(request.pk, item.pk, office.officer, said, NOON)
    assert "that Samuel [taken out] shouted" in item.released
    assert "has a key" not in item.released
    again = Decided("give", frozenset(rows.values()))
    item = decide_item(request.pk, item.pk, office.officer, again, NOON)
    assert "Samuel" not in item.released
    assert "has a key" in item.released
    with pytest.raises(NotAllowedError):
        decide_item(request.pk, item.pk, office.officer, Decided("give", words=("zebra",)), NOON)


def test_who_told_and_other_people_are_suggested_to_be_withheld_whole(office: Office) -> None:
    request = office.collected()
    by_title = {item.text.split("\n")[0]: item.suggested for item in request.items.all()}
    assert by_title["Who told you"] == "informant"
    parts = {item.text.split("\n")[0]: item.suggested for item in request.items.all()}
    assert parts["Part: Told the reporter"] == "informant"
    assert parts["Part: Person who may have caused harm"] == "third_party"
    assert parts["Part: Person at risk"] == ""


def test_the_second_check_is_made_by_another_who_did_not_work_on_it(office: Office) -> None:
    request = office.collected()
    with pytest.raises(NotAllowedError, match="Decide every item"):
        service.ask_check(request.pk, office.officer, NOON)
    office.give_all(request)
    service.ask_check(request.pk, office.officer, NOON)
    asked = Message.objects.filter(kind="access_request_check").values_list("recipient", flat=True)
    assert set(asked) == {office.second.email, office.council.corporate.email}
    with pytest.raises(NotAllowedError):
        service.take_check(request.pk, office.officer, NOON)
    service.take_check(request.pk, office.second, NOON)
    with pytest.raises(NotAllowedError):
        service.take_request(request.pk, office.second, NOON)
    assert readable_items(request, office.second).exists()
    service.answer_check(
        request.pk, office.second, agreed=False, words="Item 3 shows the street", now=NOON
    )
    request.refresh_from_db()
    assert request.state == "redacting"
    assert not readable_items(request, office.second).exists()
    service.ask_check(request.pk, office.officer, NOON)
    service.take_check(request.pk, office.council.corporate, NOON)
    service.answer_check(request.pk, office.council.corporate, agreed=True, words="", now=NOON)
    request.refresh_from_db()
    assert request.state == "agreed"


def test_whoever_checks_reads_on_when_another_officer_takes_the_request(office: Office) -> None:
    request = office.collected()
    office.give_all(request)
    service.ask_check(request.pk, office.officer, NOON)
    service.take_check(request.pk, office.second, NOON)
    third = make_user(full_name="Wren Tallow")
    give_role(third, Role.RECORDS_OFFICER)
    service.take_request(request.pk, third, NOON)
    request.refresh_from_db()
    assert list(readable_items(request, office.second)) == list(readable_items(request, third))
    assert readable_items(request, third).filter(concern=office.concern).exists()
    assert not readable_items(request, office.officer).exists()


def test_an_officer_who_decided_items_before_cannot_check_them(office: Office) -> None:
    request = office.collected()
    office.give_all(request)
    service.take_request(request.pk, office.second, NOON)
    service.ask_check(request.pk, office.second, NOON)
    with pytest.raises(NotAllowedError, match="worked on it"):
        service.take_check(request.pk, office.officer, NOON)


def test_what_changed_in_the_record_since_is_flagged_and_answered_for(office: Office) -> None:
    request = office.agreed()
    assert may_download(request, NOON)
    assert not may_download(request, NOON + timedelta(days=2))
    Note.objects.create(
        concern=office.concern, author=office.council.child_lead, text="New", created_at=LATER
    )
    office.compare(request)
    assert not may_download(request, NOON)
    (change,) = request.gatherings.all()[0].changes
    assert (change["title"], change["what"]) == ("Note", "New")
    with pytest.raises(NotAllowedError):
        hand_over(request.pk, office.officer, "Collected", NOON)
    leave_out_changes(request.pk, office.officer, "Written after the request", NOON)
    hand_over(request.pk, office.officer, "Collected in person", NOON)
    request.refresh_from_db()
    assert (request.state, request.ended_words) == ("sent", "Collected in person")
    assert not Message.objects.filter(recipient__contains="robin").exists()


def test_what_changes_after_changes_were_answered_for_is_answered_for_again(
    office: Office,
) -> None:
    request = office.agreed()
    lead = office.council.child_lead
    Note.objects.create(concern=office.concern, author=lead, text="New", created_at=LATER)
    office.compare(request)
    leave_out_changes(request.pk, office.officer, "Written after the request", NOON)
    Note.objects.create(concern=office.concern, author=lead, text="Newer", created_at=LATER)
    office.compare(request)
    assert not may_download(request, NOON)


# --- Clock, ending, complaints -------------------------------------------------------------------
def test_the_clock_of_a_request_follows_identity_questions_and_two_more_months(
    office: Office,
) -> None:
    request = office.open()
    assert str(request.due_on) == "2026-12-24"
    service.ask_identity(request.pk, office.officer, NOON)
    request.refresh_from_db()
    assert (request.state, request.due_on) == ("identity", None)
    service.check_identity(request.pk, office.officer, "Seen", LATER.date(), "", LATER)
    service.ask_question(request.pk, office.officer, "Which years?", LATER)
    with pytest.raises(ConflictError):
        service.ask_question(request.pk, office.officer, "Which?", LATER)
    request.refresh_from_db()
    assert request.due_on is None
    on = LATER.date() + timedelta(days=2)
    with pytest.raises(NotAllowedError):
        service.answer_question(request.pk, office.officer, "All", on, LATER)
    service.answer_question(request.pk, office.officer, "All", on, LATER + timedelta(days=2))
    request.refresh_from_db()
    # 25 December and the days after are no working days.
    assert str(request.due_on) == "2026-12-29"
    service.extend(request.pk, office.officer, "complex", "It is much", LATER)
    with pytest.raises(ConflictError):
        service.extend(request.pk, office.officer, "complex", "Again", LATER)


def test_two_more_months_are_taken_within_the_first_or_not_at_all(office: Office) -> None:
    request = office.open()
    with pytest.raises(NotAllowedError):
        service.extend(request.pk, office.officer, "many", "Late", NOON + timedelta(days=40))


def test_for_somebody_else_it_is_shown_that_one_may_ask(office: Office) -> None:
    request = office.open(requester="solicitor", requester_name="A. Solicitor")
    with pytest.raises(NotAllowedError):
        service.check_identity(request.pk, office.officer, "Letterhead", DAY, "", NOON)
    service.check_identity(request.pk, office.officer, "Letterhead", DAY, "Signed form", NOON)


def test_a_request_is_refused_with_ground_and_reason_and_ends_for_good(office: Office) -> None:
    request = office.open()
    service.end_request(request.pk, office.officer, "refuse", "No proof", NOON, "no_identity")
    with pytest.raises(ConflictError):
        service.end_request(request.pk, office.officer, "withdraw", "x", NOON)
    with pytest.raises(ProgrammingError), transaction.atomic():
        request.delete()


def test_a_complaint_is_acknowledged_within_thirty_days_and_answered(office: Office) -> None:
    request = office.open()
    complaint = care.record_complaint(request.pk, office.officer, "Too slow", DAY, NOON)
    assert (complaint.acknowledge_by - DAY).days == 29
    care.answer_complaint(request.pk, complaint.pk, office.second, "", NOON)
    complaint.refresh_from_db()
    assert complaint.acknowledged_on == DAY
    care.answer_complaint(request.pk, complaint.pk, office.second, "We were slow", LATER)
    with pytest.raises(ConflictError):
        care.answer_complaint(request.pk, complaint.pk, office.second, "Again", LATER)


def test_an_officer_is_reminded_once_at_each_stage_before_it_is_due(office: Office) -> None:
    request = office.open()
    assert request.due_on is not None
    for days, count in ((8, 0), (7, 1), (6, 1), (2, 2), (0, 3)):
        now = NOON + timedelta(days=30 - days)
        care.remind_of_requests(now)
        care.remind_of_requests(now)
        assert Message.objects.filter(kind="access_request_due").count() == count, days


def test_a_colleague_gets_what_they_reported_and_their_account(office: Office) -> None:
    person = make_user(full_name="Pat Colleague", job_title="Clerk")
    give_role(person, Role.DIRECTORY_EDITOR)
    report = make_report(person)
    request = office.collected(name="Pat Colleague", staff=person, born=None, address="")
    texts = "\n".join(request.items.values_list("text", flat=True))
    assert "Clerk" in texts
    assert "Directory editor" in texts
    assert report.reference in texts
