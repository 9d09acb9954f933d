"""The rehearsal: back up, destroy, restore, and prove that what came back is whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.stack import Stack
from tests.faults.test_faults import Officer
from tests.services import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SEAL_AND_STATE = (
    "from django.utils import timezone; from safeguarding_portal.audit.tasks import seal; "
    "from concerns.services.statement import write_statement; "
    "write_statement(timezone.now()); seal.run()"
)
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"


def refused(stack: Stack, folder: Path) -> str:
    """Try to restore; return why it was refused."""
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", str(folder)],
        cwd=ROOT,
        env=stack.processes.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    return done.stderr


def destroy(stack: Stack) -> None:
    """Lose the database: the data folder is gone, an empty server takes its place."""
    stack.stop_postgres()
    shutil.rmtree(stack.home / "postgres")
    stack.start_postgres()


def contents(stack: Stack) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as text."""
    return {
        str(name): stack.rows(f'SELECT one::text FROM "{name}" one ORDER BY 1')  # noqa: S608
        for (name,) in stack.rows(TABLES)
    }


def test_what_was_backed_up_comes_back_whole_and_serves_again(stack: Stack, tmp_path: Path) -> None:
    officer = Officer(stack.address)
    draft = officer.fill()
    assert "Report sent" in officer.post(f"{draft}send/", {}).text
    stack.manage("shell", "-v0", "-c", SEAL_AND_STATE)
    before, folder = contents(stack), tmp_path / "backup"
    stack.manage("backup", str(folder))
    assert folder.stat().st_mode & 0o077 == 0
    assert "not empty" in refused(stack, folder)
    assert "no whole backup" in refused(stack, tmp_path)

    destroy(stack)
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    whole, truth = dump.read_bytes(), json.loads(manifest.read_text())
    dump.write_bytes(whole + b"x")
    assert "not what the manifest says" in refused(stack, folder)
    dump.write_bytes(whole)
    assert "Restored the backup of" in stack.manage("restore", str(folder))
    assert contents(stack) == before
    # The portal serves from it, and a page sent once more files nothing twice.
    assert "Report sent" in officer.post(f"{draft}send/", {}).text
    assert len(contents(stack)["concerns_report"]) == len(before["concerns_report"]) == 1

    destroy(stack)
    manifest.write_text(json.dumps(truth | {"seal_digest": "0" * 64}))
    assert "did not come back" in refused(stack, folder)
