"""Tasks of a concern, and the reminders that ring: who has to do what, by when.

A task's due time counts into the concern's place in the queue. Reminders are rows in the outbox;
ringing twice in one minute tells once.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import DatabaseError, transaction
from django.http import Http404

from concerns.access import Action
from concerns.models import Concern, Task
from concerns.selectors.readers import readers_of
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import lock_concern, settle
from concerns.services.notices import caseworkers, may_see, tell_people
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

logger = logging.getLogger(__name__)
REMIND_BEFORE = timedelta(hours=1)
BATCH = 200


@transaction.atomic
def add_task(
    concern_id: int, actor: User, words: str, owner_id: int, due_at: datetime | None, now: datetime
) -> Task:
    """Give somebody who may see the concern something to do, by `due_at` (aware) if there is one.

    Raises `NotAllowedError` for a closed concern, a time that has passed, or somebody who may not
    see the concern: a task tells of it.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    owner = readers_of(concern, now).filter(pk=owner_id).first()
    if concern.state == Concern.State.CLOSED:
        raise NotAllowedError("This concern is closed. Reopen it first.")
    if owner is None:
        raise NotAllowedError("That person cannot see this concern. Choose somebody else.")
    if due_at is not None and due_at <= now:
        raise NotAllowedError("That time has passed. Give a later one.")
    task = Task.objects.create(
        concern=concern,
        words=words.strip(),
        owner=owner,
        due_at=due_at,
        remind_at=max(now, due_at - REMIND_BEFORE) if due_at else None,
        created_by=actor,
        created_at=now,
    )
    if owner != actor:
        tell_people(concern, [owner], "task_given", str(task.pk))
    settle(concern)
    _record("task.added", task, actor)
    return task


@transaction.atomic
def end_task(task_id: int, actor: User, *, done: bool, note: str, now: datetime) -> Task:
    """Say that a task is done, or cancel it with the reason; by anybody who sees the concern.

    Raises `Http404` when there is no such task for this person, `ConflictError` when it has ended.
    """
    concern_id = Task.objects.filter(pk=task_id).values_list("concern_id", flat=True).first()
    if concern_id is None:
        raise Http404
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    task = concern.tasks.get(pk=task_id)
    if task.state != Task.State.OPEN:
        raise ConflictError(f"This task is {task.get_state_display().lower()} already.")
    if not done and not note.strip():
        raise NotAllowedError("Write why it is cancelled.")
    task.state = Task.State.DONE if done else Task.State.CANCELLED
    task.ended_at, task.ended_by, task.end_note = now, actor, note.strip()
    task.remind_at = None
    task.save()
    settle(concern)
    _record("task.done" if done else "task.cancelled", task, actor)
    return task


def _record(name: str, task: Task, actor: User | None) -> None:
    record(
        name,
        actor=actor,
        actor_label="" if actor else "clock",
        concern_id=task.concern_id,
        report_id=task.concern.report_id,
        object_type="task",
        object_id=str(task.pk),
    )


def remind_due(now: datetime) -> int:
    """Ring every task and every review of a hold that is due at `now`; return how many rang.

    One that cannot be rung (a fault, not a rule) is logged by id and tried again next time.
    """
    due = Task.objects.still_open().filter(remind_at__lte=now).order_by("remind_at")
    held = Concern.objects.filter(held_until__lte=now).exclude(state=Concern.State.CLOSED)
    rang = 0
    for ring, pks in (
        (remind_of_task, due.values_list("pk", flat=True)[:BATCH]),
        (end_hold, held.order_by("held_until").values_list("pk", flat=True)[:BATCH]),
    ):
        for pk in list(pks):
            try:
                rang += ring(pk, now)
            except DatabaseError:
                logger.exception("%s failed for %s; it stays due", ring.__name__, pk)
    return rang


def _locked(now: datetime, **which: object) -> Concern | None:
    concerns = Concern.objects.select_for_update(of=("self",))
    return concerns.select_related("team", "owner", "report").filter(**which).first()


@transaction.atomic
def remind_of_task(task_id: int, now: datetime) -> bool:
    """Tell a task's owner that it is due within the hour, then once more that it is late.

    Who may no longer see the concern hears nothing: its owner or leads are told instead. Late, the
    concern's owner is told too.
    """
    concern = _locked(now, tasks=task_id)
    task = concern.tasks.select_related("owner").get(pk=task_id) if concern else None
    if concern is None or task is None or task.due_at is None:
        return False
    if task.state != Task.State.OPEN or task.remind_at is None or task.remind_at > now:
        return False
    late = task.due_at <= now
    people = [task.owner] if may_see(task.owner, concern, now) else []
    if late or not people:
        people += caseworkers(concern, ("owner", "lead"), now)
    told = list({person.pk: person for person in people}.values())
    which = "late" if late else "soon"
    tell_people(concern, told, "task_due", f"{task.pk}:{which}")
    task.remind_at = None if late else task.due_at
    task.save(update_fields=["remind_at"])
    _record("task.reminded", task, None)
    return True


@transaction.atomic
def end_hold(concern_id: int, now: datetime) -> bool:
    """End a hold on its date and tell the owner; its review clock runs until somebody answers."""
    concern = _locked(now, pk=concern_id, held_until__lte=now)
    if concern is None or concern.held_until is None:
        return False
    key = str(concern.version)
    told = tell_people(concern, caseworkers(concern, ("owner", "lead"), now), "hold_review", key)
    concern.held_until = None
    settle(concern)
    record(
        "concern.hold_ended",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail={"told": len(told)},
    )
    return True
