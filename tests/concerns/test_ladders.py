"""Ladders and cover: who is told, who stands in, and that somebody always is, or managers know."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concerns.models import Bell, BellWarning, Concern, CoverWarning, DutyTurn, Referral
from concerns.models import LadderVersion as Version
from concerns.rules.ladder import (
    BELLS,
    LADDERS,
    TOPS,
    WHO,
    BellKind,
    first_bell,
    shipped_ladder,
)
from concerns.services import cover, escalate
from concerns.services.cover import (
    NewLadder,
    add_duty_turn,
    cancel_duty_turn,
    is_in_hours,
    ladder_in_force,
    set_ladder,
)
from concerns.services.errors import NotAllowedError
from concerns.services.escalate import escalate_due, warn_before_bells
from concerns.services.outlook import cover_of, warn_of_gaps
from safeguarding_portal.accounts.absences import (
    AbsenceError,
    NewAbsence,
    cancel_absence,
    enter_absence,
)
from safeguarding_portal.accounts.models import Absence, Role, Team, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.rendering import message_template
from tests.concerns.conftest import Council
from tests.factories import (
    NOON,
    give_role,
    make_concern,
    make_lead,
    make_referral,
    make_team,
    make_user,
)

NIGHT = datetime(2026, 11, 24, 23, tzinfo=UTC)
HOUR = timedelta(hours=1)
TODAY = NOON.date()


def away(user: User, deputy: User | None = None, day: date = TODAY) -> Absence:
    """Let a person be away on a day."""
    return Absence.objects.create(
        user=user, starts_on=day, ends_on=day, deputy=deputy, entered_by=user, entered_at=NOON
    )


def told(kind: str = "escalation") -> set[str]:
    """Return the addresses that got a message of this kind."""
    return set(Message.objects.filter(kind=kind).values_list("recipient", flat=True))


def ring_once(council: Council, at: datetime = NOON, **fields: Any) -> Referral:
    """Ring one referral of the children's team."""
    referral = make_referral(make_concern(council.children, **fields), escalate_at=at)
    assert escalate_due(at) == 1
    return referral


# --- The table -----------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", LADDERS)
def test_every_shipped_ladder_ends_above_the_team_and_warns_before_it_rings(priority: int) -> None:
    ladder = LADDERS[priority]
    assert not TOPS.isdisjoint(ladder.rungs[-1].who)
    assert all(slug in WHO for rung in ladder.rungs for slug in rung.who)
    assert timedelta(0) < ladder.warn_before < ladder.interval
    assert ladder.source


def test_danger_is_warned_of_at_10_of_15_minutes_and_p4_never_rings() -> None:
    assert LADDERS[1].interval - LADDERS[1].warn_before == timedelta(minutes=10)
    assert first_bell(4, NOON, None, NOON) is None
    assert first_bell(1, NOON, NOON + HOUR, None) == NOON + timedelta(minutes=15)
    assert first_bell(2, NOON, NOON + HOUR, None) == NOON + 2 * HOUR
    assert first_bell(3, NOON, None, NOON + HOUR) == NOON + HOUR
    assert shipped_ladder(4) is LADDERS[3]


@pytest.mark.parametrize("kind", BELLS.values(), ids=lambda kind: kind.slug)
def test_every_kind_of_bell_has_its_words(kind: BellKind) -> None:
    assert message_template(kind.template)


# --- Standing in, and empty rungs ----------------------------------------------------------------


def test_a_deputy_stands_in_for_an_owner_who_is_away(council: Council) -> None:
    deputy = make_lead(council.children)
    away(council.child_lead, deputy)
    ring_once(council, owner=council.child_lead, taken_at=NOON)
    assert told() == {deputy.email}


def test_an_owner_away_without_anybody_means_the_next_rung_at_once(council: Council) -> None:
    away(council.child_lead)
    ring_once(council, owner=council.child_lead, taken_at=NOON)
    assert told() == {council.manager.email}


def test_a_deputy_who_cannot_see_the_record_is_not_told_of_it(council: Council) -> None:
    away(council.child_lead, council.adult_lead)
    ring_once(council, owner=council.child_lead, taken_at=NOON)
    assert told() == {council.manager.email}


