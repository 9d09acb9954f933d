"""GOV.UK Notify, against a local server that speaks its API and checks the token."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from safeguarding_portal.outbox.errors import PermanentSendError, SendError, TransientSendError
from safeguarding_portal.outbox.senders import notify
from tests.outbox.makers import unsaved
from tests.outbox.notify_server import NotifyServer

MAILBOX = "front-door@example.org"
PHONE = "07700 900123"


def test_an_email_carries_our_reference_and_the_words(
    notify_server: NotifyServer, settings: Settings
) -> None:
    message = unsaved()
    provider_id = notify.send(message, MAILBOX)
    (taken,) = notify_server.taken
    assert taken["path"] == "/v2/notifications/email"
    assert provider_id == taken["id"]
    assert taken["reference"] == str(message.public_id)
    assert taken["email_address"] == MAILBOX
    assert taken["template_id"] == settings.NOTIFY_EMAIL_TEMPLATE_ID
    assert taken["personalisation"]["subject"] == "Now (P1): safeguarding referral K7M2P9QX-1"
    assert "http://testserver/r/abc/" in taken["personalisation"]["body"]


def test_a_text_message_is_one_text(notify_server: NotifyServer, settings: Settings) -> None:
    notify.send(unsaved(channel="sms", recipient=PHONE), PHONE)
    (taken,) = notify_server.taken
    assert taken["path"] == "/v2/notifications/sms"
    assert taken["phone_number"] == PHONE
    assert taken["template_id"] == settings.NOTIFY_SMS_TEMPLATE_ID
    assert set(taken["personalisation"]) == {"body"}
    assert taken["personalisation"]["body"].startswith("Now (P1): safeguarding referral")


@pytest.mark.parametrize(
    ("fault", "kind", "words"),
    [
        (400, PermanentSendError, "refused it for good (400)"),
        (404, PermanentSendError, "refused it for good (404)"),
        (403, TransientSendError, "try later (403)"),
        (429, TransientSendError, "try later (429)"),
        (500, TransientSendError, "try later (500)"),
        (503, TransientSendError, "try later (503)"),
        ("nonsense", TransientSendError, "no readable answer"),
    ],
)
def test_a_refusal_says_whether_for_now_or_for_good(
    fault: int | str, kind: type[SendError], words: str, notify_server: NotifyServer
) -> None:
    notify_server.fault = fault
    with pytest.raises(kind) as found:
        notify.send(unsaved(), MAILBOX)
    assert words in str(found.value)
    assert MAILBOX not in str(found.value)


def test_an_answer_that_does_not_come_may_come_later(
    notify_server: NotifyServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notify, "TIMEOUT_SECONDS", 0.3)
    notify_server.fault = "hang"
    with pytest.raises(TransientSendError):
        notify.send(unsaved(), MAILBOX)


def test_a_server_that_is_away_may_come_back(notify_server: NotifyServer) -> None:
    notify_server.stop()
    with pytest.raises(TransientSendError):
        notify.send(unsaved(), MAILBOX)


def test_a_key_that_notify_does_not_know_is_refused_by_it_and_mended_by_us(
    notify_server: NotifyServer, settings: Settings
) -> None:
    right = settings.NOTIFY_API_KEY
    settings.NOTIFY_API_KEY = right[:-36] + "00000000-0000-0000-0000-000000000000"
    with pytest.raises(TransientSendError, match="403"):
        notify.send(unsaved(), MAILBOX)
    assert notify_server.taken == []
    settings.NOTIFY_API_KEY = right
    notify.send(unsaved(), MAILBOX)
    assert len(notify_server.taken) == 1


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_second_try_does_not_send_again_what_notify_has(
    channel: str, notify_server: NotifyServer
) -> None:
    message = unsaved(channel=channel)
    message.attempts = 1
    notify_server.lose_answers = True
    with pytest.raises(TransientSendError):
        notify.send(message, PHONE)
    notify_server.lose_answers = False
    message.attempts = 2
    provider_id = notify.send(message, PHONE)
    assert [note["id"] for note in notify_server.taken] == [provider_id]


def test_a_second_try_sends_what_notify_never_got(notify_server: NotifyServer) -> None:
    message = unsaved()
    message.attempts = 2
    notify.send(message, MAILBOX)
    assert notify_server.asked == 1
    assert [note["reference"] for note in notify_server.taken] == [str(message.public_id)]


def test_a_first_try_asks_nothing(notify_server: NotifyServer) -> None:
    message = unsaved()
    message.attempts = 1
    notify.send(message, MAILBOX)
    assert notify_server.asked == 0
