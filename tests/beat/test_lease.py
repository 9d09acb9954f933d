"""The lease of beat: one holder, by the database's clock, with a term that only grows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db.models.functions import Now

from safeguarding_portal.beat import lease
from safeguarding_portal.beat.models import Lease

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _row() -> None:
    lease.make_row()


def ran_out() -> None:
    """Let the lease have been renewed longer ago than it is good for."""
    Lease.objects.update(renewed_at=Now() - settings.BEAT_LEASE - timedelta(seconds=1))


def test_the_first_to_ask_holds_it_and_the_second_does_not() -> None:
    assert lease.hold("one")
    assert lease.hold("two") is None
    assert lease.hold("one")


def test_a_renewal_keeps_the_term_and_a_takeover_raises_it() -> None:
    first = lease.hold("one")
    again = lease.hold("one")
    ran_out()
    second = lease.hold("two")
    assert first is not None
    assert again is not None
    assert second is not None
    assert (again.term, second.term) == (first.term, first.term + 1)


def test_a_lease_that_was_not_renewed_goes_to_whoever_asks() -> None:
    lease.hold("one")
    ran_out()
    assert lease.hold("two")
    assert lease.hold("one") is None


def test_what_was_sent_is_handed_on_to_the_next_holder() -> None:
    held = lease.hold("one")
    assert held
    assert lease.note_runs(held, {"a": "2026-11-24T10:00:00+00:00"}, has_sent=True)
    ran_out()
    taken = lease.hold("two")
    assert taken is not None
    assert taken.last_runs == {"a": "2026-11-24T10:00:00+00:00"}


def test_who_lost_the_lease_writes_nothing_any_more() -> None:
    held = lease.hold("one")
    ran_out()
    lease.hold("two")
    assert held
    assert not lease.note_runs(held, {"a": "2026-11-24T10:00:00+00:00"}, has_sent=True)
    ran_out()
    regained = lease.hold("one")
    assert regained is not None
    assert regained.last_runs == {}
    assert not lease.note_runs(held, {"a": "2026-11-24T10:00:00+00:00"}, has_sent=True)


def test_silence_is_counted_from_the_last_task_that_was_sent() -> None:
    assert lease.silent_for() is None
    held = lease.hold("one")
    assert held
    lease.note_runs(held, {}, has_sent=False)
    assert lease.silent_for() is None
    lease.note_runs(held, {}, has_sent=True)
    Lease.objects.update(sent_at=Now() - timedelta(minutes=5))
    silence = lease.silent_for()
    assert silence is not None
    assert silence >= timedelta(minutes=5)