def test_two_who_stand_in_for_each_other_do_not_turn_in_a_circle(council: Council) -> None:
    other = make_lead(council.children)
    away(council.child_lead, other)
    away(other, council.child_lead)
    ring_once(council, owner=council.child_lead, taken_at=NOON)
    assert told() == {council.manager.email}


def test_a_standing_deputy_of_the_owner_is_the_second_rung(council: Council) -> None:
    deputy = make_lead(council.children)
    council.child_lead.deputies.add(deputy)
    referral = ring_once(council, owner=council.child_lead, taken_at=NOON)
    referral.refresh_from_db()
    assert referral.escalate_at is not None
    escalate_due(referral.escalate_at)
    assert told() == {council.child_lead.email, deputy.email}


def test_nobody_who_is_excluded_is_told_even_as_the_last_one(council: Council) -> None:
    concern = make_concern(council.children)
    for user in (council.child_lead, council.manager, council.corporate):
        concern.report.exclusions.create(user=user, kind="excluded", reason="named")
    make_referral(concern, escalate_at=NOON)
    escalate_due(NOON)
    assert told() == {council.dcs.email}
    assert told("cover_gap") == set()


def test_a_restricted_record_rings_only_its_list(council: Council) -> None:
    concern = make_concern(council.children, restricted=True)
    concern.grants.create(user=council.corporate, granted_at=NOON, reason="No conflict")
    make_referral(concern, escalate_at=NOON)
    escalate_due(NOON)
    assert told() == {council.corporate.email}


def test_when_nobody_may_see_it_managers_hear_of_a_gap_without_a_reference(
    council: Council,
) -> None:
    concern = make_concern(council.children, restricted=True)
    concern.report.exclusions.create(user=council.manager, kind="excluded", reason="named")
    make_referral(concern, escalate_at=NOON)
    escalate_due(NOON)
    assert told() == set()
    assert told("cover_gap") == {council.corporate.email}
    assert "reference" not in Message.objects.get(kind="cover_gap").context


def test_when_only_those_who_are_away_may_see_it_they_hear_and_managers_know(
    council: Council,
) -> None:
    concern = make_concern(council.children, restricted=True)
    concern.grants.create(user=council.child_lead, granted_at=NOON, reason="No conflict")
    away(council.child_lead)
    make_referral(concern, escalate_at=NOON)
    escalate_due(NOON)
    assert told() == {council.child_lead.email}
    assert told("cover_gap") == {council.manager.email, council.corporate.email}


PEOPLE = ("child_lead", "manager", "corporate", "dcs")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    gone=st.sets(st.sampled_from(PEOPLE)),
    out=st.sets(st.sampled_from(PEOPLE)),
    owned=st.booleans(),
    restricted=st.booleans(),
    level=st.integers(0, 7),
    hour=st.integers(0, 23),
)
def test_for_any_absences_and_exclusions_somebody_who_may_see_it_is_told_or_managers_are_warned(
    council: Council,
    gone: set[str],
    out: set[str],
    owned: bool,
    restricted: bool,
    level: int,
    hour: int,
) -> None:
    now = NOON.replace(hour=hour)
    with transaction.atomic():
        owner: dict[str, Any] = {"owner": council.child_lead, "taken_at": NOON} if owned else {}
        concern = make_concern(council.children, restricted=restricted, **owner)
        for name in gone:
            away(getattr(council, name), day=now.date())
        for name in out:
            concern.report.exclusions.create(
                user=getattr(council, name), kind="excluded", reason="named"
            )
        make_referral(concern, escalate_at=now, escalation_level=level)
        assert escalate_due(now) == 1
        kept_out = {getattr(council, name).email for name in out}
        heard = told()
        assert heard.isdisjoint(kept_out)
        assert told("cover_gap").isdisjoint(kept_out)
        if restricted or out == set(PEOPLE):
            assert not heard
        present = {getattr(council, name).email for name in set(PEOPLE) - gone - out}
        if not restricted and present:
            assert heard & present
        elif not restricted and out != set(PEOPLE):
            assert heard
            assert told("cover_gap") or out >= {"manager", "corporate", "dcs"}
        elif out != set(PEOPLE):
            # Nobody may see it: the gap itself is told to whoever is not kept out.
            assert told("cover_gap") or out >= {"manager", "corporate", "dcs"}
        transaction.set_rollback(True)


