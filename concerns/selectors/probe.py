"""Whether a report reaches agencies now, as the synthetic concern proved it last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min, Q

from concerns.models import Probe

# How long a process trusts what it read last: pages ask at every request.
TRUSTED_FOR = timedelta(seconds=30)


@dataclass(frozen=True)
class Delivery:
    """When the whole way was proved last (the start of that probe), and whether that is too old.

    Both empty while the synthetic concern is switched off: then nothing is known.
    """

    proved_at: datetime | None = None
    is_delayed: bool = False


def delivery(now: datetime) -> Delivery:
    """Return the state of delivery at `now` (aware).

    Before the first probe had its time, nothing is late. It does not matter why no proof came: a
    beat that stands still shows here as a mail server does.
    """
    if not settings.PROBE_ADDRESS:
        return Delivery()
    accepted = Max("started_at", filter=Q(accepted_at__isnull=False))
    found = Probe.objects.aggregate(first=Min("started_at"), proved=accepted)
    since = found["proved"] or found["first"]
    return Delivery(found["proved"], since is not None and now - since > settings.PROBE_LATE_AFTER)


_read: tuple[datetime, Delivery] | None = None


def delivery_as_known(now: datetime) -> Delivery:
    """Return the same for any page: read at most every half minute by each process."""
    global _read
    if not settings.PROBE_ADDRESS:
        return Delivery()
    if _read is None or not timedelta(0) <= now - _read[0] < TRUSTED_FOR:
        _read = (now, delivery(now))
    return _read[1]
