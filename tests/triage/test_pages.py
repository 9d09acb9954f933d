"""The leads' pages: equal statements for 1 and 30 rows, one event a look, typed text never lost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from concerns.models import Concern
from concerns.selectors.queue import PAGE_SIZE, triage_queue
from concerns.triage.sections import SECTIONS
from safeguarding_portal.accounts.models import Team, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import NOON, make_concern, make_lead, make_referral, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    """Return a team for children."""
    return make_team()


@pytest.fixture
def lead(team: Team) -> User:
    """Return its lead."""
    return make_lead(team)


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client


def statements(client: Client, path: str) -> int:
    """Return how many statements a page takes, transaction statements aside."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len([item for item in captured if "SAVEPOINT" not in item["sql"]])


def test_the_queue_takes_as_many_statements_for_30_rows_as_for_one_and_at_most_12(
    team: Team, lead: User
) -> None:
    make_referral(make_concern(team))
    client = client_of(lead)
    client.get("/concerns/")
    one = statements(client, "/concerns/?view=unowned")
    for _ in range(29):
        make_referral(make_concern(team))
    thirty = statements(client, "/concerns/?view=all")
    assert one == thirty <= 12


@pytest.mark.parametrize("section", [section.slug for section in SECTIONS])
def test_every_section_of_a_concern_takes_at_most_12_statements_whatever_it_holds(
    team: Team, lead: User, section: str
) -> None:
    concern = make_concern(team)
    make_referral(concern)
    client = client_of(lead)
    client.get("/concerns/")
    path = f"/concerns/{concern.reference}/{section}/"
    one = statements(client, path)
    for number in range(29):
        make_referral(concern, agency_slug=f"body-{number}")
        concern.notes.create(author=make_user(), text="Rang again", created_at=NOON)
        concern.involvements.create(part="household", name="Someone Else")
    assert one == statements(client, path) <= 12


def test_the_queue_is_in_order_of_danger_then_due_time_then_age(team: Team, lead: User) -> None:
    late = make_concern(team, next_due_at=NOON + timedelta(hours=9))
    none = make_concern(team, next_due_at=None, priority=4)
    soon = make_concern(team, next_due_at=NOON + timedelta(hours=1))
    danger = make_concern(team, next_due_at=NOON + timedelta(days=9), priority=1)
    page = triage_queue(lead, NOON)
    assert page.rows == [danger, soon, late, none]


def test_pages_of_the_queue_hold_everything_once(team: Team, lead: User) -> None:
    for number in range(PAGE_SIZE * 2 + 3):
        due = NOON + timedelta(hours=number % 7) if number % 5 else None
        make_concern(team, next_due_at=due, priority=1 + number % 4)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = triage_queue(lead, NOON, after=cursor)
        seen += [concern.pk for concern in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == PAGE_SIZE * 2 + 3


@pytest.mark.parametrize("cursor", ["", "x", "bm90anNvbg==", "WzEsMiwzXQ=="])
def test_a_cursor_that_is_not_ours_starts_at_the_top(team: Team, lead: User, cursor: str) -> None:
    concern = make_concern(team)
    assert triage_queue(lead, NOON, after=cursor).rows == [concern]


def test_a_look_at_the_queue_is_one_event_with_what_was_shown_and_a_refresh_none(
    team: Team, lead: User
) -> None:
    concern = make_concern(team)
    client = client_of(lead)
    client.get("/concerns/")
    client.get("/concerns/")
    event = Event.objects.get(name="queue.viewed")
    assert event.detail == {"shown": [concern.reference]}
    make_concern(team)
    client.get("/concerns/")
    assert Event.objects.filter(name="queue.viewed").count() == 2


def test_no_name_of_a_person_at_risk_is_in_the_queue(team: Team, lead: User) -> None:
    make_concern(team)
    assert "Robin" not in client_of(lead).get("/concerns/").content.decode()


def test_a_message_that_failed_shows_red_with_the_number_to_ring(team: Team, lead: User) -> None:
    concern = make_concern(team)
    make_referral(concern)
    Message.objects.create(
        created_at=NOON,
        next_attempt_at=NOON,
        kind="referral",
        channel="email",
        recipient="childrens-social-care@example.org",
        template="referral",
        dedupe_key="x",
        subject_type="referral",
        subject_id=f"{concern.reference}:childrens-social-care",
        status="FAILED",
        failed_at=NOON,
        last_error="The mail server refused it for good (550).",
    )
    client = client_of(lead)
    for path in ("/concerns/", f"/concerns/{concern.reference}/"):
        text = client.get(path).content.decode()
        assert "ot delivered: phone them now" in text
        assert "0121" in text


@pytest.mark.parametrize("path", ["", "call/", "note/", "close/", "take/"])
def test_out_of_scope_is_404_on_every_page_and_method(team: Team, path: str) -> None:
    concern = make_concern(team)
    outsider = client_of(make_lead(make_team(Team.Group.ADULTS)))
    stranger = client_of(make_user())
    for client in (outsider, stranger):
        for method in ("get", "post"):
            answer = getattr(client, method)(f"/concerns/{concern.reference}/{path}")
            assert answer.status_code in {404, 405}
            assert concern.reference not in answer.content.decode()


def test_somebody_without_a_role_has_no_queue(team: Team) -> None:
    assert client_of(make_user()).get("/concerns/").status_code == 404


def test_a_refusal_keeps_what_was_typed(team: Team, lead: User) -> None:
    concern = make_concern(team, owner=lead, taken_at=NOON, state=Concern.State.REFERRED)
    make_referral(concern)
    answer = client_of(lead).post(
        f"/concerns/{concern.reference}/close/",
        {
            "outcome": "early_help",
            "words": "A long story of what was done",
            "version": str(concern.version),
        },
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "You cannot close this yet" in text
    assert "A long story of what was done" in text


def test_a_claim_that_lost_says_so(team: Team, lead: User) -> None:
    concern = make_concern(team)
    other = make_lead(team)
    for user in (lead, other):
        answer = client_of(user).post(
            f"/concerns/{concern.reference}/take/", {"version": "1"}, follow=True
        )
    assert "Someone changed this concern" in answer.content.decode()
    concern.refresh_from_db()
    assert concern.owner == lead


def test_reading_a_concern_is_an_event(team: Team, lead: User) -> None:
    concern = make_concern(team)
    client_of(lead).get(f"/concerns/{concern.reference}/")
    event = Event.objects.get(name="concern.viewed")
    assert (event.actor, event.concern_id) == (lead, concern.pk)
    assert event.recorded_at <= timezone.now()
