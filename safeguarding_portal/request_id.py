"""One short id per request, in the answer's header, in every log line and in audit events."""

from __future__ import annotations

import logging
import secrets
from contextvars import ContextVar

_current: ContextVar[str] = ContextVar("request_id", default="")


def new_request_id() -> str:
    """Begin a request: make its id, and return it. Never taken from the visitor."""
    request_id = secrets.token_hex(8)
    _current.set(request_id)
    return request_id


def current_request_id() -> str:
    """Return the id of the request being answered; empty outside of one."""
    return _current.get()


class RequestIdFilter(logging.Filter):
    """Puts the id of the request on every log record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id` ("-" outside of a request); let every record pass."""
        record.request_id = current_request_id() or "-"
        return True
