"""What an event must say, and what it must never carry."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.services import (
    NewEvent,
    events_for,
    keyed_hash,
    record,
    record_many,
    record_view,
)
from safeguarding_portal.audit.source import SourceAddressMiddleware
from safeguarding_portal.middleware import RequestIdMiddleware
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def test_an_event_says_who_did_what_to_what_and_when() -> None:
    person = make_user()
    said = datetime(2026, 11, 20, 16, 20, tzinfo=UTC)
    before = timezone.now()
    event = record(
        "call.recorded",
        actor=person,
        concern_id=7,
        report_id=3,
        object_type="call",
        object_id="41",
        happened_at=said,
        detail={"agency": "lado", "late": True, "shown": ["K7M2P9QX-1"]},
    )
    event.refresh_from_db()
    assert (event.name, event.actor, event.concern_id, event.report_id) == (
        "call.recorded",
        person,
        7,
        3,
    )
    assert event.happened_at == said
    assert before <= event.recorded_at <= timezone.now()
    assert event.detail == {"agency": "lado", "late": True, "shown": ["K7M2P9QX-1"]}


def test_an_event_without_a_time_of_its_own_happened_when_it_was_recorded() -> None:
    event = record("clock.rang", actor_label="clock")
    assert event.happened_at == event.recorded_at


@pytest.mark.parametrize("name", ["submitted", "Concern.submitted", "concern.", "a b.c", "a.b.c"])
def test_an_event_needs_a_name_that_says_thing_and_happening(name: str) -> None:
    with pytest.raises(ValueError, match=r"thing\.happened"):
        record(name, actor_label="rules")


def test_an_event_that_nobody_did_is_refused_by_the_code_and_by_the_database() -> None:
    with pytest.raises(ValueError, match="who did it"):
        record("concern.opened")
    now = timezone.now()
    with pytest.raises(IntegrityError, match="event_has_a_doer"), transaction.atomic():
        Event.objects.create(name="concern.opened", recorded_at=now, happened_at=now)


def test_a_naive_time_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        record("concern.opened", actor_label="rules", happened_at=datetime(2026, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "value",
    [
        "Robin Example",
        "robin@example.org",
        "line\nbreak",
        "x" * 101,
        1.5,
        {"name": "x"},
        ["fine", "not fine"],
    ],
)
def test_a_detail_that_could_be_a_name_or_a_story_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="ids and codes only"):
        record("concern.opened", actor_label="rules", detail={"note": value})
    assert not Event.objects.exists()


def test_many_events_are_one_statement_and_keep_their_order(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    new = [
        NewEvent(name="concern.opened", actor_label="rules", concern_id=number)
        for number in (5, 3, 9)
    ]
    with django_assert_num_queries(1):
        events = record_many(new)
    assert [event.concern_id for event in events] == [5, 3, 9]
    assert [event.pk for event in events] == sorted(event.pk for event in events)
    assert list(Event.objects.values_list("concern_id", flat=True)) == [5, 3, 9]


def test_no_events_are_no_statement(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert record_many([]) == []


def test_an_act_that_is_undone_leaves_no_event() -> None:
    with transaction.atomic():
        record("concern.opened", actor_label="rules")
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_reading_a_list_is_one_event_with_the_ids_shown() -> None:
    person = make_user()
    event = record_view("queue.viewed", actor=person, shown=["K7M2P9QX-1", "K7M2P9QX-2"])
    assert event.detail == {"shown": ["K7M2P9QX-1", "K7M2P9QX-2"]}
    assert Event.objects.get() == event


def test_an_empty_list_that_was_read_is_an_event_as_well() -> None:
    assert record_view("queue.viewed", actor=make_user(), shown=[]).detail == {"shown": []}


def test_somebody_who_did_something_cannot_be_deleted() -> None:
    person = make_user()
    record("concern.taken", actor=person, concern_id=1)
    with pytest.raises(ProtectedError):
        person.delete()


def test_the_chronology_follows_what_happened_and_not_when_it_was_written_down() -> None:
    now = timezone.now()
    record("concern.opened", actor_label="rules", concern_id=1, happened_at=now)
    record("call.made", actor_label="rules", concern_id=1, happened_at=now - timedelta(hours=1))
    record("concern.opened", actor_label="rules", concern_id=2)
    assert [event.name for event in events_for(1)] == ["call.made", "concern.opened"]


def test_the_chronology_is_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(3):
        record("concern.viewed", actor=make_user(), concern_id=1)
    with django_assert_num_queries(1):
        assert [event.actor.email for event in events_for(1) if event.actor]


def test_a_search_term_is_kept_so_that_equals_are_found_and_nothing_is_read(
    settings: Settings,
) -> None:
    digest = keyed_hash("Robin  Example ")
    assert digest == keyed_hash("robin example")
    assert digest != keyed_hash("robin exampler")
    assert "robin" not in digest
    record("search.made", actor_label="rules", detail={"term": digest})
    settings.SECRET_KEY = "another-key"
    assert keyed_hash("robin example") != digest


def _answer(request: HttpRequest) -> HttpResponse:
    record("page.read", actor_label="rules")
    return HttpResponse()


def test_an_event_of_a_request_carries_its_id_and_where_it_came_from() -> None:
    page = RequestIdMiddleware(SourceAddressMiddleware(_answer))
    answer = page(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7"))
    event = Event.objects.get()
    assert event.request_id == answer["X-Request-ID"]
    assert event.source_address == "192.0.2.7"


def test_an_event_after_a_request_does_not_carry_its_source() -> None:
    SourceAddressMiddleware(_answer)(RequestFactory().get("/", REMOTE_ADDR="192.0.2.7"))
    assert record("clock.rang", actor_label="clock").source_address is None


def test_a_forwarded_address_is_believed_only_from_the_proxies_that_the_settings_name(
    settings: Settings,
) -> None:
    request = RequestFactory().get(
        "/", REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.4"
    )
    SourceAddressMiddleware(_answer)(request)
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    SourceAddressMiddleware(_answer)(request)
    assert list(Event.objects.values_list("source_address", flat=True)) == [
        "10.0.0.1",
        "198.51.100.4",
    ]


@pytest.mark.parametrize("address", ["", "unknown", "not an address"])
def test_an_address_that_is_none_does_not_stop_the_request(address: str) -> None:
    SourceAddressMiddleware(_answer)(RequestFactory().get("/", REMOTE_ADDR=address))
    assert Event.objects.get().source_address is None
