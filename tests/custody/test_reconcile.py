"""Nothing is left without an owner: the sum of custody, its gaps, and who is told of them."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from concerns.models import Call, Clock, Concern, CustodyGap, DailyStatement, Exclusion, Referral
from concerns.rules.holding import GAPS, TAKE_WITHIN
from concerns.selectors.reconcile import custody_sum, gap_of, gaps_in
from concerns.services.reconcile import check_custody
from concerns.tasks import escalate, page_for_gaps, state_the_day
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.celery import app
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.tasks import take_reports
from tests.answers import ADULT, CHILD, family
from tests.custody.conftest import Council, carried, file
from tests.factories import NOON, give_role, make_concern, make_lead, make_referral, make_user

HOUR = timedelta(hours=1)
LATER = NOON + 2 * HOUR


def gaps(now: Any = LATER) -> dict[str, str]:
    """Return the gap of each concern that has one."""
    return {found.reference: gap_of(found) for found in gaps_in(Concern.objects.all(), now)}


def owned(council: Council, **fields: Any) -> Concern:
    """Return a concern in triage that the children's lead owns, with nothing that runs."""
    values: dict[str, Any] = {"owner": council.child_lead, "taken_at": NOON, "state": "in_triage"}
    return make_concern(council.children, **values | {"next_due_at": None} | fields)


def clock(concern: Concern, **fields: Any) -> Clock:
    """Give a concern a clock that runs."""
    values = {"slug": "lado", "label": "LADO told", "due_at": NOON, "why": "w", "source": "s"}
    return Clock.objects.create(concern=concern, **values | fields)


def not_taken(council: Council) -> Concern:
    """A concern that nobody took, with no bell to ring."""
    concern = make_concern(council.children)
    clock(concern)
    return concern


def silent(council: Council) -> Concern:
    """A referral that never rings."""
    concern = owned(council)
    make_referral(concern, escalate_at=None)
    return concern


def stuck_bell(council: Council) -> Concern:
    """A bell that should have rung an hour ago."""
    concern = owned(council)
    make_referral(concern, escalate_at=LATER - HOUR)
    return concern


def stuck_message(council: Council) -> Concern:
    """A message that is not sent."""
    concern = owned(council)
    referral = make_referral(concern, escalate_at=LATER + HOUR)
    carried(referral, status="QUEUED", sent_at=None, provider="", sent_to="", next_attempt_at=NOON)
    return concern


def unhandled_failure(council: Council) -> Concern:
    """A message that failed, and nobody was told."""
    concern = owned(council)
    referral = make_referral(concern, escalate_at=LATER + HOUR)
    carried(referral, status="FAILED", failed_at=NOON, last_error="No such mailbox.")
    return concern


def no_clock(council: Council) -> Concern:
    """An owner, and nothing that runs."""
    concern = owned(council)
    make_referral(concern, state="accepted", ended_by_name="Jo", ended_by_role="x", ended_at=NOON)
    return concern


def nothing_done(council: Council) -> Concern:
    """Nothing at all."""
    return make_concern(council.children, next_due_at=None)


def closed_in_silence(council: Council) -> Concern:
    """Closed, nobody knows when."""
    return owned(council, state="closed")


def owner_gone(council: Council) -> Concern:
    """Its owner has left, whatever else runs."""
    gone = make_lead(council.children, is_active=False)
    concern = owned(council, owner=gone)
    clock(concern)
    return concern


TABLE = [
    (owner_gone, "owner_gone"),
    (not_taken, "not_taken"),
    (silent, "silent_referral"),
    (stuck_bell, "bell_stuck"),
    (stuck_message, "message_stuck"),
    (unhandled_failure, "message_stuck"),
    (no_clock, "no_clock"),
    (nothing_done, "nothing_done"),
    (closed_in_silence, "closed_in_silence"),
]


def test_every_kind_of_gap_is_in_the_table() -> None:
    assert {kind for _, kind in TABLE} == set(GAPS)


@pytest.mark.parametrize(("make", "kind"), TABLE)
def test_what_nothing_holds_is_a_gap(make: Any, kind: str, council: Council) -> None:
    concern = make(council)
    assert gaps() == {concern.reference: kind}
    total = custody_sum(LATER)
    assert (total.submitted, total.gaps, total.balances) == (1, 1, False)


