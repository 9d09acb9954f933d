"""Continuous reconciliation: every concern is accepted, closed, held with a clock, or a gap.

    submitted = accepted + closed + held by an owner with a running clock
              + waiting to be taken, within the limit or with a bell still to ring + gaps

Every concern is in exactly one of these, and the gaps are listed one by one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable

from concerns.access import (
    MANAGER_ROLES,
    countable_concerns,
    memberships_in_force,
    visible_concerns,
)
from concerns.models import (
    Bell,
    Call,
    Clock,
    Concern,
    CustodyGap,
    DailyStatement,
    Decision,
    DisposalRecord,
    Note,
    Referral,
    Task,
)
from concerns.rules.holding import BELL_IS_STUCK_AFTER, GAPS, TAKE_WITHIN
from concerns.rules.ladder import OWNER_LEFT
from safeguarding_portal.outbox.selectors import stuck_subjects

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

LISTED = 500


@dataclass(frozen=True)
class CustodySum:
    """How everything that was submitted is held."""

    submitted: int
    accepted: int
    closed: int
    held: int
    waiting: int
    gaps: int

    @property
    def balances(self) -> bool:
        """Whether everything is accounted for and nothing is a gap."""
        parts = self.accepted + self.closed + self.held + self.waiting
        return self.gaps == 0 and parts == self.submitted

    def numbers(self) -> dict[str, int]:
        """Return the numbers by name."""
        return asdict(self)


def is_manager(user: User, now: datetime) -> bool:
    """Whether the person answers for what is held and may see the sum."""
    mine = memberships_in_force(user, now).filter(role__in=MANAGER_ROLES)
    return user.is_active and mine.exists()


def gaps_in(concerns: QuerySet[Concern], now: datetime) -> QuerySet[Concern]:
    """Return the concerns that nothing holds, each with its gravest `gap`, most urgent first."""
    is_open = ~Q(state=Concern.State.CLOSED)
    kinds = _kinds_of_open(now)
    return (
        concerns.filter(is_open | Q(closed_at=None))
        .annotate(
            gap=Case(
                When(~is_open, then=Value("closed_in_silence")),
                *(When(kinds[kind], then=Value(kind)) for kind in GAPS if kind in kinds),
                default=Value(""),
                output_field=CharField(),
            )
        )
        .exclude(gap="")
        .order_by("priority", "received_at", "id")
    )


def _kinds_of_open(now: datetime) -> dict[str, Q | Combinable]:
    """Return the condition of each kind of gap that an open concern may have."""
    stuck = {subject.partition(":")[0] for subject in stuck_subjects("referral", now)}
    referrals = Referral.objects.filter(concern=OuterRef("pk"))
    waiting = referrals.filter(state__in=Referral.OPEN_STATES)
    clocks = Clock.objects.filter(concern=OuterRef("pk"))
    calls = Call.objects.filter(concern=OuterRef("pk"))
    notes = Note.objects.filter(concern=OuterRef("pk"))
    decisions = Decision.objects.filter(concern=OuterRef("pk"))
    stands_still = now - BELL_IS_STUCK_AFTER
    clock = Exists(clocks.filter(met_at=None))
    bell = Exists(waiting.filter(escalate_at__gt=stands_still))
    # Its owner has left: the ladder rings until somebody takes it, whatever its referrals do.
    left = Bell.objects.filter(concern=OuterRef("pk"), kind=OWNER_LEFT, ended_at=None)
    rings_to_take = bell | Exists(left.filter(rings_at__gt=stands_still))
    task_of_nobody = Task.objects.still_open().filter(
        concern=OuterRef("pk"), owner__is_active=False
    )
    rings, unowned = Q(priority__lt=4), Q(owner=None)
    nothing_runs = ~clock & ~bell & ~Exists(calls.still_due()) & Q(next_due_at=None)
    untouched = ~(
        Exists(referrals) | Exists(calls) | Exists(clocks) | Exists(notes) | Exists(decisions)
    )
    is_late = _waits_too_long(now)
    return {
        "message_stuck": Q(reference__in=stuck),
        "bell_stuck": rings & Exists(waiting.filter(escalate_at__lte=stands_still)),
        "silent_referral": rings & Exists(waiting.filter(escalate_at=None)) & ~clock,
        "nothing_done": unowned & is_late & untouched,
        "owner_gone": Q(owner__is_active=False) | Exists(task_of_nobody),
        "not_taken": unowned & is_late & ~rings_to_take,
        "no_clock": rings & ~unowned & ~Q(state=Concern.State.ACCEPTED) & nothing_runs,
    }


def _waits_too_long(now: datetime) -> Q:
    """Return the condition of having waited beyond the limit of its priority to be taken."""
    condition = Q()
    for priority, limit in TAKE_WITHIN.items():
        condition |= Q(priority=priority, received_at__lte=now - limit)
    return condition


def gap_of(concern: Concern) -> str:
    """Return the gap of a concern that `gaps_in` found."""
    return str(concern.gap)  # type: ignore[attr-defined]


def custody_sum(now: datetime, within: QuerySet[Concern] | None = None) -> CustodySum:
    """Count how the concerns (all, if not given) are held at `now` (aware)."""
    concerns = Concern.objects.filter(is_synthetic=False) if within is None else within
    closed, accepted = Q(state=Concern.State.CLOSED), Q(state=Concern.State.ACCEPTED)
    counted = concerns.order_by().aggregate(
        submitted=Count("pk"),
        closed=Count("pk", filter=closed),
        accepted=Count("pk", filter=accepted),
        held=Count("pk", filter=~closed & ~accepted & Q(owner__isnull=False)),
        waiting=Count("pk", filter=~closed & ~accepted & Q(owner=None)),
    )
    gaps = list(gaps_in(concerns, now).values_list("state", "owner_id"))
    for state, owner in gaps:
        if state in {Concern.State.CLOSED, Concern.State.ACCEPTED}:
            counted[state] -= 1
        else:
            counted["held" if owner else "waiting"] -= 1
    return CustodySum(gaps=len(gaps), **counted)


def open_gap_counts() -> dict[str, int]:
    """Return how many gaps are open by kind, those without any included."""
    found = CustodyGap.objects.filter(mended_at=None).values_list("kind").annotate(n=Count("pk"))
    return dict.fromkeys(GAPS, 0) | dict(found.order_by("kind"))


@dataclass(frozen=True)
class CustodyPage:
    """What a manager sees: the sum, the gaps they may read, and how many they may not, by kind."""

    total: CustodySum
    gaps: list[Concern]
    hidden: dict[str, int]


def custody_page(user: User, now: datetime) -> CustodyPage:
    """Return the reconciliation of what the manager may count. Restricted gaps are only counted."""
    countable = countable_concerns(user, now)
    found = list(gaps_in(countable, now).select_related("owner", "team")[:LISTED])
    seen = set(
        visible_concerns(user, now)
        .filter(pk__in=[concern.pk for concern in found])
        .values_list("pk", flat=True)
    )
    hidden: dict[str, int] = {}
    for concern in found:
        if concern.pk not in seen:
            hidden[gap_of(concern)] = hidden.get(gap_of(concern), 0) + 1
    return CustodyPage(
        custody_sum(now, countable), [item for item in found if item.pk in seen], hidden
    )


@dataclass(frozen=True)
class StatementView:
    """A daily statement as far as one manager may see it: hidden references are only counted.

    `numbers` are those of the whole council, None for whoever may not count all that is listed.
    """

    statement: DailyStatement
    listed: dict[str, list[str]]
    counts: dict[str, int]
    numbers: dict[str, int] | None


def statement_view(statement: DailyStatement, user: User, now: datetime) -> StatementView:
    """Return one statement: references that the manager may read, and numbers they may count."""
    named = [ref for refs in statement.references.values() for ref in refs]
    readable = set(
        visible_concerns(user, now).filter(reference__in=named).values_list("reference", flat=True)
    )
    countable = set(
        countable_concerns(user, now)
        .filter(reference__in=named)
        .values_list("reference", flat=True)
    )
    # What was disposed of since is nobody's secret any more: the day's numbers still count it.
    countable |= set(
        DisposalRecord.objects.filter(reference__in=named).values_list("reference", flat=True)
    )
    listed = {
        state: [ref for ref in refs if ref in readable]
        for state, refs in statement.references.items()
    }
    counts = {
        state: sum(ref in countable for ref in refs) for state, refs in statement.references.items()
    }
    numbers = statement.numbers if len(countable) == len(named) else None
    return StatementView(statement, listed, counts, numbers)


def statements() -> QuerySet[DailyStatement]:
    """Return the daily statements, the newest first."""
    return DailyStatement.objects.all()
