"""A local server that speaks the part of GOV.UK Notify's HTTP API that the portal uses.

It checks the token as Notify does: HS256 with the key's secret, `iss` the service, `iat` within 30
seconds.
"""

from __future__ import annotations

import json
import threading
import time
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

PATHS = {"/v2/notifications/email": "email_address", "/v2/notifications/sms": "phone_number"}


class NotifyServer:
    """Takes notifications. `fault`: 0, a status to answer with, or "hang" or "nonsense"."""

    def __init__(self) -> None:
        self.service_id, self.secret = str(uuid.uuid4()), str(uuid.uuid4())
        self.api_key = f"portal-test-{self.service_id}-{self.secret}"
        self.fault: int | str = 0
        # Takes the notification, and loses the answer.
        self.lose_answers = False
        self.taken: list[dict[str, Any]] = []
        self.asked = 0
        self.go_on = threading.Event()
        self._server = _Listener(("127.0.0.1", 0), _Handler)
        self._server.notify = self
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self) -> str:
        """Return the address of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Stop listening, and let go of whoever hangs."""
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def token_fault(self, header: str) -> str | None:
        """Return what is wrong with the token, in Notify's words; None if nothing is."""
        try:
            claims = jwt.decode(header.removeprefix("Bearer "), self.secret, algorithms=["HS256"])
        except jwt.InvalidTokenError:
            return "Invalid token: signature, api token not found"
        if claims["iss"] != self.service_id:
            return "Invalid token: service not found"
        if abs(time.time() - claims["iat"]) > 30:
            return "Error: Your system clock must be accurate to within 30 seconds"
        return None


class _Listener(ThreadingHTTPServer):
    notify: NotifyServer


class _Handler(BaseHTTPRequestHandler):
    @property
    def _notify(self) -> NotifyServer:
        assert isinstance(self.server, _Listener)
        return self.server.notify

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self._refused():
            return
        if not {PATHS[self.path], "template_id", "personalisation", "reference"} <= set(body):
            self._error(400, "ValidationError", "a required property is missing")
            return
        note = {"id": str(uuid.uuid4()), "path": self.path, **body}
        self._notify.taken.append(note)
        if self._notify.lose_answers:
            self.close_connection = True
            return
        self._answer(201, {"id": note["id"], "reference": body["reference"]})

    def do_GET(self) -> None:
        if self._refused():
            return
        self._notify.asked += 1
        reference = parse_qs(urlsplit(self.path).query)["reference"][0]
        found = [note for note in self._notify.taken if note["reference"] == reference]
        self._answer(200, {"notifications": found, "links": {}})

    def _refused(self) -> bool:
        token_fault = self._notify.token_fault(self.headers["Authorization"])
        fault = self._notify.fault
        if token_fault:
            self._error(403, "AuthError", token_fault)
        elif fault == "hang":
            self._notify.go_on.wait(30)
            self.close_connection = True
        elif fault == "nonsense":
            self._send(200, b"<p>a proxy says hello</p>")
        elif fault:
            self._error(int(fault), "Error", "as told by the test")
        return bool(token_fault or fault)

    def _error(self, status: int, kind: str, words: str) -> None:
        errors = [{"error": kind, "message": words}]
        self._answer(status, {"status_code": status, "errors": errors})

    def _answer(self, status: int, answer: dict[str, Any]) -> None:
        self._send(status, json.dumps(answer).encode())

    def _send(self, status: int, content: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""
