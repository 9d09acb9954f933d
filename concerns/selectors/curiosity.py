"""What people usually read, the findings about reads, and who may look at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from concerns.access import visible_concerns
from concerns.models import CuriosityFinding, CuriosityReason, Exclusion, ReaderDay
from concerns.rules.curiosity import HABIT_WEEKS, RING_ABOVE_AFTER
from safeguarding_portal.accounts.models import Membership, Role, User
from safeguarding_portal.accounts.selectors import roles_of
from safeguarding_portal.audit.trail import events_by_id

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event

# Who looks at findings; the directors only where nobody of these is independent.
REVIEW_ROLES = frozenset({Role.AUDITOR, Role.CORPORATE_LEAD})
RESERVE = frozenset({Role.DCS, Role.DASS})
# Who reads the trail.
TRAIL_ROLES = REVIEW_ROLES
PEER_WEEKS = 4
# So much of a finding is listed; the page of the person shows all.
MOST_LISTED, MOST_EVENTS = 20, 100


class Habits:
    """How much readers and those in the same roles read in the weeks before a day.

    Whole weeks before the week of the day: the same for all its days, and never the day itself.
    """

    def __init__(self, roles: Mapping[int, set[str]], first: date, last: date) -> None:
        self._roles = {reader: frozenset(held) for reader, held in roles.items()}
        wanted = frozenset().union(*self._roles.values()) if self._roles else frozenset()
        peers = Membership.objects.filter(role__in=wanted).values_list("user", "role")
        self._peers: dict[str, set[int]] = defaultdict(set)
        for user, role in peers:
            self._peers[role].add(user)
        people = set(self._roles).union(*self._peers.values())
        rows = ReaderDay.objects.filter(
            reader__in=people, day__gte=first - timedelta(weeks=HABIT_WEEKS + 1), day__lte=last
        )
        self._days: dict[int, dict[date, tuple[int, list[int]]]] = defaultdict(dict)
        for reader, day, size, hours in rows.values_list("reader", "day", "records", "hours"):
            self._days[reader][day] = (size, hours)
        self._own = cache(self._own_before)
        self._of_peers = cache(self._peers_before)

    def note(self, row: ReaderDay) -> None:
        """Let a day that was just counted be a habit for the days of later weeks."""
        self._days[row.reader_id][row.day] = (row.records, row.hours)

    def own_counts(self, reader: int, day: date) -> tuple[int, ...]:
        """Return how many records the reader read on each day of the weeks before."""
        return self._own(reader, _monday(day))[0]

    def hours_of(self, reader: int, day: date) -> tuple[int, ...]:
        """Return the reads of the weeks before, by hour of the day."""
        return self._own(reader, _monday(day))[1]

    def peer_counts(self, reader: int, day: date) -> tuple[int, ...]:
        """Return how many records others in one of the same roles read on each of their days."""
        return self._of_peers(reader, _monday(day))

    def _own_before(self, reader: int, monday: date) -> tuple[tuple[int, ...], tuple[int, ...]]:
        start = monday - timedelta(weeks=HABIT_WEEKS)
        found = [held for day, held in self._days[reader].items() if start <= day < monday]
        hours = [0] * 24
        for _, by_hour in found:
            hours = [total + more for total, more in zip(hours, by_hour, strict=True)]
        return tuple(size for size, _ in found if size), tuple(hours)

    def _peers_before(self, reader: int, monday: date) -> tuple[int, ...]:
        start = monday - timedelta(weeks=PEER_WEEKS)
        others = set().union(*(self._peers[role] for role in self._roles.get(reader, ()))) - {
            reader
        }
        return tuple(
            size
            for other in others
            for day, (size, _) in self._days[other].items()
            if size and start <= day < monday
        )


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def may_read_trail(user: User, now: datetime) -> bool:
    """Whether the person reads the trail: auditors and the corporate lead."""
    return not TRAIL_ROLES.isdisjoint(roles_of(user, now))


def people_in(roles: frozenset[Role], now: datetime) -> list[User]:
    """Return the active people who hold one of the roles at `now` (aware)."""
    return list(User.objects.holding(roles, now))


def findings_for(user: User, now: datetime) -> QuerySet[CuriosityFinding]:
    """Return the findings that the person may look at, in any state.

    Auditors and the corporate lead see those of which they are independent; a director those of
    which none of them is, and those that nobody looked at in time. Whoever is not
    independent of one never learns that it is there.
    """
    held = roles_of(user, now)
    if REVIEW_ROLES & held:
        return _independent_of(user, now)
    if not RESERVE & held:
        return CuriosityFinding.objects.none()
    with_nobody = CuriosityFinding.objects.all()
    for person in people_in(REVIEW_ROLES, now):
        with_nobody = with_nobody.exclude(pk__in=_independent_of(person, now).values("pk"))
    return _independent_of(user, now).filter(
        Q(due_at__lte=now - RING_ABOVE_AFTER) | Q(pk__in=with_nobody.values("pk"))
    )


def _independent_of(user: User, now: datetime) -> QuerySet[CuriosityFinding]:
    """Return the findings that do not touch the person.

    Not their own; not of somebody in a team with them; not of somebody they manage, nor, while a
    finding about themselves is open, of anybody below them; none with a record they must not see.
    """
    in_force = Membership.objects.in_force(now)
    my_teams = in_force.filter(user=user, team__isnull=False).values("team")
    kept_from = Exclusion.objects.filter(user=user, lifted_at=None).values("report__concerns")
    found = (
        CuriosityFinding.objects.exclude(reader=user)
        .exclude(reader__manager=user)
        .exclude(reader__in=in_force.filter(team__in=my_teams).values("user"))
        .exclude(pk__in=CuriosityReason.objects.filter(concern__in=kept_from).values("finding"))
    )
    if CuriosityFinding.objects.filter(reader=user, reviewed_at=None).exists():
        found = found.exclude(reader__in=_people_below(user))
    return found


def _people_below(user: User) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE below AS (SELECT id FROM accounts_user WHERE manager_id = %s "
            "UNION SELECT u.id FROM accounts_user u JOIN below ON u.manager_id = below.id) "
            "SELECT id FROM below",
            [user.pk],
        )
        return [row[0] for row in cursor.fetchall()]


def reviewers_of(finding: CuriosityFinding, now: datetime) -> list[User]:
    """Return who may look at a finding at `now` (aware)."""
    people = people_in(REVIEW_ROLES | RESERVE, now)
    return [person for person in people if findings_for(person, now).filter(pk=finding.pk).exists()]


@dataclass(frozen=True)
class Shown:
    """One signal of a finding, and the references of the records that show it, as far as listed."""

    reason: CuriosityReason
    references: list[str]
    more: int


@dataclass(frozen=True)
class FindingPage:
    """One finding with its signals, and the first events that show them, in order.

    `may_open`: the references of those that whoever looks may open for other reasons.
    """

    signals: list[Shown]
    events: list[Event]
    may_open: frozenset[str]


def finding_page(finding: CuriosityFinding, user: User, now: datetime) -> FindingPage:
    """Gather a finding: of the records no more than their references."""
    by_signal: dict[str, list[CuriosityReason]] = defaultdict(list)
    for reason in finding.reasons.select_related("concern").order_by("-points", "signal", "id"):
        by_signal[reason.signal].append(reason)
    ids = {pk for found in by_signal.values() for reason in found for pk in reason.event_ids}
    named = {found: [r.concern for r in rows if r.concern] for found, rows in by_signal.items()}
    listed = {signal: found[:MOST_LISTED] for signal, found in named.items()}
    mine = visible_concerns(user, now).filter(
        pk__in={concern.pk for found in listed.values() for concern in found}
    )
    return FindingPage(
        signals=[
            Shown(rows[0], [c.reference for c in listed[s]], len(named[s]) - len(listed[s]))
            for s, rows in by_signal.items()
        ],
        events=events_by_id(sorted(ids)[:MOST_EVENTS]),
        may_open=frozenset(mine.values_list("reference", flat=True)),
    )


@dataclass(frozen=True)
class ReaderRow:
    """How much one person read in a period."""

    reader: User
    reads: int
    records: int
    searches: int
    taken_out: int
    findings: int


def busiest_readers(
    since: date, until: date, findings: QuerySet[CuriosityFinding], place: int, limit: int
) -> list[ReaderRow]:
    """Return who read most on days from `since` to `until` (both included), the busiest first.

    From one row a person and day, not from the events. `records` counts a record once a day.
    `findings`: those that whoever asks may look at.
    """
    rows = (
        ReaderDay.objects.filter(day__range=(since, until))
        .values("reader")
        .annotate(
            all_reads=Sum("reads"),
            all_records=Sum("records"),
            all_searches=Sum("searches"),
            all_taken_out=Sum("taken_out"),
        )
        .order_by("-all_reads", "reader")[place : place + limit]
    )
    people = User.objects.in_bulk([row["reader"] for row in rows])
    # Apart: within the sums above it would be counted anew for every row that is summed.
    of_period = findings.filter(reader__in=people, day__range=(since, until)).order_by()
    found = dict(of_period.values("reader").annotate(n=Count("pk")).values_list("reader", "n"))
    return [
        ReaderRow(
            reader=people[row["reader"]],
            reads=row["all_reads"],
            records=row["all_records"],
            searches=row["all_searches"],
            taken_out=row["all_taken_out"],
            findings=found.get(row["reader"], 0),
        )
        for row in rows
    ]
