"""The portal's real servers and processes, each apart, which a test may kill, stop and start."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2
import redis

from safeguarding_portal import embedded
from tests.faults.hosts import Host
from tests.services import ROOT, Processes, SmtpSink, free_port


def new_state() -> embedded.State:
    """Return free ports, and passwords that open nothing else."""
    return embedded.State(
        free_port(), free_port(), free_port(), "a" * 12, "o" * 12, "p" * 12, "v" * 12
    )


@dataclass
class Stack:
    """Everything that runs in production, each part by itself."""

    home: Path
    state: embedded.State
    sink: SmtpSink
    # Addresses beside the loopback on which PostgreSQL and Valkey listen.
    listen: Sequence[str] = ()
    extra: dict[str, str] = field(default_factory=dict)
    address: str = ""
    postgres: subprocess.Popen[bytes] | None = None
    valkey: subprocess.Popen[bytes] | None = None

    def __post_init__(self) -> None:
        self.processes = Processes(self.environment())

    def environment(self, host: Host | None = None) -> dict[str, str]:
        """Return the settings of a process on this machine, or on a host of its own."""
        app, owner, queue = embedded_urls(self.state)
        mail = f"smtp://127.0.0.1:{self.state.smtp_port}"
        name = host.name if host else "here"
        found = {
            "DATABASE_URL": app,
            "DATABASE_OWNER_URL": owner,
            "REDIS_URL": queue,
            "EMAIL_URL": mail,
            "PROBE_ADDRESS": "",
            "CONTACTS_SNAPSHOT": str(self.home / f"snapshot-{name}.json"),
            "FILES_ROOT": str(self.home / "files"),
            "DJANGO_SETTINGS_MODULE": "safeguarding_portal.settings",
        } | self.extra
        if host is not None:
            for setting in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"):
                found[setting] = _seen_from(host, found[setting])
            if host.prefix:
                found["EMAIL_URL"] = f"smtp://{host.back}:{self.state.smtp_port}"
        return found

    def start_postgres(self) -> None:
        """Start PostgreSQL on its data and wait for it."""
        data = self.home / "postgres"
        if not data.exists():
            embedded._initialise(data, self.state)
        if self.listen:
            with (data / "pg_hba.conf").open("a") as rules:
                rules.writelines(
                    f"host all all {address}/24 scram-sha-256\n" for address in self.listen
                )
        command = embedded._postgres_command(data, self.state)
        command += ["-c", f"listen_addresses={','.join(['127.0.0.1', *self.listen])}"]
        self.postgres = embedded._run(command, self.home / "postgres.log")
        embedded._make_roles(self.state, self.postgres)

    def start_valkey(self) -> None:
        """Start Valkey on its data and wait for it."""
        self.valkey = embedded._run_valkey(self.home, self.state)
        if self.listen:
            self.queue().config_set("bind", " ".join(["127.0.0.1", *self.listen]))

    def queue(self) -> redis.Redis:
        """Return a connection to Valkey."""
        return redis.Redis.from_url(embedded_urls(self.state)[2])

    def stop_postgres(self) -> None:
        """Stop PostgreSQL at once."""
        assert self.postgres
        embedded._stop(self.postgres)

    def kill_postgres(self) -> None:
        """Kill PostgreSQL and all its processes without a warning."""
        assert self.postgres
        os.killpg(self.postgres.pid, signal.SIGKILL)
        self.postgres.wait()

    def kill_valkey(self) -> None:
        """Kill Valkey without a warning."""
        assert self.valkey
        self.valkey.kill()
        self.valkey.wait()

    def prepare(self) -> None:
        """Start the servers, migrate, and bring in the directory, the policies and demo people."""
        self.start_postgres()
        self.start_valkey()
        self.manage("migrate", "--database", "owner", "-v0")
        for command in ("grant_app_role", "load_directory", "load_policies", "demo_people"):
            self.manage(command)

    def manage(self, *arguments: str, at: Processes | None = None) -> str:
        """Run a management command with the stack's settings, on this machine or at a host."""
        there = at or self.processes
        done = subprocess.run(
            [*there.prefix, sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=there.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
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
        """Let the back-off and the lease of every message and file be over."""
        owner = embedded_urls(self.state)[1]
        connection = psycopg2.connect(owner)
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE outbox_message SET next_attempt_at = now() - interval '1 second', "
                "claimed_at = claimed_at - interval '1 hour'"
            )
            cursor.execute(
                "UPDATE files_storedfile SET next_try_at = now() - interval '1 second', "
                "claimed_at = claimed_at - interval '1 hour' WHERE next_try_at IS NOT NULL"
            )
        connection.close()

    def stop(self) -> None:
        """End everything that was started."""
        self.processes.stop()
        self.sink.stop()
        for server in (self.valkey, self.postgres):
            if server is not None:
                embedded._stop(server)


def copy_data(prepared: Path, home: Path) -> Path:
    """Return a folder with a copy of the data of stopped servers."""
    home.mkdir(mode=0o700)
    shutil.copytree(prepared / "postgres", home / "postgres")
    shutil.copy(prepared / "snapshot-here.json", home)
    return home


def embedded_urls(state: embedded.State) -> tuple[str, str, str]:
    """Return the addresses of the portal's role, the owner's, and the queue's."""
    database = f"127.0.0.1:{state.postgres_port}/portal"
    return (
        f"postgres://portal_app:{state.app_password}@{database}",
        f"postgres://portal_owner:{state.owner_password}@{database}",
        f"redis://:{state.valkey_password}@127.0.0.1:{state.valkey_port}/0",
    )


def _seen_from(host: Host, url: str) -> str:
    """Return the address of a server as a host of its own reaches it."""
    parts = urlsplit(url)
    assert parts.port
    credentials = parts.netloc.rpartition("@")[0]
    return parts._replace(netloc=f"{credentials}@{host.back}:{host.ports[parts.port]}").geturl()
