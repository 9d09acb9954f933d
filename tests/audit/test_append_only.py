"""The database itself refuses to change history, to the owner of the table and to the portal."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.transaction import TransactionManagementError
from psycopg2.errors import InsufficientPrivilege

from safeguarding_portal import embedded
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.services import record, record_view
from safeguarding_portal.management.commands import grant_app_role
from tests.factories import make_user
from tests.outbox.makers import promise

CHANGES = [
    "UPDATE audit_event SET name = 'nothing.happened'",
    "DELETE FROM audit_event",
    "TRUNCATE audit_event",
    "TRUNCATE audit_event CASCADE",
    """INSERT INTO audit_event SELECT * FROM audit_event
       ON CONFLICT (id) DO UPDATE SET name = 'nothing.happened'""",
]


@pytest.mark.usefixtures("own_database")
def test_history_cannot_be_changed_by_the_owner_of_the_table() -> None:
    with transaction.atomic():
        event = record("concern.opened", actor_label="rules")
    for statement in CHANGES:
        with (
            connection.cursor() as cursor,
            pytest.raises(ProgrammingError, match="audit events only grow"),
        ):
            cursor.execute(statement)
    assert Event.objects.get() == event
    assert Event.objects.get().name == "concern.opened"


@pytest.mark.usefixtures("own_database")
def test_a_page_whose_reading_cannot_be_recorded_is_refused() -> None:
    reader = make_user()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event RENAME TO audit_event_away")
    with pytest.raises(DatabaseError):
        record_view("concern.viewed", actor=reader, concern_id=1)


@pytest.mark.usefixtures("own_database")
def test_an_event_outside_the_transaction_of_its_act_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        record("concern.opened", actor_label="rules")
    assert not Event.objects.exists()


@pytest.mark.django_db
def test_history_cannot_be_changed_through_the_model() -> None:
    event = record("concern.opened", actor_label="rules")
    event.name = "nothing.happened"
    with pytest.raises(DatabaseError), transaction.atomic():
        event.save()
    with pytest.raises(DatabaseError), transaction.atomic():
        event.delete()
    assert Event.objects.get().name == "concern.opened"


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["audit_event", "outbox_message"])
def test_the_triggers_fire_in_replication_mode_too(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled FROM pg_trigger WHERE tgrelid = %s::regclass"
            " AND NOT tgisinternal",
            [table],
        )
        found = dict(cursor.fetchall())
    assert len(found) == 2
    assert set(found.values()) == {"A"}


@contextmanager
def as_the_portal(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[psycopg2.extensions.connection]:
    """Connect to a migrated database as the role that the portal runs as in production."""
    portal = SimpleNamespace(settings_dict={"USER": settings.DATABASE_APP_ROLE})
    user, password = settings.DATABASE_APP_ROLE, "only-for-tests"
    if embedded.configured_urls().owner_database == settings.DATABASE_URL:
        password = urlsplit(embedded.configured_urls().database).password or ""
    else:
        _make_role(user, password)
    monkeypatch.setattr(grant_app_role, "connections", {"owner": connection, "default": portal})
    call_command("grant_app_role")
    own = connection.settings_dict
    found = psycopg2.connect(
        host=own["HOST"], port=own["PORT"], dbname=database, user=user, password=password
    )
    found.autocommit = True
    yield found
    found.close()


def _make_role(user: str, password: str) -> None:
    """Make the role on a server of the developer's own, which does not have it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [user])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE ROLE {connection.ops.quote_name(user)}")
        cursor.execute(
            f"ALTER ROLE {connection.ops.quote_name(user)} LOGIN PASSWORD %s", [password]
        )


def test_the_portals_own_role_adds_and_reads_history_and_nothing_else(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction.atomic():
        record("concern.opened", actor_label="rules")
    with as_the_portal(own_database, monkeypatch) as portal, portal.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_event (recorded_at, happened_at, name, actor_label, object_type,"
            " object_id, detail, request_id)"
            " VALUES (now(), now(), 'a.b', 'rules', '', '', '{}', '')"
        )
        cursor.execute("SELECT count(*) FROM audit_event")
        assert cursor.fetchone() == (2,)
        for statement in (
            *CHANGES,
            "ALTER TABLE audit_event DISABLE TRIGGER ALL",
            "DROP TRIGGER audit_event_rows ON audit_event",
            "DROP TABLE audit_event",
            "SET session_replication_role = replica",
            """CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql
               AS 'BEGIN RETURN NULL; END'""",
        ):
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM audit_event WHERE name = 'concern.opened'")
        assert cursor.fetchone() == (1,)


def test_the_portals_own_role_works_the_outbox_and_cannot_remove_from_it(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise()
    with as_the_portal(own_database, monkeypatch) as portal, portal.cursor() as cursor:
        cursor.execute("UPDATE outbox_message SET attempts = 1")
        assert cursor.rowcount == 1
        for statement in ("DELETE FROM outbox_message", "TRUNCATE outbox_message"):
            with pytest.raises(InsufficientPrivilege):
                cursor.execute(statement)


def test_the_portals_own_role_holds_no_right_to_change_history_or_to_remove(
    own_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Without the right, the refusal does not hang on the triggers alone.
    with as_the_portal(own_database, monkeypatch) as portal, portal.cursor() as cursor:
        held = {}
        for table in ("audit_event", "audit_seal", "outbox_message"):
            cursor.execute(
                "SELECT right_held FROM unnest(%s) AS right_held"
                " WHERE has_table_privilege(%s, right_held)",
                [["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"], table],
            )
            held[table] = {row[0] for row in cursor.fetchall()}
    assert held == {
        "audit_event": {"SELECT", "INSERT"},
        "audit_seal": {"SELECT", "INSERT"},
        "outbox_message": {"SELECT", "INSERT", "UPDATE"},
    }
