"""A store in a folder of the test, a real scanner for the session, and whole files of each kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from safeguarding_portal.accounts.models import User
from safeguarding_portal.files import sandbox
from safeguarding_portal.files.box.main import do
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.files.services import keep, receive
from safeguarding_portal.files.work import work_on
from tests.clamav import Clamd
from tests.concerns.conftest import Council, council
from tests.factories import NOON, make_user

__all__ = ["Council", "council"]


@pytest.fixture(scope="session")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clamd]:
    """Start clamd once for the session."""
    daemon = Clamd(tmp_path_factory.mktemp("clamd")).start()
    yield daemon
    daemon.stop()


@pytest.fixture(autouse=True)
def _store(settings: Any, tmp_path: Path) -> None:
    settings.FILES_ROOT = tmp_path / "files"


@pytest.fixture
def box_here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Do the box's work in this process, for tests that are not about the box: it starts slowly."""

    def ask(job: str, chunks: Iterable[bytes]) -> sandbox.Answer:
        limits = {"pixels": settings.FILES_MAX_PIXELS, "unzipped": settings.FILES_MAX_UNZIPPED}
        answer, parts = do(job, b"".join(chunks), limits)
        return sandbox.Answer(**answer, parts=tuple(sandbox.Part(*part) for part in parts))

    monkeypatch.setattr(sandbox, "_ask", ask)


@pytest.fixture
def scanner(clamd: Clamd, settings: Any) -> Clamd:
    """Let the portal ask the scanner."""
    settings.CLAMD_URL = clamd.url
    return clamd


def kept(
    content: bytes, name: str = "photo", owner: User | None = None, **fields: Any
) -> StoredFile:
    """Return a file that was received and not yet looked at by a worker."""
    return keep(receive([content], name), owner or make_user(), NOON, **fields)


def worked_on(file: StoredFile) -> StoredFile:
    """Let a worker look at a file, and return what became of it."""
    work_on(file.pk, NOON)
    return StoredFile.objects.get(pk=file.pk)
