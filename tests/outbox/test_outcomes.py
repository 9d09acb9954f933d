"""A failure is handed to whoever owns the subject: once, the urgent first, none held up."""

from __future__ import annotations

import threading
from unittest.mock import patch

import pytest
from django.db import connection, transaction
from pytest_django import DjangoAssertNumQueries

from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.services import messages_for, settle_outcomes
from safeguarding_portal.outbox.tasks import hand_out
from tests.outbox.makers import later, promise
from tests.services import SmtpSink


@pytest.fixture(autouse=True)
def _refusing(mail: SmtpSink) -> None:
    mail.mode = "5xx"


def failed(subject_id: str, priority: int = 2, subject_type: str = "referral") -> Message:
    """Return a message that failed for good."""
    message = promise(subject_type=subject_type, subject_id=subject_id, priority=priority)
    deliver_message(message.pk, later(seconds=1))
    message.refresh_from_db()
    assert message.status == Message.Status.FAILED
    return message


@pytest.mark.django_db
def test_each_failure_is_handed_over_once_and_the_urgent_first() -> None:
    failed("late", priority=3)
    failed("soon", priority=1)
    seen: list[str] = []
    assert settle_outcomes("referral", seen.append) == 2
    assert seen == ["soon", "late"]
    assert settle_outcomes("referral", seen.append) == 0
    assert len(seen) == 2


@pytest.mark.django_db
def test_only_failures_of_the_kind_asked_for_are_handed_over() -> None:
    failed("a person", subject_type="user")
    promise(subject_type="referral", subject_id="waiting")
    seen: list[str] = []
    assert settle_outcomes("referral", seen.append) == 0
    assert settle_outcomes("user", seen.append) == 1
    assert seen == ["a person"]


@pytest.mark.django_db
@pytest.mark.parametrize("fault", [LookupError("Robin"), ValueError("Robin")])
def test_a_failure_that_cannot_be_handled_holds_up_no_other_and_is_tried_again(
    fault: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    bad = failed("bad", priority=1)
    failed("good", priority=2)
    seen: list[str] = []

    def handle(subject_id: str) -> None:
        if subject_id == "bad":
            raise fault
        seen.append(subject_id)

    assert settle_outcomes("referral", handle) == 1
    assert seen == ["good"]
    bad.refresh_from_db()
    assert bad.outcome_handled_at is None
    assert f"message {bad.pk}" in caplog.text
    assert "Robin" not in caplog.text
    assert settle_outcomes("referral", seen.append) == 1
    assert seen == ["good", "bad"]


@pytest.mark.django_db
def test_what_a_handler_wrote_before_it_failed_is_undone() -> None:
    failed("bad")

    def handle(subject_id: str) -> None:
        promise(dedupe_key="written by the handler")
        raise LookupError

    settle_outcomes("referral", handle)
    assert not Message.objects.filter(dedupe_key="written by the handler").exists()


@pytest.mark.usefixtures("own_database")
def test_two_who_ask_at_once_never_handle_one_failure_twice() -> None:
    with patch.object(hand_out, "apply_async"):
        for number in range(6):
            failed(str(number))
    seen: list[str] = []
    inside = threading.Barrier(2)

    def handle(subject_id: str) -> None:
        if not seen:
            # The first to come holds its row until the other one has asked as well.
            inside.wait(10)
        seen.append(subject_id)

    def ask() -> None:
        settle_outcomes("referral", handle)
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(seen) == [str(number) for number in range(6)]


@pytest.mark.django_db
def test_messages_of_many_subjects_are_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with transaction.atomic():
        rows = [promise(subject_type="referral", subject_id=str(n % 3)) for n in range(9)]
    with django_assert_num_queries(1):
        found = messages_for("referral", ["0", "1", "nobody"])
    assert found == {"0": rows[0::3], "1": rows[1::3]}
