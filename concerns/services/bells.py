"""Bells of things that are no referral: begun, ended, and begun by themselves where promised."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from concerns.clockface import working_hours
from concerns.models import Bell, Concern, Correspondence
from concerns.rules.ladder import FEEDBACK, OUTCOME
from concerns.rules.promises import FIRST_WORD, LAST_WORD, Promise
from contacts.selectors import current_directory

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

BATCH = 200
# A promise whose bell was never begun (a worker was away for long) is still begun this much later.
LOOK_BACK = timedelta(days=30)


def begin_bell(
    concern: Concern,
    kind: str,
    key: str,
    rings_at: datetime,
    now: datetime,
    *,
    is_danger: bool = False,
) -> Bell:
    """Begin a bell, once for each concern, kind and key; all times aware."""
    bell, _ = Bell.objects.get_or_create(
        concern=concern,
        kind=kind,
        key=key,
        defaults={"rings_at": rings_at, "created_at": now, "is_danger": is_danger},
    )
    return bell


def end_bells(
    concern: Concern, kinds: Iterable[str], actor: User | None, now: datetime, key: str = ""
) -> int:
    """End the bells of these kinds (with this key, if given); return how many had been ringing."""
    bells = Bell.objects.filter(concern=concern, kind__in=list(kinds), ended_at=None)
    if key:
        bells = bells.filter(key=key)
    return bells.update(ended_at=now, ended_by=actor)


def promised_by(promise: Promise, since: datetime) -> datetime:
    """Return when a promise to a reporter falls due: the close of its working day, in UTC."""
    hours = working_hours(current_directory(since))
    return hours.after_working_days(since, promise.working_days)


def begin_promised(now: datetime) -> None:
    """Begin the bells of what reporters are promised and have not had.

    Nothing at submit or at closing depends on it: a promise follows from the record, so that a
    report filed while no worker ran has the same due time.
    """
    for concern in _without_first_word(now)[:BATCH]:
        begin_bell(concern, FEEDBACK, "", promised_by(FIRST_WORD, concern.received_at), now)
    for concern in _without_last_word(now)[:BATCH]:
        _begin_outcome(concern, now)


def _with_a_reporter() -> QuerySet[Concern]:
    """Return the concerns whose reporter is there to be told, and is not their owner."""
    listening = Concern.objects.filter(report__reporter__is_active=True, is_synthetic=False)
    return listening.filter(~Q(owner=F("report__reporter")) | Q(owner=None))


def _without_first_word(now: datetime) -> QuerySet[Concern]:
    told = Correspondence.objects.filter(
        report=OuterRef("report"), from_reporter=False, kind__in=Correspondence.WORD
    )
    begun = Bell.objects.filter(concern=OuterRef("pk"), kind=FEEDBACK)
    still_open = _with_a_reporter().exclude(state=Concern.State.CLOSED)
    return still_open.filter(~Exists(told), ~Exists(begun), received_at__gt=now - LOOK_BACK)


def _without_last_word(now: datetime) -> QuerySet[Concern]:
    told = Correspondence.objects.filter(
        concern=OuterRef("pk"),
        kind=Correspondence.Kind.OUTCOME,
        # Written on the way to closing counts.
        created_at__gte=OuterRef("closed_at") - timedelta(days=1),
    )
    begun = Bell.objects.filter(
        concern=OuterRef("pk"), kind=OUTCOME, created_at__gte=OuterRef("closed_at")
    )
    closed = _with_a_reporter().filter(state=Concern.State.CLOSED)
    return closed.filter(~Exists(told), ~Exists(begun), closed_at__gt=now - LOOK_BACK)


@transaction.atomic
def _begin_outcome(concern: Concern, now: datetime) -> None:
    """Begin the bell of the last word; it takes the place of that of the first."""
    closed_at = concern.closed_at or now
    end_bells(concern, [FEEDBACK], None, now)
    begin_bell(
        concern, OUTCOME, f"{closed_at:%Y%m%d%H%M%S}", promised_by(LAST_WORD, closed_at), now
    )