# --- Order, faults, two workers ------------------------------------------------------------------


def test_danger_is_handled_before_anything_that_has_waited_longer(council: Council) -> None:
    concern = make_concern(council.children, priority=3)
    Bell.objects.create(concern=concern, kind="feedback", rings_at=NOON - HOUR, created_at=NOON)
    danger = Bell.objects.create(
        concern=concern, kind="danger", rings_at=NOON, created_at=NOON, is_danger=True
    )
    urgent = make_referral(make_concern(council.children, priority=1), escalate_at=NOON - HOUR / 2)
    later = make_referral(make_concern(council.children, priority=2), escalate_at=NOON - 9 * HOUR)
    assert escalate_due(NOON) == 4
    rang = Event.objects.filter(object_type__in=["referral", "bell"]).order_by("id")
    order = [(item.object_type, item.object_id) for item in rang]
    assert order[:3] == [
        ("referral", str(urgent.pk)),
        ("bell", str(danger.pk)),
        ("referral", str(later.pk)),
    ]


def test_one_broken_row_stops_no_other(council: Council, monkeypatch: pytest.MonkeyPatch) -> None:
    first = make_referral(make_concern(council.children, priority=1), escalate_at=NOON)
    second = make_referral(make_concern(council.children, priority=1), escalate_at=NOON)
    real = cover.tell_ladder

    def broken(concern: Concern, *args: object, **kwargs: object) -> object:
        if concern.pk == first.concern_id:
            raise KeyError("a fault")
        return real(concern, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(escalate, "tell_ladder", broken)
    assert escalate_due(NOON) == 1
    for referral in (first, second):
        referral.refresh_from_db()
    assert (first.escalation_level, second.escalation_level) == (0, 1)
    assert first.escalate_at == NOON


def test_two_workers_at_once_ring_once_and_warn_once(own_database: str) -> None:
    team = make_team()
    lead = make_lead(team)
    make_referral(make_concern(team), escalate_at=NOON)
    make_referral(make_concern(team), escalate_at=NOON + timedelta(minutes=10))

    def work(task: int) -> int:
        acts = (escalate_due, warn_before_bells, warn_of_gaps)
        try:
            return acts[task % 3](NOON)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        done = list(pool.map(work, range(6)))
    assert (done[0] + done[3], done[1] + done[4], done[2] + done[5]) == (1, 1, 1)
    assert list(Message.objects.filter(kind="escalation").values_list("recipient")) == [
        (lead.email,)
    ]


# --- Before a bell -------------------------------------------------------------------------------


@pytest.mark.parametrize("priority", LADDERS)
def test_whoever_has_it_is_warned_once_before_each_bell(council: Council, priority: int) -> None:
    ladder = LADDERS[priority]
    bell = NOON + ladder.interval
    referral = make_referral(make_concern(council.children, priority=priority), escalate_at=bell)
    early = bell - ladder.warn_before
    assert warn_before_bells(early - timedelta(seconds=1)) == 0
    assert warn_before_bells(early) == 1
    assert warn_before_bells(early) == 0
    assert told("escalation_warning") == {council.child_lead.email}
    escalate_due(bell)
    referral.refresh_from_db()
    assert referral.escalate_at is not None
    assert warn_before_bells(referral.escalate_at - ladder.warn_before) == 1
    assert BellWarning.objects.count() == 2


# --- A team's own ladder -------------------------------------------------------------------------


def new_ladder(team: Team, **fields: object) -> NewLadder:
    """Return a ladder of two steps for P2."""
    values = {
        "priority": 2,
        "rungs": (("triage_manager",), ("corporate_lead", "duty")),
        "interval": timedelta(minutes=30),
        "warn_before": timedelta(minutes=10),
        "starts_at": NOON,
    }
    return NewLadder(team, **values | fields)  # type: ignore[arg-type]


def test_a_teams_ladder_counts_from_its_day_and_the_older_one_stays_on_record(
    council: Council,
) -> None:
    set_ladder(council.manager, new_ladder(council.children, starts_at=NOON + HOUR), NOON)
    assert ladder_in_force(council.children.pk, 2, NOON) is LADDERS[2]
    later = ladder_in_force(council.children.pk, 2, NOON + HOUR)
    assert [rung.who for rung in later.rungs] == [("triage_manager",), ("corporate_lead", "duty")]
    assert ladder_in_force(council.adults.pk, 2, NOON + HOUR) is LADDERS[2]
    referral = ring_once(council, NOON + 2 * HOUR)
    assert told() == {council.manager.email}
    referral.refresh_from_db()
    assert referral.escalate_at == NOON + 2 * HOUR + timedelta(minutes=30)
    assert Event.objects.get(name="ladder.changed").actor == council.manager
    with pytest.raises(DatabaseError, match="kept as it is"), transaction.atomic():
        Version.objects.update(interval_minutes=5)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"rungs": ()}, "1 to 6 steps"),
        ({"rungs": (("owner",),)}, "must reach"),
        ({"rungs": (("nobody",), ("director",))}, "from the list"),
        ({"interval": timedelta(minutes=1)}, "5 minutes to 5 days"),
        ({"warn_before": timedelta(minutes=30)}, "before the next one"),
        ({"starts_at": NOON - HOUR}, "in the past"),
        ({"priority": 4}, "from the list"),
    ],
)
def test_a_ladder_that_would_leave_somebody_alone_is_refused(
    council: Council, fields: dict[str, object], words: str
) -> None:
    with pytest.raises(NotAllowedError, match=words):
        set_ladder(council.manager, new_ladder(council.children, **fields), NOON)


