"""Professional disagreement: contested, settled stage by stage, within one working week.

Stages, people and days are a table (`concerns.rules.promises.STAGES`). A stage that runs out rings
and hands on to the next by itself. Danger never comes this way: the page shows the number to ring.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from concerns.access import Action
from concerns.clockface import working_hours
from concerns.models import Bell, Concern, Contest, ContestStage
from concerns.rules.ladder import CONTEST, Rung
from concerns.rules.promises import CONTESTED, STAGES
from concerns.services.bells import begin_bell, end_bells
from concerns.services.conversation import lock_own_concerns, tell_the_reporter
from concerns.services.cover import tell_from
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import lock_concern
from contacts.selectors import current_directory
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

RUNGS = tuple(Rung(stage.who) for stage in STAGES)
LAST = len(STAGES) - 1


@dataclass(frozen=True)
class NewContest:
    """What is contested and why; the agency's referral, where it is an agency's decision."""

    about: str
    text: str
    referral_id: int | None = None


@dataclass(frozen=True)
class StageOutcome:
    """What a stage came to, and what the reporter who raised it is told of that."""

    text: str
    agreed: bool
    told_reporter: str = ""


@transaction.atomic
def contest_as_lead(concern_id: int, actor: User, new: NewContest, now: datetime) -> Contest:
    """Contest a decision as somebody who works the concern. Raises `Http404` out of scope."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    return _raise(concern, actor, new, now, by_reporter=False)


@transaction.atomic
def contest_as_reporter(
    report_id: int, reference: str, actor: User, new: NewContest, now: datetime
) -> Contest:
    """Contest a decision about one record of one's own report. Raises `Http404` for others."""
    _, concerns = lock_own_concerns(report_id, actor)
    concern = next((item for item in concerns if item.reference == reference), None)
    if concern is None:
        raise Http404
    return _raise(concern, actor, new, now, by_reporter=True)


def _raise(
    concern: Concern, actor: User, new: NewContest, now: datetime, *, by_reporter: bool
) -> Contest:
    if new.about not in CONTESTED:
        raise NotAllowedError("Select what you disagree with")
    if concern.contests.filter(raised_by=actor, ended_at=None).exists():
        raise ConflictError("You have raised this already. It is still open")
    known = concern.referrals.filter(pk=new.referral_id).exists() if new.referral_id else True
    if not known:
        raise NotAllowedError("Select one of the answers shown")
    contest = Contest.objects.create(
        concern=concern,
        referral_id=new.referral_id,
        raised_by=actor,
        by_reporter=by_reporter,
        about=new.about,
        text=new.text,
        raised_at=now,
    )
    _record(contest, "contest.raised", actor, about=new.about)
    _begin_stage(contest, concern, 0, now, actor)
    return contest


def _begin_stage(
    contest: Contest, concern: Concern, level: int, now: datetime, actor: User | None = None
) -> ContestStage:
    """Begin one stage: its people are named and told, its bell is set.

    Days count from the raising, so that the whole keeps to its week; a stage that begins after its
    own time has one working day.
    """
    hours = working_hours(current_directory(now))
    due_at = hours.after_working_days(contest.raised_at, STAGES[level].working_days)
    if due_at <= now:
        due_at = hours.after_working_days(now, 1)
    stage = ContestStage.objects.create(contest=contest, level=level, started_at=now, due_at=due_at)
    key = f"contest:{contest.pk}:{level}"
    told = tell_from(concern, RUNGS, level, "contest_stage", key, now, concern.priority)
    stage.people = [{"id": person.pk, "name": str(person)} for person in told.people]
    stage.save(update_fields=["people"])
    begin_bell(concern, CONTEST, _key(contest, level), due_at, now)
    _record(contest, "contest.stage_begun", actor, stage=STAGES[level].slug)
    return stage


def name_others(stage: ContestStage, concern: Concern, now: datetime) -> None:
    """Name and tell others for a stage, because one of its people can no longer see the record."""
    key = f"contest:{stage.contest_id}:{stage.level}:{len(stage.people)}"
    told = tell_from(concern, RUNGS, stage.level, "contest_stage", key, now, concern.priority)
    known = {person["id"] for person in stage.people}
    stage.people += [{"id": one.pk, "name": str(one)} for one in told.people if one.pk not in known]
    stage.save(update_fields=["people"])
    _record(stage.contest, "contest.people_named", None)


