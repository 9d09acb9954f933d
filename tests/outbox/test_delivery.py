"""The life of a message: claimed, sent or tried again, given up in plain sight, never lost."""

from __future__ import annotations

import logging
import random
import threading
from datetime import timedelta
from functools import partial
from unittest.mock import patch

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from pytest_django import Settings

from safeguarding_portal.outbox import delivery, tasks
from safeguarding_portal.outbox.delivery import (
    BACK_OFF_FIRST,
    BACK_OFF_MOST,
    LEASE,
    MAX_ATTEMPTS,
    SWEEP_BATCH,
    back_off,
    claim,
    deliver_in_turn,
    deliver_message,
    due_messages,
)
from safeguarding_portal.outbox.errors import TransientSendError
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders import smtp
from safeguarding_portal.outbox.services import enqueue_many
from tests.outbox.makers import fixed, later, new_message, promise
from tests.services import SmtpSink


def outcome(message: Message) -> tuple[str, int, str]:
    """Return state, tries and the last error of the row as it is now."""
    message.refresh_from_db()
    return message.status, message.attempts, message.last_error


@pytest.mark.django_db
def test_a_message_that_was_handed_over_says_where_when_and_by_which_id(mail: SmtpSink) -> None:
    message = promise()
    before = timezone.now()
    assert deliver_message(message.pk, later(seconds=1))
    assert outcome(message) == ("SENT", 1, "")
    assert message.sent_at is not None
    assert before <= message.sent_at <= timezone.now()
    assert (message.provider, message.sent_to) == ("smtp", "catch-all@example.org")
    assert message.provider_id == mail.messages[0]["Message-ID"]
    assert (message.claim_id, message.claimed_at) == (None, None)


@pytest.mark.django_db
def test_a_message_that_was_sent_is_not_sent_again(mail: SmtpSink) -> None:
    message = promise()
    assert deliver_message(message.pk, later(seconds=1))
    assert not deliver_message(message.pk, later(days=1))
    assert len(mail.messages) == 1


@pytest.mark.django_db
def test_a_message_that_does_not_exist_is_no_fault() -> None:
    assert not deliver_message(2_000_000_000, timezone.now())


@pytest.mark.django_db
def test_a_passing_fault_is_tried_again_after_a_while(mail: SmtpSink) -> None:
    message = promise()
    mail.mode = "4xx"
    before = timezone.now()
    assert not deliver_message(message.pk, later(seconds=1), fixed(1.0))
    assert outcome(message) == ("QUEUED", 1, "The mail server asks to try later (451).")
    wait = message.next_attempt_at - before
    assert BACK_OFF_FIRST <= wait <= BACK_OFF_FIRST + timedelta(seconds=5)
    # Not before its time.
    assert not deliver_message(message.pk, timezone.now())
    mail.mode = "ok"
    assert deliver_message(message.pk, later(seconds=20))
    assert outcome(message) == ("SENT", 2, "")


@pytest.mark.django_db
def test_a_fault_for_good_is_seen_at_once_and_not_tried_again(mail: SmtpSink) -> None:
    message = promise()
    mail.mode = "5xx"
    assert not deliver_message(message.pk, later(seconds=1))
    assert outcome(message) == ("FAILED", 1, "The mail server refused it for good (550).")
    assert message.failed_at is not None
    mail.mode = "ok"
    assert not deliver_message(message.pk, later(days=1))
    assert mail.messages == []


@pytest.mark.django_db
def test_a_passing_fault_that_never_passes_fails_in_plain_sight(mail: SmtpSink) -> None:
    message = promise()
    mail.mode = "4xx"
    now = later(seconds=1)
    for _ in range(MAX_ATTEMPTS - 1):
        deliver_message(message.pk, now)
        assert outcome(message)[0] == "QUEUED"
        now += BACK_OFF_MOST
    deliver_message(message.pk, now)
    assert outcome(message) == (
        "FAILED",
        MAX_ATTEMPTS,
        "The mail server asks to try later (451).",
    )


def test_the_waits_double_are_bounded_and_are_spread() -> None:
    longest = [back_off(attempts, fixed(1.0)) for attempts in range(1, MAX_ATTEMPTS + 1)]
    assert longest[:4] == [BACK_OFF_FIRST * 2**step for step in range(4)]
    assert longest[-1] == BACK_OFF_MOST == max(longest)
    assert longest == sorted(longest)
    chance = random.Random(7)
    spread = {back_off(5, chance) for _ in range(50)}
    assert len(spread) == 50
    assert min(spread) >= longest[4] / 2
    assert max(spread) <= longest[4]


def test_all_tries_together_take_about_two_hours() -> None:
    most = sum((back_off(tries, fixed(1.0)) for tries in range(1, MAX_ATTEMPTS)), timedelta())
    assert timedelta(hours=1.5) < most < timedelta(hours=3)


