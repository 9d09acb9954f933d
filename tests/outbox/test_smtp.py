"""E-mail, against a real mail server that can misbehave."""

from __future__ import annotations

import smtplib
import time
from email.message import Message as Mail
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from pytest_django import Settings

from safeguarding_portal.outbox.errors import PermanentSendError, SendError, TransientSendError
from safeguarding_portal.outbox.senders import smtp
from tests.outbox.makers import unsaved
from tests.services import SmtpSink, free_port

TO = "front-door@example.org"


def text_of(mail: Mail) -> str:
    """Return the body of a message as text."""
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


def test_an_email_is_plain_text_with_the_headers_of_an_automatic_message(
    mail: SmtpSink, settings: Settings
) -> None:
    settings.DEFAULT_FROM_EMAIL = "Safeguarding <portal@council.example>"
    message = unsaved(priority=1)
    provider_id = smtp.send(message, TO)
    (got,) = mail.messages
    assert mail.recipients == [TO]
    assert got["Message-ID"] == provider_id == f"<{message.public_id}@council.example>"
    assert got["Subject"] == "Now (P1): safeguarding referral K7M2P9QX-1"
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["X-Auto-Response-Suppress"] == "All"
    assert got["Importance"] == "high"
    assert got["Date"]
    assert (got["To"], got["X-Intended-For"]) == (TO, None)
    assert got.get_content_type() == "text/plain"
    assert "http://testserver/r/abc/" in text_of(got)


def test_only_what_is_urgent_is_marked_so(mail: SmtpSink) -> None:
    smtp.send(unsaved(priority=2), TO)
    assert mail.messages[0]["Importance"] is None


def test_a_rerouted_email_says_for_whom_it_was(mail: SmtpSink) -> None:
    smtp.send(unsaved(recipient="lado@example.org"), "catch-all@example.org")
    assert mail.recipients == ["catch-all@example.org"]
    assert mail.messages[0]["X-Intended-For"] == "lado@example.org"


def test_a_second_try_has_the_same_message_id(mail: SmtpSink) -> None:
    message = unsaved()
    assert smtp.send(message, TO) == smtp.send(message, TO)
    assert len({got["Message-ID"] for got in mail.messages}) == 1


def test_one_connection_carries_many_messages(mail: SmtpSink) -> None:
    smtp.send(unsaved(), TO)
    first = smtp._kept.backend
    smtp.send(unsaved(), TO)
    assert smtp._kept.backend is first
    assert len(mail.messages) == 2


def test_a_server_that_was_restarted_is_found_again(mail: SmtpSink) -> None:
    smtp.send(unsaved(), TO)
    mail.stop()
    again = SmtpSink(mail.port).start()
    smtp.send(unsaved(), TO)
    again.stop()
    assert len(again.messages) == 1


def test_a_server_that_moved_is_followed(mail: SmtpSink, settings: Settings) -> None:
    smtp.send(unsaved(), TO)
    moved = SmtpSink().start()
    settings.EMAIL_PORT = moved.port
    smtp.send(unsaved(), TO)
    smtp.close_connection()
    moved.stop()
    assert (len(mail.messages), len(moved.messages)) == (1, 1)


def test_a_refused_connection_may_work_later(mail: SmtpSink) -> None:
    mail.stop()
    with pytest.raises(TransientSendError, match="did not answer"):
        smtp.send(unsaved(), TO)


def test_a_server_that_hangs_is_given_up_after_the_time_limit(mail: SmtpSink) -> None:
    mail.mode = "hang"
    began = time.monotonic()
    with pytest.raises(TransientSendError, match="did not answer"):
        smtp.send(unsaved(), TO)
    # EMAIL_TIMEOUT is one second here, and the farewell is not waited for.
    assert time.monotonic() - began < 3
    mail.mode = "ok"
    smtp.send(unsaved(), TO)
    assert len(mail.messages) == 1


@pytest.mark.parametrize(
    ("mode", "kind", "words"),
    [("4xx", TransientSendError, "try later (451)"), ("5xx", PermanentSendError, "good (550)")],
)
def test_a_message_that_is_refused_says_whether_for_now_or_for_good(
    mode: str, kind: type[SendError], words: str, mail: SmtpSink
) -> None:
    mail.mode = mode
    with pytest.raises(kind) as found:
        smtp.send(unsaved(), TO)
    assert words in str(found.value)
    assert TO not in str(found.value)
    mail.mode = "ok"
    smtp.send(unsaved(), TO)
    assert len(mail.messages) == 1


class Moody:
    """A mail server that answers one command as told."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer MAIL FROM."""
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        """Answer RCPT TO."""
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("RCPT", "550 no such mailbox", PermanentSendError),
        ("RCPT", "450 greylisted, come back", TransientSendError),
        ("MAIL", "553 not from you", PermanentSendError),
        ("MAIL", "421 going down", TransientSendError),
        # The council has to mend the sign-in; the referral waits for that.
        ("MAIL", "530 sign in first", TransientSendError),
    ],
)
def test_every_stage_of_the_talk_can_refuse(
    command: str, answer: str, kind: type[SendError], settings: Settings
) -> None:
    port = free_port()
    server = Controller(Moody(**{command: answer}), hostname="127.0.0.1", port=port)
    server.start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    with pytest.raises(kind, match=answer[:3]):
        smtp.send(unsaved(), TO)
    server.stop()


def test_a_wrong_password_of_ours_fails_no_message_for_good(
    mail: SmtpSink, settings: Settings
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"
    # This server offers no sign-in at all, which smtplib reports before any message.
    with pytest.raises(TransientSendError, match="does not let us in"):
        smtp.send(unsaved(), TO)


def test_an_error_at_sign_in_is_about_us() -> None:
    error = smtplib.SMTPAuthenticationError(535, b"no")
    assert isinstance(smtp._classified(error), TransientSendError)


@pytest.mark.parametrize("address", ["two\n@example.org", "@@", "a@b@c@"])
def test_an_address_that_is_none_is_refused_for_good(address: str, mail: SmtpSink) -> None:
    with pytest.raises(PermanentSendError):
        smtp.send(unsaved(), address)
    assert mail.recipients == []
