"""Reading the trail itself: pages of events by person or by record, newest first.

Pages follow the key of the last event shown, never a number of rows to skip, so that the last page
costs what the first one does. Every list is of one person, one record, or both, and of a period.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from safeguarding_portal.audit.models import Event, Seal, TrailCheck

ROWS = 50
CHUNK = 1_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

READS = r"\.([a-z_]+_)?(viewed|listed)(_with_names)?$"
SEARCHES = r"\.searched$"
TAKEN_OUT = r"\.([a-z_]+_)?(printed|exported|downloaded)$"
SIGN_IN = r"^account\."
# Kinds of act: slug, words, and which names of events are of it. The last is everything else.
KINDS: dict[str, tuple[str, str]] = {
    "read": ("Reads", READS),
    "search": ("Searches", SEARCHES),
    "out": ("Prints, exports and downloads", TAKEN_OUT),
    "account": ("Signing in and passwords", SIGN_IN),
    "write": ("Everything that changed something", ""),
}


@dataclass(frozen=True)
class TrailQuery:
    """Which events: of whom, of which record, when (aware, `[since, until)`), what, from where.

    `hidden_reports` are those that the person who asks must not hear of.
    """

    since: datetime
    until: datetime
    actor_id: int | None = None
    concern_id: int | None = None
    report_id: int | None = None
    kinds: tuple[str, ...] = ()
    address: str = ""
    hidden_reports: tuple[int, ...] = ()


@dataclass(frozen=True)
class TrailPage:
    """Some events, newest first, and the key from which the next page begins."""

    events: list[Event]
    next_cursor: str


def events_matching(query: TrailQuery) -> QuerySet[Event]:
    """Return the events of a query; raises `ValueError` when it names no person and no record."""
    if query.actor_id is None and query.concern_id is None and query.report_id is None:
        raise ValueError("Ask for a person or a record: the whole trail is no page.")
    found = Event.objects.filter(recorded_at__gte=query.since, recorded_at__lt=query.until)
    if query.actor_id is not None:
        found = found.filter(actor=query.actor_id)
    if query.concern_id is not None:
        # What was done with the report as a whole was done with each record of it.
        of_report = Q(concern_id=None, report_id=query.report_id) & Q(report_id__isnull=False)
        found = found.filter(Q(concern_id=query.concern_id) | of_report)
    elif query.report_id is not None:
        found = found.filter(report_id=query.report_id)
    if query.hidden_reports:
        found = found.exclude(report_id__in=query.hidden_reports)
    if query.address:
        found = found.filter(source_address=query.address)
    return found.filter(_of_kinds(query.kinds)) if query.kinds else found


def _of_kinds(kinds: Sequence[str]) -> Q:
    wanted = Q(pk__in=[])
    for kind in kinds:
        pattern = KINDS[kind][1]
        if pattern:
            wanted |= Q(name__regex=pattern)
        else:
            wanted |= ~Q(name__regex="|".join(other for _, other in KINDS.values() if other))
    return wanted


def trail_page(query: TrailQuery, cursor: str = "") -> TrailPage:
    """Return the next 50 events after a cursor, newest first; a forged cursor begins anew."""
    found = events_matching(query).select_related("actor").order_by("-recorded_at", "-id")
    if key := _key_in(cursor):
        at, event_id = key
        found = found.filter(recorded_at__lte=at).filter(Q(recorded_at__lt=at) | Q(id__lt=event_id))
    rows = list(found[: ROWS + 1])
    shown = rows[:ROWS]
    return TrailPage(shown, _cursor_of(shown[-1]) if len(rows) > ROWS else "")


def events_in_order(query: TrailQuery, until_id: int) -> Iterator[list[Event]]:
    """Yield every event of a query up to an id, oldest first, some at a time.

    Each part is a statement of its own, so that a slow download holds no transaction open.
    """
    after = 0
    found = events_matching(query).select_related("actor").order_by("id")
    while True:
        part = list(found.filter(id__gt=after, id__lte=until_id)[:CHUNK])
        if part:
            yield part
        if len(part) < CHUNK:
            return
        after = part[-1].pk


def looks_between(after: int, until: int) -> list[Event]:
    """Return what people read, took out or searched for, with `after` < id <= `until`, in order."""
    looks = f"({READS})|({TAKEN_OUT})|({SEARCHES})"
    found = Event.objects.filter(id__gt=after, id__lte=until, actor__isnull=False)
    return list(found.filter(name__regex=looks).order_by("id"))


def acts_of(actors: Collection[int], concerns: Collection[int]) -> set[tuple[int, int]]:
    """Return (actor, concern) of those who ever did more with a record than get at it and look."""
    found = Event.objects.filter(concern_id__in=concerns, actor__in=actors)
    done = found.exclude(name__regex=rf"({READS})|({TAKEN_OUT})|^access\.")
    pairs = done.values_list("actor", "concern_id").distinct().order_by()
    return {(actor, concern) for actor, concern in pairs if actor and concern}


def events_by_id(event_ids: Collection[int]) -> list[Event]:
    """Return these events, in the order in which they happened."""
    return list(Event.objects.filter(pk__in=event_ids).order_by("id"))


def last_sealed_event() -> int:
    """Return the id of the newest event under a seal; 0 without any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event_ids[cardinality(event_ids)] FROM audit_seal ORDER BY id DESC LIMIT 1"
        )
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def sealed_in(event_ids: Sequence[int]) -> dict[int, tuple[int, datetime]]:
    """Return the seal and its moment for each of these events that is sealed; one statement."""
    if not event_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_SEALS, [list(event_ids)])
        return {event_id: (seal, at) for event_id, seal, at in cursor.fetchall()}


# An index holds the last event of each seal (migration 0010).
_SEALS = """
SELECT e.id, s.id, s.sealed_at FROM unnest(%s::bigint[]) e(id) CROSS JOIN LATERAL (
    SELECT id, sealed_at, event_ids FROM audit_seal
    WHERE event_ids[cardinality(event_ids)] >= e.id
    ORDER BY event_ids[cardinality(event_ids)] LIMIT 1
) s WHERE e.id = ANY (s.event_ids)
"""


@dataclass(frozen=True)
class TrailState:
    """How far the trail is sealed, and what the last check of it found."""

    seal: Seal | None
    last_check: TrailCheck | None


def trail_state() -> TrailState:
    """Return the newest seal, without its leaves, and the newest finished check."""
    return TrailState(
        seal=Seal.objects.defer("leaves", "event_ids").last(),
        last_check=TrailCheck.objects.filter(finished_at__isnull=False).first(),
    )


def _cursor_of(event: Event) -> str:
    return f"{(event.recorded_at - _EPOCH) // _MICROSECOND}-{event.pk}"


def _key_in(cursor: str) -> tuple[datetime, int] | None:
    moment, _, event_id = cursor.partition("-")
    if not all(
        part.isascii() and part.isdecimal() and len(part) < 19 for part in (moment, event_id)
    ):
        return None
    try:
        return _EPOCH + int(moment) * _MICROSECOND, int(event_id)
    except OverflowError:
        return None
