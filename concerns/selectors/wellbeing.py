"""How well the portal is, in ages: what waits longest at each place where something can wait.

An age is None where nothing waits, or nothing is known. For the status page and `/metrics`; counts
and ages only, never a reference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min

from concerns.models import Concern
from concerns.selectors.probe import delivery
from safeguarding_portal.audit.models import Event, Seal
from safeguarding_portal.beat.lease import silent_for
from safeguarding_portal.outbox.models import Message

WAITING = (Message.Status.QUEUED, Message.Status.SENDING)
WITHOUT_ACCEPTANCE = (Concern.State.NEW, Concern.State.IN_TRIAGE, Concern.State.REFERRED)


@dataclass(frozen=True)
class Wellbeing:
    """The ages, and since when the whole way has not been proved."""

    oldest_message: timedelta | None
    sweep_lag: timedelta | None
    oldest_unaccepted_p1: timedelta | None
    seal_lag: timedelta | None
    beat_silence: timedelta | None
    delivery_proved: timedelta | None
    is_delayed: bool


def wellbeing(now: datetime) -> Wellbeing:
    """Return the ages at `now` (aware), in seven statements that indexes answer."""
    messages = Message.objects.filter(status__in=WAITING)
    due = Message.objects.filter(status=Message.Status.QUEUED, next_attempt_at__lte=now)
    urgent = Concern.objects.filter(
        is_p1=True, state__in=WITHOUT_ACCEPTANCE, is_synthetic=False
    ).aggregate(oldest=Min("received_at"))
    proof = delivery(now)
    return Wellbeing(
        oldest_message=_age(messages.aggregate(oldest=Min("created_at"))["oldest"], now),
        sweep_lag=_age(due.aggregate(oldest=Min("next_attempt_at"))["oldest"], now),
        oldest_unaccepted_p1=_age(urgent["oldest"], now),
        seal_lag=_age(_oldest_unsealed(), now),
        beat_silence=silent_for(),
        delivery_proved=_age(proof.proved_at, now),
        is_delayed=proof.is_delayed,
    )


def _oldest_unsealed() -> datetime | None:
    sealed = Seal.objects.order_by("-pk").values_list("event_ids", flat=True).first()
    waiting = Event.objects.filter(pk__gt=sealed[-1] if sealed else 0)
    return waiting.order_by("pk").values_list("recorded_at", flat=True).first()


def _age(moment: datetime | None, now: datetime) -> timedelta | None:
    return None if moment is None else max(now - moment, timedelta(0))
