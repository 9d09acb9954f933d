"""At rest nothing is readable, every changed byte is found, and the disk may be full."""

from __future__ import annotations

import base64
import errno
import os
import random
import tracemalloc
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command

from safeguarding_portal.audit.models import Event
from safeguarding_portal.files import store
from safeguarding_portal.files.errors import DamagedFileError, NotKeptError
from safeguarding_portal.files.keys import key_provider
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.services import destroy, is_destroyed, read_original
from safeguarding_portal.files.tidy import remove_orphans
from tests.factories import NOON
from tests.files.conftest import kept, worked_on
from tests.files.samples import picture

pytestmark = pytest.mark.usefixtures("box_here")


def plain(sealed: store.Sealed) -> bytes:
    return b"".join(store.unseal(sealed.object_id, sealed.key))


@pytest.mark.parametrize("size", [0, 1, store.CHUNK - 1, store.CHUNK, store.CHUNK + 1, 200_000])
def test_what_is_sealed_comes_back_and_is_not_readable_on_the_disk(size: int) -> None:
    content = random.Random(size).randbytes(size)
    sealed = store.seal([content[:777], content[777:]])
    on_disk = store.path_of(sealed.object_id).read_bytes()
    assert plain(sealed) == content
    assert sealed.size == size
    assert size < 32 or content[:32] not in on_disk
    assert store.path_of(sealed.object_id).stat().st_mode & 0o077 == 0


def _flip(raw: bytes, at: int) -> bytes:
    return raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :]


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: _flip(raw, 0),
        lambda raw: _flip(raw, len(raw) // 2),
        lambda raw: _flip(raw, len(raw) - 1),
        lambda raw: raw[:-1],
        lambda raw: raw[: store.CHUNK + store.TAG],
        lambda raw: raw + b"\0",
        lambda raw: b"",
        lambda raw: (
            raw[store.CHUNK + store.TAG : 2 * (store.CHUNK + store.TAG)]
            + raw[: store.CHUNK + store.TAG]
            + raw[2 * (store.CHUNK + store.TAG) :]
        ),
    ],
    ids=["first", "middle", "last", "cut", "cut at a chunk", "longer", "empty", "swapped"],
)
def test_a_change_anywhere_is_found(change: Any) -> None:
    sealed = store.seal([random.Random(1).randbytes(200_000)])
    path = store.path_of(sealed.object_id)
    path.write_bytes(change(path.read_bytes()))
    with pytest.raises(DamagedFileError):
        plain(sealed)


def test_one_object_cannot_stand_in_for_another() -> None:
    one, other = store.seal([b"one"]), store.seal([b"one"])
    store.path_of(one.object_id).write_bytes(store.path_of(other.object_id).read_bytes())
    with pytest.raises(DamagedFileError):
        plain(one)
    with pytest.raises(DamagedFileError):
        list(store.unseal(one.object_id, other.key))


def test_memory_stays_flat_however_large_a_file_is() -> None:
    chunk = b"x" * store.CHUNK
    tracemalloc.start()
    sealed = store.seal(chunk for _ in range(400))
    size = sum(len(piece) for piece in store.unseal(sealed.object_id, sealed.key))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 400 * store.CHUNK
    assert peak < 2 * 1024 * 1024


def test_a_full_disk_is_said_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NotKeptError, match="Send it again"):
        store.seal([b"x" * 100_000])
    left = [path for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()]
    assert left == []


def key(name: str, byte: int) -> str:
    return f"{name}:{base64.b64encode(bytes([byte]) * 32).decode()}"


@pytest.mark.django_db
def test_rotation_wraps_every_key_again_and_touches_no_file(settings: Any, capsys: Any) -> None:
    settings.FILES_KEYS = [key("old", 1)]
    files = [kept(picture()), kept(picture("PNG"))]
    before = {
        path: path.read_bytes() for path in Path(settings.FILES_ROOT).rglob("*") if path.is_file()
    }
    settings.FILES_KEYS = [key("new", 2), key("old", 1)]
    assert read_back(files[0])[:2] == b"\xff\xd8"
    call_command("files_rotate")
    assert "2 keys wrapped under new." in capsys.readouterr().out
    settings.FILES_KEYS = [key("new", 2)]
    assert read_back(files[0])[:2] == b"\xff\xd8"
    assert {path: path.read_bytes() for path in before} == before
    assert Event.objects.filter(name="file.keys_rotated").count() == 1
    call_command("files_rotate")
    assert "0 keys" in capsys.readouterr().out


def read_back(file: StoredFile) -> bytes:
    item = file.sealed.get(role=StoredObject.Role.ORIGINAL)
    return b"".join(store.unseal(item.object_id, item.key))


@pytest.mark.django_db
def test_a_key_that_is_gone_is_said_and_the_rest_is_rotated(settings: Any, capsys: Any) -> None:
    settings.FILES_KEYS = [key("lost", 1)]
    kept(picture())
    settings.FILES_KEYS = [key("old", 3)]
    kept(picture())
    settings.FILES_KEYS = [key("new", 2), key("old", 3)]
    with pytest.raises(SystemExit):
        call_command("files_rotate")
    shown = capsys.readouterr()
    assert "1 keys wrapped" in shown.out
    assert "1 keys could not be unwrapped" in shown.err


@pytest.mark.django_db
def test_destroying_removes_rows_keys_and_bytes_and_proves_it(
    scanner: Any, django_capture_on_commit_callbacks: Any
) -> None:
    file = worked_on(kept(picture(), because="report"))
    assert read_original(file) is not None
    with django_capture_on_commit_callbacks(execute=True):
        proof = destroy(file.pk, actor_label="disposal", detail="DSP-1")
    assert len(proof.objects) == 2
    assert proof.sha256 == file.sha256
    assert is_destroyed(proof)
    assert not StoredObject.objects.exists()
    event = Event.objects.get(name="file.destroyed")
    assert event.detail["hash"] == file.sha256


@pytest.mark.django_db
def test_bytes_that_no_row_names_are_removed_after_a_day(settings: Any) -> None:
    file, orphan = kept(picture()), store.seal([b"never kept"])
    old = (NOON - timedelta(days=2)).timestamp()
    for path in Path(settings.FILES_ROOT).rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    fresh = store.seal([b"just now"])
    os.utime(store.path_of(fresh.object_id), (NOON.timestamp(), NOON.timestamp()))
    assert remove_orphans(NOON) == 1
    assert not store.is_stored(orphan.object_id)
    assert store.is_stored(fresh.object_id)
    assert store.is_stored(file.sealed.get().object_id)


def test_keys_in_the_environment_must_be_keys(settings: Any) -> None:
    for wrong in ("no-colon", "id:" + "A" * 10, ":" + "A" * 44):
        settings.FILES_KEYS = [wrong]
        with pytest.raises(Exception, match="32 bytes in base64"):
            key_provider()


def test_two_keys_of_one_id_are_refused_before_a_file_is_lost(settings: Any) -> None:
    settings.FILES_KEYS = [key("one", 1), key("one", 2)]
    with pytest.raises(ImproperlyConfigured, match="have one id"):
        key_provider()