def test_a_lease_outlives_the_task_that_holds_it() -> None:
    limit = timedelta(seconds=django_settings.CELERY_TASK_TIME_LIMIT)
    visibility = django_settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    assert limit < LEASE
    # Else Redis would hand a task out again that is still being worked on.
    assert limit < timedelta(seconds=visibility)


@pytest.mark.django_db
def test_nobody_takes_a_message_whose_lease_runs(mail: SmtpSink) -> None:
    message = promise()
    taken = claim(message.pk, later(seconds=1))
    assert taken is not None
    assert taken.claimed_at is not None
    assert claim(message.pk, taken.claimed_at + LEASE - timedelta(microseconds=1)) is None
    again = claim(message.pk, taken.claimed_at + LEASE)
    assert again is not None
    assert again.claim_id != taken.claim_id
    assert again.attempts == 2


@pytest.mark.django_db
def test_a_worker_that_was_given_up_changes_nothing(
    mail: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    message = promise()
    now = later(seconds=1)

    def slowly(message: Message, address: str) -> str:
        # While this worker sends, its lease ends and another one sends and writes the outcome.
        with patch.object(smtp, "send", return_value="<the-other>"):
            assert deliver_message(message.pk, now + LEASE)
        raise TransientSendError("The mail server did not answer.")

    with patch.object(smtp, "send", side_effect=slowly):
        assert not deliver_message(message.pk, now)
    assert outcome(message) == ("SENT", 2, "")
    assert message.provider_id == "<the-other>"
    assert "had gone to another worker" in caplog.text


@pytest.mark.django_db
def test_a_worker_that_dies_at_every_try_is_seen_in_the_end(mail: SmtpSink) -> None:
    message = promise()
    now = later(seconds=1)
    for _ in range(MAX_ATTEMPTS):
        assert claim(message.pk, now) is not None
        now += LEASE
    assert not deliver_message(message.pk, now)
    assert outcome(message) == ("FAILED", MAX_ATTEMPTS + 1, "Every try ended without an answer.")
    assert mail.messages == []


@pytest.mark.django_db
def test_a_mistake_of_ours_is_tried_again_and_its_text_is_not_kept(
    caplog: pytest.LogCaptureFixture,
) -> None:
    message = promise()
    with patch.object(smtp, "send", side_effect=RuntimeError("for robin@example.org")):
        assert not deliver_message(message.pk, later(seconds=1))
    assert outcome(message) == ("QUEUED", 1, "Something unexpected: RuntimeError.")
    assert str(message.public_id) in caplog.text
    assert "robin" not in caplog.text


@pytest.mark.django_db
def test_no_log_line_of_a_failure_holds_an_address(
    mail: SmtpSink, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="safeguarding_portal")
    for mode in ("4xx", "5xx"):
        mail.mode = mode
        deliver_message(promise(recipient="robin@example.org").pk, later(seconds=1))
    ours = [line for line in caplog.records if line.name.startswith("safeguarding_portal")]
    assert ours
    assert not any("@" in line.getMessage() for line in ours)


@pytest.mark.django_db
def test_a_sweep_takes_what_is_due_the_most_urgent_first() -> None:
    now = timezone.now()
    waiting = promise(priority=1)
    wait = {"attempts": 1, "next_attempt_at": now + timedelta(minutes=5)}
    Message.objects.filter(pk=waiting.pk).update(**wait)
    fourth, second, first = promise(priority=4), promise(priority=2), promise(priority=1)
    dead = promise(priority=3)
    claim(dead.pk, later(seconds=1))
    alive = promise(priority=1)
    claim(alive.pk, now + LEASE)
    at = now + LEASE + timedelta(seconds=2)
    assert [message.pk for message in due_messages(at)] == [
        first.pk,
        second.pk,
        dead.pk,
        fourth.pk,
    ]


@pytest.mark.django_db
def test_a_sweep_is_bounded() -> None:
    enqueue_many([new_message() for _ in range(SWEEP_BATCH + 5)])
    assert len(due_messages(later(seconds=1))) == SWEEP_BATCH


@pytest.mark.django_db
def test_a_sweep_stops_at_a_queue_that_is_away_and_leaves_the_rows_due() -> None:
    enqueue_many([new_message() for _ in range(3 * tasks.IN_TURN)])
    with patch.object(
        tasks.deliver, "apply_async", side_effect=[None, OperationalError("away")]
    ) as published:
        tasks.sweep()
    assert published.call_count == 2
    assert len(due_messages(later(seconds=1))) == 3 * tasks.IN_TURN


@pytest.mark.django_db
def test_what_a_sweep_hands_out_leaves_the_queue_by_itself() -> None:
    message = promise(priority=2)
    with patch.object(tasks.deliver, "apply_async") as published:
        tasks.sweep()
    published.assert_called_once_with((message.pk,), priority=3, expires=300)


@pytest.mark.usefixtures("own_database")
def test_of_several_the_first_passing_fault_ends_the_turn_and_the_rest_are_handed_back(
    mail: SmtpSink,
) -> None:
    with patch.object(tasks.hand_out, "apply_async"):
        first, second, third = (promise() for _ in range(3))
    deliver_in_turn([first.pk])
    mail.mode = "4xx"
    assert deliver_in_turn([first.pk, second.pk, third.pk]) == [third.pk]
    found = dict(Message.objects.values_list("pk", "attempts"))
    assert found == {first.pk: 1, second.pk: 1, third.pk: 0}
    mail.mode = "5xx"
    # What is refused for good says nothing of the next one.
    fourth = promise()
    assert deliver_in_turn([third.pk, fourth.pk]) == []
    assert Message.objects.filter(status="FAILED").count() == 2


@pytest.mark.usefixtures("own_database")
def test_when_the_turn_is_over_the_rest_goes_back_to_the_queue_the_urgent_first(
    mail: SmtpSink,
) -> None:
    with patch.object(tasks.hand_out, "apply_async"):
        first, second, urgent = (promise(priority=priority) for priority in (3, 4, 2))
    short = partial(deliver_in_turn, lasts=timedelta())
    with (
        patch.object(tasks, "deliver_in_turn", short),
        patch.object(tasks.deliver, "apply_async") as published,
    ):
        tasks.deliver.run(first.pk, second.pk, urgent.pk)
    published.assert_called_once_with((urgent.pk, second.pk), priority=3, expires=300)
    assert set(Message.objects.filter(status="SENT")) == {first}


@pytest.mark.usefixtures("own_database")
def test_two_workers_at_once_send_one_message(mail: SmtpSink) -> None:
    with patch.object(tasks.hand_out, "apply_async"):
        messages = [promise() for _ in range(20)]
    now, won, ready = later(seconds=1), [], threading.Barrier(4)

    def work() -> None:
        for message in messages:
            ready.wait(20)
            won.append(deliver_message(message.pk, now))
        smtp.close_connection()
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(won) == [False] * 60 + [True] * 20
    sent = sorted(str(got["Message-ID"]) for got in mail.messages)
    assert sent == sorted(smtp.stable_message_id(message) for message in messages)
    assert set(Message.objects.values_list("status", "attempts")) == {("SENT", 1)}


@pytest.mark.usefixtures("own_database")
def test_no_transaction_is_open_while_the_outside_is_spoken_to(mail: SmtpSink) -> None:
    with patch.object(tasks.hand_out, "apply_async"):
        message = promise()
    seen = {}

    def look(message: Message, address: str) -> str:
        seen["atomic"] = connection.in_atomic_block
        elsewhere = connection.copy()
        with elsewhere.cursor() as cursor:
            cursor.execute("SELECT status FROM outbox_message WHERE id = %s", [message.pk])
            seen["status"] = cursor.fetchone()[0]
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity"
                " WHERE datname = current_database() AND state LIKE 'idle in transaction%'"
            )
            seen["open"] = cursor.fetchone()[0]
        elsewhere.close()
        return "id"

    with patch.object(smtp, "send", side_effect=look):
        assert deliver_message(message.pk, later(seconds=1))
    assert seen == {"atomic": False, "status": "SENDING", "open": 0}


