"""Batches: two people, days of waiting, stopping, going on after a fault; reports with several."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import DatabaseError
from django.http import Http404
from django.utils import timezone

from concerns.models import (
    AccessCandidate,
    AccessRequest,
    Concern,
    Correspondence,
    DisposalItem,
    DisposalRecord,
    Exclusion,
    Involvement,
    LegalHold,
    MatchCandidate,
    MatchDecision,
    MatchKey,
    NameWord,
    Person,
    Report,
    Retention,
    RetentionSchedule,
    SearchDocument,
)
from concerns.rules.retention import shipped
from concerns.selectors.disposal import chain_of
from concerns.selectors.retention import current_schedule, due_list, holds_on
from concerns.services import disposal
from concerns.services.disposal import (
    approve_batch,
    dispose_due,
    propose_batch,
    refuse_batch,
    stop_batch,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.holds import Inquiry, hold_for_inquiry, hold_record, lift_hold
from concerns.services.references import free_references
from concerns.services.retention import answer_schedule, keep_longer, propose_row, work_out
from concerns.services.search_index import write_again
from concerns.services.statement import first_broken
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import make_report
from tests.records.conftest import LONG_AGO, Keepers, closed_concern, dispose, key_of

WEEK = timedelta(days=7)


def test_two_people_and_the_days_of_waiting(keepers: Keepers) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    work_out(now)
    batch = propose_batch(keepers.officer, [concern.reference], now - 2 * WEEK)
    with pytest.raises(NotAllowedError, match="Another person"):
        approve_batch(batch.pk, keepers.officer, now)
    with pytest.raises(ConflictError, match="another batch"):
        propose_batch(keepers.second, [concern.reference], now)
    begins = approve_batch(batch.pk, keepers.corporate, now - WEEK - timedelta(hours=1))
    assert begins.dispose_after == now - timedelta(hours=1)
    assert dispose_due(now - timedelta(hours=2)) == 0
    assert dispose_due(now) == 1
    batch.refresh_from_db()
    assert batch.state == "done"
    # Whoever keeps records is told of both: they may look at it, or stop it.
    told = list(Message.objects.values_list("kind", "recipient").order_by("kind", "recipient"))
    everyone = sorted(user.email for user in (keepers.officer, keepers.second, keepers.corporate))
    assert [who for kind, who in told if kind == "disposal_waits"] == everyone
    assert keepers.officer.email not in [who for kind, who in told if kind == "disposal_proposed"]
    names = Event.objects.filter(concern_id=concern.pk).values_list("name", flat=True)
    assert list(names) == ["disposal.proposed", "disposal.approved", "concern.disposed"]


@pytest.mark.parametrize("who", ["lead", "auditor"])
def test_nobody_else_proposes_approves_stops_or_holds(keepers: Keepers, who: str) -> None:
    now, person = timezone.now(), getattr(keepers, who)
    concern = closed_concern(keepers.team)
    work_out(now)
    batch = propose_batch(keepers.officer, [concern.reference], now)
    for act in (
        lambda: propose_batch(person, [concern.reference], now),
        lambda: approve_batch(batch.pk, person, now),
        lambda: stop_batch(batch.pk, person, "x", now),
        lambda: refuse_batch(batch.pk, person, "x", now),
        lambda: hold_record(concern.reference, "concern", person, "x", now),
        lambda: keep_longer(concern.pk, person, date(2040, 1, 1), "x", now),
        lambda: propose_row(person, "adult.other", [7], "x", "x", now),
    ):
        with pytest.raises(Http404):
            act()


def test_what_is_stopped_or_refused_is_kept_and_can_be_proposed_again(keepers: Keepers) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    work_out(now)
    for end in (refuse_batch, stop_batch):
        batch = propose_batch(keepers.officer, [concern.reference], now - 2 * WEEK)
        end(batch.pk, keepers.second, "Wanted for research", now)
        assert batch.items.get().state == "kept"
    batch = propose_batch(keepers.officer, [concern.reference], now - 2 * WEEK)
    approve_batch(batch.pk, keepers.second, now - 2 * WEEK)
    stop_batch(batch.pk, keepers.corporate, "Wait", now)
    assert dispose_due(now) == 0
    with pytest.raises(ConflictError, match="no longer open"):
        stop_batch(batch.pk, keepers.corporate, "Again", now)
    assert Concern.objects.filter(pk=concern.pk).exists()


def test_a_fault_at_one_record_leaves_it_whole_and_the_others_go(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    first, second = closed_concern(keepers.team), closed_concern(keepers.team)
    real = disposal._remove

    def breaks(item: DisposalItem) -> DisposalRecord:
        found = real(item)
        if item.concern_id == first.pk:
            raise DatabaseError("the server is gone")
        return found

    monkeypatch.setattr(disposal, "_remove", breaks)
    assert dispose(keepers, first, second) == 1
    assert first.involvements.count() == 1
    assert list(DisposalItem.objects.values_list("state", flat=True).order_by("pk")) == [
        "waiting",
        "disposed",
    ]
    monkeypatch.setattr(disposal, "_remove", real)
    assert dispose_due(now) == 1
    assert dispose_due(now) == 0
    assert chain_of(DisposalRecord.objects.order_by("pk")).is_whole
    broken = list(DisposalRecord.objects.order_by("pk"))
    broken[0].row_id = "another"
    assert chain_of(broken).broken == broken[0]
    assert chain_of(broken[::-1]).broken is not None
    assert first_broken([]) is None


def test_the_report_goes_with_its_last_concern(keepers: Keepers) -> None:
    report = make_report(received_at=LONG_AGO)
    one = closed_concern(keepers.team, report=report)
    two = closed_concern(keepers.team, report=report)
    reference = report.reference
    for about, text in ((one, "Zanzibarone"), (two, "Zanzibartwo")):
        Correspondence.objects.create(
            report=report,
            concern=about,
            author=keepers.lead,
            from_reporter=False,
            kind="message",
            text=text,
            happened_at=LONG_AGO,
            created_at=LONG_AGO,
        )
    write_again([one, two])
    assert dispose(keepers, one) == 1
    assert list(Report.objects.values_list("reference", flat=True)) == [reference]
    # The earlier concern's own words are gone at once, from the other's search too.
    words = SearchDocument.objects.get().text
    assert "Zanzibartwo" in words
    assert "Zanzibarone" not in words
    assert [item.text for item in Correspondence.objects.all()] == ["Zanzibartwo"]
    assert DisposalRecord.objects.get().report_reference == ""
    assert dispose(keepers, two) == 1
    assert not Report.objects.exists()
    assert NameWord.objects.count() == 0
    assert DisposalRecord.objects.filter(report_reference=reference).exists()


def test_a_request_is_forgotten_with_the_last_record_of_the_person(keepers: Keepers) -> None:
    one, two = closed_concern(keepers.team), closed_concern(keepers.team)
    request = AccessRequest.objects.create(
        reference="REQ-TWO",
        state="refused",
        refused_because="excessive",
        received_on=LONG_AGO,
        received_how="by letter",
        requester="self",
        requester_name="Zanzibar",
        name="Zanzibar",
        created_at=LONG_AGO,
        created_by=keepers.officer,
        ended_at=LONG_AGO,
        ended_words="The third this week",
    )
    said = {"reason": "x", "decided_by": keepers.officer, "group": "1", "request": request}
    for concern in (one, two):
        AccessCandidate.objects.create(concern=concern, state="confirmed", **said)
    # Somebody else in a third record has the same name: it has nothing to do with the request.
    third = closed_concern(keepers.team)
    AccessCandidate.objects.create(concern=third, state="dropped", **said)
    for concern, name in ((third, "Zanzibar"), (one, "Zanzibar"), (two, "Removed with the record")):
        assert dispose(keepers, concern) == 1
        request.refresh_from_db()
        assert request.name == name
    assert (request.refused_because, request.ended_words) == ("excessive", request.name)


def test_the_reference_of_a_disposed_report_is_never_given_again(
    keepers: Keepers, monkeypatch: pytest.MonkeyPatch
) -> None:
    concern = closed_concern(keepers.team)
    gone = concern.report.reference
    dispose(keepers, concern)
    offered = iter([gone, "BBBB-BBBB"])
    monkeypatch.setattr("concerns.services.references.new_reference", lambda chance: next(offered))
    assert free_references(1) == ["BBBB-BBBB"]


def test_what_leads_said_of_a_person_moves_to_the_concern_that_stays(keepers: Keepers) -> None:
    report = make_report(received_at=LONG_AGO)
    goes = closed_concern(keepers.team, report=report)
    stays = closed_concern(keepers.team, report=report)
    other = closed_concern(keepers.team)
    somebody = Person.objects.create(created_at=LONG_AGO)
    root = key_of(goes, person=somebody)
    theirs = key_of(other, person=somebody)
    heir = key_of(stays, root=root)
    MatchKey.objects.filter(pk__in=[root.pk, theirs.pk]).update(root=None)
    MatchKey.objects.filter(pk=root.pk).update(root=root)
    MatchKey.objects.filter(pk=theirs.pk).update(root=theirs)
    pair = MatchCandidate.objects.create(
        left=root,
        right=theirs,
        weight=9,
        weights_version="x",
        state="confirmed",
        created_at=LONG_AGO,
    )
    MatchDecision.objects.create(
        candidate=pair, state="confirmed", reason="x", made_by=keepers.lead, made_at=LONG_AGO
    )
    assert dispose(keepers, goes) == 1
    heir.refresh_from_db()
    pair.refresh_from_db()
    assert (heir.root_id, heir.person_id) == (heir.pk, somebody.pk)
    assert {pair.left_id, pair.right_id} == {heir.pk, theirs.pk}
    assert pair.decisions.count() == 1
    assert dispose(keepers, stays, other) == 2
    assert not Person.objects.exists()


def test_a_reviewer_keeps_a_record_longer_and_it_comes_back_then(keepers: Keepers) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    work_out(now)
    assert list(due_list(keepers.officer, now)) == [concern]
    for wrong in (now.date(), date(1990, 1, 1), now.date() + timedelta(days=366 * 26)):
        with pytest.raises(NotAllowedError, match="date"):
            keep_longer(concern.pk, keepers.officer, wrong, "x", now)
    later = now.date() + timedelta(days=100)
    keep_longer(concern.pk, keepers.officer, later, "A claim may come", now)
    assert list(due_list(keepers.officer, now)) == []
    with pytest.raises(NotAllowedError, match="later"):
        keep_longer(concern.pk, keepers.second, later - WEEK, "Not so long", now)
    # A later change of the record does not lose the decision.
    Concern.objects.filter(pk=concern.pk).update(version=9)
    assert work_out(now) == 1
    assert Retention.objects.get().due_on == later
    assert list(due_list(keepers.officer, now + timedelta(days=101))) == [concern]


def test_who_is_kept_out_of_a_report_neither_sees_nor_approves_its_disposal(
    keepers: Keepers,
) -> None:
    now = timezone.now()
    concern, other = closed_concern(keepers.team), closed_concern(keepers.team)
    Exclusion.objects.create(
        report=concern.report, user=keepers.second, kind="excluded", reason="kin"
    )
    work_out(now)
    assert list(due_list(keepers.second, now)) == [other]
    batch = propose_batch(keepers.officer, [concern.reference, other.reference], now)
    with pytest.raises(NotAllowedError, match="must not see"):
        approve_batch(batch.pk, keepers.second, now)
    approve_batch(batch.pk, keepers.corporate, now)


@pytest.mark.parametrize(
    ("inquiry", "holds"),
    [
        (Inquiry(), True),
        (Inquiry(date(1970, 5, 4), date(1970, 5, 4), "child", ["neglect"]), True),
        (Inquiry(received_from=date(1970, 5, 5)), False),
        (Inquiry(received_to=date(1970, 5, 3)), False),
        (Inquiry(group="neither"), False),
        (Inquiry(categories=["sexual", "physical"]), False),
    ],
)
def test_an_inquiry_holds_all_that_fits(keepers: Keepers, inquiry: Inquiry, holds: bool) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team)
    work_out(now)
    hold = hold_for_inquiry(keepers.officer, inquiry, "The inquiry", now)
    assert bool(holds_on(concern)) is holds
    # What is filed later and fits is held as well.
    assert bool(holds_on(closed_concern(keepers.team))) is holds
    lift_hold(hold.pk, keepers.corporate, "It has ended", now)
    assert holds_on(concern) == []
    with pytest.raises(ConflictError):
        lift_hold(hold.pk, keepers.corporate, "Again", now)


def test_a_hold_on_a_person_holds_every_concern_that_leads_know_them_from(
    keepers: Keepers,
) -> None:
    now = timezone.now()
    concern, same, stranger = (closed_concern(keepers.team) for _ in range(3))
    somebody = Person.objects.create(created_at=LONG_AGO)
    key_of(concern, person=somebody)
    key_of(same, person=somebody)
    key_of(stranger)
    person: Involvement = concern.involvements.get()
    hold_record(concern.reference, "person", keepers.officer, "A claim", now, person.pk)
    assert [bool(holds_on(item)) for item in (concern, same, stranger)] == [True, True, False]
    with pytest.raises(NotAllowedError, match="Choose the person"):
        hold_record(same.reference, "person", keepers.officer, "A claim", now, person.pk)
    assert LegalHold.objects.count() == 1


def test_a_change_of_the_schedule_takes_two_people_and_is_worked_out_anew(
    keepers: Keepers,
) -> None:
    now = timezone.now()
    concern = closed_concern(keepers.team, group="neither", categories=[])
    work_out(now)
    assert Retention.objects.get().until == date(1976, 6, 3)
    with pytest.raises(NotAllowedError, match="from 1 to"):
        propose_row(keepers.officer, "adult.other", [0], "Line 12", "The council's own", now)
    made = propose_row(keepers.officer, "adult.other", [8], "Line 12", "The council's own", now)
    with pytest.raises(ConflictError, match="waits"):
        propose_row(keepers.second, "adult.other", [9], "Line 12", "x", now)
    with pytest.raises(NotAllowedError, match="Another person"):
        answer_schedule(made.pk, keepers.officer, now, publish=True)
    assert current_schedule() == shipped()
    answer_schedule(made.pk, keepers.second, now, publish=True)
    row = next(item for item in current_schedule().rows if item.id == "adult.other")
    assert (row.measures[0].years, row.measures[0].words, row.confirm) == (
        8,
        "8 years after it was closed",
        False,
    )
    assert work_out(now) == 1
    assert work_out(now) == 0
    kept = Retention.objects.get(concern=concern)
    assert (kept.until, kept.schedule_version) == (date(1978, 6, 3), f"council-{made.pk}")
    assert RetentionSchedule.objects.count() == 1


def test_what_is_open_has_no_date(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team)
    Concern.objects.filter(pk=concern.pk).update(state="in_triage", closed_at=None)
    assert work_out(timezone.now()) == 0
