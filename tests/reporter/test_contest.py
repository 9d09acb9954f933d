"""Professional disagreement: staged, timed, with named people and an outcome that is written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404

from concerns.models import Bell, Contest, ContestStage, Correspondence
from concerns.rules.promises import STAGES
from concerns.services.contest import (
    NewContest,
    StageOutcome,
    contest_as_lead,
    contest_as_reporter,
    take_further,
    write_outcome,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.escalate import escalate_due
from tests.factories import NOON, make_referral
from tests.reporter.conftest import Filed, client_of, text_of, told

# Raised on Tuesday 24 November: the working days after it end at these moments.
ENDS = [
    datetime(2026, 11, 25, 17, 15, tzinfo=UTC),
    datetime(2026, 11, 26, 17, 15, tzinfo=UTC),
    datetime(2026, 11, 27, 16, 15, tzinfo=UTC),
    datetime(2026, 12, 1, 17, 15, tzinfo=UTC),
]
NEW = NewContest("decision", "It should have gone to the Trust")
AGREED = StageOutcome("We agreed to refer it", agreed=True, told_reporter="It is referred now")
NOT_AGREED = StageOutcome("No agreement", agreed=False, told_reporter="It goes to the next stage")


def raised(filed: Filed) -> Contest:
    """Let the reporter contest a decision."""
    return contest_as_reporter(filed.report.pk, filed.concern.reference, filed.reporter, NEW, NOON)


def stage_of(contest: Contest, level: int) -> ContestStage:
    """Return one of its stages."""
    return contest.stages.get(level=level)


def test_the_stages_are_a_table_within_one_working_week() -> None:
    days = [stage.working_days for stage in STAGES]
    assert days == sorted(days)
    assert days[-1] == 5
    assert all(stage.who and stage.words and stage.source for stage in STAGES)


def test_every_stage_has_named_people_and_hands_on_when_it_runs_out(filed: Filed) -> None:
    contest = raised(filed)
    council = filed.council
    names = [filed.lead, council.manager, council.corporate, council.dcs]
    for level, (end, person) in enumerate(zip(ENDS, names, strict=True)):
        stage = stage_of(contest, level)
        assert stage.due_at == end
        assert person.pk in [named["id"] for named in stage.people]
        assert escalate_due(end - timedelta(minutes=1)) == 0 or level == 3
        escalate_due(end)
        stage.refresh_from_db()
        assert stage.ran_out_at == end
    assert contest.stages.count() == len(STAGES)
    assert told("contest_stage") == [
        filed.lead.email,
        council.manager.email,
        council.corporate.email,
        council.dcs.email,
        council.corporate.email,
    ]
    assert told("contest_ran_out")
    # The last stage goes on ringing until its outcome is written.
    bell = Bell.objects.get(ended_at=None)
    assert escalate_due(bell.rings_at) == 1
    write_outcome(stage_of(contest, 3).pk, council.corporate, AGREED, ENDS[3])
    contest.refresh_from_db()
    assert contest.ended_at == ENDS[3]
    assert not Bell.objects.filter(ended_at=None).exists()


def test_an_outcome_that_is_not_agreed_begins_the_next_stage_at_once(filed: Filed) -> None:
    contest = raised(filed)
    write_outcome(stage_of(contest, 0).pk, filed.lead, NOT_AGREED, NOON)
    assert stage_of(contest, 1).started_at == NOON
    assert told("word_for_reporter") == [filed.reporter.email]
    page = text_of(client_of(filed.reporter).get(filed.path()))
    assert "It goes to the next stage" in page
    assert "No agreement" not in page
    with pytest.raises(ConflictError):
        write_outcome(stage_of(contest, 0).pk, filed.lead, AGREED, NOON)


def test_an_outcome_must_be_written_and_say_what_the_reporter_is_told(filed: Filed) -> None:
    stage = stage_of(raised(filed), 0)
    for outcome in (StageOutcome(" ", True, "Told"), StageOutcome("Agreed", True, " ")):
        with pytest.raises(NotAllowedError, match="Write the outcome"):
            write_outcome(stage.pk, filed.lead, outcome, NOON)
    with pytest.raises(DatabaseError, match="outcome_is_written"), transaction.atomic():
        ContestStage.objects.update(outcome_at=NOON)


def test_who_raised_it_takes_it_further_to_the_last_stage_and_nobody_else_does(
    filed: Filed,
) -> None:
    contest = raised(filed)
    with pytest.raises(Http404):
        take_further(contest.pk, filed.lead, NOON)
    client = client_of(filed.reporter)
    for level in range(1, len(STAGES)):
        client.post(filed.path(f"disagree/{contest.pk}/further/"))
        assert contest.stages.count() == level + 1
    page = client.post(filed.path(f"disagree/{contest.pk}/further/"), follow=True)
    assert "This is the last stage" in text_of(page)
    assert Bell.objects.filter(ended_at=None).count() == 1


def test_a_settled_disagreement_can_be_taken_further_by_who_raised_it(filed: Filed) -> None:
    contest = raised(filed)
    write_outcome(stage_of(contest, 0).pk, filed.lead, AGREED, NOON)
    take_further(contest.pk, filed.reporter, NOON)
    contest.refresh_from_db()
    assert contest.ended_at is None
    assert contest.stages.count() == 2


def test_one_person_has_one_open_disagreement_about_a_record(filed: Filed) -> None:
    raised(filed)
    with pytest.raises(ConflictError):
        raised(filed)


def test_a_lead_contests_an_agencys_no_further_action(filed: Filed) -> None:
    referral = make_referral(filed.concern, state="returned")
    lead = client_of(filed.lead)
    path = f"/concerns/{filed.concern.reference}/contest/"
    post = {"danger": "no", "about": "no_action", "text": "The risk is still there"}
    assert lead.post(path, post | {"referral": "999"}).status_code == 422
    assert lead.post(path, post | {"referral": str(referral.pk)}).status_code == 302
    contest = Contest.objects.get()
    assert (contest.referral, contest.by_reporter) == (referral, False)
    page = text_of(lead.get(f"/concerns/{filed.concern.reference}/disagreement/"))
    assert "An agency will take no further action" in page
    assert "Discuss it" in page
    stage = stage_of(contest, 0)
    written = lead.post(
        f"/concerns/{filed.concern.reference}/contest/{stage.pk}/outcome/",
        {"agreed": "yes", "outcome": "They take it after all"},
    )
    assert written.status_code == 302
    # It is none of the reporter's: they did not raise it.
    assert "The risk is still there" not in text_of(client_of(filed.reporter).get(filed.path()))


@pytest.mark.parametrize("by_reporter", [True, False])
def test_danger_never_goes_through_a_disagreement_and_no_word_is_lost(
    filed: Filed, by_reporter: bool
) -> None:
    post = {"danger": "yes", "about": "decision", "text": "He has a knife"}
    if by_reporter:
        answer = client_of(filed.reporter).post(filed.path("disagree/"), post)
        assert answer["Location"] == filed.path("danger/")
        assert Correspondence.objects.get().text == "He has a knife"
        assert told("danger_added") == [filed.lead.email]
    else:
        answer = client_of(filed.lead).post(f"/concerns/{filed.concern.reference}/contest/", post)
        assert answer["Location"] == "/get-help-now/"
        assert filed.concern.notes.get().text == "He has a knife"
    assert not Contest.objects.exists()


def test_a_stage_of_another_concern_does_not_exist(filed: Filed) -> None:
    stage = stage_of(raised(filed), 0)
    for user, reference in (
        (filed.council.adult_lead, filed.concern.reference),
        (filed.lead, "NONE-1"),
    ):
        path = f"/concerns/{reference}/contest/{stage.pk}/outcome/"
        assert client_of(user).get(path).status_code == 404


def test_a_lead_as_raiser_and_a_forged_record_are_not_taken_for_the_reporter(filed: Filed) -> None:
    with pytest.raises(Http404):
        contest_as_reporter(filed.report.pk, "NONE-1", filed.reporter, NEW, NOON)
    with pytest.raises(Http404):
        contest_as_reporter(filed.report.pk, filed.concern.reference, filed.lead, NEW, NOON)
    with pytest.raises(Http404):
        contest_as_lead(filed.concern.pk, filed.reporter, NEW, NOON)
