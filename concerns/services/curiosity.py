"""Noticing reads that look like curiosity, from the audit trail, without anybody being told.

Looks at each sealed event once: what was noticed, the numbers of the day and the place in the trail
are written in one transaction, so that running twice, or in two workers, notices nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction

from concerns.clockface import working_hours
from concerns.dates import local_date
from concerns.models import (
    Concern,
    CuriosityCursor,
    CuriosityFinding,
    CuriosityReason,
    ReaderDay,
)
from concerns.rules.case import LONDON
from concerns.rules.curiosity import (
    BY_SLUG,
    REPEATED,
    REVIEW_WITHIN_WORKING_DAYS,
    RULES_VERSION,
    THRESHOLD,
    Day,
    score_of,
    signals_of_day,
    signals_of_look,
)
from concerns.selectors.curiosity import Habits
from concerns.services.curiosity_facts import Facts
from concerns.services.findings import tell_reviewers
from contacts.selectors import current_directory
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.services import record
from safeguarding_portal.audit.trail import events_by_id, last_sealed_event, looks_between

BATCH = 20_000
# With a run every five minutes: a million events within an hour, when a portal begins with it.
MOST_BATCHES = 5
# So many event ids are kept of each signal: enough to look at, not a second trail.
MOST_IDS = 20
WHOLE_DAY = ""
COUNTED = [
    "reads",
    "searches",
    "taken_out",
    "records",
    "concerns",
    "hours",
    "terms",
    "signals",
]
# Hints that led to no finding are personal data that nobody needs.
KEPT_FOR = timedelta(days=90)
Days = dict[tuple[int, date], ReaderDay]


def watch_reads(now: datetime) -> int:
    """Look at what was read since the last time, up to the newest seal; return how many events."""
    horizon, seen = last_sealed_event(), 0
    for _ in range(MOST_BATCHES):
        found = _watch_some(horizon, now)
        if found is None:
            break
        seen += found
    return seen


def forget_hints(now: datetime) -> int:
    """Empty what was noticed three months ago and led to nothing; return of how many days.

    The sums of the day stay. A week of days is looked at, so that a pause of the clock loses none.
    """
    last = local_date(now) - KEPT_FOR
    rows = ReaderDay.objects.filter(day__range=(last - timedelta(days=7), last))
    return rows.exclude(signals={}, terms={}).update(signals={}, terms={})


@transaction.atomic
def _watch_some(horizon: int, now: datetime) -> int | None:
    """Look at the next events; None when there are none, or when somebody else is looking."""
    CuriosityCursor.objects.get_or_create(pk=1)
    cursor = CuriosityCursor.objects.select_for_update(skip_locked=True).filter(pk=1).first()
    if cursor is None or cursor.event_id >= horizon:
        return None
    until = min(cursor.event_id + BATCH, horizon)
    events = looks_between(cursor.event_id, until)
    if events:
        _look_at(events, now)
    cursor.event_id = until
    cursor.save(update_fields=["event_id"])
    return len(events)


def _look_at(events: list[Event], now: datetime) -> None:
    """Add the events to the days of their readers, and write findings where a score is reached."""
    readers = {event.actor_id for event in events if event.actor_id}
    concerns = {event.concern_id for event in events if event.concern_id}
    facts = Facts(readers, concerns, working_hours(current_directory(now)))
    by_day: dict[tuple[int, date], list[Event]] = defaultdict(list)
    for event in events:
        by_day[event.actor_id or 0, local_date(event.recorded_at)].append(event)
    days = _days_of(by_day)
    habits = Habits(facts.readers.roles, min(day for _, day in by_day), max(d for _, d in by_day))
    for key in sorted(by_day, key=lambda item: item[1]):
        _add(days[key], by_day[key], facts, habits)
        habits.note(days[key])
    _judge_searches(list(days.values()))
    ReaderDay.objects.bulk_create(
        days.values(),
        update_conflicts=True,
        unique_fields=["reader", "day"],
        update_fields=[
            "reads",
            "searches",
            "taken_out",
            "records",
            "concerns",
            "hours",
            "terms",
            "signals",
        ],
    )
    for row in days.values():
        if (score := _score(row)) >= THRESHOLD:
            _find(row, score, now)


def _days_of(keys: Iterable[tuple[int, date]]) -> Days:
    wanted = set(keys)
    rows = ReaderDay.objects.filter(
        reader__in={reader for reader, _ in wanted}, day__in={day for _, day in wanted}
    )
    found = {(row.reader_id, row.day): row for row in rows if (row.reader_id, row.day) in wanted}
    for reader, day in wanted - found.keys():
        found[reader, day] = ReaderDay(reader_id=reader, day=day, hours=[0] * 24)
    return found


def _add(row: ReaderDay, events: list[Event], facts: Facts, habits: Habits) -> None:
    """Add events of one reader on one day, in order."""
    hours = habits.hours_of(row.reader_id, row.day)
    concerns = set(row.concerns)
    for event in events:
        if event.name == "concern.searched":
            row.searches += 1
            _keep(row.terms, str(event.detail.get("term", "")), event.pk)
            continue
        if event.concern_id is None:
            continue
        row.reads += 1
        row.taken_out += not event.name.endswith("viewed")
        row.hours[event.recorded_at.astimezone(LONDON).hour] += 1
        concerns.add(event.concern_id)
        look = facts.look(row.reader_id, event.concern_id, event.recorded_at, hours)
        for signal in signals_of_look(look) if look else ():
            _keep(row.signals.setdefault(signal, {}), str(event.concern_id), event.pk)
    row.concerns, row.records = sorted(concerns), len(concerns)
    _judge_day(row, facts, habits, events[-1].pk)


def _keep(ids_by: dict[str, list[int]], key: str, event_id: int) -> None:
    kept = ids_by.setdefault(key, [])
    if len(kept) < MOST_IDS:
        kept.append(event_id)


def _judge_day(row: ReaderDay, facts: Facts, habits: Habits, last_event: int) -> None:
    """Notice what only the whole day shows; searches in vain are judged apart."""
    own = [term for term in row.terms if facts.readers.is_own_term(row.reader_id, term)]
    mates = [term for term in row.terms if facts.readers.is_colleagues_term(row.reader_id, term)]
    day = Day(
        records=row.records,
        own=habits.own_counts(row.reader_id, row.day),
        peers=habits.peer_counts(row.reader_id, row.day),
        searched_own_name=bool(own),
        searched_colleague=bool(mates),
    )
    shown = {
        "searched_own_name": [pk for term in own for pk in row.terms[term]],
        "searched_colleague": [pk for term in mates for pk in row.terms[term]],
    }
    for signal in signals_of_day(day):
        found = shown.get(signal, [last_event])
        row.signals.setdefault(signal, {})[WHOLE_DAY] = found[:MOST_IDS]


def _judge_searches(rows: list[ReaderDay]) -> None:
    """Notice what was searched for again and again while nothing that was found was opened."""
    repeated = [(row, ids) for row in rows for ids in row.terms.values() if len(ids) >= REPEATED]
    for row in rows:
        row.signals.pop("searched_in_vain", None)
    if not repeated:
        return
    wanted = [event_id for _, ids in repeated for event_id in ids]
    shown = {event.pk: event.detail.get("shown", []) for event in events_by_id(wanted)}
    references = {reference for found in shown.values() for reference in found}
    known = dict(Concern.objects.filter(reference__in=references).values_list("reference", "pk"))
    for row, ids in repeated:
        found = {known.get(reference) for event_id in ids for reference in shown[event_id]}
        if found.isdisjoint(row.concerns):
            for signal in signals_of_day(Day(searched_in_vain=len(ids))):
                row.signals[signal] = {WHOLE_DAY: ids}


def _score(row: ReaderDay) -> int:
    looks = {signal: len(found.keys() - {WHOLE_DAY}) for signal, found in row.signals.items()}
    return score_of(looks, [signal for signal, found in row.signals.items() if WHOLE_DAY in found])


def _find(row: ReaderDay, score: int, now: datetime) -> None:
    """Write the finding of a day, or bring the open one up to date.

    What was reviewed stays; only more than was known then is another finding.
    """
    of_day = CuriosityFinding.objects.filter(reader=row.reader_id, day=row.day)
    if of_day.filter(reviewed_at__isnull=False, score__gte=score).exists():
        return
    due = working_hours(current_directory(now)).after_working_days(now, REVIEW_WITHIN_WORKING_DAYS)
    finding, is_new = CuriosityFinding.objects.get_or_create(
        reader_id=row.reader_id,
        day=row.day,
        reviewed_at=None,
        defaults={
            "score": score,
            "rules_version": RULES_VERSION,
            "found_at": now,
            "due_at": due,
        },
    )
    if score > finding.score:
        finding.score = score
        finding.save(update_fields=["score"])
    _write_reasons(finding, row)
    if is_new:
        record(
            "finding.opened",
            actor_label="rules",
            object_type="finding",
            object_id=str(finding.pk),
            detail={"score": score, "rules": RULES_VERSION},
        )
        tell_reviewers(finding, "reads_to_review", str(finding.pk), now)


def _write_reasons(finding: CuriosityFinding, row: ReaderDay) -> None:
    reasons = [
        CuriosityReason(
            finding=finding,
            signal=signal,
            points=BY_SLUG[signal].points,
            concern_id=int(concern) if concern else None,
            event_ids=ids,
        )
        for signal, found in row.signals.items()
        for concern, ids in found.items()
    ]
    CuriosityReason.objects.bulk_create(
        reasons,
        update_conflicts=True,
        unique_fields=["finding", "signal", "concern"],
        update_fields=["event_ids"],
    )
