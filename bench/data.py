"""Builds the databases of the bench once; they are kept between runs under `var/bench`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from psycopg2 import sql

from safeguarding_portal import embedded

FILL = Path(__file__).with_name("fill.sql")
TEMPLATE = "bench_template"
# Whatever changes the tables or the filling is a new bench: build it under a new number.
EDITION = "5"


def database_name(size: int) -> str:
    """Return the name of the database that holds this many concerns."""
    return f"bench_{EDITION}_{size}"


def use(name: str) -> None:
    """Point the portal in this process at one of the bench's databases."""
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _admin(name: str = "postgres") -> Any:
    """Connect as the server's administrator: filling sets triggers and foreign keys aside."""
    default = settings.DATABASES["default"]
    connection = psycopg2.connect(
        host=default["HOST"],
        port=default["PORT"],
        user="portal_admin",
        password=embedded._state().admin_password,
        dbname=name,
    )
    connection.autocommit = True
    return connection


def _run(cursor: Any, text: str, *names: str) -> None:
    cursor.execute(sql.SQL(text).format(*(sql.Identifier(name) for name in names)))


def ensure(size: int) -> None:
    """Build the database of this size unless it is there; a half-built one never is."""
    admin = _admin()
    with admin.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database_name(size)])
        if cursor.fetchone():
            return
        draft = f"{database_name(size)}_draft"
        _run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", draft)
        _ensure_template(cursor)
        _run(cursor, "CREATE DATABASE {} TEMPLATE {} OWNER portal_owner", draft, TEMPLATE)
        started = time.monotonic()
        _fill(draft, size)
        _run(cursor, "ALTER DATABASE {} RENAME TO {}", draft, database_name(size))
        print(f"Built {size:,} concerns in {time.monotonic() - started:.0f} s", flush=True)
    admin.close()


@contextmanager
def copy_of(size: int) -> Iterator[str]:
    """Give a copy of a size's database to write into; it is dropped afterwards."""
    ensure(size)
    admin, name = _admin(), f"{database_name(size)}_copy"
    with admin.cursor() as cursor:
        for alias in ("default", "owner"):
            connections[alias].close()
        _run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)
        _run(
            cursor,
            "CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy OWNER portal_owner",
            name,
            database_name(size),
        )
        use(name)
        try:
            yield name
        finally:
            use("postgres")
            _run(cursor, "DROP DATABASE {} WITH (FORCE)", name)
    admin.close()


def _ensure_template(cursor: Any) -> None:
    _run(cursor, "DROP DATABASE IF EXISTS {} WITH (FORCE)", TEMPLATE)
    _run(cursor, "CREATE DATABASE {} OWNER portal_owner", TEMPLATE)
    use(TEMPLATE)
    call_command("migrate", database="owner", verbosity=0)
    call_command("grant_app_role")
    call_command("demo_people", verbosity=0)
    use("postgres")


def _fill(name: str, size: int) -> None:
    """Fill without indexes, then make them, then count: as a bulk load does."""
    admin = _admin(name)
    with admin.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '128MB'")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename "
            "~ '^(concerns|audit|outbox)_' AND NOT EXISTS (SELECT 1 FROM pg_constraint "
            "WHERE conname = indexname)"
        )
        indexes = cursor.fetchall()
        for index, _ in indexes:
            _run(cursor, "DROP INDEX {}", index)
        cursor.execute(FILL.read_text().replace(":size", str(size)))
        for _, definition in indexes:
            cursor.execute(definition)
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns "
            "WHERE is_identity = 'YES' AND table_name ~ '^(concerns|audit|outbox)_'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', '{column}'), "  # noqa: S608
                f"greatest((SELECT max({column}) FROM {table}), 1))"
            )
        cursor.execute("VACUUM (ANALYZE)")
    admin.close()
