"""The rehearsal: back up, destroy, restore, and prove that what came back is whole."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.faults.stack import Stack
from tests.faults.test_faults import Officer
from tests.files.samples import MAIL
from tests.services import ROOT

pytestmark = [pytest.mark.faults, pytest.mark.xdist_group("faults")]
SEAL_AND_STATE = (
    "from django.utils import timezone; from safeguarding_portal.audit.tasks import seal; "
    "from concerns.services.statement import write_statement; "
    "write_statement(timezone.now()); seal.run()"
)
# Says the digest of the file as it is when it is opened again with its key.
UNSEAL = (
    "from hashlib import sha256; from safeguarding_portal.files import store; "
    "from safeguarding_portal.files.models import StoredFile; "
    "found = StoredFile.objects.get().sealed.get(role='original'); "
    "print(sha256(b''.join(store.unseal(found.object_id, found.key))).hexdigest())"
)
EVIDENCE = b"Robin's drawing of the house"
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
    """Lose the host: database and files are gone, an empty server takes their place."""
    stack.stop_postgres()
    shutil.rmtree(stack.home / "postgres")
    shutil.rmtree(stack.home / "files", ignore_errors=True)
    stack.start_postgres()


def mail() -> bytes:
    """Return an e-mail as a file, the smallest whole file there is."""
    return MAIL + b"\r\n" + EVIDENCE + b"\r\n"


def attach(officer: Officer, path: str, content: bytes) -> None:
    """Add a file to a draft, as a browser without scripts does."""
    officer.post(path, {"warned": "1"})
    answer = officer.post(path, {"upload": "1"}, files={"evidence": ("house.eml", content)})
    assert "house.eml" in answer.text


def contents(stack: Stack) -> dict[str, list[tuple[object, ...]]]:
    """Return every row of every table, as text."""
    return {
        str(name): stack.rows(f'SELECT one::text FROM "{name}" one ORDER BY 1')  # noqa: S608
        for (name,) in stack.rows(TABLES)
    }


def test_what_was_backed_up_comes_back_whole_and_serves_again(stack: Stack, tmp_path: Path) -> None:
    officer = Officer(stack.address)
    draft = officer.fill()
    attach(officer, f"{draft}page/files/", mail())
    assert "Report sent" in officer.post(f"{draft}send/", {}).text
    stack.manage("shell", "-v0", "-c", SEAL_AND_STATE)
    before, folder = contents(stack), tmp_path / "backup"
    assert "with 1 sealed files" in stack.manage("backup", str(folder))
    assert folder.stat().st_mode & 0o077 == 0
    assert "not empty" in refused(stack, folder)
    assert "no whole backup" in refused(stack, tmp_path)

    destroy(stack)
    dump, manifest = folder / "database.dump", folder / "manifest.json"
    whole, truth = dump.read_bytes(), json.loads(manifest.read_text())
    dump.write_bytes(whole + b"x")
    assert "not what the manifest says" in refused(stack, folder)
    dump.write_bytes(whole)
    (sealed,) = (folder / "files").iterdir()
    bytes_of_it = sealed.read_bytes()
    assert EVIDENCE not in bytes_of_it
    sealed.write_bytes(bytes_of_it[:-1])
    assert "missing or changed" in refused(stack, folder)
    sealed.unlink()
    assert "missing or changed" in refused(stack, folder)
    sealed.write_bytes(bytes_of_it)
    assert "Restored the backup of" in stack.manage("restore", str(folder))
    assert contents(stack) == before
    assert sha256(mail()).hexdigest() in stack.manage("shell", "-v0", "-c", UNSEAL)
    # The portal serves from it, and a page sent once more files nothing twice.
    assert "Report sent" in officer.post(f"{draft}send/", {}).text
    assert len(contents(stack)["concerns_report"]) == len(before["concerns_report"]) == 1

    # What is destroyed between the dump and the copy is said.
    (stored,) = (path for path in (stack.home / "files").rglob("*") if path.is_file())
    stored.unlink()
    assert "was not there" in stack.manage("backup", str(tmp_path / "second"))

    destroy(stack)
    manifest.write_text(json.dumps(truth | {"seal_digest": "0" * 64}))
    assert "did not come back" in refused(stack, folder)
