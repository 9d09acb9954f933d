"""The portal's real processes on servers of their own, which a test may stop and start."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest

from safeguarding_portal import embedded
from tests.services import ROOT, Processes, SmtpSink, free_port


@dataclass
class Stack:
    """Everything that runs in production, each part by itself."""

    home: Path
    state: embedded.State
    processes: Processes
    sink: SmtpSink
    address: str = ""
    postgres: subprocess.Popen[bytes] | None = None
    valkey: subprocess.Popen[bytes] | None = None

    def start_postgres(self) -> None:
        """Start PostgreSQL on its data and wait for it."""
        data = self.home / "postgres"
        if not data.exists():
            embedded._initialise(data, self.state)
        command = embedded._postgres_command(data, self.state)
        self.postgres = embedded._run(command, self.home / "postgres.log")
        embedded._make_roles(self.state, self.postgres)

    def start_valkey(self) -> None:
        """Start Valkey on its data and wait for it."""
        self.valkey = embedded._run_valkey(self.home, self.state)

    def stop_postgres(self) -> None:
        """Stop PostgreSQL at once."""
        assert self.postgres
        embedded._stop(self.postgres)

    def kill_valkey(self) -> None:
        """Kill Valkey without a warning."""
        assert self.valkey
        self.valkey.kill()
        self.valkey.wait()

    def manage(self, *arguments: str) -> str:
        """Run a management command with the stack's settings."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.processes.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """Read from the database as the portal's own role."""
        connection = psycopg2.connect(self.processes.environment["DATABASE_URL"])
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found: list[tuple[object, ...]] = cursor.fetchall()
        connection.close()
        return found

    def sweep(self) -> None:
        """Do what beat does each minute, without waiting for the minute."""
        code = "from safeguarding_portal.outbox.tasks import sweep; sweep.run()"
        self.manage("shell", "-v0", "-c", code)

    def make_due(self) -> None:
        """Let the back-off and the lease of every message be over."""
        owner = embedded_urls(self.state)[1]
        connection = psycopg2.connect(owner)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outbox_message SET next_attempt_at = now() - interval '1 second', "
                "claimed_at = claimed_at - interval '1 hour'"
            )
        connection.close()


def embedded_urls(state: embedded.State) -> tuple[str, str, str]:
    """Return the addresses of the portal's role, the owner's, and the queue's."""
    database = f"127.0.0.1:{state.postgres_port}/portal"
    return (
        f"postgres://portal_app:{state.app_password}@{database}",
        f"postgres://portal_owner:{state.owner_password}@{database}",
        f"redis://:{state.valkey_password}@127.0.0.1:{state.valkey_port}/0",
    )


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stack]:
    """Start servers, migrate, and serve the portal; worker and beat are the test's to start."""
    home = tmp_path / "servers"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("PORTAL_EMBEDDED_FSYNC", "off")
    passwords = ["a" * 12, "o" * 12, "p" * 12, "v" * 12]
    state = embedded.State(free_port(), free_port(), free_port(), *passwords)
    app, owner, queue = embedded_urls(state)
    sink = SmtpSink(state.smtp_port).start()
    environment = {
        "DATABASE_URL": app,
        "DATABASE_OWNER_URL": owner,
        "REDIS_URL": queue,
        "EMAIL_URL": f"smtp://127.0.0.1:{state.smtp_port}",
        "CONTACTS_SNAPSHOT": str(tmp_path / "snapshot.json"),
        "BEAT_SCHEDULE_FILE": str(tmp_path / "beat"),
        "DJANGO_SETTINGS_MODULE": "safeguarding_portal.settings",
    }
    running = Stack(home, state, Processes(environment), sink)
    try:
        running.start_postgres()
        running.start_valkey()
        running.manage("migrate", "--database", "owner", "-v0")
        for command in ("grant_app_role", "load_directory", "load_policies", "demo_people"):
            running.manage(command)
        port = free_port()
        running.processes.environment["PORTAL_URL"] = f"http://127.0.0.1:{port}"
        running.address = running.processes.web(port)
        yield running
    finally:
        running.processes.stop()
        sink.stop()
        for server in (running.valkey, running.postgres):
            if server is not None:
                embedded._stop(server)
