"""The one row by which the beats of all hosts agree on who sends."""

from __future__ import annotations

from django.db import models


class Lease(models.Model):
    """Who beats now, until when, and when each entry was last sent. One row (`lease.NAME`).

    Every moment of a lease is the database's own: what the hosts think of the time does not count.
    Only `last_runs` holds the beating host's time, since Celery reckons in it.
    """

    name = models.SlugField(primary_key=True, max_length=20)
    # Host, process and a random part: never the same twice.
    holder = models.CharField(max_length=120, blank=True)
    # Grows with each change of the holder: what an earlier one still writes no longer fits.
    term = models.PositiveBigIntegerField(default=0)
    taken_at = models.DateTimeField(null=True)
    renewed_at = models.DateTimeField(null=True)
    # When anything was last handed to the queue: how long beat has been silent.
    sent_at = models.DateTimeField(null=True)
    # Entry of the schedule -> when it was last sent (ISO 8601, aware).
    last_runs = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.name}: {self.holder or 'nobody'}"