def test_what_is_held_is_none(council: Council) -> None:
    clock(owned(council))
    make_referral(owned(council), escalate_at=LATER + HOUR)
    Call.objects.create(concern=owned(council), agency_slug="x", due_at=LATER, recorded_at=NOON)
    # Nobody has taken these yet, but a bell rings for one and the other is new.
    make_referral(make_concern(council.children), escalate_at=LATER + HOUR)
    make_concern(council.children, received_at=LATER)
    # Advice has no due time and never rings (SETTLED): its owner holds it.
    owned(council, priority=4)
    owned(council, state="accepted")
    owned(council, state="closed", closed_at=NOON)
    assert gaps() == {}
    total = custody_sum(LATER)
    assert total.balances
    assert total.numbers() == {
        "submitted": 8, "accepted": 1, "closed": 1, "held": 4, "waiting": 2, "gaps": 0,
    }  # fmt: skip


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a_concern_may_wait_to_be_taken_for_its_limit_and_no_minute_longer(
    priority: int, council: Council
) -> None:
    clock(make_concern(council.children, priority=priority))
    limit = NOON + TAKE_WITHIN[priority]
    assert gaps(limit - timedelta(minutes=1)) == {}
    assert list(gaps(limit).values()) == ["not_taken"]


def test_reports_just_filed_balance(council: Council) -> None:
    for answers in (CHILD, ADULT, family()):
        file(council.reporter, answers, NOON)
    total = custody_sum(NOON + timedelta(minutes=1))
    assert (total.submitted, total.waiting, total.balances) == (5, 5, True)


def test_the_triage_manager_is_paged_once_and_again_each_hour_while_it_lasts(
    council: Council,
) -> None:
    concern = not_taken(council)
    for minutes in (0, 1, 59, 60, 61, 120):
        check_custody(LATER + timedelta(minutes=minutes))
    pages = Message.objects.filter(kind="custody_gap")
    assert [page.recipient for page in pages] == [council.manager.email] * 3
    assert pages[0].context["reference"] == concern.reference
    gap = CustodyGap.objects.get()
    assert (gap.pages, gap.found_at, gap.mended_at) == (3, LATER, None)
    make_referral(concern, escalate_at=LATER + 5 * HOUR)
    check_custody(LATER + 3 * HOUR)
    gap.refresh_from_db()
    assert gap.mended_at == LATER + 3 * HOUR
    names = list(Event.objects.filter(object_type="gap").values_list("name", flat=True))
    assert names == ["custody.gap_found", *["custody.gap_lasts"] * 2, "custody.gap_mended"]


def test_the_most_urgent_gap_pages_first(council: Council) -> None:
    for priority in (3, 1, 2):
        make_concern(council.children, priority=priority, next_due_at=None)
    check_custody(NOON + timedelta(days=3))
    told = Message.objects.filter(kind="custody_gap").order_by("id")
    assert [page.priority for page in told] == [1, 2, 3]


