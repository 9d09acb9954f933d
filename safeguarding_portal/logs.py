"""Log lines without personal data: who needs them must never learn whom a concern is about.

Two things carry data into logs by themselves, and are kept out here: the address of a request
(references, drafts, the secret of an agency's link), of which only the route is written, and the
text of an exception (a database quotes the row), of which only the type and the places are. Celery
also puts that text into its own message of a task that failed.
Everything else that the portal logs is ids and words of its own (house rule 8).
"""

from __future__ import annotations

import json
import logging
import traceback
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from celery import current_task

from safeguarding_portal.request_id import current_request_id

Fault = tuple[type[BaseException] | None, BaseException | None, TracebackType | None]


class ContextFilter(logging.Filter):
    """Puts the ids of the request and of the task on every record, and the route for the path."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id`, `task_id` and `task` ("-" outside of one); let every record pass."""
        record.request_id = current_request_id() or "-"
        running = current_task.request if current_task else None
        record.task_id = (running.id if running else None) or "-"
        record.task = current_task.name if running and running.id else "-"
        request = getattr(record, "request", None)
        if request is not None and hasattr(request, "path"):
            match = getattr(request, "resolver_match", None)
            route = f"/{match.route}" if match else "an address that is not there"
            record.msg, record.args = record.getMessage().replace(request.path, route), ()
        if isinstance(record.args, dict) and "exc" in record.args:
            kind = record.exc_info[0] if record.exc_info else None
            name = kind.__name__ if kind else "an exception"
            record.args = {**record.args, "exc": name}
        return True


class PlainFormatter(logging.Formatter):
    """One line for people; an exception by its type and the places that it went through."""

    def formatException(self, ei: Fault | Any) -> str:  # noqa: N802 - logging's name
        """Return the type and the places, innermost last, without the text."""
        kind, _, trace = ei
        places = [f"{item.filename}:{item.lineno}" for item in traceback.extract_tb(trace)]
        return f"{kind.__name__ if kind else 'no exception'} at {' > '.join(places)}"

    def formatStack(self, stack_info: str) -> str:  # noqa: N802 - logging's name
        """Leave the stack out: the places of the exception are enough."""
        return ""


class JsonFormatter(PlainFormatter):
    """One JSON object a line, for machines; times in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": getattr(record, "request_id", "-"),
            "task_id": getattr(record, "task_id", "-"),
            "task": getattr(record, "task", "-"),
        }
        if record.exc_info:
            line["fault"] = self.formatException(record.exc_info)
        return json.dumps(line)
