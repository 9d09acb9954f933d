"""Nothing sealed is changed, removed, added or reordered without being found, and where."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from safeguarding_portal.audit import chain
from safeguarding_portal.audit.models import Event, Seal
from safeguarding_portal.audit.sealing import (
    LARGEST,
    copy_out,
    read_copy,
    seal_new_events,
    seal_once,
)
from safeguarding_portal.audit.services import NewEvent, record_many
from safeguarding_portal.audit.verifying import verify
from tests.services import wait_until

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def happen(count: int = 3) -> list[Event]:
    """Record events; return them."""
    with transaction.atomic():
        return record_many(
            NewEvent(name="concern.opened", actor_label="rules", concern_id=number)
            for number in range(count)
        )


def codes() -> list[tuple[str, str]]:
    """Return what a check finds: (code, where)."""
    return [(item.code, item.where) for item in verify(timezone.now()).findings]


def as_an_intruder(*statements: str, **values: int) -> None:
    """Change history as the owner of the tables could, with the triggers taken off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in ("audit_event", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement, values)
        for table in ("audit_event", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_rows")
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_table")


@given(LEAVES, st.data())
def test_any_change_of_any_leaf_changes_the_root(leaves: list[bytes], data: Any) -> None:
    root = chain.merkle_root(leaves)
    place = data.draw(st.integers(0, len(leaves) - 1))
    other = data.draw(st.binary(min_size=31, max_size=31))
    assert chain.merkle_root([*leaves[:place], other, *leaves[place + 1 :]]) != root
    assert chain.merkle_root([*leaves, other]) != root
    if len(leaves) > 1:
        assert chain.merkle_root(leaves[:-1]) != root


@pytest.mark.django_db
def test_what_is_sealed_holds_and_what_is_not_sealed_yet_is_counted() -> None:
    happen(5)
    assert seal_new_events(timezone.now()) == 1
    happen(2)
    verdict = verify(timezone.now())
    assert (verdict.events, verdict.seals, verdict.unsealed) == (7, 1, 2)
    assert verdict.findings == ()
    assert seal_new_events(timezone.now()) == 1
    assert seal_new_events(timezone.now()) == 0, "nothing new, no seal"


TAMPERINGS = [
    ("changed", "UPDATE audit_event SET name = 'concern.closed' WHERE id = %(pk)s"),
    ("changed", "UPDATE audit_event SET actor_label = 'clock' WHERE id = %(pk)s"),
    (
        "changed",
        "UPDATE audit_event SET recorded_at = recorded_at - interval '1 us' WHERE id = %(pk)s",
    ),
    ("changed", "UPDATE audit_event SET detail = '[1]' WHERE id = %(pk)s"),
    ("missing", "DELETE FROM audit_event WHERE id = %(pk)s"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "statement"), TAMPERINGS)
@pytest.mark.parametrize("place", [0, 3, 6])
def test_a_change_of_one_event_is_found_at_that_event(
    code: str, statement: str, place: int
) -> None:
    events = happen(4)
    seal_new_events(timezone.now())
    events += happen(3)
    seal_new_events(timezone.now())
    victim = events[place].pk
    as_an_intruder(statement, pk=victim)
    assert codes() == [(code, f"event {victim}")]


@pytest.mark.django_db
def test_an_event_that_is_slipped_in_later_is_found() -> None:
    first = happen(1)[0].pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('audit_event', 'id'))")
        free = cursor.fetchone()[0]
    happen(2)
    seal_new_events(timezone.now())
    as_an_intruder(
        "INSERT INTO audit_event (id, recorded_at, happened_at, name, actor_label, object_type, "
        "object_id, detail, request_id) SELECT %(free)s, recorded_at, happened_at, name, "
        "actor_label, object_type, object_id, detail, request_id FROM audit_event "
        "WHERE id = %(first)s",
        free=free,
        first=first,
    )
    assert codes() == [("inserted", f"event {free}")]


@pytest.mark.django_db
def test_two_events_that_change_places_are_both_found() -> None:
    events = happen(4)
    seal_new_events(timezone.now())
    one, two = events[1].pk, events[2].pk
    as_an_intruder(
        "UPDATE audit_event SET id = 0 WHERE id = %(one)s",
        "UPDATE audit_event SET id = %(one)s WHERE id = %(two)s",
        "UPDATE audit_event SET id = %(two)s WHERE id = 0",
        one=one,
        two=two,
    )
    assert codes() == [("changed", f"event {one}"), ("changed", f"event {two}")]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("DELETE FROM audit_seal WHERE id = %(first)s", {"chain", "inserted"}),
        ("UPDATE audit_seal SET root = repeat('0', 64) WHERE id = %(first)s", {"seal"}),
        ("UPDATE audit_seal SET signature = repeat('0', 128) WHERE id = %(first)s", {"signature"}),
        ("UPDATE audit_seal SET signature = 'no hex' WHERE id = %(first)s", {"signature"}),
        (
            "UPDATE audit_seal SET sealed_at = now() + interval '1 d' WHERE id = %(first)s",
            {"seal"},
        ),
    ],
)
def test_a_change_of_a_seal_is_found(statement: str, found: set[str]) -> None:
    for _ in range(2):
        happen(2)
        seal_new_events(timezone.now())
    as_an_intruder(statement, first=Seal.objects.earliest("pk").pk)
    assert {code for code, _ in codes()} == found


