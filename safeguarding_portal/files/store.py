"""Sealed objects in a directory: AES-256-GCM, in chunks, under a key of their own.

An object is a run of chunks of 64 KiB, so that memory stays flat whatever its size. Each chunk is
bound to the object's id, its place in the run and whether it is the last: a changed, swapped, cut
or added byte is found when it is read. The nonce is the chunk's place, which is safe because no key
ever seals a second object. Nothing readable is written anywhere, not even while a file comes in.

An object is written under a temporary name, synced, then renamed: after a crash it is whole or not
there. What no row names is swept away a day later (`sweep_orphans`).
"""

from __future__ import annotations

import os
import re
import struct
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from io import BufferedReader
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from safeguarding_portal.files.errors import DamagedFileError, NotKeptError
from safeguarding_portal.files.keys import WrappedKey, key_provider

CHUNK = 64 * 1024
TAG = 16
PARTS = "parts"
ORPHAN_AFTER = timedelta(days=1)
_OBJECT = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sealed:
    """An object that was written: where, under which key, and what the plain bytes were."""

    object_id: uuid.UUID
    key: WrappedKey
    size: int
    sha256: str


def path_of(object_id: uuid.UUID) -> Path:
    """Return where an object lies; the name says nothing of what it is."""
    name = object_id.hex
    return Path(settings.FILES_ROOT) / name[:2] / name


def _nonce(place: int, *, is_last: bool) -> bytes:
    return struct.pack(">IQ", is_last, place)


class Sealer:
    """Writes one object from plain bytes as they come; `finish` or `abort` ends it.

    Raises `NotKeptError` when the disk is full, or it or the keys are away; nothing is left behind.
    """

    def __init__(self) -> None:
        self._object_id = uuid.uuid4()
        data_key = AESGCM.generate_key(bit_length=256)
        self._cipher = AESGCM(data_key)
        self._part = Path(settings.FILES_ROOT) / PARTS / self._object_id.hex
        self._waiting, self._place = b"", 0
        self._digest, self.size = sha256(), 0
        try:
            self._key = key_provider().wrap(data_key, self._object_id.bytes)
            self._part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
            self._file = os.fdopen(os.open(self._part, flags, 0o600), "wb")
        except OSError as error:
            raise NotKeptError from error

    def write(self, data: bytes) -> None:
        """Take some bytes; whole chunks go to the disk, and something waits for `finish`."""
        self._digest.update(data)
        self.size += len(data)
        self._waiting += data
        while len(self._waiting) > CHUNK:
            self._write_chunk(self._waiting[:CHUNK], is_last=False)
            self._waiting = self._waiting[CHUNK:]

    def finish(self) -> Sealed:
        """Write the last chunk, sync, and put the object in its place."""
        self._write_chunk(self._waiting, is_last=True)
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            _put_in_place(self._part, path_of(self._object_id))
        except OSError as error:
            self.abort()
            raise NotKeptError from error
        return Sealed(self._object_id, self._key, self.size, self._digest.hexdigest())

    def abort(self) -> None:
        """Throw away what was written."""
        self._part.unlink(missing_ok=True)
        # What still waits in the buffer may not fit on a full disk; it is not wanted any more.
        with suppress(OSError):
            self._file.close()

    def _write_chunk(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._place, is_last=is_last)
        try:
            self._file.write(self._cipher.encrypt(nonce, piece, self._object_id.bytes))
        except OSError as error:
            self.abort()
            raise NotKeptError from error
        self._place += 1


def seal(chunks: Iterable[bytes]) -> Sealed:
    """Write an object from its plain bytes, synced to disk when this returns; as `Sealer` raises.

    Whatever the chunks themselves raise goes on, and nothing is left behind.
    """
    sealer = Sealer()
    try:
        for chunk in chunks:
            sealer.write(chunk)
    except BaseException:
        sealer.abort()
        raise
    return sealer.finish()


def _put_in_place(part: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part.rename(path)
    for folder in (path.parent, path.parent.parent):
        _sync_folder(folder)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def unseal(object_id: uuid.UUID, key: WrappedKey) -> Iterator[bytes]:
    """Yield the plain bytes of an object, each chunk checked before it is given.

    Raises `DamagedFileError` as soon as something is not what was written, or is not there.
    """
    data_key = key_provider().unwrap(key, object_id.bytes)
    try:
        with path_of(object_id).open("rb") as file:
            yield from _plain_chunks(file, AESGCM(data_key), object_id.bytes)
    except FileNotFoundError as error:
        raise DamagedFileError("An object is not in the store.") from error


def _plain_chunks(file: BufferedReader, cipher: AESGCM, bound_to: bytes) -> Iterator[bytes]:
    place, piece = 0, file.read(CHUNK + TAG)
    while True:
        following = file.read(CHUNK + TAG)
        try:
            yield cipher.decrypt(_nonce(place, is_last=not following), piece, bound_to)
        except InvalidTag as error:
            raise DamagedFileError("An object was changed.") from error
        if not following:
            return
        place, piece = place + 1, following


def remove(object_id: uuid.UUID) -> None:
    """Remove the bytes of an object; one that is gone already is no error."""
    path = path_of(object_id)
    path.unlink(missing_ok=True)
    if path.parent.is_dir():
        _sync_folder(path.parent)


def is_stored(object_id: uuid.UUID) -> bool:
    """Whether the bytes of an object are there."""
    return path_of(object_id).exists()


def sweep_orphans(known: Callable[[list[uuid.UUID]], set[uuid.UUID]], now: datetime) -> int:
    """Remove what was written a day ago and no row names (`known` says which are named).

    A crash between the bytes and the row leaves such objects; without its key nobody can read one.
    """
    before = (now - ORPHAN_AFTER).timestamp()
    removed = 0
    root = Path(settings.FILES_ROOT)
    for folder in sorted(root.iterdir()) if root.is_dir() else []:
        # Only what this module names; a disk may keep files of its own here.
        objects = [path for path in folder.glob("*") if _OBJECT.fullmatch(path.name)]
        old = [path for path in objects if path.stat().st_mtime < before]
        named = known([uuid.UUID(path.name) for path in old])
        for path in old:
            if uuid.UUID(path.name) not in named:
                path.unlink(missing_ok=True)
                removed += 1
    return removed
