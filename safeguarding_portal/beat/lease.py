"""Taking, keeping and reading the lease, each in one statement, by the database's clock.

    hold(holder) -> Held | None             the holder's renewal, or a takeover of one that ran out
    note_runs(held, last_runs) -> bool      what was sent, while the lease still stands
    release(holder) -> None                 a beat that ends in peace
    silent_for() -> timedelta | None        since when nothing was handed to the queue

A lease that is not renewed runs out, whatever became of its holder: killed, frozen, or cut off.
See decision 0055.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from safeguarding_portal.beat.models import Lease

NAME = "beat"


@dataclass(frozen=True)
class Held:
    """A lease that was just renewed: whose, which term, and what was sent by whoever held it."""

    holder: str
    term: int
    last_runs: dict[str, str]


def make_row() -> None:
    """Make the row, which nobody holds, where it is missing."""
    Lease.objects.bulk_create([Lease(name=NAME)], ignore_conflicts=True)


def hold(holder: str) -> Held | None:
    """Renew the lease, or take it if it ran out; None while another holds it.

    Raises `DatabaseError` when the database cannot be asked: then nobody may beat.
    """
    ran_out = Q(renewed_at=None) | Q(renewed_at__lt=Now() - settings.BEAT_LEASE)
    is_mine = When(holder=holder, then=F("term"))
    since = When(holder=holder, then=F("taken_at"))
    renewed = Lease.objects.filter(Q(holder=holder) | ran_out, name=NAME).update(
        term=Case(is_mine, default=F("term") + 1),
        taken_at=Case(since, default=Now()),
        holder=Value(holder),
        renewed_at=Now(),
    )
    if not renewed:
        return None
    lease = Lease.objects.only("term", "last_runs").get(name=NAME)
    return Held(holder, lease.term, lease.last_runs)


def note_runs(held: Held, last_runs: dict[str, str], *, has_sent: bool) -> bool:
    """Write down what was sent; false, and nothing written, if the lease has gone to another."""
    mine = Lease.objects.filter(name=NAME, holder=held.holder, term=held.term)
    sent_at = Now() if has_sent else F("sent_at")
    return bool(mine.update(last_runs=last_runs, sent_at=sent_at))


def release(holder: str) -> None:
    """Give the lease back, so that another need not wait for it to run out."""
    Lease.objects.filter(name=NAME, holder=holder).update(renewed_at=None)


def silent_for() -> timedelta | None:
    """Return how long ago beat last handed a task to the queue; None if it never has.

    Some tasks go each minute: longer than that means that no beat runs, or the queue is away.
    """
    found = Lease.objects.filter(name=NAME).annotate(silence=Now() - F("sent_at"))
    silence: timedelta | None = found.values_list("silence", flat=True).first()
    return silence
