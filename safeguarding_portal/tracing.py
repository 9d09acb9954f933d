"""OpenTelemetry traces, where `OTEL_EXPORTER_OTLP_ENDPOINT` says where to; otherwise nothing.

A span holds the route, the method, the status and the ids of request and task: never an address, a
statement or a value. The packages that trace Django by themselves write whole addresses, and an
address here may be the secret of an agency's link: hence these two hooks of our own.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpRequest, HttpResponseBase

from safeguarding_portal.request_id import current_request_id

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

SERVER_ERROR = 500


def is_configured() -> bool:
    """Whether somebody takes traces."""
    return bool(settings.OTEL_EXPORTER_OTLP_ENDPOINT)


@cache
def tracer() -> Tracer:
    """Return the tracer of this process, made on first use: after a server has forked."""
    # Imported only where they are wanted: they weigh 10 MB in every process.
    from opentelemetry import trace  # noqa: PLC0415
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import (  # noqa: PLC0415
        OTLPSpanExporter,
    )
    from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
    from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
    from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415

    provider = TracerProvider(resource=Resource({"service.name": settings.OTEL_SERVICE_NAME}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.get_tracer("safeguarding_portal")


class TracingMiddleware:
    """One span for each request, by its route."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        if not is_configured():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        from opentelemetry.trace import SpanKind, Status, StatusCode  # noqa: PLC0415

        with tracer().start_as_current_span("request", kind=SpanKind.SERVER) as span:
            response = self.get_response(request)
            match = request.resolver_match
            route = match.route if match else "none"
            span.update_name(f"{request.method} /{route}")
            span.set_attributes(
                {
                    "http.request.method": str(request.method),
                    "http.route": route,
                    "http.response.status_code": response.status_code,
                    "portal.request_id": current_request_id(),
                }
            )
            if response.status_code >= SERVER_ERROR:
                span.set_status(Status(StatusCode.ERROR))
        return response


def run_traced(name: str, task_id: str, run: Callable[[], Any]) -> Any:
    """Run a task in a span of its own, without its arguments, or the text of what it raises."""
    if not is_configured():
        return run()
    from opentelemetry.trace import Status, StatusCode  # noqa: PLC0415

    with tracer().start_as_current_span(
        f"task {name}", record_exception=False, set_status_on_exception=False
    ) as span:
        span.set_attributes({"portal.task_id": task_id, "portal.request_id": current_request_id()})
        try:
            return run()
        except Exception as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise
