"""What every test may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.utils import setup_databases, teardown_databases
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright

from contacts import selectors
from scripts.need_chromium import FLAGS, find
from tests.services import wait_until
from tests.sign_in import fully

# A test that signs somebody in means all of it; `tests/sign_in.py` has the ways to mean less.
Client.force_login = fully  # type: ignore[assignment, method-assign]

# Nothing in the suite is timed: a busy machine must not fail a property.
hypothesis_settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _fresh_directory() -> Iterator[None]:
    """Read the directory anew for each test, whatever snapshot another one had."""
    selectors._versions.cache_clear()
    yield
    selectors._versions.cache_clear()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """Migrate one test database for every session, also one that only clones it."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default": False})
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Chromium once for all tests of a process, or fail saying how to get it."""
    path = find()
    assert path, "No Chromium: run make test, or install chromium"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Give the test a database of its own, cloned from the migrated one, and drop it afterwards.

    For what must really commit: threads, on-commit hooks, workers. History cannot be flushed, the
    database refuses it, so the database goes as a whole.
    """
    template = str(settings.DATABASES["default"]["NAME"])
    name = f"{template}_own"
    for connection in connections.all():
        connection.close()
    admin = psycopg2.connect(
        host=settings.DATABASES["default"]["HOST"],
        port=settings.DATABASES["default"]["PORT"],
        user=settings.DATABASES["default"]["USER"],
        password=settings.DATABASES["default"]["PASSWORD"],
        dbname="postgres",
    )
    admin.autocommit = True
    cursor = admin.cursor()
    wait_until(lambda: _dropped(cursor, name))
    # A thread of an earlier test may have left its connection open. Only our own: a worker of the
    # server that cleans tables there may not be ended by us, and makes way for a copy by itself.
    cursor.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = %s AND usename = current_user",
        [template],
    )
    wait_until(lambda: _cloned(cursor, name, template))
    default = connections["default"]
    default.settings_dict["NAME"] = name
    with django_db_blocker.unblock():
        yield name
        for connection in connections.all():
            connection.close()
    default.settings_dict["NAME"] = template
    wait_until(lambda: _dropped(cursor, name))
    admin.close()


def _cloned(cursor: Any, name: str, template: str) -> bool:
    """Copy a database; false while a session that is just ending still uses it."""
    try:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    except psycopg2.errors.ObjectInUse:
        return False
    return True


def _dropped(cursor: Any, name: str) -> bool:
    """Drop a database; false while a session of another role, just closed, is still ending."""
    try:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    except psycopg2.errors.InsufficientPrivilege:
        return False
    return True