def test_more_gaps_than_one_run_pages_are_all_paged_in_the_next_ones(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("concerns.services.reconcile.BATCH", 2)
    for _ in range(5):
        nothing_done(council)
    assert [check_custody(LATER) for _ in range(4)] == [2, 2, 1, 0]
    assert CustodyGap.objects.filter(mended_at=None).count() == 5


def test_a_restricted_gap_pages_whoever_may_see_it_and_nobody_else(council: Council) -> None:
    concern = make_concern(council.children, restricted=True, next_due_at=None)
    concern.grants.create(user=council.dcs, reason="Named", granted_at=NOON)
    check_custody(LATER)
    assert Message.objects.get(kind="custody_gap").recipient == council.dcs.email


# --- The page -----------------------------------------------------------------------------------


def seen_by(user: User, path: str = "/custody/") -> str:
    """Return what a page shows somebody."""
    client = Client()
    client.force_login(user)
    return client.get(path).content.decode()


@pytest.fixture
def manager(council: Council) -> User:
    """Return the triage manager."""
    return council.manager


PAGES = [
    "/custody/",
    "/custody/statements/",
    "/custody/statements/2026-11-23/",
    "/custody/statements/x/csv/",
]


@pytest.mark.parametrize("path", PAGES)
def test_whoever_does_not_answer_for_the_whole_has_no_such_page(
    path: str, council: Council
) -> None:
    for user in (council.child_lead, council.reporter, make_user()):
        client = Client()
        client.force_login(user)
        assert client.get(path).status_code == 404


def test_a_manager_sees_the_gaps_of_their_teams_and_the_look_is_an_event(
    council: Council, manager: User
) -> None:
    concern = nothing_done(council)
    elsewhere = make_concern(next_due_at=None)
    text = seen_by(manager)
    assert concern.reference in text
    assert GAPS["nothing_done"] in text
    assert "It does not balance" in text
    assert elsewhere.reference not in text
    event = Event.objects.get(name="custody.viewed")
    assert (event.actor, event.detail) == (manager, {"shown": [concern.reference]})
    assert elsewhere.reference in seen_by(council.corporate)


def test_a_restricted_gap_is_counted_blind_and_an_excluded_manager_finds_no_trace(
    council: Council, manager: User
) -> None:
    concern = make_concern(council.children, restricted=True, next_due_at=None)
    text = seen_by(manager)
    assert concern.reference not in text
    assert f"{GAPS['nothing_done']}: 1" in text
    Exclusion.objects.create(report=concern.report, user=manager, kind="excluded", reason="named")
    text = seen_by(manager)
    assert GAPS["nothing_done"] not in text
    assert "It balances" in text


def test_the_page_takes_as_many_statements_for_30_gaps_as_for_one_and_at_most_12(
    council: Council, manager: User
) -> None:
    client = Client()
    client.force_login(manager)
    nothing_done(council)
    client.get("/custody/")
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/custody/")
        counts.append(len([item for item in captured if "SAVEPOINT" not in item["sql"]]))
        for _ in range(29):
            silent(council)
    assert counts[0] == counts[1] <= 12


# --- The metric ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("ours", "theirs"), [("", ""), ("t", ""), ("t", "x"), ("", "x")])
def test_without_the_token_there_is_no_metric(ours: str, theirs: str, settings: Settings) -> None:
    settings.METRICS_TOKEN = ours
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {theirs}"})
    assert answer.status_code == 404


def test_the_metric_counts_what_is_held_and_each_kind_of_gap_and_names_nothing(
    council: Council, settings: Settings
) -> None:
    settings.METRICS_TOKEN = "watch"
    concern = nothing_done(council)
    clock(owned(council))
    check_custody(LATER)
    text = Client().get("/metrics", headers={"Authorization": "Bearer watch"}).content.decode()
    assert 'portal_custody_concerns{held="submitted"} 2' in text
    assert 'portal_custody_gaps{kind="nothing_done"} 1' in text
    assert 'portal_custody_gaps{kind="no_clock"} 0' in text
    assert concern.reference not in text


def test_the_command_fails_for_what_nothing_holds_and_for_a_moment_without_its_zone(
    council: Council,
) -> None:
    told = StringIO()
    call_command("check_custody", at=LATER, stdout=told)
    assert "submitted 0" in told.getvalue()
    no_clock(council)
    with pytest.raises(CommandError, match="gaps: 1"):
        call_command("check_custody", "--at", LATER.isoformat(), stdout=told)
    with pytest.raises(CommandError, match="--at"):
        call_command("check_custody", "--at", "2026-11-25T10:00", stdout=told)


def test_a_lead_of_nothing_counts_nothing(council: Council) -> None:
    boss = make_lead(council.children)
    give_role(boss, Role.TRIAGE_MANAGER, council.adults)
    concern = nothing_done(council)
    assert concern.reference not in seen_by(boss)
    assert Referral.objects.count() == 0


def test_everything_that_beat_calls_is_there_and_safe_to_run_twice(council: Council) -> None:
    file(council.reporter, CHILD, NOON)
    app.loader.import_default_modules()
    wanted = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert wanted <= set(app.tasks)
    counts = []
    for _ in range(2):
        escalate()
        page_for_gaps()
        state_the_day()
        take_reports()
        counts.append(Message.objects.count())
    assert counts[0] == counts[1] > 3
    assert DailyStatement.objects.count() == 1
