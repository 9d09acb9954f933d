"""Clocks at work: each starts at submit, warns, rings when missed, climbs, and stops when met."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from concerns.models import Clock, Concern
from concerns.rules.clock_bells import CLOCK_BELLS, DAY, RUNG_ELSEWHERE, bell_of
from concerns.rules.clocks import CLOCKS
from concerns.services import custody
from concerns.services.clock_bells import ring_clocks
from concerns.services.errors import NotAllowedError
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.answers import ADULT, CHILD, Raw, changed
from tests.custody.conftest import Council, file
from tests.factories import NOON, make_concern

LADO = changed(
    CHILD,
    harm_by__1={"relation": ["works_children"], "reach": ["yes"]},
    harm_by_work__1={"conduct": ["harmed"]},
)
FGM = changed(
    CHILD,
    worry__1={"worry": ["fgm"]},
    fgm__1={"known": ["told_by_girl"]},
    fgm_job__1={"job": ["regulated"]},
)


def utc(*parts: int) -> datetime:
    """Return a moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


# Friday afternoon; Christmas Eve, a Thursday (Friday and Monday are holidays); the Saturday before
# the clocks go back; the Friday before they go forward (Good Friday is a holiday too).
FRIDAY, CHRISTMAS_EVE = utc(2026, 11, 27, 15), utc(2026, 12, 24, 15)
BACK, FORWARD = utc(2026, 10, 24, 15), utc(2027, 3, 25, 15)
LIMITS: list[tuple[str, Raw, datetime, datetime]] = [
    ("written_follow_up", CHILD, FRIDAY, utc(2026, 11, 28, 15)),
    ("written_follow_up", CHILD, CHRISTMAS_EVE, utc(2026, 12, 25, 15)),
    ("written_follow_up", CHILD, BACK, utc(2026, 10, 25, 15)),
    ("authority_decision", CHILD, FRIDAY, utc(2026, 11, 30, 17, 15)),
    ("authority_decision", CHILD, CHRISTMAS_EVE, utc(2026, 12, 29, 17, 15)),
    ("authority_decision", CHILD, BACK, utc(2026, 10, 26, 17, 15)),
    # Good Friday, the weekend in which the clocks go forward, Easter Monday: Tuesday, in summer.
    ("authority_decision", CHILD, FORWARD, utc(2027, 3, 30, 16, 15)),
    ("lado", LADO, FRIDAY, utc(2026, 11, 30, 17, 15)),
    ("lado", LADO, CHRISTMAS_EVE, utc(2026, 12, 29, 17, 15)),
    ("lado", LADO, FORWARD, utc(2027, 3, 30, 16, 15)),
    ("fgm_duty", FGM, FRIDAY, utc(2026, 11, 30, 17, 15)),
    ("fgm_duty", FGM, CHRISTMAS_EVE, utc(2026, 12, 29, 17, 15)),
    ("fgm_duty", FGM, FORWARD, utc(2027, 3, 30, 16, 15)),
    ("chase_adult_social_care", ADULT, FRIDAY, utc(2026, 12, 4, 16, 15)),
    ("chase_adult_social_care", ADULT, CHRISTMAS_EVE, utc(2027, 1, 5, 17, 15)),
    ("chase_adult_social_care", ADULT, FORWARD, utc(2027, 4, 5, 16, 15)),
    ("lead_triage", ADULT, CHRISTMAS_EVE, utc(2026, 12, 29, 17, 15)),
]


def told(kind: str) -> list[str]:
    """Return who was told, in order."""
    rows = Message.objects.filter(kind=kind).order_by("id")
    return list(rows.values_list("recipient", flat=True))


@pytest.mark.parametrize(("slug", "answers", "received", "due"), LIMITS)
def test_a_clock_starts_at_submit_warns_and_rings_at_its_limit_and_not_before(
    slug: str, answers: Raw, received: datetime, due: datetime, council: Council
) -> None:
    concern = file(council.reporter, answers, received).concerns.get()
    clock = concern.clocks.get(slug=slug)
    assert clock.due_at == due
    Clock.objects.exclude(pk=clock.pk).update(met_at=received)
    before = bell_of(slug).warn_before
    minute = timedelta(minutes=1)
    if due - before > received:
        assert ring_clocks(due - before - minute) == 0
    assert ring_clocks(due - min(before, timedelta(hours=1))) == 1
    assert ring_clocks(due - minute) == 0
    assert (len(told("clock_warning")), told("clock_missed")) == (1, [])
    assert ring_clocks(due) == 1
    assert ring_clocks(due + minute) == 0
    assert len(told("clock_missed")) == 1


