"""The scanner and its worker: only "OK" is clean; whatever breaks delays."""

from __future__ import annotations

import socket
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from safeguarding_portal.audit.models import Event
from safeguarding_portal.files import scanner as clam
from safeguarding_portal.files.models import StoredFile
from safeguarding_portal.files.services import read
from safeguarding_portal.files.store import path_of
from safeguarding_portal.files.work import (
    due_files,
    files_stuck,
    note_stuck,
    scan_numbers,
    work_on,
)
from tests.clamav import EICAR, Clamd
from tests.factories import NOON
from tests.files.conftest import kept, worked_on
from tests.files.samples import picture, wav

pytestmark = pytest.mark.usefixtures("box_here")


def test_the_scanner_says_clean_or_what_it_found(scanner: Clamd) -> None:
    assert clam.is_there()
    assert clam.scan([b"harmless", b" words"]).is_clean
    found = clam.scan([EICAR[:20], EICAR[20:]])
    assert not found.is_clean
    assert found.finding.startswith("Portal.Test.Eicar")


@pytest.mark.parametrize(
    "said", [b"", b"stream: ", b"stream: MAYBE\0", b"stream: x ERROR\0", b"OK\0"]
)
def test_no_other_answer_is_clean(said: bytes, settings: Any) -> None:
    server = socket.create_server(("127.0.0.1", 0))
    settings.CLAMD_URL = f"tcp://127.0.0.1:{server.getsockname()[1]}"

    def answer() -> None:
        for word in (b"ClamAV 1\0", said):
            connection, _ = server.accept()
            connection.recv(65536)
            connection.sendall(word)
            connection.close()

    thread = threading.Thread(target=answer)
    thread.start()
    with pytest.raises(OSError, match=r"verdict|broke off|reset"):
        clam.scan([b"x"])
    thread.join()
    server.close()


@pytest.mark.django_db
def test_a_scanner_that_is_away_is_asked_again_with_growing_pauses(settings: Any) -> None:
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    file, now, pauses = kept(picture()), NOON, []
    for _ in range(6):
        work_on(file.pk, now)
        file.refresh_from_db()
        assert (file.state, file.reason) == ("unscanned", "away")
        assert read(file) is None
        assert file.next_try_at is not None
        pauses.append((file.next_try_at - now).total_seconds())
        assert due_files(file.next_try_at - timedelta(seconds=1)) == []
        now = file.next_try_at
    assert pauses == [30, 60, 120, 300, 300, 300]
    assert Event.objects.filter(name="file.scanned").count() == 1
    assert files_stuck() == 0
    note_stuck(now)
    assert files_stuck() == 1
    cache.clear()
    numbers = scan_numbers(now)
    assert (numbers["unscanned"], numbers["stuck"]) == (1, 1)
    assert not clam.is_there()


@pytest.mark.django_db
def test_a_file_that_came_in_under_a_wrong_clock_waits_for_no_other_day(scanner: Clamd) -> None:
    ahead = NOON + timedelta(minutes=45)
    came, claimed = kept(wav()), kept(wav())
    StoredFile.objects.update(next_try_at=ahead)
    StoredFile.objects.filter(pk=claimed.pk).update(claim=uuid.uuid4(), claimed_at=ahead)
    assert set(due_files(NOON)) == {came.pk, claimed.pk}
    work_on(came.pk, NOON)
    came.refresh_from_db()
    assert came.state == "clean"


@pytest.mark.django_db
def test_a_worker_that_died_loses_its_claim_and_a_late_one_writes_nothing(scanner: Clamd) -> None:
    file = kept(wav())
    StoredFile.objects.update(claim=uuid.uuid4(), claimed_at=NOON)
    work_on(file.pk, NOON + timedelta(minutes=1))
    file.refresh_from_db()
    assert file.state == "waiting"
    assert due_files(NOON + timedelta(minutes=4)) == []
    assert due_files(NOON + timedelta(minutes=5)) == [file.pk]
    work_on(file.pk, NOON + timedelta(minutes=5))
    file.refresh_from_db()
    assert (file.state, file.preview, file.claim, file.next_try_at) == ("clean", "none", None, None)
    work_on(file.pk, NOON + timedelta(minutes=6))
    assert Event.objects.filter(name="file.scanned").count() == 1


@pytest.mark.django_db
def test_a_verdict_that_comes_after_the_claim_is_lost_is_not_written(
    scanner: Clamd, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = kept(wav())
    real = clam.scan

    def slow(chunks: Any) -> clam.Verdict:
        StoredFile.objects.update(claim=uuid.uuid4())
        return real(chunks)

    monkeypatch.setattr(clam, "scan", slow)
    assert worked_on(file).state == "waiting"


@pytest.mark.django_db
def test_a_file_that_was_changed_on_the_disk_is_never_clean(scanner: Clamd) -> None:
    file = kept(picture())
    path = path_of(file.sealed.get().object_id)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    changed = worked_on(file)
    assert (changed.state, changed.reason, changed.next_try_at) == ("unscanned", "damaged", None)


@pytest.mark.django_db
def test_whoever_watches_learns_that_the_scanner_is_away_and_the_portal_stays_up(
    settings: Any, scanner: Clamd
) -> None:
    assert Client().get("/health/ready").json()["scanner"] == "ok"
    settings.CLAMD_URL, settings.METRICS_TOKEN = "", "watch"
    ready = Client().get("/health/ready")
    assert (ready.status_code, ready.json()["scanner"]) == (200, "away")
    kept(wav())
    text = Client().get("/metrics", headers={"Authorization": "Bearer watch"}).content.decode()
    assert 'portal_files{state="waiting"} 1' in text
