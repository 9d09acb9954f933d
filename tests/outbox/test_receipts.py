"""Delivery reports: mail that comes back, GOV.UK Notify's callbacks, signed reports."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
import ssl
import threading
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox import mailbox
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.mailbox import connect, poll_mailbox
from safeguarding_portal.outbox.models import Message, Receipt
from safeguarding_portal.outbox.receipts import (
    NewReceipt,
    apply_waiting,
    settle_receipts,
    settle_sent,
    take_receipt,
)
from safeguarding_portal.outbox.reports import our_id, read_report
from safeguarding_portal.outbox.senders import smtp
from tests.certificates import self_signed
from tests.mailbox import BouncingSink, ImapServer, dsn, reply
from tests.outbox.makers import later, promise

pytestmark = pytest.mark.django_db
OUR_KEY = "1b0c4e5f-9a57-4f0d-8c1b-1a220b7e7d1a"
OURS = f"<{OUR_KEY}@example.org>"
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def imap_server() -> Iterator[ImapServer]:
    """Run one IMAP server for this file."""
    server = ImapServer()
    yield server
    server.stop()


@pytest.fixture
def imap(imap_server: ImapServer, settings: Settings) -> ImapServer:
    """Return the server with an empty mailbox, named by the settings."""
    imap_server.clear()
    settings.RECEIPTS_IMAP_URL = imap_server.url
    return imap_server


def sent(provider_id: str = "", **fields: Any) -> Message:
    """Return a message that was handed over."""
    message = promise(**fields)
    message.status, message.sent_at = Message.Status.SENT, NOON
    message.sent_to, message.provider = message.recipient, "smtp"
    message.provider_id = provider_id or smtp.stable_message_id(message)
    message.save()
    return message


def receipt(kind: str = "delivered", *ids: str, key: str = "") -> NewReceipt:
    """Return a report about these ids."""
    return NewReceipt("webhook", kind, key or str(uuid.uuid4()), ids, happened_at=NOON)


# --- Reading mail -------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["text/rfc822-headers", "message/rfc822"])
@pytest.mark.parametrize(
    ("action", "kind"), [("failed", "failed"), ("delayed", "delayed"), ("delivered", "delivered")]
)
def test_a_notification_says_what_became_of_which_message(
    action: str, kind: str, part: str
) -> None:
    report = read_report(dsn(OURS, action, "4.4.7", part=part))
    assert report is not None
    assert (report.kind, report.code, report.ids) == (kind, "4.4.7", (OURS,))
    assert report.happened_at == datetime(2026, 11, 24, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize("action", ["relayed", "expanded", "unheard-of"])
def test_going_on_elsewhere_is_not_arriving(action: str) -> None:
    assert read_report(dsn(OURS, action, "2.0.0")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Auto_Submitted": "auto-replied (vacation)"},
        {"Auto_Submitted": "auto-generated; owner=x"},
        {"Precedence": "auto_reply"},
        {"X_Autoreply": "yes"},
        {"X_Autorespond": "Out of office"},
        {"Return_Path": "<>"},
    ],
)
def test_a_machines_answer_is_known_by_its_headers(headers: dict[str, str]) -> None:
    report = read_report(reply(OURS, **headers))
    assert report is not None
    assert report.kind == "auto_reply"


def test_a_persons_answer_is_a_reply_and_a_mail_about_nothing_of_ours_is_none() -> None:
    report = read_report(reply(OURS, Auto_Submitted="no"))
    assert report is not None
    assert report.kind == "reply"
    assert read_report(b"Subject: lunch?\r\n\r\nAt one?") is None


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 99999999999999999999 Jan 2026 00:00:00 +0000",
        "Mon, 1 Jan 2026 00:00:00 +99999999999999999999",
        "Mon, 1 Jan 99999999999999999999 00:00:00 +0000",
        "Mon, 31 Dec 9999 23:59:00 -2300",
    ],
)
def test_a_date_that_no_calendar_has_is_no_date(date: str) -> None:
    raw = dsn(OURS, "failed").replace(b"Tue, 24 Nov 2026 12:10:00 +0000", date.encode())
    report = read_report(raw)
    assert report is not None
    assert report.happened_at is None


@given(st.binary(max_size=400))
def test_no_mail_breaks_the_reader(noise: bytes) -> None:
    read_report(noise)
    read_report(dsn(OURS, "failed").replace(b"Action: failed", b"Action: " + noise))
    read_report(b"Content-Type: multipart/report; boundary=x\r\n\r\n--x\r\n" + noise)


@pytest.mark.parametrize(
    ("text", "known"),
    [(OURS, True), (OUR_KEY, True), ("<abc@example.org>", False), ("", False)],
)
def test_our_id_is_read_out_of_a_message_id(text: str, known: bool) -> None:
    assert our_id(text) == (uuid.UUID(OUR_KEY) if known else None)


# --- Applying -----------------------------------------------------------------------------------


def test_delivered_is_written_on_the_message_once() -> None:
    message = sent()
    new = receipt("delivered", message.provider_id)
    assert take_receipt(new, NOON)
    assert not take_receipt(new, NOON)
    message.refresh_from_db()
    assert (message.status, message.delivered_at) == ("SENT", NOON)
    assert Receipt.objects.count() == 1
    assert Event.objects.filter(name="receipt.taken").count() == 1


def test_a_message_that_came_back_has_failed_and_waits_for_whoever_owns_it() -> None:
    message = sent()
    take_receipt(receipt("failed", message.provider_id), NOON)
    message.refresh_from_db()
    assert (message.status, message.failed_at, message.sent_at) == ("FAILED", NOON, NOON)
    assert message.outcome_handled_at is None
    take_receipt(receipt("delivered", message.provider_id), NOON)
    message.refresh_from_db()
    assert message.status == "FAILED"


@pytest.mark.parametrize("kind", ["delayed", "auto_reply", "reply"])
def test_a_delay_or_an_answer_changes_nothing(kind: str) -> None:
    message = sent()
    take_receipt(receipt(kind, message.provider_id), NOON)
    message.refresh_from_db()
    assert (message.status, message.delivered_at) == ("SENT", None)


def test_a_report_that_comes_before_we_wrote_that_it_was_sent_is_matched_later() -> None:
    message = promise()
    take_receipt(receipt("delivered", "their-id-7"), NOON)
    assert apply_waiting(NOON) == 0
    Message.objects.filter(pk=message.pk).update(
        status="SENT", sent_at=NOON, sent_to="x@example.org", provider="notify",
        provider_id="their-id-7",
    )  # fmt: skip
    assert apply_waiting(NOON) == 1
    assert apply_waiting(NOON) == 0
    message.refresh_from_db()
    assert message.delivered_at == NOON


def test_a_report_about_nothing_of_ours_is_kept_and_given_up_after_a_week() -> None:
    take_receipt(receipt("failed", "nothing-of-ours"), NOON)
    sent("nothing-of-ours")
    assert apply_waiting(NOON + timedelta(days=8)) == 0
    assert Receipt.objects.get().message is None


@pytest.mark.parametrize("at", [NOON + timedelta(days=9), datetime.min.replace(tzinfo=UTC)])
def test_a_report_from_the_future_or_from_long_ago_happened_now(at: datetime) -> None:
    take_receipt(NewReceipt("notify", "delivered", "k", ("x",), happened_at=at), NOON)
    assert Receipt.objects.get().happened_at == NOON


def test_whoever_owns_the_subject_is_handed_each_thing_once() -> None:
    message = sent(subject_type="referral", subject_id="A:b")
    sent(subject_type="user", subject_id="1")
    take_receipt(receipt("delivered", message.provider_id), NOON)
    for expected in ([message.pk], []):
        got: list[int] = []
        settle_sent("referral", lambda items, got=got: got.extend(i.pk for i in items), NOON)  # type: ignore[misc]
        assert got == expected
        told: list[str] = []
        settle_receipts("referral", lambda items, t=told: t.extend(i.kind for i in items), NOON)  # type: ignore[misc]
        assert told == (["delivered"] if expected else [])


@pytest.mark.parametrize("act", ["SET kind = 'delivered'", None])
def test_what_was_reported_cannot_be_changed_or_removed(act: str | None) -> None:
    from django.db import connection

    take_receipt(receipt("failed", "x"), NOON)
    statement = f"UPDATE outbox_receipt {act}" if act else "DELETE FROM outbox_receipt"
    refusal = pytest.raises(DatabaseError, match="reports are kept")
    with refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# --- The mailbox --------------------------------------------------------------------------------


def test_a_bounce_comes_back_through_smtp_and_imap_and_fails_the_message(
    imap: ImapServer, settings: Settings
) -> None:
    server = BouncingSink(imap).start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    message = promise()
    assert deliver_message(message.pk, later(seconds=1))
    smtp.close_connection()
    server.stop()
    assert poll_mailbox(timezone.now()) == 1
    message.refresh_from_db()
    assert (message.status, "5.1.1" in message.last_error) == ("FAILED", True)
    assert (imap.count("UNSEEN"), imap.count("FLAGGED")) == (0, 0)
    assert poll_mailbox(timezone.now()) == 0


def test_a_second_reading_of_the_same_mail_counts_once(imap: ImapServer) -> None:
    message = sent()
    raw = dsn(message.provider_id, "delivered", "2.0.0")
    imap.put(raw)
    imap.put(raw)
    assert poll_mailbox(NOON) == 1
    assert Receipt.objects.get().message == message


def test_what_a_person_wrote_is_flagged_for_people_to_read(imap: ImapServer) -> None:
    imap.put(reply(sent().provider_id))
    imap.put(b"Subject: Who are you?\r\n\r\nCould you ring me?\r\n")
    imap.put(reply(OURS, Auto_Submitted="auto-replied"))
    assert poll_mailbox(NOON) == 2
    assert (imap.count("UNSEEN"), imap.count("FLAGGED")) == (0, 2)


def test_a_mail_that_breaks_the_reader_is_flagged_and_holds_up_no_other(imap: ImapServer) -> None:
    message = sent()
    imap.put(b"Subject: poison\r\n\r\n")
    imap.put(dsn(message.provider_id, "failed"))

    def read(raw: bytes) -> object:
        if b"poison" in raw:
            raise LookupError("a charset that nobody knows")
        return read_report(raw)

    with patch.object(mailbox, "read_report", read):
        assert poll_mailbox(NOON) == 1
    assert (imap.count("UNSEEN"), imap.count("FLAGGED")) == (0, 1)
    message.refresh_from_db()
    assert message.status == "FAILED"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "imap://a:b@127.0.0.1:9/INBOX",
        "imap://a:b@mail.example.org/INBOX",
        "imaps://a:b@127.0.0.1:9/",
    ],
)
def test_a_mailbox_that_is_away_or_not_encrypted_is_left_alone(
    url: str, settings: Settings
) -> None:
    settings.RECEIPTS_IMAP_URL = url
    assert poll_mailbox(NOON) == 0


def test_a_mailbox_whose_certificate_nobody_vouches_for_gets_no_password(tmp_path: Path) -> None:
    key, certificate = self_signed(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with socket.create_server(("127.0.0.1", 0)) as door:

        def answer() -> None:
            there, _ = door.accept()
            with there, suppress(OSError), context.wrap_socket(there, server_side=True) as talk:
                talk.sendall(b"* OK ready\r\n")

        server = threading.Thread(target=answer)
        server.start()
        with pytest.raises(ssl.SSLCertVerificationError):
            connect(f"imaps://us:secret@127.0.0.1:{door.getsockname()[1]}/INBOX")
        server.join()


def test_a_wrong_password_or_folder_is_no_crash(imap: ImapServer, settings: Settings) -> None:
    settings.RECEIPTS_IMAP_URL = imap.url.replace("demopass", "wrong")
    assert poll_mailbox(NOON) == 0
    settings.RECEIPTS_IMAP_URL = imap.url.replace("INBOX", "No such folder")
    assert poll_mailbox(NOON) == 0


# --- GOV.UK Notify ------------------------------------------------------------------------------

TOKEN = "a-bearer-token-of-the-council"


def callback(body: object, token: str = TOKEN) -> HttpResponse:
    """Call back as Notify does."""
    client: Any = Client(enforce_csrf_checks=True)
    answer: HttpResponse = client.post(
        "/receipts/notify/",
        body if isinstance(body, bytes) else json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    return answer


def notified(message: Message, status: str) -> dict[str, object]:
    """Return the body of a callback."""
    return {
        "id": str(uuid.uuid5(message.public_id, "notify")),
        "reference": str(message.public_id),
        "to": "front-door@example.org",
        "status": status,
        "created_at": "2026-11-24T11:58:00.000000Z",
        "completed_at": "2026-11-24T12:00:00.000000Z",
        "sent_at": "2026-11-24T11:59:00.000000Z",
        "notification_type": "email",
        "template_id": str(uuid.uuid4()),
        "template_version": 1,
    }


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("delivered", "SENT"),
        ("permanent-failure", "FAILED"),
        # Final at Notify: it has stopped trying, so somebody has to ring.
        ("temporary-failure", "FAILED"),
        ("technical-failure", "FAILED"),
    ],
)
def test_notify_says_what_became_of_a_message(
    status: str, expected: str, settings: Settings
) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = TOKEN
    message = sent("id-of-notify")
    for _ in range(2):
        assert callback(notified(message, status)).status_code == 204
    message.refresh_from_db()
    assert (message.status, bool(message.delivered_at)) == (expected, status == "delivered")
    assert Receipt.objects.get().happened_at == NOON


@pytest.mark.parametrize(("ours", "theirs"), [(TOKEN, "wrong"), (TOKEN, ""), ("", ""), ("", "x")])
def test_a_forged_callback_is_refused(ours: str, theirs: str, settings: Settings) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = ours
    assert callback(notified(sent(), "delivered"), theirs).status_code == 403
    assert not Receipt.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        b"", b"{", b"[]", b"null", b"\xff\x00", b"[" * 5000, {"id": 1, "status": "delivered"},
        {"id": "x\x00", "status": "delivered"}, {"id": "x", "status": ["delivered"]},
        {"id": "x", "status": "sending"}, {"status": "delivered"}, b"x" * 30_000,
    ],
)  # fmt: skip
def test_a_callback_that_makes_no_sense_is_refused(body: object, settings: Settings) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = TOKEN
    assert callback(body).status_code == 400
    assert not Receipt.objects.exists()


def test_a_callback_with_a_strange_time_counts_as_now(settings: Settings) -> None:
    settings.NOTIFY_CALLBACK_TOKEN = TOKEN
    for number, at in enumerate(["", "yesterday", "2026-99-99T00:00:00Z", "2026-11-24T12:00"]):
        body = {"id": f"n{number}", "status": "delivered", "completed_at": at}
        assert callback(body).status_code == 204


# --- Signed reports -----------------------------------------------------------------------------

KEY = "a-key-that-both-sides-know"


def signed(
    body: dict[str, object], *, at: datetime | None = None, nonce: str = "", key: str = KEY
) -> HttpResponse:
    """Report as a provider with the key does."""
    raw = json.dumps(body).encode()
    stamp, nonce = str(int((at or timezone.now()).timestamp())), nonce or uuid.uuid4().hex
    signature = hmac.new(key.encode(), f"{stamp}.{nonce}.".encode() + raw, hashlib.sha256)
    client: Any = Client(enforce_csrf_checks=True)
    answer: HttpResponse = client.post(
        "/receipts/report/",
        raw,
        content_type="application/json",
        headers={
            "X-Portal-Timestamp": stamp,
            "X-Portal-Nonce": nonce,
            "X-Portal-Signature": signature.hexdigest(),
        },
    )
    return answer


@pytest.fixture
def signing(settings: Settings) -> None:
    """Agree on a key."""
    settings.RECEIPTS_SIGNING_KEY = KEY


def test_a_signed_report_is_taken_and_its_replay_refused(signing: None) -> None:
    message = sent()
    body: dict[str, object] = {"id": str(message.public_id), "kind": "delivered"}
    nonce = uuid.uuid4().hex
    assert signed(body, nonce=nonce).status_code == 204
    assert signed(body, nonce=nonce).status_code == 409
    message.refresh_from_db()
    assert message.delivered_at is not None
    assert Receipt.objects.count() == 1


@pytest.mark.parametrize("minutes", [-6, 6, -600])
def test_a_report_out_of_its_five_minutes_is_refused(minutes: int, signing: None) -> None:
    with time_machine.travel(NOON, tick=False):
        answer = signed({"id": "x", "kind": "failed"}, at=NOON + timedelta(minutes=minutes))
    assert answer.status_code == 409
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("key", ["", "another-key"])
def test_a_report_without_the_key_is_refused(key: str, settings: Settings) -> None:
    settings.RECEIPTS_SIGNING_KEY = KEY
    assert signed({"id": "x", "kind": "failed"}, key=key).status_code == 403
    settings.RECEIPTS_SIGNING_KEY = ""
    assert signed({"id": "x", "kind": "failed"}, key="").status_code == 403
    assert not Receipt.objects.exists()


@pytest.mark.parametrize("nonce", ["short", "with spaces in the nonce", "x" * 81])
def test_a_nonce_that_is_none_is_refused(nonce: str, signing: None) -> None:
    assert signed({"id": "x", "kind": "failed"}, nonce=nonce).status_code == 403


def test_a_signed_report_of_a_kind_that_is_none_is_not_understood(signing: None) -> None:
    assert signed({"id": "x", "kind": "accepted"}).status_code == 400
    assert signed({"kind": "delivered"}).status_code == 400
    assert Client().get("/receipts/report/").status_code == 405
