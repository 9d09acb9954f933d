"""The table that disposal follows, held against the database's catalogue; and what may bend."""

from __future__ import annotations

from datetime import timedelta

import psycopg2
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from psycopg2.errors import InsufficientPrivilege

from concerns.models import Concern, DisposalPart, Note
from concerns.services.disposal import approve_batch, propose_batch
from concerns.services.retention import work_out
from tests.audit.test_append_only import as_the_portal
from tests.records.conftest import LONG_AGO, Keepers, closed_concern, dispose, make_keepers

# Every foreign key into a concern's record, at any distance, with the kinds of rows that it holds:
# from what belongs to it down, and up to what it belongs to.
KEYS = """
    WITH RECURSIVE links AS (
        SELECT c.conrelid::regclass::text AS held_by, a.attname::text AS through,
            c.confrelid::regclass::text AS held
        FROM pg_constraint c
        JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f'
    ), inside(name) AS (
        SELECT unnest(ARRAY['concerns_concern', 'concerns_report', 'concerns_draft',
            'concerns_person', 'concerns_bundle', 'concerns_savedfilter', 'outbox_message'])
        UNION
        SELECT links.held_by FROM links JOIN inside ON links.held = inside.name
    )
    SELECT held_by, through, held FROM links WHERE held IN (SELECT name FROM inside)
"""


def test_no_foreign_key_into_a_record_is_forgotten(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(KEYS)
        keys = {tuple(row) for row in cursor.fetchall()}
    known = DisposalPart.objects.exclude(act=DisposalPart.Act.STAYS)
    listed = set(known.values_list("table_name", "column_name", "refers_to"))
    assert keys - set(
        DisposalPart.objects.values_list("table_name", "column_name", "refers_to")
    ) == (set()), "A new table: add its row to concerns_disposalpart in the migration that makes it"
    assert listed - keys == set()


def test_every_table_with_text_about_a_record_is_reached(db: None) -> None:
    """What holds a concern's or report's number without a foreign key is known by name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name || '.' || column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND column_name IN ('concern_id', 'report_id',"
            " 'referral_id', 'draft_id', 'involvement_id')"
        )
        columns = {name for (name,) in cursor.fetchall()}
    parts = {f"{part.table_name}.{part.column_name}" for part in DisposalPart.objects.all()}
    # Events outlive what they speak of: numbers and codes only (audit/models.py).
    assert columns - parts == {"audit_event.concern_id", "audit_event.report_id"}


@pytest.mark.parametrize("marked", [False, True])
def test_nothing_but_the_function_gets_round_the_triggers(
    own_database: str, monkeypatch: pytest.MonkeyPatch, marked: bool
) -> None:
    keepers = make_keepers()
    concern = closed_concern(keepers.team)
    Note.objects.create(concern=concern, author=keepers.lead, text="x", created_at=LONG_AGO)
    now = timezone.now()
    work_out(now)
    batch = propose_batch(keepers.officer, [concern.reference], now)
    with as_the_portal(own_database, monkeypatch) as portal, portal.cursor() as cursor:
        if marked:
            # The portal's own role may say that it disposes; it is not the owner all the same.
            cursor.execute("SET portal.disposing = 'on'")
        for statement in (
            "DELETE FROM concerns_note",
            "DELETE FROM concerns_concern",
            "DELETE FROM outbox_message",
            "DELETE FROM audit_event",
            "DELETE FROM concerns_disposalrecord",
            "UPDATE concerns_disposalpart SET act = 'remove'",
            (
                "INSERT INTO concerns_disposalpart (table_name, column_name, refers_to, act)"
                " VALUES ('accounts_user', 'id', 'concerns_concern', 'remove')"
            ),
            "SELECT concerns_dispose(0)",
            f"SELECT concerns_dispose({batch.items.get().pk})",
        ):
            with pytest.raises((InsufficientPrivilege, psycopg2.errors.RaiseException)):
                cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM concerns_note")
        assert cursor.fetchone() == (1,)


def test_the_portals_own_role_disposes_through_the_function(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keepers = make_keepers()
    concern = closed_concern(keepers.team)
    now = timezone.now()
    work_out(now)
    batch = propose_batch(keepers.officer, [concern.reference], now)
    approve_batch(batch.pk, keepers.second, now - timedelta(days=8))
    with as_the_portal(own_database, monkeypatch) as portal, portal.cursor() as cursor:
        cursor.execute("SELECT concerns_dispose(%s)", [batch.items.get().pk])
        cursor.execute("SELECT current_setting('portal.disposing', true)")
        assert cursor.fetchone() == ("",)
        cursor.execute("SELECT concerns_forget_samples()")
    assert not Concern.objects.exists()


def test_a_record_of_disposal_is_never_changed(keepers: Keepers) -> None:
    assert dispose(keepers, closed_concern(keepers.team)) == 1
    for statement in (
        "UPDATE concerns_disposalrecord SET row_id = 'x'",
        "DELETE FROM concerns_disposalrecord",
    ):
        with (
            pytest.raises(DatabaseError, match="kept as it is"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
