"""Reads that look like curiosity are noticed once, scored with reasons, and told to nobody else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from concerns.models import (
    AccessGrant,
    Concern,
    CuriosityCursor,
    CuriosityFinding,
    Involvement,
    MatchKey,
    ReaderDay,
    StaffHome,
    Task,
)
from concerns.services.curiosity import forget_hints, watch_reads
from concerns.services.curiosity_facts import home_hash
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.services import keyed_hash
from safeguarding_portal.outbox.models import Message
from tests.assurance.conftest import happen
from tests.factories import (
    NOON,
    give_role,
    make_concern,
    make_lead,
    make_report,
    make_team,
    make_user,
)

pytestmark = pytest.mark.django_db


def watch(now: datetime = NOON + timedelta(hours=1)) -> list[CuriosityFinding]:
    """Seal, look, and return the findings."""
    seal_new_events(now)
    watch_reads(now)
    return list(CuriosityFinding.objects.order_by("pk"))


def reasons(finding: CuriosityFinding) -> dict[str, int]:
    """Return each signal of a finding with the number of events that show it."""
    return {reason.signal: len(reason.event_ids) for reason in finding.reasons.all()}


@pytest.fixture
def director() -> User:
    """Return somebody who may read everything and works on nothing."""
    person = make_user(full_name="Robin Stranger")
    give_role(person, Role.DCS)
    return person


def named(concern: Concern, name: str, **fields: Any) -> Involvement:
    return Involvement.objects.create(
        concern=concern, part=Involvement.Part.HOUSEHOLD, name=name, **fields
    )


def test_a_lead_who_works_their_teams_records_is_never_found() -> None:
    team = make_team()
    lead = make_lead(team, full_name="Robin Example-Lead")
    for _ in range(15):
        happen("concern.viewed", lead, concern=make_concern(team))
    assert watch() == []
    assert ReaderDay.objects.get().reads == 15


def test_ones_own_name_is_found_with_the_events_that_show_it(auditor: User) -> None:
    team = make_team()
    reader = make_lead(team, full_name="Bob Example")
    concern = make_concern(team)
    named(concern, "Robert Example")
    events = [happen("concern.viewed", reader, concern=concern) for _ in range(2)]
    (finding,) = watch()
    assert finding.score == 60
    assert reasons(finding) == {"own_name": 2}
    assert finding.reasons.get().event_ids == [event.pk for event in events]
    assert finding.reasons.get().concern == concern
    message = Message.objects.get()
    assert message.recipient == auditor.email
    assert "Example" not in str(message.context)
    assert concern.reference not in str(message.context)


def test_a_signal_on_a_record_that_is_gone_by_now_names_none_and_stops_nothing(
    auditor: User, director: User
) -> None:
    concern, other = make_concern(), make_concern()
    named(concern, "Kim Stranger")
    happen("concern.viewed", director, concern=concern)
    assert watch() == []
    # As after a disposal: what was noticed of the day still has its number.
    day = ReaderDay.objects.get()
    day.signals = {
        signal: {"0" if about else "": ids for about, ids in found.items()}
        for signal, found in day.signals.items()
    }
    day.save()
    happen("concern.viewed", director, concern=other)
    (finding,) = watch()
    gone = finding.reasons.get(signal="same_surname")
    assert (gone.concern, len(gone.event_ids)) == (None, 1)


def test_looking_again_finds_nothing_twice_and_a_second_batch_adds_to_the_day(
    auditor: User, director: User
) -> None:
    concern, other = make_concern(), make_concern()
    named(concern, "Kim Stranger")
    happen("concern.viewed", director, concern=concern)
    assert watch() == [], "surname and no link: 30 points"
    happen("concern.viewed", director, concern=other)
    (finding,) = watch()
    assert finding.score == 45
    assert finding.reasons.count() == 3
    before = list(finding.reasons.values_list("signal", "concern", "event_ids"))
    CuriosityCursor.objects.update(event_id=Event.objects.last().pk)  # type: ignore[union-attr]
    assert watch() == [finding]
    assert list(finding.reasons.values_list("signal", "concern", "event_ids")) == before
    assert ReaderDay.objects.get().reads == 2
    assert Message.objects.count() == 1


def test_events_that_are_not_sealed_yet_wait(director: User) -> None:
    happen("concern.viewed", director, concern=make_concern())
    assert watch_reads(NOON) == 0
    seal_new_events(NOON)
    assert watch_reads(NOON) == 1
    assert watch_reads(NOON) == 0


LINKS = ["owner", "task", "grant", "worked", "team", "duty", "reporter"]


@pytest.mark.parametrize("link", LINKS)
def test_whoever_had_something_to_do_with_a_record_has_a_link(director: User, link: str) -> None:
    concern = make_concern()
    before = NOON - timedelta(hours=1)
    if link == "owner":
        Concern.objects.filter(pk=concern.pk).update(owner=director, taken_at=before)
    elif link == "task":
        Task.objects.create(
            concern=concern, words="Ring", owner=director, created_by=director, created_at=before
        )
    elif link == "grant":
        AccessGrant.objects.create(concern=concern, user=director, granted_at=before, reason="Why")
    elif link == "worked":
        happen("note.added", director, before, concern)
    elif link == "team":
        give_role(director, Role.LEAD, concern.team)
    elif link == "duty":
        director.duty_turns.create(
            starts_at=before, ends_at=NOON + timedelta(hours=1), made_at=before, made_by=director
        )
    else:
        concern = make_concern(report=make_report(director))
    happen("concern.viewed", director, concern=concern)
    watch()
    assert "no_link" not in ReaderDay.objects.get().signals


def test_a_grant_that_had_ended_and_a_team_that_was_left_are_no_link(director: User) -> None:
    concern = make_concern()
    AccessGrant.objects.create(
        concern=concern,
        user=director,
        granted_at=NOON - timedelta(days=2),
        revoked_at=NOON - timedelta(days=1),
        reason="Why",
    )
    held = give_role(director, Role.LEAD, concern.team)
    type(held).objects.filter(pk=held.pk).update(ends_at=NOON - timedelta(days=1))
    happen("concern.viewed", director, concern=concern)
    watch()
    assert "no_link" in ReaderDay.objects.get().signals


def test_ones_own_address_is_found_though_no_address_of_staff_is_kept(
    director: User, tmp_path: Any
) -> None:
    concern = make_concern()
    person = concern.involvements.get()
    MatchKey.objects.create(
        involvement=person,
        concern=concern,
        report=concern.report,
        part=person.part,
        reported_as="person.1",
        home="B1 1AA 12",
        created_at=NOON,
    )
    MatchKey.objects.update(home="B11AA 12")
    rows = tmp_path / "homes.csv"
    rows.write_text(
        f"email,address\n{director.email},12 Example St. B1 1AA\nno@example.org,1 A St\n"
    )
    call_command("load_staff_homes", str(rows), stdout=None)
    assert StaffHome.objects.get().home_hash == home_hash("Flat 12, Example Street, b1 1aa")
    assert Event.objects.get(name="staff_homes.loaded").detail == {"homes": 1}
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("email,address\nno@example.org,1 A St\n")
    with pytest.raises(CommandError, match="Nothing is changed"):
        call_command("load_staff_homes", str(wrong), stdout=None)
    assert StaffHome.objects.count() == 1
    happen("concern.viewed", director, concern=concern)
    (finding,) = watch()
    assert "own_address" in reasons(finding)


def test_a_colleague_is_found_by_the_staff_list_and_by_name() -> None:
    team = make_team()
    manager = make_user(full_name="Morgan Boss")
    mate = make_lead(team, full_name="Terry Matewell")
    reader = make_lead(team, full_name="Ash Reader", manager=manager)
    chosen, called, boss, nobody = (make_concern(team) for _ in range(4))
    named(chosen, "T.", staff_member=mate)
    named(called, "Terry Matewell")
    named(boss, "Morgan Boss")
    named(nobody, "Terry Elsewhere")
    Involvement.objects.create(
        concern=nobody, part=Involvement.Part.INFORMANT, name=mate.full_name, staff_member=mate
    )
    for concern in (chosen, called, boss, nobody):
        happen("concern.viewed", reader, concern=concern)
    watch()
    found = ReaderDay.objects.get().signals["colleague"]
    assert set(found) == {str(chosen.pk), str(called.pk), str(boss.pk)}


def test_closed_records_odd_hours_and_broken_glass_are_noticed(director: User) -> None:
    night = datetime(2026, 11, 25, 2, 30, tzinfo=UTC)
    concern = make_concern(state=Concern.State.CLOSED, closed_at=NOON, outcome="x")
    AccessGrant.objects.create(
        concern=concern,
        user=director,
        kind=AccessGrant.Kind.BREAK_GLASS,
        granted_at=night,
        expires_at=night + timedelta(hours=1),
        reason="Why",
    )
    ReaderDay.objects.create(
        reader=director,
        day=datetime(2026, 11, 16, tzinfo=UTC).date(),
        hours=[0] * 9 + [60] + [0] * 14,
    )
    happen("access.glass_broken", director, night, concern)
    happen("concern.viewed", director, night, concern)
    (finding,) = watch(night)
    assert set(reasons(finding)) == {"no_link", "closed", "glass", "off_hours", "odd_hour"}
    assert finding.score == 60


def test_searching_for_oneself_a_colleague_or_in_vain_is_noticed() -> None:
    team = make_team()
    mate = make_lead(team, full_name="Terry Matewell")
    reader = make_lead(team, full_name="Ash Reader")
    concern = make_concern(team)
    happen("concern.searched", reader, term=keyed_hash("  ash  READER"), shown=[])
    happen("concern.searched", reader, term=keyed_hash(mate.full_name), shown=[])
    for _ in range(3):
        happen("concern.searched", reader, term=keyed_hash("kit"), shown=[concern.reference])
    (finding,) = watch()
    assert set(reasons(finding)) == {
        "searched_own_name",
        "searched_colleague",
        "searched_in_vain",
    }


def test_a_search_whose_find_was_opened_is_not_in_vain() -> None:
    team = make_team()
    reader = make_lead(team)
    concern = make_concern(team)
    for _ in range(4):
        happen("concern.searched", reader, term=keyed_hash("kit"), shown=[concern.reference])
    watch()
    assert "searched_in_vain" in ReaderDay.objects.get().signals
    happen("concern.viewed", reader, concern=concern)
    watch()
    assert "searched_in_vain" not in ReaderDay.objects.get().signals


def test_far_more_than_ones_own_and_ones_peers_days_is_noticed() -> None:
    team = make_team()
    reader, peer = make_lead(team), make_lead(team)
    for person in (reader, peer):
        for back in range(7, 14):
            ReaderDay.objects.create(
                reader=person,
                day=(NOON - timedelta(days=back)).date(),
                records=5,
                hours=[0] * 12 + [5] + [0] * 11,
            )
    for _ in range(21):
        happen("concern.viewed", reader, concern=make_concern(team))
    (finding,) = watch()
    assert set(reasons(finding)) == {"volume_own", "volume_peers"}


def test_after_a_review_only_more_than_was_known_is_another_finding(
    auditor: User, director: User
) -> None:
    concern = make_concern()
    named(concern, director.full_name)
    happen("concern.viewed", director, concern=concern)
    (finding,) = watch()
    CuriosityFinding.objects.filter(pk=finding.pk).update(
        reviewer=auditor, reviewed_at=NOON, outcome="right", words="Seen"
    )
    happen("concern.viewed", director, concern=concern)
    assert len(watch()) == 1
    other = make_concern()
    named(other, director.full_name)
    happen("concern.viewed", director, concern=other)
    assert len(watch()) == 2


def test_two_who_look_at_once_share_no_event(director: User) -> None:
    happen("concern.viewed", director, concern=make_concern())
    seal_new_events(NOON)
    with transaction.atomic():
        CuriosityCursor.objects.get_or_create(pk=1)
        assert CuriosityCursor.objects.select_for_update().get(pk=1).event_id == 0
        assert watch_reads(NOON) == 1
    assert watch_reads(NOON) == 0


def test_hints_that_led_to_nothing_are_forgotten_and_sums_are_kept(director: User) -> None:
    happen("concern.viewed", director, concern=make_concern())
    happen("concern.searched", director, term=keyed_hash("kit"), shown=[])
    watch()
    assert forget_hints(NOON + timedelta(days=89)) == 0
    assert forget_hints(NOON + timedelta(days=90)) == 1
    row = ReaderDay.objects.get()
    assert (row.reads, row.searches, row.signals, row.terms) == (1, 1, {}, {})


def test_looking_at_30_reads_takes_as_many_statements_as_looking_at_one() -> None:
    team = make_team()
    reader = make_lead(team)

    def statements(reads: int) -> int:
        for _ in range(reads):
            happen("concern.viewed", reader, concern=make_concern(team))
        seal_new_events(NOON)
        with CaptureQueriesContext(connection) as captured:
            assert watch_reads(NOON) == reads
        return len(captured)

    statements(1)
    assert statements(1) == statements(30)