def test_only_managers_of_the_team_change_its_ladder(council: Council) -> None:
    stranger = make_user()
    give_role(stranger, Role.TRIAGE_MANAGER, council.adults)
    for user in (council.child_lead, stranger, council.reporter, council.dcs):
        with pytest.raises(NotAllowedError, match="Only the team's"):
            set_ladder(user, new_ladder(council.children), NOON)
    assert set_ladder(council.corporate, new_ladder(council.children), NOON)


# --- The duty rota -------------------------------------------------------------------------------


def on_duty(council: Council, user: User, team: Team | None = None) -> DutyTurn:
    """Put a person on duty tonight."""
    start = NIGHT - HOUR
    return add_duty_turn(council.corporate, user, team, start, start + 12 * HOUR, NOON)


def test_outside_the_teams_hours_whoever_is_on_duty_is_told_too(council: Council) -> None:
    assert is_in_hours(council.children, NOON)
    assert not is_in_hours(council.children, NIGHT)
    duty = make_lead(council.children)
    on_duty(council, duty, council.children)
    ring_once(council, NIGHT, owner=council.child_lead, taken_at=NOON)
    assert told() == {council.child_lead.email, duty.email}


def test_in_the_teams_hours_nobody_on_duty_is_rung(council: Council) -> None:
    duty = make_lead(council.children)
    add_duty_turn(
        council.corporate, duty, council.children, NOON - HOUR, NOON + HOUR, NOON - 2 * HOUR
    )
    ring_once(council, NOON, owner=council.child_lead, taken_at=NOON)
    assert told() == {council.child_lead.email}


def test_a_turn_needs_somebody_who_can_open_what_they_hear_of(council: Council) -> None:
    with pytest.raises(NotAllowedError, match="cannot open"):
        on_duty(council, council.child_lead, council.adults)
    with pytest.raises(NotAllowedError, match="cannot open"):
        on_duty(council, council.child_lead)
    turn = on_duty(council, council.dcs)
    with pytest.raises(DutyTurn.DoesNotExist):
        cancel_duty_turn(turn.pk, council.child_lead, NOON)
    cancel_duty_turn(turn.pk, council.manager, NOON)
    turn.refresh_from_db()
    assert turn.cancelled_at == NOON


# --- The outlook ---------------------------------------------------------------------------------


