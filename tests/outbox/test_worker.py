"""Real workers: one that is killed in the middle of a delivery, and one that has much to do."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from email import message_from_bytes
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import pytest
import redis
from celery import Celery
from django.db import transaction

from safeguarding_portal.outbox.delivery import LEASE
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import smtp
from safeguarding_portal.outbox.services import enqueue_many
from safeguarding_portal.outbox.tasks import QUEUE_PRIORITY, hand_out
from tests.outbox.makers import new_message
from tests.services import Processes, SmtpSink, url_of, wait_until

pytestmark = pytest.mark.faults
# A worker needs a few seconds to start, and many on a busy machine.
SECONDS = 90


class LosingSink(SmtpSink):
    """A mail server that, as told, keeps a message and never says so."""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        """Take one message; in the mode "keep and hang", without an answer."""
        if self.mode == "keep and hang":
            self.messages.append(message_from_bytes(envelope.content))
            self.tries += 1
            await asyncio.sleep(120)
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture
def sink() -> Iterator[LosingSink]:
    server = LosingSink()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def queue() -> Iterator[Celery]:
    """Give a queue of the test's own, which no other worker reads."""
    number = 12 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 4
    url = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{number}").geturl()
    client = redis.Redis.from_url(url)
    client.flushdb()
    app = Celery(broker=url)
    yield app
    app.close()
    client.flushdb()
    client.close()


@pytest.fixture
def processes(own_database: str, queue: Celery, sink: LosingSink) -> Iterator[Processes]:
    found = Processes(
        {
            "DATABASE_URL": url_of(own_database),
            "REDIS_URL": str(queue.conf.broker_url),
            "EMAIL_URL": f"smtp://127.0.0.1:{sink.port}",
        }
    )
    yield found
    found.stop()


def written(**fields: Any) -> Message:
    """Return a message that is written, and of which no worker was told."""
    new = new_message(**fields)
    with patch.object(hand_out, "apply_async"), transaction.atomic():
        enqueue_many([new])
    return Message.objects.get(dedupe_key=new.dedupe_key)


def is_sent(message: Message) -> bool:
    """Whether the row says that the message was handed over."""
    message.refresh_from_db()
    return message.status == Message.Status.SENT


def test_a_worker_killed_in_the_middle_of_a_delivery_loses_nothing(
    processes: Processes, queue: Celery, sink: LosingSink
) -> None:
    message = written()
    sink.mode = "keep and hang"
    processes.worker()
    queue.send_task("outbox.deliver", [message.pk])
    wait_until(lambda: sink.tries == 1, SECONDS)
    processes.kill("worker")
    message.refresh_from_db()
    assert (message.status, message.attempts) == ("SENDING", 1)

    sink.mode = "ok"
    processes.worker()
    # While the lease runs nobody touches it: the killed worker could still be alive.
    queue.send_task("outbox.sweep")
    other = written()
    queue.send_task("outbox.deliver", [other.pk])
    wait_until(lambda: is_sent(other), SECONDS)
    message.refresh_from_db()
    assert message.status == "SENDING"

    assert message.claimed_at is not None
    Message.objects.filter(pk=message.pk).update(claimed_at=message.claimed_at - LEASE)
    queue.send_task("outbox.sweep")
    wait_until(lambda: is_sent(message), SECONDS)
    assert message.attempts == 2
    # The server had the first one after all; a reader's mailbox recognises the repeat.
    ids = [str(got["Message-ID"]) for got in sink.messages]
    assert ids.count(smtp.stable_message_id(message)) == 2
    assert len(ids) == 3


def test_what_is_urgent_overtakes_what_waits(
    processes: Processes, queue: Celery, sink: LosingSink
) -> None:
    by_priority = {
        priority: written(priority=priority, context=_context(priority))
        for priority in (4, 3, 2, 1)
    }
    for priority, message in by_priority.items():
        queue.send_task("outbox.deliver", [message.pk], priority=QUEUE_PRIORITY[priority])
    processes.worker()
    wait_until(lambda: all(is_sent(message) for message in by_priority.values()), SECONDS)
    assert [subject[-1] for subject in sink.subjects()] == ["1", "2", "3", "4"]


def _context(priority: int) -> dict[str, str]:
    return {"reference": f"K7M2P9QX-{priority}", "urgency": f"P{priority}", "link": "/r/"}
