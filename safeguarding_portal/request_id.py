"""One short id per request, in the answer's header, in every log line and in audit events."""

from __future__ import annotations

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


def set_request_id(request_id: str) -> None:
    """Go on under the id of the request that asked for this work; empty for none."""
    _current.set(request_id)