def gaps_of(council: Council, now: datetime = NOON) -> list[str]:
    """Return the gaps of the children's team in words, the duty rota aside."""
    (outlook,) = cover_of(Team.objects.filter(pk=council.children.pk), now)
    return [
        f"{gap.words} {gap.first.day}-{gap.last.day}"
        for gap in outlook.gaps
        if "duty" not in gap.words
    ]


def test_the_fortnight_shows_days_in_a_row_without_a_lead_as_one_gap(council: Council) -> None:
    assert gaps_of(council) == []
    Absence.objects.create(
        user=council.child_lead,
        starts_on=date(2026, 11, 26),
        ends_on=date(2026, 11, 30),
        entered_by=council.manager,
        entered_at=NOON,
    )
    # The weekend between is no working day: it ends no gap.
    assert gaps_of(council) == ["safeguarding lead 26-30"]
    deputy = make_lead(council.adults)
    give_role(deputy, Role.LEAD, council.children)
    assert gaps_of(council) == []


def test_a_night_that_is_half_covered_is_a_gap_and_a_whole_one_is_not(council: Council) -> None:
    def duty_gaps() -> set[date]:
        (outlook,) = cover_of(Team.objects.filter(pk=council.children.pk), NOON)
        return {
            gap.first + timedelta(days=day)
            for gap in outlook.gaps
            if "duty" in gap.words
            for day in range((gap.last - gap.first).days + 1)
        }

    tuesday, wednesday = date(2026, 11, 24), date(2026, 11, 25)
    assert {tuesday, wednesday} <= duty_gaps()
    close = datetime(2026, 11, 24, 17, 15, tzinfo=UTC)
    add_duty_turn(council.corporate, council.dcs, None, close, close + 8 * HOUR, NOON)
    assert tuesday not in duty_gaps()
    assert wednesday in duty_gaps()
    add_duty_turn(council.corporate, council.dcs, None, close + 8 * HOUR, close + 31 * HOUR, NOON)
    assert wednesday not in duty_gaps()


def test_managers_are_told_of_a_gap_once_a_day_while_it_lasts(council: Council) -> None:
    give_role(council.adult_lead, Role.LEAD, council.adults, ends_at=NOON + 99 * HOUR)
    away(council.child_lead)
    Team.objects.filter(pk=council.adults.pk).update(is_active=False)
    assert warn_of_gaps(NOON) == 1
    assert warn_of_gaps(NOON + HOUR) == 0
    assert told("cover_gap") == {council.manager.email, council.corporate.email}
    away(council.child_lead, day=NOON.date() + timedelta(days=1))
    assert warn_of_gaps(NOON + 24 * HOUR) == 1
    assert warn_of_gaps(NOON + 48 * HOUR) == 0
    assert CoverWarning.objects.count() == 2


def test_with_every_manager_away_the_directors_hear_of_the_gap(council: Council) -> None:
    for user in (council.child_lead, council.manager, council.corporate):
        away(user)
    warn_of_gaps(NOON)
    assert told("cover_gap") == {council.dcs.email}


# --- The pages -----------------------------------------------------------------------------------


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client


LADDER_POST = {
    "step_1": ["owner", "duty"],
    "step_2": ["corporate_lead"],
    "interval": "30",
    "warn": "10",
    "day_day": "",
    "day_month": "",
    "day_year": "",
}


def test_a_manager_changes_a_ladder_on_its_page_and_a_lead_cannot(council: Council) -> None:
    path = f"/cover/{council.children.slug}/2/"
    assert client_of(council.child_lead).get(path).status_code == 404
    assert client_of(council.reporter).get("/cover/").status_code == 404
    manager = client_of(council.manager)
    assert manager.get(path).status_code == 200
    answer = manager.post(path, LADDER_POST)
    assert answer.status_code == 302
    assert Version.objects.get().rungs == [["owner", "duty"], ["corporate_lead"]]
    page = manager.get(f"/cover/{council.children.slug}/").content.decode()
    assert "30 minutes between two steps" in page
    assert "1 hour between two steps" not in page.split("Other versions")[0]
    wrong = manager.post(path, LADDER_POST | {"step_2": ["lead"], "interval": "x"})
    assert wrong.status_code == 422
    assert "must be a number" in wrong.content.decode()


