"""What is logged can be followed from request to task, and tells nobody whom a concern is about."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from safeguarding_portal import tracing
from safeguarding_portal.celery import HEADER, app
from safeguarding_portal.logs import ContextFilter, JsonFormatter
from safeguarding_portal.outbox.tasks import sweep
from safeguarding_portal.request_id import set_request_id
from tests.factories import make_user
from tests.services import ROOT


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """Take the log as a machine reads it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(ContextFilter())
    handler.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


def read(lines: io.StringIO) -> list[dict[str, Any]]:
    """Return every line as what it is: JSON."""
    return [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.mark.django_db
def test_the_address_of_a_request_is_logged_by_its_route(lines: io.StringIO) -> None:
    answer = Client().get("/a/a-secret-of-an-agency/")
    assert answer.status_code == 404
    client = Client()
    client.force_login(make_user())
    client.get("/concerns/ABCD-2345-1/")
    text = lines.getvalue()
    assert "a-secret-of-an-agency" not in text
    assert "ABCD-2345" not in text
    found = [line for line in read(lines) if line["logger"] == "django.request"]
    assert {"Not Found: /a/<str:secret>/", "Not Found: /concerns/<str:reference>/"} <= {
        line["message"] for line in found
    }
    assert all(line["request_id"] != "-" for line in found)


@pytest.mark.django_db
def test_an_exception_is_logged_by_its_type_and_places_never_by_its_text(
    lines: io.StringIO,
) -> None:
    make_user(email="robin.example@example.org")
    try:
        with transaction.atomic():
            make_user(email="robin.example@example.org")
    except IntegrityError:
        logging.getLogger("somewhere").exception("it failed")
    assert "robin.example" not in lines.getvalue()
    (line,) = [line for line in read(lines) if line["logger"] == "somewhere"]
    assert line["fault"].startswith("IntegrityError at ")
    assert "test_logs.py" in line["fault"]


def test_a_task_goes_on_under_the_id_of_the_request_that_asked_for_it() -> None:
    seen: list[str] = []

    @app.task(name="tests.seen")
    def look() -> None:
        record = logging.LogRecord("x", logging.INFO, "x", 1, "x", (), None)
        ContextFilter().filter(record)
        seen.append(f"{record.request_id} {record.task}")  # type: ignore[attr-defined]

    set_request_id("abc")
    # Run as a worker would: with the headers that the request sent along.
    look.apply(headers={HEADER: "abc"})
    app.tasks.unregister("tests.seen")
    set_request_id("")
    assert seen == ["abc tests.seen"]


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[InMemorySpanExporter]:
    """Take traces in memory, as a collector would."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings.OTEL_EXPORTER_OTLP_ENDPOINT = "http://127.0.0.1:9"
    monkeypatch.setattr(tracing, "tracer", lambda: provider.get_tracer("test"))
    yield exporter
    provider.shutdown()


@pytest.mark.django_db
def test_a_trace_holds_routes_and_ids_and_no_address(spans: InMemorySpanExporter) -> None:
    Client().get("/a/a-secret-of-an-agency/")
    sweep()
    request, task = spans.get_finished_spans()
    assert request.name == "GET /a/<str:secret>/"
    assert request.attributes
    assert request.attributes["http.response.status_code"] == 404
    assert request.attributes["portal.request_id"]
    assert task.name == "task outbox.sweep"
    assert "a-secret-of-an-agency" not in "".join(span.to_json() for span in (request, task))


def test_without_a_collector_nothing_of_opentelemetry_is_loaded() -> None:
    code = (
        "import safeguarding_portal.wsgi, safeguarding_portal.celery, sys; "
        "print(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    without = {key: value for key, value in os.environ.items() if not key.startswith("OTEL_")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=without, capture_output=True, text=True
    )
    assert done.stdout.strip() == "False", done.stderr


def test_a_task_that_fails_says_its_type_and_not_its_text(
    lines: io.StringIO, spans: InMemorySpanExporter
) -> None:
    @app.task(name="tests.fails")
    def fail() -> None:
        raise ValueError("robin.example")

    fail.apply()
    app.tasks.unregister("tests.fails")
    (line,) = [line for line in read(lines) if line["logger"] == "celery.app.trace"]
    assert line["message"].endswith("raised unexpected: ValueError")
    (span,) = spans.get_finished_spans()
    assert span.status.description == "ValueError"
    assert "robin.example" not in lines.getvalue() + span.to_json()
