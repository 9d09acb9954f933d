"""What pages read: the queue, one concern, a reporter's own reports. Reads only, few statements."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from concerns.access import CASE_ROLES, visible_concerns, visible_reports
from concerns.models import (
    Call,
    Clock,
    Concern,
    Exclusion,
    Involvement,
    Note,
    Referral,
    Report,
)
from safeguarding_portal.accounts.models import Membership, User
from safeguarding_portal.audit.services import events_for
from safeguarding_portal.outbox.services import messages_for

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event
    from safeguarding_portal.outbox.models import Message

PAGE_SIZE = 30
VIEWS = ("all", "mine", "unowned")


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, where the next begins (None: no more), and how many there are."""

    rows: list[Concern]
    next_cursor: str | None
    counts: dict[str, int]


def triage_queue(
    user: User, now: datetime, view: str = "all", after: str | None = None
) -> QueuePage:
    """Return open concerns that the person may see, the most urgent first.

    The order is the stored one: danger first, then the next due time (none last), then age. Paging
    is by key, so that a row that arrives meanwhile moves nothing. A cursor that is not ours starts
    at the top.
    """
    base = visible_concerns(user, now).exclude(state=Concern.State.CLOSED)
    counts = base.aggregate(
        all=Count("pk"),
        mine=Count("pk", filter=Q(owner=user)),
        unowned=Count("pk", filter=Q(owner=None)),
    )
    chosen = {"mine": base.filter(owner=user), "unowned": base.filter(owner=None)}.get(view, base)
    rows = list(_after(chosen, after).select_related("owner", "team", "report")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    _attach_referrals(rows)
    return QueuePage(rows, _cursor(rows[-1]) if more else None, counts)


def _cursor(concern: Concern) -> str:
    due = concern.next_due_at.isoformat() if concern.next_due_at else None
    key = json.dumps([concern.is_p1, due, concern.pk])
    return base64.urlsafe_b64encode(key.encode()).decode()


def _after(concerns: QuerySet[Concern], cursor: str | None) -> QuerySet[Concern]:
    """Return the rows that follow a cursor in the stored order."""
    try:
        is_p1, due, pk = json.loads(base64.urlsafe_b64decode(cursor or ""))
        due_at = datetime.fromisoformat(due) if due else None
        later_id = Q(next_due_at=due_at, pk__gt=int(pk))
    except (ValueError, TypeError, binascii.Error):
        return concerns
    later = later_id
    if due_at is not None:
        later |= Q(next_due_at__gt=due_at) | Q(next_due_at=None)
    follows = Q(is_p1=bool(is_p1)) & later
    if is_p1:
        follows |= Q(is_p1=False)
    return concerns.filter(follows)


def _attach_referrals(rows: list[Concern]) -> None:
    """Give each row its referrals with their messages, in two statements for any number of rows."""
    referrals = Referral.objects.filter(concern__in=rows)
    by_concern: dict[int, list[Referral]] = {row.pk: [] for row in rows}
    for referral in referrals:
        by_concern[referral.concern_id].append(referral)
    reference = {row.pk: row.reference for row in rows}
    messages = messages_for(
        "referral",
        [f"{reference[item.concern_id]}:{item.agency_slug}" for item in referrals],
    )
    for row in rows:
        row.legs = [  # type: ignore[attr-defined]
            Leg(item, messages.get(f"{row.reference}:{item.agency_slug}", []), [])
            for item in by_concern[row.pk]
        ]


@dataclass(frozen=True)
class Leg:
    """One referral with the messages that carry it and the calls about it."""

    referral: Referral
    messages: list[Message]
    calls: list[Call]

    @property
    def is_undelivered(self) -> bool:
        """Whether its message failed for good, so that somebody must ring."""
        return self.referral.is_open and any(item.status == "FAILED" for item in self.messages)


@dataclass(frozen=True)
class ConcernPage:
    """All that the page of one concern shows."""

    concern: Concern
    report: Report
    people: list[Involvement]
    legs: list[Leg]
    calls: list[Call]
    clocks: list[Clock]
    notes: list[Note]
    holds: list[Exclusion]
    linked: list[Concern]
    chronology: list[Event]
    readers: list[User]


def concern_page(concern: Concern, user: User, now: datetime) -> ConcernPage:
    """Gather one concern, in a fixed number of statements. The caller has authorised it."""
    calls = list(concern.calls.select_related("made_by"))
    referrals = list(concern.referrals.select_related("recorded_by"))
    keys = [f"{concern.reference}:{item.agency_slug}" for item in referrals]
    messages = messages_for("referral", keys)
    legs = [
        Leg(
            item,
            messages.get(f"{concern.reference}:{item.agency_slug}", []),
            [call for call in calls if call.referral_id == item.pk],
        )
        for item in referrals
    ]
    linked = visible_concerns(user, now).filter(report=concern.report).exclude(pk=concern.pk)
    return ConcernPage(
        concern=concern,
        report=concern.report,
        people=list(concern.involvements.all()),
        legs=legs,
        calls=calls,
        clocks=list(concern.clocks.select_related("met_by")),
        notes=list(concern.notes.select_related("author")),
        holds=list(
            concern.report.exclusions.filter(
                kind=Exclusion.Kind.HELD, lifted_at=None
            ).select_related("user")
        ),
        linked=list(linked),
        chronology=events_for(concern.pk),
        readers=list(readers_of(concern, now)),
    )


def readers_of(concern: Concern, now: datetime) -> QuerySet[User]:
    """Return everybody who may see the concern at `now`: the mirror of `visible_concerns`."""
    in_force = (
        Membership.objects.filter(user=OuterRef("pk"), role__in=CASE_ROLES, starts_at__lte=now)
        .filter(Q(ends_at=None) | Q(ends_at__gt=now))
        .filter(Q(team=concern.team) | Q(team=None))
    )
    granted = concern.grants.filter(
        user=OuterRef("pk"), revoked_at=None, granted_at__lte=now
    ).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    excluded = Exclusion.objects.filter(
        report=concern.report_id, user=OuterRef("pk"), lifted_at=None
    )
    scope = Q(Exists(granted)) if concern.restricted else Exists(in_force) | Exists(granted)
    return (
        User.objects.filter(scope, is_active=True).exclude(Exists(excluded)).order_by("full_name")
    )


def filed_reports(user: User) -> QuerySet[Report]:
    """Return the reporter's own reports, newest first, with their concerns."""
    concerns = Concern.objects.select_related("owner").order_by("number")
    return visible_reports(user).prefetch_related(Prefetch("concerns", queryset=concerns))
