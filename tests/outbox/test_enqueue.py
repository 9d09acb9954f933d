"""Promising a message: with its act or not at all, once, and without waiting for the queue."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any
from unittest.mock import patch

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.db.utils import ProgrammingError
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from safeguarding_portal.outbox import tasks
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import smtp
from safeguarding_portal.outbox.services import enqueue_many, messages_for
from safeguarding_portal.outbox.tasks import QUEUE_PRIORITY, deliver, hand_out
from tests.outbox.makers import new_message, promise
from tests.services import ROOT, free_port, url_of


@pytest.mark.django_db
def test_a_promise_is_a_row_that_is_due_now() -> None:
    before = timezone.now()
    message = promise(agency_slug="lado", subject_type="referral", subject_id="K7M2P9QX-1:lado")
    assert message.status == Message.Status.QUEUED
    assert before <= message.created_at == message.next_attempt_at <= timezone.now()
    assert (message.attempts, message.agency_slug) == (0, "lado")
    assert messages_for("referral", ["K7M2P9QX-1:lado"]) == {"K7M2P9QX-1:lado": [message]}


@pytest.mark.django_db
def test_many_promises_are_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(1):
        enqueue_many([new_message() for _ in range(20)])
    assert Message.objects.count() == 20


@pytest.mark.django_db
def test_the_same_promise_twice_is_one_message_and_the_first_stands() -> None:
    first = promise(dedupe_key="same", priority=1)
    enqueue_many([new_message(dedupe_key="same", priority=3), new_message(dedupe_key="other")])
    assert Message.objects.count() == 2
    first.refresh_from_db()
    assert first.priority == 1


@pytest.mark.django_db
def test_an_act_that_is_undone_promises_nothing(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as nudges, transaction.atomic():
        enqueue_many([new_message()])
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert nudges == []


@pytest.mark.usefixtures("own_database")
def test_a_promise_outside_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        enqueue_many([new_message()])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"context": {"name": "Robin"}}, "may not carry: name"),
        ({"context": {"reference": "x" * 201}}, "one short line"),
        ({"context": {"reference": "two\nlines"}}, "one short line"),
        ({"context": {"link": "https://elsewhere.example/"}}, "path of this portal"),
        ({"context": {"link": "//elsewhere.example/"}}, "path of this portal"),
        ({"channel": "pigeon"}, "No such channel"),
        ({"priority": 0}, "No such priority"),
        ({"priority": 5}, "No such priority"),
    ],
)
def test_what_no_message_may_be_is_refused_before_it_is_written(
    fields: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValueError, match=words):
        new_message(**fields)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["DELETE FROM outbox_message", "TRUNCATE outbox_message CASCADE"]
)
def test_no_message_can_be_removed(statement: str) -> None:
    message = promise()
    with (
        pytest.raises(ProgrammingError, match="messages are kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    with pytest.raises(ProgrammingError), transaction.atomic():
        message.delete()
    assert Message.objects.get() == message


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"status": "SENDING"},
        {"status": "SENT"},
        {"status": "SENT", "sent_at": timezone.now()},
        {"status": "FAILED", "failed_at": timezone.now()},
        {"sent_at": timezone.now()},
        {"failed_at": timezone.now()},
        {"priority": 5},
    ],
)
def test_a_row_cannot_say_one_thing_and_hold_another(fields: dict[str, Any]) -> None:
    message = promise()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=message.pk).update(**fields)


@pytest.mark.django_db
def test_one_nudge_names_ids_only_and_a_worker_hands_out_the_most_urgent_first(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with (
        patch.object(hand_out, "apply_async") as published,
        django_capture_on_commit_callbacks(execute=True),
    ):
        enqueue_many([new_message(priority=priority) for priority in (4, 2, 3)])
    (call,) = published.call_args_list
    assert call.kwargs == {"priority": QUEUE_PRIORITY[2]}
    with patch.object(tasks, "deliver_in_turn", return_value=[]) as delivered:
        hand_out.run(*call.args[0])
    by_urgency = Message.objects.order_by("priority").values_list("pk", flat=True)
    assert list(delivered.call_args.args[0]) == list(by_urgency)


@pytest.mark.django_db
def test_of_many_the_rest_is_shared_with_other_workers() -> None:
    enqueue_many([new_message(priority=3) for _ in range(tasks.IN_TURN + 2)])
    ids = [str(one) for one in Message.objects.values_list("public_id", flat=True)]
    with (
        patch.object(tasks, "deliver_in_turn", return_value=[]) as delivered,
        patch.object(deliver, "apply_async") as published,
    ):
        hand_out.run(ids)
    pks = list(Message.objects.order_by("pk").values_list("pk", flat=True))
    assert list(delivered.call_args.args[0]) == pks[: tasks.IN_TURN]
    published.assert_called_once_with(
        tuple(pks[tasks.IN_TURN :]), priority=QUEUE_PRIORITY[3], expires=300
    )


@pytest.mark.django_db
def test_what_was_sent_meanwhile_is_not_handed_out_again() -> None:
    message = promise()
    Message.objects.filter(pk=message.pk).update(
        status="SENT", sent_at=timezone.now(), provider="smtp", sent_to="a@example.org"
    )
    with patch.object(smtp, "send") as sent:
        hand_out.run([str(message.public_id)])
    assert sent.call_args_list == []


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [OperationalError("away"), RuntimeError("a mistake of ours")])
def test_a_nudge_that_fails_in_any_way_is_tried_once_and_harms_nobody(
    fault: Exception, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with (
        patch.object(hand_out, "apply_async", side_effect=fault) as published,
        django_capture_on_commit_callbacks(execute=True),
    ):
        enqueue_many([new_message() for _ in range(5)])
    assert published.call_count == 1
    assert Message.objects.filter(status="QUEUED").count() == 5


ENQUEUE = """
import time
from django.db import transaction
from safeguarding_portal.outbox.services import NewMessage, enqueue_many
began = time.monotonic()
with transaction.atomic():
    enqueue_many([
        NewMessage(kind="k", channel="email", recipient="a@example.org", template="referral",
                   dedupe_key=f"down:{number}") for number in range(3)
    ])
