"""Outside production nothing reaches a real mailbox or phone; in production no made-up one."""

from __future__ import annotations

import ast
import json
import random
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from safeguarding_portal.outbox.addresses import delivery_address, is_placeholder
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.errors import PermanentSendError
from safeguarding_portal.outbox.models import Message
from tests.outbox.makers import later, promise, unsaved
from tests.outbox.notify_server import NotifyServer
from tests.services import ROOT, SmtpSink

DIRECTORY = Path(django_settings.BASE_DIR) / "contacts" / "data" / "birmingham.json"
EMAIL = re.compile(r"[^\s\"<>@]+@[^\s\"<>@]+\.[a-z]+", re.IGNORECASE)
PHONE = re.compile(r"\+?\d[\d ]{1,14}\d")


def _texts(data: Any) -> list[str]:
    """Return every text in the directory, wherever it stands."""
    if isinstance(data, dict):
        return [text for value in data.values() for text in _texts(value)]
    if isinstance(data, list):
        return [text for value in data for text in _texts(value)]
    return [data] if isinstance(data, str) else []


TEXTS = _texts(json.loads(DIRECTORY.read_text()))
EMAILS = sorted({found for text in TEXTS for found in EMAIL.findall(text)})
PHONES = sorted({text for text in TEXTS if PHONE.fullmatch(text)})
PAGES = sorted({text for text in TEXTS if text.startswith("http")})


def test_the_directory_has_real_addresses_to_protect() -> None:
    assert "CSAdultSocialCare@birmingham.gov.uk" in EMAILS
    assert "ladoteam@birminghamchildrenstrust.co.uk" in EMAILS
    assert "0121 303 1888" in PHONES
    assert PAGES


class Sockets:
    """Watches where every connection of this process goes."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reached: set[Any] = set()
        connect = socket.socket.connect

        def watched(own: socket.socket, address: Any) -> None:
            self.reached.add(address)
            assert address[0] == "127.0.0.1", f"a connection to {address}"
            connect(own, address)

        monkeypatch.setattr(socket.socket, "connect", watched)


@pytest.mark.django_db
@pytest.mark.parametrize("provider", ["smtp", "notify"])
def test_outside_production_every_address_of_the_directory_becomes_the_catch_all(
    provider: str,
    mail: SmtpSink,
    notify_server: NotifyServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.EMAIL_SENDER, settings.WEBHOOK_SIGNING_KEY = provider, "key"
    sockets = Sockets(monkeypatch)
    intended = [("email", each) for each in EMAILS]
    intended += [("sms", each) for each in PHONES] + [("webhook", each) for each in PAGES]
    # Written as production would write it, then found by a machine that is not production.
    settings.OUTBOX_REAL_DELIVERY = True
    rows = [promise(channel=channel, recipient=address) for channel, address in intended]
    settings.OUTBOX_REAL_DELIVERY = False
    for row in rows:
        deliver_message(row.pk, later(seconds=1), random.Random(1))

    emails = mail.recipients + [
        note["email_address"] for note in notify_server.taken if "email_address" in note
    ]
    phones = [note["phone_number"] for note in notify_server.taken if "phone_number" in note]
    assert emails == [settings.OUTBOX_CATCH_ALL_EMAIL] * len(EMAILS)
    assert phones == [settings.OUTBOX_CATCH_ALL_PHONE] * len(PHONES)
    assert {port for _, port in sockets.reached} <= {mail.port, int(notify_server.url[-5:])}
    webhooks = Message.objects.filter(channel="webhook")
    assert set(webhooks.values_list("status", flat=True)) == {"FAILED"}
    sent = Message.objects.filter(status="SENT")
    assert sent.count() == len(EMAILS) + len(PHONES)
    assert not any(row.sent_to in EMAILS + PHONES for row in sent)


def test_an_address_that_the_settings_allow_by_name_is_kept(settings: Settings) -> None:
    settings.OUTBOX_ALLOW_LIST = ["tester@birmingham.gov.uk"]
    assert (
        delivery_address(unsaved(recipient="tester@birmingham.gov.uk"))
        == "tester@birmingham.gov.uk"
    )
    for other in ("other@birmingham.gov.uk", "x-tester@birmingham.gov.uk", "birmingham.gov.uk"):
        assert delivery_address(unsaved(recipient=other)) == settings.OUTBOX_CATCH_ALL_EMAIL


def test_in_production_an_address_is_kept(settings: Settings) -> None:
    settings.OUTBOX_REAL_DELIVERY = True
    assert delivery_address(unsaved(recipient="a@birmingham.gov.uk")) == "a@birmingham.gov.uk"


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "childrens-social-care@example.org"),
        ("email", "a@mail.EXAMPLE.com"),
        ("email", "a@example.net."),
        ("email", "a@council.example"),
        ("email", "a@portal.test"),
        ("email", "a@portal.invalid"),
        ("email", "root@localhost"),
        ("sms", "07700 900123"),
        ("sms", "+44 7700 900123"),
        ("sms", "0044 (0)7700 900123"),
        ("sms", "0121 496 0123"),
        ("webhook", "https://hooks.example.org/take"),
        ("webhook", "http://localhost:8000/"),
    ],
)
def test_in_production_a_made_up_address_is_a_failure_that_says_what_to_do(
    channel: str, address: str, settings: Settings
) -> None:
    settings.OUTBOX_REAL_DELIVERY = True
    with pytest.raises(PermanentSendError, match="The council must supply this address"):
        delivery_address(unsaved(channel=channel, recipient=address))


@pytest.mark.parametrize(
    ("channel", "address"),
    [
        ("email", "a@notexample.org"),
        ("email", "example.org@birmingham.gov.uk"),
        ("email", "a@contest.gov.uk"),
        ("sms", "07911 123456"),
        ("sms", "+44 7911 123456"),
        ("webhook", "https://hooks.birmingham.gov.uk/example.org"),
    ],
)
def test_a_real_address_is_not_taken_for_a_made_up_one(channel: str, address: str) -> None:
    assert not is_placeholder(channel, address)


@pytest.mark.parametrize("is_real", [True, False])
def test_a_row_without_an_address_is_a_failure_in_words(is_real: bool, settings: Settings) -> None:
    settings.OUTBOX_REAL_DELIVERY = is_real
    with pytest.raises(PermanentSendError, match="no address"):
        delivery_address(unsaved(recipient=""))


WAYS_OUT = {
    "smtplib",
    "requests",
    "urllib.request",
    "http.client",
    "django.core.mail",
    "notifications_python_client",
}


def test_only_the_senders_know_a_way_out() -> None:
    found = set()
    for top in ("safeguarding_portal", "concerns", "contacts", "policies"):
        for path in (ROOT / top).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                names = (
                    [alias.name for alias in node.names]
                    if isinstance(node, ast.Import)
                    else [node.module or ""]
                    if isinstance(node, ast.ImportFrom)
                    else []
                )
                if any(
                    name == way or name.startswith(f"{way}.") for name in names for way in WAYS_OUT
                ):
                    found.add(path.relative_to(ROOT).as_posix())
    senders = "safeguarding_portal/outbox/senders"
    # The synthetic concern asks this portal itself, and nobody else.
    own_pages = "concerns/probe/walk.py"
    # These know the faults of the library by which allauth asks the council's own sign-in.
    sign_in = {f"safeguarding_portal/accounts/{name}.py" for name in ("social", "views_provider")}
    ways = {f"{senders}/{name}.py" for name in ("smtp", "notify", "webhook")}
    assert found == {own_pages} | sign_in | ways
