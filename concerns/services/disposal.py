"""Disposal: proposed by one person, agreed to by another, stoppable, then done by a task.

What stands in the way is asked of the database at the proposal, at the approval, and again by its
own function with the record locked (migration 0101). One record is one transaction: its rows go,
the record of the disposal is written and the event recorded together, or nothing happens.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F, Q
from django.http import Http404
from django.urls import reverse

from concerns.models import Concern, DisposalBatch, DisposalItem, DisposalRecord, Report
from concerns.selectors.disposal import hidden_items
from concerns.selectors.retention import (
    Blockers,
    concerns_for_records,
    keeps_records,
    record_keepers,
)
from concerns.services.disposal_files import destroy_files, files_of
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.holds import take_turns
from concerns.services.notices import notice
from concerns.services.search_index import write_again
from safeguarding_portal.audit.services import NewEvent, record, record_many
from safeguarding_portal.outbox.services import enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

logger = logging.getLogger(__name__)

State, ItemState = DisposalBatch.State, DisposalItem.State
MOST_IN_A_BATCH = 200
BLOCKED = "A record of these cannot be disposed of now. Look at the list again"


@transaction.atomic
def propose_batch(actor: User, references: Sequence[str], now: datetime) -> DisposalBatch:
    """Put closed concerns together for disposal. Another person has to agree.

    Raises `Http404` for whoever does not keep records, `NotAllowedError` when one of the concerns
    is not there for them or something stands in its way, `ConflictError` when another batch has it.
    """
    _keeper_or_404(actor, now)
    wanted = list(dict.fromkeys(references))
    if not 0 < len(wanted) <= MOST_IN_A_BATCH:
        raise NotAllowedError(f"Pick at least one record, and at most {MOST_IN_A_BATCH}")
    concerns = list(
        concerns_for_records(actor)
        .filter(reference__in=wanted)
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    if len(concerns) != len(wanted) or _blocked(concern.pk for concern in concerns):
        raise NotAllowedError(BLOCKED)
    if DisposalItem.objects.filter(concern__in=concerns, state=ItemState.WAITING).exists():
        raise ConflictError("One of these records waits in another batch")
    batch = DisposalBatch.objects.create(made_by=actor, made_at=now)
    DisposalItem.objects.bulk_create(
        DisposalItem(batch=batch, concern=concern, reference=concern.reference)
        for concern in concerns
    )
    _record("disposal.proposed", batch, actor, concerns)
    _tell_others(batch, actor, "disposal_proposed", now)
    return batch


@transaction.atomic
def approve_batch(pk: int, actor: User, now: datetime) -> DisposalBatch:
    """Agree to a batch as another person; it waits its days, in which it can be stopped.

    What something stands in the way of by now is taken out and kept. Raises `NotAllowedError` when
    nothing is left, or when the batch holds a record that this person must not see.
    """
    batch = _lock(pk, actor, now, State.PROPOSED)
    if batch.made_by_id == actor.pk:
        raise NotAllowedError("Another person has to approve this, not the one who proposed it")
    if hidden_items(batch, actor):
        raise NotAllowedError("It holds a record that you must not see. Another person approves it")
    items = list(batch.items.filter(state=ItemState.WAITING))
    blocked = _blocked(item.concern_id for item in items if item.concern_id)
    for item in items:
        if item.concern_id in blocked:
            item.state, item.kept_because = ItemState.KEPT, blocked[item.concern_id]
            item.save(update_fields=["state", "kept_because"])
    left = [item for item in items if item.state == ItemState.WAITING]
    if not left:
        raise NotAllowedError("Something stands in the way of every record in it")
    batch.state, batch.answered_by, batch.answered_at = State.APPROVED, actor, now
    batch.dispose_after = now + settings.DISPOSAL_COOLING_OFF
    batch.save()
    _record("disposal.approved", batch, actor, _concerns_of(left))
    _tell_others(batch, None, "disposal_waits", now)
    return batch


@transaction.atomic
def refuse_batch(pk: int, actor: User, reason: str, now: datetime) -> DisposalBatch:
    """Do not agree to a batch, for a reason. Its records are kept."""
    batch = _lock(pk, actor, now, State.PROPOSED)
    if batch.made_by_id == actor.pk:
        raise NotAllowedError("Another person has to answer this. You can stop it")
    batch.answered_by, batch.answered_at = actor, now
    return _end(batch, State.REFUSED, "disposal.refused", actor, reason, now)


@transaction.atomic
def stop_batch(pk: int, actor: User, reason: str, now: datetime) -> DisposalBatch:
    """Stop a batch, for a reason: what is not gone yet is kept. Anybody who keeps records may."""
    batch = _lock(pk, actor, now, State.PROPOSED, State.APPROVED)
    return _end(batch, State.STOPPED, "disposal.stopped", actor, reason, now)


def _end(
    batch: DisposalBatch, state: str, event: str, actor: User, reason: str, now: datetime
) -> DisposalBatch:
    left = list(batch.items.filter(state=ItemState.WAITING))
    batch.items.filter(pk__in=[item.pk for item in left]).update(
        state=ItemState.KEPT, kept_because=[str(state)]
    )
    batch.state, batch.ended_by, batch.ended_at, batch.end_reason = state, actor, now, reason
    batch.save()
    _record(event, batch, actor, _concerns_of(left))
    return batch


def dispose_due(now: datetime, most: int = 200) -> int:
    """Dispose of what its batch's days are over for, at most so many; return how many went.

    Each in a transaction of its own, so that it can be stopped, killed and run twice at any moment.
    """
    due = DisposalItem.objects.filter(
        state=ItemState.WAITING, batch__state=State.APPROVED, batch__dispose_after__lte=now
    )
    gone = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)[:most]):
        try:
            gone += dispose_item(pk, now)
        except DatabaseError as error:
            # The next run looks again. The text is not logged: it may quote the record.
            logger.error("item %s not disposed of: %s", pk, type(error).__name__)  # noqa: TRY400
    _destroy_what_is_left()
    _finish(now)
    return gone


@transaction.atomic
def dispose_item(pk: int, now: datetime) -> bool:
    """Remove one record, or keep it because of what stands in its way; true when it is gone."""
    take_turns()
    # The batch first, as those lock it who stop it: neither waits for the other for ever.
    batch = (
        DisposalBatch.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(items=pk, state=State.APPROVED, dispose_after__lte=now)
        .first()
    )
    items = DisposalItem.objects.select_related("concern").filter(state=ItemState.WAITING)
    item = items.filter(pk=pk, batch=batch).first() if batch else None
    if item is None or item.concern is None:
        return False
    concern = item.concern
    # Nothing joins the report any more, so that its files are all known.
    Report.objects.select_for_update().get(pk=concern.report_id)
    if blockers := _blocked([concern.pk]):
        item.state, item.kept_because = ItemState.KEPT, blockers[concern.pk]
        item.save(update_fields=["state", "kept_because"])
        _record_one("disposal.kept", item, concern)
        return False
    is_last = not Concern.objects.filter(report=concern.report_id).exclude(pk=concern.pk).exists()
    files = files_of(concern.pk, concern.report_id if is_last else None)
    gone = _remove(item)
    if files:
        DisposalItem.objects.filter(pk=item.pk).update(files_left=files)
    write_again(list(Concern.objects.filter(report=concern.report_id).select_related("report")))
    _record_one("concern.disposed", item, concern, record=gone.pk, hash=gone.hash)
    return True


def _remove(item: DisposalItem) -> DisposalRecord:
    """Let the database's own function remove everything; it refuses what must stay."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT concerns_dispose(%s)", [item.pk])
        row: tuple[int] = cursor.fetchone()
        # What the function removed is checked here and now, not only at the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return DisposalRecord.objects.get(pk=row[0])