print("SECONDS", time.monotonic() - began)
"""


@pytest.mark.faults
def test_with_the_queue_away_a_promise_is_kept_at_once(own_database: str) -> None:
    answer = _enqueue_elsewhere(own_database, f"redis://127.0.0.1:{free_port()}/0")
    assert Message.objects.filter(status="QUEUED").count() == 3
    # Well under the six seconds for which kombu tries unless told otherwise.
    assert answer < 1.5


@pytest.mark.faults
def test_with_a_queue_that_hangs_a_promise_is_kept_within_seconds(own_database: str) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        answer = _enqueue_elsewhere(own_database, f"redis://127.0.0.1:{port}/0")
    assert Message.objects.filter(status="QUEUED").count() == 3
    assert answer < 8


def _enqueue_elsewhere(database: str, redis_url: str) -> float:
    """Promise three messages in a process whose queue is elsewhere; return the seconds it took."""
    environment = {**os.environ, "DATABASE_URL": url_of(database), "REDIS_URL": redis_url}
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c", ENQUEUE],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "the queue is away" in done.stderr
    return float(done.stdout.split("SECONDS")[1])


@pytest.mark.usefixtures("own_database")
def test_the_same_promise_made_at_once_by_two_is_one_message() -> None:
    ready, problems = threading.Barrier(2), []

    def make() -> None:
        try:
            with transaction.atomic():
                ready.wait(10)
                enqueue_many([new_message(dedupe_key="at once")])
                time.sleep(0)
        except Exception as problem:
            problems.append(problem)
        finally:
            connection.close()

    threads = [threading.Thread(target=make) for _ in range(2)]
    with patch.object(hand_out, "apply_async"):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
    assert problems == []
    assert Message.objects.count() == 1
