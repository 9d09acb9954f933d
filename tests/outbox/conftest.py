"""Servers that the tests of the outbox talk to, all real and all on loopback."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from safeguarding_portal.outbox.senders import notify, smtp
from tests.outbox.notify_server import NotifyServer
from tests.services import SmtpSink


@pytest.fixture
def mail(settings: Settings) -> Iterator[SmtpSink]:
    """Give a mail server, and have the settings name it."""
    sink = SmtpSink().start()
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", sink.port
    settings.EMAIL_TIMEOUT = 1
    yield sink
    smtp.close_connection()
    if sink._controllers:
        sink.stop()


@pytest.fixture
def notify_server(settings: Settings) -> Iterator[NotifyServer]:
    """Give a server that speaks Notify's API, and have the settings name it."""
    server = NotifyServer()
    settings.NOTIFY_BASE_URL = server.url
    settings.NOTIFY_API_KEY = server.api_key
    settings.NOTIFY_EMAIL_TEMPLATE_ID = "0b7e7d1a-1b0c-4e5f-9a57-1f0d1c1b1a11"
    settings.NOTIFY_SMS_TEMPLATE_ID = "0b7e7d1a-1b0c-4e5f-9a57-1f0d1c1b1a22"
    yield server
    if notify._kept.client is not None:
        notify._kept.client.request_session.close()
        notify._kept.client = None
    server.stop()