@pytest.mark.usefixtures("own_database")
def test_delivery_inside_a_transaction_is_refused() -> None:
    with patch.object(tasks.hand_out, "apply_async"):
        message = promise()
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        deliver_message(message.pk, later(seconds=1))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("channel", "sender", "name"),
    [
        ("email", "smtp", "smtp"),
        ("email", "notify", "notify"),
        ("sms", "smtp", "notify"),
        ("webhook", "notify", "webhook"),
    ],
)
def test_each_channel_has_one_sender(
    channel: str, sender: str, name: str, settings: Settings
) -> None:
    settings.EMAIL_SENDER = sender
    found = delivery.provider_for(promise(channel=channel))
    assert found.__name__.rpartition(".")[2] == name


@pytest.mark.django_db
def test_a_promise_by_a_host_whose_clock_is_ahead_goes_out_at_once(mail: SmtpSink) -> None:
    message = promise()
    Message.objects.update(created_at=later(hours=1), next_attempt_at=later(hours=1))
    assert [item.pk for item in due_messages(later(seconds=1))] == [message.pk]
    assert deliver_message(message.pk, later(seconds=1))


@pytest.mark.django_db
def test_a_wait_longer_than_any_that_is_given_was_set_by_a_wrong_clock(mail: SmtpSink) -> None:
    message = promise()
    waits = Message.objects.filter(pk=message.pk)
    waits.update(attempts=1, next_attempt_at=later(seconds=1) + BACK_OFF_MOST)
    assert due_messages(later(seconds=1)) == []
    waits.update(next_attempt_at=later(seconds=2) + BACK_OFF_MOST)
    assert deliver_message(message.pk, later(seconds=1))


@pytest.mark.django_db
def test_a_claim_from_the_future_is_taken_from_a_worker_whose_clock_was_ahead(
    mail: SmtpSink,
) -> None:
    message = promise()
    assert claim(message.pk, later(hours=1))
    assert deliver_message(message.pk, later(seconds=1))
    assert outcome(message)[0] == "SENT"
