"""Signed POSTs, against a local server that checks the signature as a receiver would."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from pytest_django import Settings

from safeguarding_portal.outbox.errors import PermanentSendError, SendError, TransientSendError
from safeguarding_portal.outbox.senders import webhook
from tests.outbox.makers import unsaved
from tests.services import free_port

KEY = "a-shared-secret"


class Receiver(ThreadingHTTPServer):
    """Takes what is signed rightly. `status` is what it answers; "hang" never answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status: int | str = 200
        self.headers: dict[str, str] = {}
        self.got: list[dict[str, Any]] = []
        self.nonces: list[str] = []
        self.go_on = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/take"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver = self.server
        assert isinstance(receiver, Receiver)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if receiver.status == "hang":
            receiver.go_on.wait(30)
            return
        timestamp, nonce = self.headers["X-Portal-Timestamp"], self.headers["X-Portal-Nonce"]
        signed = hmac.new(
            KEY.encode(), f"{timestamp}.{nonce}.".encode() + body, hashlib.sha256
        ).hexdigest()
        right = hmac.compare_digest(signed, self.headers["X-Portal-Signature"])
        assert abs(time.time() - int(timestamp)) < 5
        if right:
            receiver.got.append(json.loads(body))
            receiver.nonces.append(nonce)
        self.send_response(int(receiver.status) if right else 401)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Receiver]:
    settings.WEBHOOK_SIGNING_KEY = KEY
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.go_on.set()
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_post_is_signed_and_carries_a_whole_link(receiver: Receiver) -> None:
    message = unsaved(channel="webhook")
    provider_id = webhook.send(message, receiver.url)
    assert receiver.got == [
        {
            "id": str(message.public_id),
            "kind": "referral",
            "reference": "K7M2P9QX-1",
            "urgency": "Now (P1)",
            "link": "http://testserver/r/abc/",
        }
    ]
    assert provider_id == str(message.public_id)


def test_a_repeat_has_the_same_id_and_a_nonce_of_its_own(receiver: Receiver) -> None:
    message = unsaved(channel="webhook")
    webhook.send(message, receiver.url)
    webhook.send(message, receiver.url)
    assert len({got["id"] for got in receiver.got}) == 1
    assert len(set(receiver.nonces)) == 2


def test_the_receivers_own_id_is_kept(receiver: Receiver) -> None:
    receiver.headers = {"X-Request-Id": "r" * 150}
    assert webhook.send(unsaved(channel="webhook"), receiver.url) == "r" * 100


def test_another_key_is_refused_by_the_receiver(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_SIGNING_KEY = "another"
    with pytest.raises(PermanentSendError, match="401"):
        webhook.send(unsaved(channel="webhook"), receiver.url)
    assert receiver.got == []


def test_without_a_key_nothing_is_sent(receiver: Receiver, settings: Settings) -> None:
    settings.WEBHOOK_SIGNING_KEY = ""
    with pytest.raises(TransientSendError, match="not set"):
        webhook.send(unsaved(channel="webhook"), receiver.url)
    assert receiver.got == []


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (304, PermanentSendError),
        (400, PermanentSendError),
        (404, PermanentSendError),
        (410, PermanentSendError),
        (408, TransientSendError),
        (429, TransientSendError),
        (500, TransientSendError),
        (503, TransientSendError),
    ],
)
def test_a_refusal_says_whether_for_now_or_for_good(
    status: int, kind: type[SendError], receiver: Receiver
) -> None:
    receiver.status = status
    with pytest.raises(kind, match=str(status)):
        webhook.send(unsaved(channel="webhook"), receiver.url)


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int, receiver: Receiver) -> None:
    receiver.status, receiver.headers = status, {"Location": receiver.url}
    with pytest.raises(PermanentSendError, match=str(status)):
        webhook.send(unsaved(channel="webhook"), receiver.url)
    assert len(receiver.got) == 1


def test_an_answer_that_does_not_come_may_come_later(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT_SECONDS", (0.3, 0.3))
    receiver.status = "hang"
    with pytest.raises(TransientSendError, match="did not answer"):
        webhook.send(unsaved(channel="webhook"), receiver.url)


def test_a_receiver_that_is_away_may_come_back(settings: Settings) -> None:
    settings.WEBHOOK_SIGNING_KEY = KEY
    with pytest.raises(TransientSendError, match="did not answer"):
        webhook.send(unsaved(channel="webhook"), f"http://127.0.0.1:{free_port()}/")


@pytest.mark.parametrize("address", ["no-scheme.example", "gopher://x.example/", "http://"])
def test_an_address_that_is_none_is_refused_for_good(address: str, settings: Settings) -> None:
    settings.WEBHOOK_SIGNING_KEY = KEY
    with pytest.raises(PermanentSendError, match="not that of a web service"):
        webhook.send(unsaved(channel="webhook"), address)
