"""Whatever happens to a message, in whatever order: it is sent, or waits, or shows red."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from unittest.mock import patch

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from safeguarding_portal.outbox import delivery
from safeguarding_portal.outbox.delivery import LEASE, claim, deliver_message, due_messages
from safeguarding_portal.outbox.errors import PermanentSendError, TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import smtp
from tests.outbox.makers import promise

TRIES = 4
FAULTS = {
    "busy": TransientSendError("The mail server asks to try later (451)."),
    "no such mailbox": PermanentSendError("The mail server refused it for good (550)."),
    "a mistake of ours": RuntimeError("oops"),
}
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["taken", *FAULTS, "the worker dies"]),
        # Seconds until then: at once, after a back-off, after a lease.
        st.sampled_from([0, 1, 20, 100, 180, 900]),
    ),
    max_size=12,
)


class Life:
    """Lives one message and knows what must have become of it."""

    def __init__(self) -> None:
        self.message = promise()
        self.now: datetime = self.message.created_at + timedelta(seconds=1)
        self.handed_over = 0
        self.deaths = 0

    def step(self, what: str, seconds: int) -> None:
        """Let time pass, let a worker try, and hold the row against what may be."""
        self.now += timedelta(seconds=seconds)
        before = Message.objects.get(pk=self.message.pk)
        is_due = before.pk in [message.pk for message in due_messages(self.now)]
        with time_machine.travel(self.now, tick=False):
            self._work(what)
        after = Message.objects.get(pk=self.message.pk)
        assert is_due == (after.attempts == before.attempts + 1)
        if not is_due:
            assert after.status == before.status
        if before.status in {"SENT", "FAILED"}:
            assert (after.status, after.attempts) == (before.status, before.attempts)
        self._check(after)

    def _work(self, what: str) -> None:
        if what == "the worker dies":
            self.deaths += claim(self.message.pk, self.now) is not None
            return
        with patch.object(smtp, "send", side_effect=FAULTS.get(what), return_value="id"):
            self.handed_over += deliver_message(self.message.pk, self.now, random.Random(1))

    def _check(self, row: Message) -> None:
        """Hold what is true of every message at every moment."""
        assert self.handed_over == (1 if row.status == "SENT" else 0)
        # A worker that dies has spent a try without writing an outcome.
        assert row.attempts <= TRIES + 1 + self.deaths
        is_over = row.status in {"SENT", "FAILED"}
        in_a_while = self.now + timedelta(hours=1) + LEASE
        assert is_over != (row.pk in [message.pk for message in due_messages(in_a_while)])
        if row.status == "FAILED":
            assert row.last_error


@pytest.mark.django_db
@hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
def test_a_message_is_never_lost_and_never_sent_twice_by_one_claim(
    steps: list[tuple[str, int]],
) -> None:
    with patch.object(delivery, "MAX_ATTEMPTS", TRIES):
        life = Life()
        for what, seconds in steps:
            life.step(what, seconds)