def running(council: Council, slug: str = "lado", due: datetime = NOON, **fields: Any) -> Clock:
    """Return a clock of a concern that the children's lead owns."""
    concern = make_concern(
        council.children, owner=council.child_lead, taken_at=NOON, state="referred", **fields
    )
    return Clock.objects.create(
        concern=concern, slug=slug, label="LADO told", due_at=due, why="why", source="source"
    )


def test_a_missed_clock_climbs_the_ladder_a_rung_each_interval(council: Council) -> None:
    running(council)
    for days in range(5):
        ring_clocks(NOON + days * DAY)
        ring_clocks(NOON + days * DAY + timedelta(minutes=1))
    ladder = [council.child_lead, council.manager, council.corporate, council.dcs, council.dcs]
    assert told("clock_missed") == [person.email for person in ladder]
    assert Event.objects.filter(name="clock.rang").count() == 5


def test_the_most_urgent_clock_rings_first_however_late_another_is(council: Council) -> None:
    late = running(council, due=NOON - 3 * DAY, priority=3)
    urgent = running(council, priority=1)
    ring_clocks(NOON)
    rang = Event.objects.filter(name="clock.rang").order_by("id")
    assert [event.object_id for event in rang] == [str(urgent.pk), str(late.pk)]


@pytest.mark.parametrize(
    ("slug", "fields"),
    [
        *((slug, {}) for slug in sorted(RUNG_ELSEWHERE)),
        ("lado", {"priority": 4}),
    ],
)
def test_what_has_a_bell_of_its_own_or_never_escalates_is_silent(
    slug: str, fields: dict[str, Any], council: Council
) -> None:
    running(council, slug, **fields)
    assert ring_clocks(NOON + DAY) == 0


def test_a_closed_concern_and_a_met_clock_are_silent(council: Council) -> None:
    running(council).concern.clocks.update(met_at=NOON)
    closed = running(council, closed_at=NOON)
    Concern.objects.filter(pk=closed.concern_id).update(state="closed")
    assert ring_clocks(NOON + DAY) == 0


def test_a_clock_that_the_table_does_not_know_rings_each_day(council: Council) -> None:
    running(council, "review_of_a_hold")
    assert [ring_clocks(NOON + n * DAY) for n in range(3)] == [1, 1, 1]


def test_every_clock_of_the_rules_rings_here_or_elsewhere() -> None:
    known = {bell.slug for bell in CLOCK_BELLS} | RUNG_ELSEWHERE
    assert {row.slug for row in CLOCKS} == known


def test_meeting_a_clock_says_when_and_who_and_nothing_rings_any_more(council: Council) -> None:
    clock = running(council, due=NOON + DAY)
    later = NOON + timedelta(hours=2)
    custody.meet_clock(clock.pk, council.child_lead, later, done_at=NOON, done_by="Nurse Example")
    clock.refresh_from_db()
    assert (clock.met_at, clock.met_by, clock.done_by) == (
        NOON,
        council.child_lead,
        "Nurse Example",
    )
    event = Event.objects.get(name="clock.met")
    assert (event.happened_at, event.detail["late"]) == (NOON, False)
    assert ring_clocks(NOON + 2 * DAY) == 0


@pytest.mark.parametrize("hours", [1, -30])
def test_a_clock_cannot_be_met_tomorrow_or_before_the_report(hours: int, council: Council) -> None:
    clock = running(council)
    with pytest.raises(NotAllowedError):
        custody.meet_clock(
            clock.pk, council.child_lead, NOON, done_at=NOON + timedelta(hours=hours)
        )
    clock.refresh_from_db()
    assert clock.met_at is None


def test_the_page_of_a_clock_asks_when_and_who_and_keeps_what_was_typed(council: Council) -> None:
    clock = running(council, due=timezone.now() + DAY)
    client = Client()
    client.force_login(council.child_lead)
    path = f"/concerns/{clock.concern.reference}/clock/{clock.pk}/met/"
    assert "Record that it is done" in client.get(path).content.decode()
    wrong = client.post(path, {"done_by": "Nurse Example", "clock": "tea time"})
    assert wrong.status_code == 422
    assert "Nurse Example" in wrong.content.decode()
    assert client.post(path, {"done_by": "Nurse Example"}).status_code == 302
    clock.refresh_from_db()
    assert clock.done_by == "Nurse Example"
    client.force_login(council.adult_lead)
    assert client.get(path).status_code == 404