@pytest.mark.django_db
def test_a_chain_written_anew_with_another_key_is_found(settings: Any) -> None:
    happen(2)
    settings.SECRET_KEY = "another secret " * 5
    seal_new_events(timezone.now())
    settings.SECRET_KEY = "the portal's own secret " * 4
    assert [code for code, _ in codes()] == ["signature"]
    settings.AUDIT_OLD_PUBLIC_KEYS = []


@pytest.mark.django_db
def test_after_a_change_of_key_the_old_public_key_still_verifies(settings: Any) -> None:
    settings.SECRET_KEY = "the secret of last year " * 4
    happen(2)
    seal_new_events(timezone.now())
    settings.AUDIT_OLD_PUBLIC_KEYS = [chain.public_key_text()]
    settings.SECRET_KEY = "the secret of this year " * 4
    assert codes() == []


@pytest.mark.django_db
def test_after_a_full_disk_the_copy_goes_on_in_a_line_of_its_own(
    tmp_path: Path, settings: Any
) -> None:
    copy = tmp_path / "seals.jsonl"
    settings.AUDIT_SEAL_COPY = str(copy)
    copy.write_text('{"seal": 1, "dig', encoding="utf-8")
    happen(2)
    seal_new_events(timezone.now())
    assert list(read_copy(copy)) == [Seal.objects.latest("pk").pk]


def test_a_line_added_to_the_copy_replaces_none_before_it(tmp_path: Path) -> None:
    copy = tmp_path / "seals.jsonl"
    lines = ('{"seal": 5, "digest": "as sealed"}', '{"seal": 5, "digest": "forged"}')
    copy.write_text("\n".join(lines), encoding="utf-8")
    assert read_copy(copy) == {5: "as sealed"}


@pytest.mark.django_db
def test_seals_cut_off_the_end_are_found_by_the_copy(tmp_path: Path, settings: Any) -> None:
    copy = tmp_path / "elsewhere" / "seals.jsonl"
    settings.AUDIT_SEAL_COPY = str(copy)
    for _ in range(2):
        happen(2)
        seal_new_events(timezone.now())
    copy.write_text(copy.read_text() + '{"seal": 99, "dig', encoding="utf-8")
    assert copy_out() == 0, "each seal is copied once, and a line that was cut short is passed over"
    assert verify(timezone.now(), copy).findings == ()
    last = Seal.objects.latest("pk").pk
    as_an_intruder("DELETE FROM audit_seal WHERE id = %(pk)s", pk=last)
    found = [(item.code, item.where) for item in verify(timezone.now(), copy).findings]
    assert found == [("cut", f"seal {last}")]


@pytest.mark.django_db
def test_a_sealer_that_stands_still_is_found() -> None:
    happen(1)
    late = verify(timezone.now() + timedelta(minutes=6))
    assert [item.code for item in late.findings] == ["unsealed"]


@pytest.mark.django_db
def test_the_database_refuses_to_change_a_seal() -> None:
    happen(1)
    seal_new_events(timezone.now())
    for statement in ("UPDATE audit_seal SET root = ''", "DELETE FROM audit_seal"):
        with (
            pytest.raises(DatabaseError, match="only grow"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_command_says_all_is_well_or_fails_with_each_finding() -> None:
    event = happen(2)[0]
    seal_new_events(timezone.now())
    said = StringIO()
    call_command("audit_verify", stdout=said)
    assert "2 events, 1 seals, 0 not sealed yet" in said.getvalue()
    as_an_intruder("DELETE FROM audit_event WHERE id = %(pk)s", pk=event.pk)
    said = StringIO()
    with pytest.raises(CommandError, match="does not hold"):
        call_command("audit_verify", "--json", stdout=said)
    assert json.loads(said.getvalue())["findings"][0]["where"] == f"event {event.pk}"


@pytest.mark.django_db
def test_many_events_are_sealed_in_several_seals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("safeguarding_portal.audit.sealing.LARGEST", 3)
    happen(7)
    assert seal_new_events(timezone.now()) == 3
    assert verify(timezone.now()).findings == ()
    assert LARGEST > 1000


@pytest.mark.usefixtures("own_database")
def test_an_event_still_being_written_is_not_passed_over() -> None:
    happen(1)
    other = connection.copy()
    other.set_autocommit(False)
    with other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (recorded_at, happened_at, name, actor_label, object_type, "
            "object_id, detail, request_id) VALUES (now(), now(), 'slow.write', 'rules', '', '', "
            "'{}', '')"
        )
    happen(1)
    assert seal_new_events(timezone.now()) == 0, "the table is busy: the next minute tries again"
    other.commit()
    other.close()
    assert seal_new_events(timezone.now()) == 1
    assert verify(timezone.now()).findings == ()
    assert wait_until(lambda: len(Seal.objects.get().event_ids) == 3)


@pytest.mark.django_db
def test_a_seal_needs_something_to_seal() -> None:
    assert seal_once(0, timezone.now()) is None
    with pytest.raises(ValueError, match="at least one"):
        chain.merkle_root([])