def _destroy_what_is_left() -> None:
    """Destroy the files of rows that are gone; one that cannot be is tried again next time."""
    for item in DisposalItem.objects.exclude(files_left={}).order_by("pk")[:200]:
        try:
            destroy_files(item.files_left)
        except Exception as error:
            # A store may raise anything of its own, and must not keep the others waiting.
            logger.error("files of item %s left: %s", item.pk, type(error).__name__)  # noqa: TRY400
            continue
        item.files_left = {}
        item.save(update_fields=["files_left"])


def _finish(now: datetime) -> None:
    """End the batches of which nothing waits any more, and take the planner's samples anew."""
    waiting = DisposalItem.objects.filter(Q(state=ItemState.WAITING) | ~Q(files_left={})).values(
        "batch"
    )
    done = DisposalBatch.objects.filter(state=State.APPROVED, dispose_after__lte=now)
    for pk in list(done.exclude(pk__in=waiting).values_list("pk", flat=True)):
        with transaction.atomic():
            batch = DisposalBatch.objects.select_for_update().get(pk=pk)
            if batch.state == State.APPROVED:
                batch.state, batch.ended_at = State.DONE, now
                batch.save(update_fields=["state", "ended_at"])
                _record("disposal.done", batch, None, [])
        with connection.cursor() as cursor:
            cursor.execute("SELECT concerns_forget_samples()")


def _blocked(concern_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return what stands in the way, by concern; those without anything are left out."""
    found = Concern.objects.filter(pk__in=list(concern_ids)).values_list("pk", Blockers(F("pk")))
    return {pk: blockers for pk, blockers in found if blockers}


def _lock(pk: int, actor: User, now: datetime, *states: str) -> DisposalBatch:
    _keeper_or_404(actor, now)
    batch = DisposalBatch.objects.select_for_update().filter(pk=pk).first()
    if batch is None:
        raise Http404
    if batch.state not in states:
        raise ConflictError(f"This batch is no longer open: {batch.get_state_display().lower()}")
    return batch


def _keeper_or_404(actor: User, now: datetime) -> None:
    if not keeps_records(actor, now):
        raise Http404


def _concerns_of(items: Iterable[DisposalItem]) -> list[Concern]:
    return list(Concern.objects.filter(pk__in=[item.concern_id for item in items]).order_by("pk"))


def _record(
    name: str, batch: DisposalBatch, actor: User | None, concerns: Iterable[Concern]
) -> None:
    """Record an act on a batch, and that it touched each of these concerns."""
    about = [(concern.pk, concern.report_id) for concern in concerns]
    record_many(
        NewEvent(
            name=name,
            actor=actor,
            actor_label="" if actor else "clock",
            concern_id=concern_id,
            report_id=report_id,
            object_type="disposal",
            object_id=str(batch.pk),
        )
        for concern_id, report_id in [(None, None), *about]
    )


def _record_one(name: str, item: DisposalItem, concern: Concern, **detail: str | int) -> None:
    record(
        name,
        actor_label="clock",
        concern_id=item.concern_id,
        report_id=concern.report_id,
        object_type="disposal",
        object_id=str(item.batch_id),
        detail=detail or None,
    )


def _tell_others(batch: DisposalBatch, actor: User | None, template: str, now: datetime) -> None:
    """Tell everybody who keeps records: they may look, agree or stop it."""
    link = reverse("concerns:records:batch", args=[batch.pk])
    enqueue_many(
        notice(
            person,
            template,
            reference=f"batch {batch.pk}",
            link=link,
            priority=4,
            key=str(batch.pk),
        )
        for person in record_keepers(now)
        if person != actor
    )
