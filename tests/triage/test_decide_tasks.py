"""Tasks and checklists: what somebody promised to do or thought of, and the bells that ring."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import Http404

from concerns.models import Concern, Task
from concerns.selectors import work
from concerns.services import tasks
from concerns.services.checklists import answer_checklist
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.tasks import remind_due
from safeguarding_portal.accounts.models import Membership
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import NOON, make_lead, make_team, make_user
from tests.triage.acts import LATER, act, owned_by, ready

pytestmark = pytest.mark.django_db
DUE = NOON + timedelta(hours=4)


def given_task(concern: Concern, **fields: object) -> Task:
    """Return a task that the owner of a concern gave to themselves."""
    assert concern.owner is not None
    return tasks.add_task(concern.pk, concern.owner, "Ring the school", concern.owner.pk, DUE, NOON)


def fresh() -> Concern:
    team = make_team()
    return owned_by(make_lead(team), team=team, next_due_at=NOON + timedelta(days=1))


def test_a_task_counts_into_the_place_in_the_queue_until_it_ends() -> None:
    concern = fresh()
    task = given_task(concern)
    concern.refresh_from_db()
    assert (concern.next_due_at, concern.task_due_at) == (DUE, DUE)
    assert concern.owner is not None
    tasks.end_task(task.pk, concern.owner, done=True, note="", now=LATER)
    concern.refresh_from_db()
    assert (concern.next_due_at, concern.task_due_at) == (None, None)
    names = set(Event.objects.filter(concern_id=concern.pk).values_list("name", flat=True))
    assert {"task.added", "task.done"} <= names


def test_a_task_goes_to_somebody_who_may_see_the_concern_and_they_are_told() -> None:
    concern, outsider = fresh(), make_user()
    other = make_lead(concern.team)
    assert concern.owner is not None
    with pytest.raises(NotAllowedError, match="cannot see"):
        tasks.add_task(concern.pk, concern.owner, "Ring", outsider.pk, None, NOON)
    tasks.add_task(concern.pk, concern.owner, "Ring", other.pk, None, NOON)
    assert Message.objects.get(kind="task_given").recipient == other.email
    with pytest.raises(Http404):
        tasks.add_task(concern.pk, outsider, "Ring", other.pk, None, NOON)


def test_a_time_that_has_passed_and_a_closed_concern_take_no_task() -> None:
    concern = fresh()
    assert concern.owner is not None
    with pytest.raises(NotAllowedError, match="has passed"):
        tasks.add_task(concern.pk, concern.owner, "Ring", concern.owner.pk, NOON, NOON)
    Concern.objects.filter(pk=concern.pk).update(state="closed")
    with pytest.raises(NotAllowedError, match="closed"):
        tasks.add_task(concern.pk, concern.owner, "Ring", concern.owner.pk, DUE, NOON)


def test_cancelling_needs_a_reason_and_a_task_ends_once() -> None:
    concern = fresh()
    task = given_task(concern)
    assert concern.owner is not None
    with pytest.raises(NotAllowedError, match="why it is cancelled"):
        tasks.end_task(task.pk, concern.owner, done=False, note=" ", now=LATER)
    tasks.end_task(task.pk, concern.owner, done=False, note="Not needed", now=LATER)
    with pytest.raises(ConflictError, match="cancelled already"):
        tasks.end_task(task.pk, concern.owner, done=True, note="", now=LATER)
    with pytest.raises(Http404):
        tasks.end_task(task.pk, make_user(), done=True, note="", now=LATER)


def test_a_task_rings_an_hour_before_and_once_when_it_is_late_however_often_beat_runs() -> None:
    concern = fresh()
    given_task(concern)
    assert remind_due(DUE - timedelta(hours=2)) == 0
    for moment in (DUE - timedelta(hours=1), DUE, DUE + timedelta(hours=5)):
        for _ in range(2):
            remind_due(moment)
    told = list(Message.objects.filter(kind="task_due").values_list("recipient", flat=True))
    assert concern.owner is not None
    assert told == [concern.owner.email] * 2
    assert Event.objects.filter(name="task.reminded").count() == 2


def test_who_may_no_longer_see_the_concern_is_not_reminded_its_owner_is() -> None:
    concern = fresh()
    leaver = make_lead(concern.team)
    assert concern.owner is not None
    tasks.add_task(concern.pk, concern.owner, "Ring", leaver.pk, DUE, NOON)
    Membership.objects.filter(user=leaver).update(ends_at=NOON)
    remind_due(DUE)
    assert Message.objects.get(kind="task_due").recipient == concern.owner.email
    assert work.tasks_for(leaver, DUE) == []


def test_a_hold_ends_on_its_date_and_rings_once() -> None:
    world = ready("hold")
    until = LATER + timedelta(days=2)
    act("hold", world, world.owner, until=until)
    assert remind_due(until - timedelta(minutes=1)) == 0
    assert remind_due(until) == 1
    assert remind_due(until + timedelta(minutes=1)) == 0
    world.concern.refresh_from_db()
    assert (world.concern.held_until, world.concern.next_due_at) == (None, until)
    assert Message.objects.get(kind="hold_review").recipient == world.owner.email
    act("resume", world, world.owner, until + timedelta(hours=1))
    world.concern.refresh_from_db()
    assert world.concern.next_due_at is None


def test_a_persons_work_is_their_tasks_and_what_waits_for_their_eyes() -> None:
    world = ready("approve_close")
    other, stranger = make_lead(world.concern.team), make_lead(make_team())
    tasks.add_task(world.concern.pk, world.owner, "Ring", other.pk, DUE, NOON)
    assert [task.words for task in work.tasks_for(other, NOON)] == ["Ring"]
    assert [item.concern for item in work.approvals_for(other, NOON)] == [world.concern]
    for nobody in (world.owner, stranger):
        assert not work.approvals_for(nobody, NOON)
    world.concern.report.exclusions.create(user=other, kind="excluded", reason="named")
    assert work.tasks_for(other, NOON) == []
    assert not work.approvals_for(other, NOON)


def test_answers_are_added_and_the_last_counts() -> None:
    concern = fresh()
    assert concern.owner is not None
    given = {"views": ("not_yet", ""), "consent": ("yes", "Said so on the phone")}
    assert answer_checklist(concern.pk, concern.owner, "adult", given, 1, NOON) == 2
    assert answer_checklist(concern.pk, concern.owner, "adult", given, 2, NOON) == 0
    changed = {"views": ("yes", "")}
    assert answer_checklist(concern.pk, concern.owner, "adult", changed, 2, LATER) == 1
    assert concern.checklist_answers.count() == 3
    adult = work.checklists_of(concern, [])[0]
    answers = {row.prompt.slug: row.answer.answer for row in adult.rows if row.answer}
    assert answers == {"views": "yes", "consent": "yes"}
    assert adult.answered == 2
    with pytest.raises(ConflictError):
        answer_checklist(concern.pk, concern.owner, "adult", given, 1, LATER)


@pytest.mark.parametrize("given", [{"nonsense": ("yes", "")}, {"views": ("perhaps", "")}])
def test_an_answer_or_prompt_that_is_not_known_is_refused(
    given: dict[str, tuple[str, str]],
) -> None:
    concern = fresh()
    assert concern.owner is not None
    with pytest.raises(NotAllowedError, match="not known"):
        answer_checklist(concern.pk, concern.owner, "adult", given, 1, NOON)
