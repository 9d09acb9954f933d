"""Working out how long closed concerns are kept, keeping one longer, and changing the schedule."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from concerns.dates import local_date
from concerns.models import Concern, Retention, RetentionSchedule
from concerns.rules.retention import (
    Kept,
    Schedule,
    kept_until,
    plus_years,
    rows_data,
    schedule_from,
)
from concerns.selectors.retention import (
    concerns_for_records,
    current_schedule,
    facts_of,
    keeps_records,
)
from concerns.services.errors import ConflictError, NotAllowedError
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

BATCH = 500
# Nobody keeps a record longer than this at one review.
LONGEST = 25
State = RetentionSchedule.State


def work_out(now: datetime, most: int = 20_000) -> int:
    """Work out what closed concerns come to under the schedule that counts; return how many were.

    Only those that closed or changed since, or whose schedule did; at most so many at one run. Safe
    to run twice, and beside itself.
    """
    schedule, done = current_schedule(), 0
    while done < most:
        found = _work_out_some(schedule, now)
        done += found
        if found < BATCH:
            break
    return done


@transaction.atomic
def _work_out_some(schedule: Schedule, now: datetime) -> int:
    concerns = list(
        _stale(schedule)
        .select_related("report")
        .defer("report__statement", "report__assessment")
        .prefetch_related("match_keys", "referrals", "reassessments")
        .select_for_update(of=("self",), skip_locked=True)[:BATCH]
    )
    decided = Retention.objects.filter(concern__in=concerns).exclude(keep_until=None)
    longer = {
        pk: until for pk, until in decided.values_list("concern", "keep_until") if until is not None
    }
    Retention.objects.bulk_create(
        [
            _row(concern, kept_until(facts_of(concern), schedule), schedule, longer, now)
            for concern in concerns
        ],
        update_conflicts=True,
        unique_fields=["concern"],
        update_fields=[
            "concern_version",
            "schedule_version",
            "row_id",
            "until",
            "because",
            "worked_out_at",
            "due_on",
        ],
    )
    return len(concerns)


def _stale(schedule: Schedule) -> QuerySet[Concern]:
    """Return the closed concerns of which nothing is worked out as they now stand."""
    right = Retention.objects.filter(
        concern=OuterRef("pk"),
        concern_version=OuterRef("version"),
        schedule_version=schedule.version,
    )
    closed = Concern.objects.filter(state=Concern.State.CLOSED, closed_at__isnull=False)
    return closed.exclude(Exists(right)).order_by("pk")


def _row(
    concern: Concern, kept: Kept, schedule: Schedule, longer: dict[int, date], now: datetime
) -> Retention:
    return Retention(
        concern=concern,
        concern_version=concern.version,
        schedule_version=schedule.version,
        row_id=kept.row_id,
        until=kept.until,
        because="\n".join(dict.fromkeys(item.because for item in kept.readings)) or kept.because,
        worked_out_at=now,
        due_on=max(kept.until, longer.get(concern.pk, kept.until)) if kept.until else None,
    )


@transaction.atomic
def keep_longer(concern_id: int, actor: User, until: date, reason: str, now: datetime) -> Retention:
    """Keep one concern beyond its date, for a reason, until a new one. It is looked at again then.

    Raises `Http404` for whoever may not know of it, `NotAllowedError` for a date that shortens.
    """
    concern = _lock(concern_id, actor, now)
    found = Retention.objects.select_for_update().filter(concern=concern).first()
    if found is None or found.until is None:
        raise NotAllowedError("No row of the schedule fits it yet: it is kept anyway")
    today = local_date(now)
    if until <= max(today, found.until, found.keep_until or today):
        raise NotAllowedError("Enter a date that is later than today, and than the one it has now")
    if until > plus_years(today, LONGEST):
        raise NotAllowedError(f"Enter a date within {LONGEST} years. It is looked at again then")
    found.keep_until, found.keep_reason = until, reason
    found.kept_by, found.kept_at, found.due_on = actor, now, until
    found.save()
    record(
        "record.kept_longer",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail={"until": until.isoformat()},
    )
    return found


def _lock(concern_id: int, actor: User, now: datetime) -> Concern:
    """Lock one closed concern that somebody who keeps records may know of; else `Http404`."""
    if not keeps_records(actor, now):
        raise Http404
    locked = concerns_for_records(actor).select_for_update(of=("self",)).filter(pk=concern_id)
    concern = locked.first()
    if concern is None:
        raise Http404
    return concern


@transaction.atomic
def propose_row(
    actor: User, row_id: str, years: list[int], source: str, why: str, now: datetime
) -> RetentionSchedule:
    """Propose new years for the measures of one row. Another person has to publish it.

    Raises `NotAllowedError` when nothing would change or the years make no schedule, and
    `ConflictError` while another proposal waits.
    """
    _keeper_or_404(actor, now)
    schedule = current_schedule()
    rows = _changed(schedule, row_id, years, source)
    try:
        schedule_from("proposed", rows)
    except ValueError as error:
        raise NotAllowedError(str(error)) from error
    if RetentionSchedule.objects.filter(state=State.PROPOSED).exists():
        raise ConflictError("Another change waits. Answer that one first")
    made = RetentionSchedule.objects.create(rows=rows, why=why, made_by=actor, made_at=now)
    _record("schedule.proposed", actor, made, row=row_id)
    return made


def _changed(
    schedule: Schedule, row_id: str, years: list[int], source: str
) -> list[dict[str, Any]]:
    from_rows = {row["id"]: row for row in rows_data(schedule)}
    row = from_rows.get(row_id)
    if row is None or len(years) != len(row["measures"]):
        raise Http404
    measures = [item | {"years": n} for item, n in zip(row["measures"], years, strict=True)]
    words = [_in_words(old, new) for old, new in zip(row["measures"], measures, strict=True)]
    measures = [item | {"words": text} for item, text in zip(measures, words, strict=True)]
    new = row | {"measures": measures, "source": source, "confirm": False}
    if new == row:
        raise NotAllowedError("Nothing would change")
    return [new if item["id"] == row_id else item for item in from_rows.values()]


def _in_words(old: dict[str, Any], new: dict[str, Any]) -> str:
    """Return how a measure is told: as before, or plainly by its new number."""
    if old["years"] == new["years"]:
        return str(old["words"])
    event = {"birth": "their birth", "death": "their death", "closing": "it was closed"}
    return f"{new['years']} years after {event[new['event']]}"


@transaction.atomic
def answer_schedule(pk: int, actor: User, now: datetime, *, publish: bool) -> RetentionSchedule:
    """Publish or refuse a proposed schedule, as another person. It counts from this moment."""
    _keeper_or_404(actor, now)
    found = RetentionSchedule.objects.select_for_update().filter(pk=pk).first()
    if found is None:
        raise Http404
    if found.state != State.PROPOSED:
        raise ConflictError("Somebody has answered it already")
    if found.made_by_id == actor.pk:
        raise NotAllowedError("Another person has to answer this, not the one who proposed it")
    found.state = State.PUBLISHED if publish else State.REFUSED
    found.answered_by, found.answered_at = actor, now
    found.save()
    _record("schedule.published" if publish else "schedule.refused", actor, found)
    return found


def _keeper_or_404(actor: User, now: datetime) -> None:
    if not keeps_records(actor, now):
        raise Http404


def _record(name: str, actor: User, schedule: RetentionSchedule, **detail: str) -> None:
    record(
        name, actor=actor, object_type="schedule", object_id=str(schedule.pk), detail=detail or None
    )
