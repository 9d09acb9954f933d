"""The synthetic concern goes the real way, and nobody but the portal ever meets it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.test import Client
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from concerns.access import countable_concerns, visible_concerns
from concerns.models import Concern, MatchKey, Probe, Referral, Report
from concerns.probe.run import run_probe
from concerns.selectors import probe as selectors
from concerns.selectors.reconcile import custody_sum
from concerns.services.probe import claim_probe, note_accepted, reporter, ring_if_late
from safeguarding_portal.accounts.machines import machine, machine_cookies
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.accounts.selectors import staff_search
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.senders.smtp import close_connection
from tests.factories import NOON, give_role, make_concern, make_team, make_user
from tests.mailbox import ImapServer
from tests.services import SmtpSink

ADDRESS = "probe@example.org"


@pytest.fixture
def probing(settings: Any) -> Iterator[None]:
    """Switch the synthetic concern on, and forget what the process knew of delivery."""
    settings.PROBE_ADDRESS = ADDRESS
    selectors._read = None
    yield
    selectors._read = None


@pytest.fixture
def inbox(settings: Any) -> Iterator[ImapServer]:
    """A real mailbox of the synthetic concern."""
    server = ImapServer()
    settings.PROBE_INBOX_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def sink(settings: Any) -> Iterator[SmtpSink]:
    """A real mail server."""
    server = SmtpSink().start()
    settings.EMAIL_PORT = server.port
    yield server
    close_connection()
    server.stop()


def deliver(sink: SmtpSink, inbox: ImapServer) -> None:
    """Hand over what waits, and let the mail server put it into the mailbox."""
    for pk in Message.objects.filter(status="QUEUED").values_list("pk", flat=True):
        deliver_message(pk, timezone.now())
    for mail in sink.messages:
        inbox.put(mail.as_bytes())
    sink.messages.clear()


def make_manager() -> User:
    """Return a corporate lead, who sees every open record and counts all."""
    manager = make_user(work_phone="07700 900123")
    give_role(manager, Role.CORPORATE_LEAD)
    return manager


@pytest.mark.usefixtures("own_database", "probing")
def test_it_goes_from_the_first_page_to_an_acceptance_and_stands_in_no_list_and_no_count(
    settings: Any, sink: SmtpSink, inbox: ImapServer
) -> None:
    manager = make_manager()
    make_team(Team.Group.CHILDREN)
    site = LiveServer("127.0.0.1")
    settings.PROBE_URL = settings.PORTAL_URL = site.url
    try:
        for _ in range(3):
            run_probe(timezone.now())
            deliver(sink, inbox)
    finally:
        site.stop()

    probe = Probe.objects.get()
    assert (probe.failure, probe.is_over) == ("", True)
    assert probe.accepted_at
    concern = Concern.objects.get()
    assert concern.is_synthetic
    assert concern.report.reference == probe.reference
    assert concern.referrals.get().state == Referral.State.ACCEPTED
    # All its mail went to its own mailbox: neither an agency nor a colleague heard of it.
    assert set(Message.objects.values_list("recipient", flat=True)) == {ADDRESS}
    now = timezone.now()
    assert not visible_concerns(manager, now).exists()
    assert not countable_concerns(manager, now).exists()
    assert custody_sum(now).submitted == 0
    assert not MatchKey.objects.exists()
    assert staff_search("synthetic") == []
    assert not selectors.delivery(now).is_delayed

    # Days later nothing of it is left, and nothing else went with it.
    make_concern()
    note_accepted(Probe.objects.create(started_at=now, reference="x"), now + timedelta(days=3))
    assert not Concern.objects.filter(is_synthetic=True).exists()
    assert not Report.objects.filter(reporter=reporter()).exists()
    assert not Message.objects.filter(recipient=ADDRESS).exists()
    assert Concern.objects.count() == 1


@pytest.mark.django_db
def test_without_a_mailbox_of_its_own_it_is_off(settings: Any) -> None:
    settings.PROBE_ADDRESS = ""
    run_probe(NOON)
    assert not Probe.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_one_is_on_its_way_at_a_time_and_a_dead_workers_step_is_taken_again() -> None:
    first = claim_probe(NOON)
    assert first
    assert claim_probe(NOON + timedelta(minutes=1)) is None
    assert claim_probe(NOON + timedelta(minutes=3)) == first
    # Given up after half an hour, and another one begun.
    second = claim_probe(NOON + timedelta(minutes=31))
    assert second
    assert second != first
    first.refresh_from_db()
    assert first.failure


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_a_portal_that_does_not_answer_is_a_fault_and_no_error(settings: Any) -> None:
    settings.PROBE_URL = "http://127.0.0.1:9"
    run_probe(NOON)
    assert "ConnectionError" in Probe.objects.get().failure


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_when_it_is_late_every_page_says_phone_and_managers_are_rung_once_an_hour() -> None:
    manager, now = make_manager(), timezone.now()
    Probe.objects.create(started_at=now - timedelta(minutes=16))
    assert ring_if_late(now) == 1
    ring_if_late(now)
    assert Message.objects.get().recipient == manager.email

    client = Client()
    client.force_login(make_user())
    page = client.get("/").content.decode()
    assert "Delivery is delayed" in page
    assert "tel:999" in page
    assert "Not quite" in client.get("/status/").content.decode()


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_with_a_fresh_proof_pages_say_nothing_and_the_status_page_says_yes() -> None:
    now = timezone.now()
    Probe.objects.create(started_at=now, accepted_at=now, reference="AAAA-AAAA")
    client = Client()
    client.force_login(make_user())
    assert "Delivery is delayed" not in client.get("/").content.decode()
    assert "Yes. Reports are taken" in client.get("/status/").content.decode()
    assert ring_if_late(now) == 0


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_where_text_messages_are_set_up_managers_are_rung_on_their_mobile_too(
    settings: Any,
) -> None:
    settings.NOTIFY_API_KEY = "key"
    make_manager()
    Probe.objects.create(started_at=datetime(2026, 1, 1, tzinfo=UTC))
    ring_if_late(timezone.now())
    assert set(Message.objects.values_list("channel", flat=True)) == {"email", "sms"}


@pytest.mark.django_db
def test_a_machine_has_no_password_and_never_acts_as_a_person() -> None:
    person = make_user(email="somebody@example.org")
    with pytest.raises(ValueError, match="belongs to a person"):
        machine(person.email, "Machine")
    with pytest.raises(ValueError, match="Only a machine"):
        machine_cookies(person)
    made = machine(ADDRESS, "Machine")
    assert not made.has_usable_password()


@pytest.mark.django_db
@pytest.mark.usefixtures("probing")
def test_a_session_of_a_machine_opens_the_reporters_pages_and_no_others() -> None:
    client = Client()
    client.cookies.load(machine_cookies(reporter()))
    assert client.get("/").status_code == 200
    assert client.get("/concerns/search/").status_code == 404


@pytest.mark.django_db
def test_a_real_concern_never_becomes_a_synthetic_one() -> None:
    concern = make_concern()
    with pytest.raises(ProgrammingError, match="from the beginning or never"), transaction.atomic():
        Concern.objects.filter(pk=concern.pk).update(is_synthetic=True)