def test_a_turn_of_duty_is_entered_shown_and_cancelled(council: Council) -> None:
    tomorrow = timezone.localdate() + timedelta(days=1)
    day = {"day": tomorrow.day, "month": tomorrow.month, "year": tomorrow.year}
    post = {"person": str(council.dcs.pk), "team": "every"}
    post |= {f"first_day_{part}": str(value) for part, value in day.items()}
    post |= {f"last_day_{part}": str(value) for part, value in day.items()}
    manager = client_of(council.manager)
    wrong = manager.post("/cover/duty/new/", post | {"first_time": "25", "last_time": "9pm"})
    assert wrong.status_code == 422
    answer = manager.post("/cover/duty/new/", post | {"first_time": "5:15pm", "last_time": "9pm"})
    assert answer.status_code == 302
    assert str(council.dcs) in manager.get("/cover/duty/").content.decode()
    turn = DutyTurn.objects.get()
    assert manager.post(f"/cover/duty/{turn.pk}/cancel/").status_code == 302
    assert "Nobody is on duty" in manager.get("/cover/duty/").content.decode()


def test_an_absence_is_entered_by_the_person_or_their_manager_and_nobody_else(
    council: Council,
) -> None:
    deputy = make_lead(council.children)
    today = NOON.date()
    new = NewAbsence(council.child_lead, today, today + timedelta(days=3), deputy)
    for user in (council.child_lead, council.manager, council.corporate):
        absence = enter_absence(user, new, NOON)
        cancel_absence(absence.pk, council.child_lead, NOON)
    with pytest.raises(AbsenceError, match="people you manage"):
        enter_absence(council.adult_lead, new, NOON)
    elsewhere = NewAbsence(council.child_lead, today, today, council.adult_lead)
    with pytest.raises(AbsenceError, match="same team"):
        enter_absence(council.child_lead, elsewhere, NOON)
    assert told("stand_in") == {deputy.email}
    assert Event.objects.filter(name="absence.entered").count() == 3


def test_the_pages_of_absences_list_enter_and_cancel(council: Council) -> None:
    today = timezone.localdate()
    lead = client_of(council.child_lead)
    assert "Nobody is away" in lead.get("/accounts/absences/").content.decode()
    post = {"person": str(council.child_lead.pk), "deputy": "nobody"}
    for name in ("first_day", "last_day"):
        post |= {
            f"{name}_day": str(today.day),
            f"{name}_month": str(today.month),
            f"{name}_year": str(today.year),
        }
    assert lead.post("/accounts/absences/new/", post | {"deputy": "999999"}).status_code == 422
    assert lead.post("/accounts/absences/new/", post).status_code == 302
    assert "Nobody: the next" in lead.get("/accounts/absences/").content.decode()
    page = client_of(council.manager).get("/cover/").content.decode()
    assert "Gap now" in page
    absence = Absence.objects.get()
    stranger = client_of(council.reporter)
    assert stranger.post(f"/accounts/absences/{absence.pk}/cancel/").status_code == 404
    assert lead.post(f"/accounts/absences/{absence.pk}/cancel/").status_code == 302


@pytest.mark.parametrize("path", ["/cover/", "/cover/duty/", "/accounts/absences/"])
def test_the_pages_take_as_many_statements_for_30_rows_as_for_one(
    council: Council, path: str
) -> None:
    today, now = timezone.localdate(), timezone.now()
    client = client_of(council.manager)
    counts = []
    for number in (1, 29):
        for _ in range(number):
            user = make_lead(make_team())
            give_role(council.manager, Role.TRIAGE_MANAGER, user.memberships.get().team)
            Absence.objects.create(
                user=user, starts_on=today, ends_on=today, entered_by=user, entered_at=now
            )
            DutyTurn.objects.create(
                user=user, starts_at=now, ends_at=now + HOUR, made_by=user, made_at=now
            )
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        counts.append(len([item for item in captured if "SAVEPOINT" not in item["sql"]]))
    assert counts[0] == counts[1] <= 12
