"""The scheduler: sends only while it holds the lease, and forgets nothing when it cannot."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery import Celery
from celery.beat import SchedulingError
from celery.schedules import crontab
from django.conf import settings
from django.db import OperationalError
from django.db.models.functions import Now

from safeguarding_portal.beat import lease
from safeguarding_portal.beat.models import Lease
from safeguarding_portal.beat.scheduler import OneBeat

pytestmark = pytest.mark.django_db
NOON = datetime.fromisoformat("2026-11-24T12:00:00+00:00")


class Heard(OneBeat):
    """A beat whose queue is a list, or away."""

    def __init__(self, schedule: dict[str, Any]) -> None:
        app = Celery("test", set_as_current=False)
        app.conf.update(beat_schedule=schedule, timezone="Europe/London")
        self.sent: list[str] = []
        self.is_away = False
        super().__init__(app)

    def apply_async(self, entry: Any, *args: Any, **kwargs: Any) -> None:
        if self.is_away:
            raise SchedulingError("away")
        self.sent.append(entry.name)


SWEEP = {"sweep": {"task": "sweep", "schedule": 60.0}}
BOTH = SWEEP | {"morning": {"task": "morning", "schedule": crontab(hour=7, minute=30)}}


def ran_out() -> None:
    """Let the lease run out."""
    Lease.objects.update(renewed_at=Now() - settings.BEAT_LEASE - timedelta(seconds=1))


def test_an_entry_is_sent_once_its_time_has_come_and_not_before() -> None:
    beat = Heard(SWEEP)
    with time_machine.travel(NOON, tick=False) as clock:
        beat.tick()
        clock.shift(59)
        beat.tick()
        assert beat.sent == []
        clock.shift(1)
        beat.tick()
        beat.tick()
    assert beat.sent == ["sweep"]


def test_a_standby_sends_nothing_and_looks_again_soon() -> None:
    first, standby = Heard(SWEEP), Heard(SWEEP)
    with time_machine.travel(NOON, tick=False) as clock:
        first.tick()
        clock.shift(600)
        wait = standby.tick()
    assert standby.sent == []
    assert wait < settings.BEAT_LEASE.total_seconds()


def test_a_standby_that_takes_over_sends_what_is_due_and_not_what_was_sent() -> None:
    first, standby = Heard(BOTH), Heard(BOTH)
    with time_machine.travel(NOON.replace(hour=7), tick=False) as clock:
        first.tick()
        standby.tick()
        clock.shift(30 * 60)
        first.tick()
        assert sorted(first.sent) == ["morning", "sweep"]
        ran_out()
        clock.shift(60)
        standby.tick()
    assert standby.sent == ["sweep"]


def test_a_frozen_holder_that_wakes_up_sends_nothing() -> None:
    frozen, standby = Heard(SWEEP), Heard(SWEEP)
    with time_machine.travel(NOON, tick=False) as clock:
        frozen.tick()
        ran_out()
        standby.tick()
        clock.shift(300)
        frozen.tick()
    assert frozen.sent == []


def test_a_beat_that_ends_in_peace_hands_over_at_once() -> None:
    first, standby = Heard(SWEEP), Heard(SWEEP)
    with time_machine.travel(NOON, tick=False) as clock:
        first.tick()
        clock.shift(60)
        first.close()
        standby.tick()
    assert standby.sent == ["sweep"]


def test_with_the_queue_away_an_entry_stays_due() -> None:
    beat = Heard(BOTH)
    with time_machine.travel(NOON.replace(hour=7), tick=False) as clock:
        beat.tick()
        clock.shift(30 * 60)
        beat.is_away = True
        beat.tick()
        assert lease.silent_for() is None
        beat.is_away = False
        clock.shift(120)
        beat.tick()
    assert sorted(beat.sent) == ["morning", "sweep"]


def test_a_clock_that_is_set_back_silences_nothing() -> None:
    beat = Heard(SWEEP)
    with time_machine.travel(NOON, tick=False) as clock:
        beat.tick()
        clock.shift(60)
        beat.tick()
        clock.shift(-3600)
        beat.tick()
        clock.shift(60)
        beat.tick()
    assert beat.sent == ["sweep", "sweep"]


def test_with_the_database_away_nothing_is_sent_and_beat_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    beat = Heard(SWEEP)
    hold = lease.hold

    def away(holder: str) -> None:
        raise OperationalError("away")

    with time_machine.travel(NOON, tick=False) as clock:
        beat.tick()
        monkeypatch.setattr(lease, "hold", away)
        monkeypatch.setattr("safeguarding_portal.beat.scheduler.connection.close", lambda: None)
        clock.shift(60)
        assert beat.tick() > 0
        assert beat.sent == []
        monkeypatch.setattr(lease, "hold", hold)
        beat.tick()
    assert beat.sent == ["sweep"]