def stage_ran_out(concern: Concern, bell: Bell, now: datetime) -> None:
    """Hand a stage whose time is over on to the next; the last stage goes on ringing.

    Called while its bell rings, with the concern locked.
    """
    contest_id, _, level = bell.key.partition(":")
    stage = ContestStage.objects.select_related("contest").get(
        contest=int(contest_id), level=int(level)
    )
    if stage.ran_out_at is None:
        stage.ran_out_at = now
        stage.save(update_fields=["ran_out_at"])
    if stage.level < LAST:
        end_bells(concern, [CONTEST], None, now, bell.key)
        _begin_stage(stage.contest, concern, stage.level + 1, now)


@transaction.atomic
def write_outcome(stage_id: int, actor: User, outcome: StageOutcome, now: datetime) -> ContestStage:
    """Write what a stage came to. Agreed ends the disagreement; not agreed begins the next stage.

    Raises `ConflictError` when it was written meanwhile, `NotAllowedError` without words, for the
    record and, where the reporter raised it, for them.
    """
    stage, concern = _lock_stage(stage_id, actor, now)
    contest = stage.contest
    if stage.outcome_at is not None:
        raise ConflictError("Someone has written the outcome of this stage already.")
    if not outcome.text.strip() or (contest.by_reporter and not outcome.told_reporter.strip()):
        raise NotAllowedError("Write the outcome, and what the reporter is told.")
    stage.outcome, stage.agreed, stage.told_reporter = (
        outcome.text,
        outcome.agreed,
        outcome.told_reporter,
    )
    stage.outcome_by, stage.outcome_at = actor, now
    stage.save()
    end_bells(concern, [CONTEST], actor, now, _key(contest, stage.level))
    _record(contest, "contest.outcome_written", actor, agreed=outcome.agreed)
    if contest.by_reporter:
        tell_the_reporter(concern.report, f"contest:{stage.pk}")
    is_newest = not contest.stages.filter(level__gt=stage.level).exists()
    if outcome.agreed or (is_newest and stage.level == LAST):
        _end(contest, concern, actor, now)
    elif is_newest:
        _begin_stage(contest, concern, stage.level + 1, now, actor)
    return stage


def _end(contest: Contest, concern: Concern, actor: User, now: datetime) -> None:
    contest.ended_at = now
    contest.save(update_fields=["ended_at"])
    for level in range(len(STAGES)):
        end_bells(concern, [CONTEST], actor, now, _key(contest, level))


@transaction.atomic
def take_further(contest_id: int, actor: User, now: datetime) -> ContestStage:
    """Begin the next stage at once, because the one who raised it still disagrees.

    Raises `Http404` for whoever did not raise it, `NotAllowedError` at the last stage.
    """
    contest = (
        Contest.objects.select_related("concern").filter(pk=contest_id, raised_by=actor).first()
    )
    if contest is None:
        raise Http404
    if contest.by_reporter:
        _, concerns = lock_own_concerns(contest.concern.report_id, actor)
        concern = next(item for item in concerns if item.pk == contest.concern_id)
    else:
        concern = lock_concern(contest.concern_id, actor, now, Action.RECORD)
    contest.refresh_from_db()
    newest = contest.stages.order_by("-level")[0]
    if newest.level == LAST:
        raise NotAllowedError("This is the last stage. Nobody stands above it")
    end_bells(concern, [CONTEST], actor, now, _key(contest, newest.level))
    contest.ended_at = None
    contest.save(update_fields=["ended_at"])
    _record(contest, "contest.taken_further", actor)
    return _begin_stage(contest, concern, newest.level + 1, now, actor)


def _lock_stage(stage_id: int, actor: User, now: datetime) -> tuple[ContestStage, Concern]:
    concern_id = (
        ContestStage.objects.filter(pk=stage_id)
        .values_list("contest__concern_id", flat=True)
        .first()
    )
    concern = lock_concern(concern_id or 0, actor, now, Action.RECORD)
    return ContestStage.objects.select_related("contest").get(pk=stage_id), concern


def _key(contest: Contest, level: int) -> str:
    return f"{contest.pk}:{level}"


def _record(contest: Contest, name: str, actor: User | None, **detail: str | bool) -> None:
    record(
        name,
        actor=actor,
        actor_label="" if actor else "clock",
        concern_id=contest.concern_id,
        report_id=contest.concern.report_id,
        object_type="contest",
        object_id=str(contest.pk),
        detail=dict(detail),
    )
