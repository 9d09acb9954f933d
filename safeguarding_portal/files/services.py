"""Keeping, giving out and destroying files.

    receive(chunks, name) -> Received                 sealed and looked into; no row yet
    receive_sealed(sealed, name) -> Received          the same for what lies in the store already
    discard(received)                                 take it back
    keep(received, actor, now, because="") -> StoredFile    in the caller's transaction
    read(file) -> Content                             what may be given out, once it is clean
    read_part(file, role, number) -> Content          a page, the words, the picture made anew
    read_original(file) -> Content                    a sealed original; the caller asks why
    destroy(file_id, ...) -> Destroyed                bytes and rows, with proof
    is_destroyed(proof) -> bool

What the scanner and the box make of a file is in `work.py`; files that come in parts, in
`uploads.py`. Whoever calls records the event on their own subject; destroying is recorded here.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from safeguarding_portal.audit.services import record
from safeguarding_portal.files import sandbox, store
from safeguarding_portal.files.box.kinds import KINDS, REFUSALS
from safeguarding_portal.files.errors import RefusedFileError
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.names import clean_name
from safeguarding_portal.files.objects import remove_after_commit, write_object
from safeguarding_portal.files.tasks import work_on_file

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

logger = logging.getLogger(__name__)
MIB = 1024 * 1024
Role = StoredObject.Role


def too_large_words() -> str:
    """Say how large a file may be."""
    return f"The file must be smaller than {settings.FILES_MAX_BYTES // MIB} MB"


@dataclass(frozen=True)
class Received:
    """A file that lies sealed in the store and is of a kind we take; nothing names it yet."""

    name: str
    kind: str
    sealed: store.Sealed


@dataclass(frozen=True)
class Content:
    """Something to give out: its name and type, how many bytes, and the bytes."""

    name: str
    media_type: str
    size: int
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class Destroyed:
    """Proof of what was destroyed: which file, the SHA-256 of what was received, which objects."""

    file_id: uuid.UUID
    sha256: str
    size: int
    objects: tuple[uuid.UUID, ...]


def receive(chunks: Iterable[bytes], name: str) -> Received:
    """Seal a file as it comes in, and look into it; not inside a transaction.

    Raises `RefusedFileError` with words for the person, and `NotKeptError` when the store is full.
    """
    return receive_sealed(store.seal(_up_to_the_limit(chunks)), name)


def _up_to_the_limit(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > settings.FILES_MAX_BYTES:
            raise RefusedFileError(too_large_words())
        yield chunk


def receive_sealed(sealed: store.Sealed, name: str) -> Received:
    """Look into what is sealed already; what is refused is removed."""
    answer = sandbox.inspect(store.unseal(sealed.object_id, sealed.key))
    if answer.refusal:
        store.remove(sealed.object_id)
        raise RefusedFileError(REFUSALS[answer.refusal])
    return Received(clean_name(name, KINDS[answer.kind]), answer.kind, sealed)


def discard(received: Received) -> None:
    """Remove a file that was received and is not wanted after all."""
    store.remove(received.sealed.object_id)


def keep(received: Received, actor: User, now: datetime, because: str = "") -> StoredFile:
    """Write the rows of a received file in the caller's transaction, and have it scanned after.

    `because`: why the original of a picture is kept sealed, as a code of the caller's; without one
    only the copy made anew is kept. Sealed bytes whose rows were never written are swept away.
    """
    kind = KINDS[received.kind]
    file = StoredFile.objects.create(
        name=received.name,
        kind=received.kind,
        size=received.sealed.size,
        sha256=received.sealed.sha256,
        uploaded_by=actor,
        created_at=now,
        preview=StoredFile.Preview.WAITING if kind.has_preview else StoredFile.Preview.NONE,
        original_because=because if kind.is_image else "",
        next_try_at=now,
    )
    write_object(received.sealed, Role.ORIGINAL, media_type=kind.media_type, file=file)

    # A named function: Django reads `__qualname__` of a robust callback that fails.
    def nudge_after_commit() -> None:
        nudge(file.pk)

    transaction.on_commit(nudge_after_commit, robust=True)
    return file


def nudge(file_id: uuid.UUID) -> None:
    """Ask a worker to look at a file now; the sweep finds it anyway if the queue is away."""
    try:
        work_on_file.delay(str(file_id))
    except OperationalError:
        logger.warning("the queue is away: files wait for the next sweep")


def read(file: StoredFile) -> Content | None:
    """Return what may be given out of a file; None before it is clean.

    Of a picture that is the copy made anew, of anything else what was received.
    """
    if not file.may_be_given_out:
        return None
    return _content(file, Role.COPY if file.what.is_image else Role.ORIGINAL)


def read_part(file: StoredFile, role: str, number: int = 1) -> Content | None:
    """Return a page, the words or the picture made anew; None before it is clean."""
    if not file.is_clean or role not in {Role.COPY, Role.PAGE, Role.TEXT}:
        return None
    return _content(file, role, number)


def read_original(file: StoredFile) -> Content | None:
    """Return the sealed original of a clean file; None where there is none.

    The caller has asked for a reason and recorded it.
    """
    return _content(file, Role.ORIGINAL) if file.is_clean else None


def text_of(file: StoredFile) -> list[str]:
    """Return the words of a clean file, page by page."""
    if not file.is_clean:
        return []
    found = file.sealed.filter(role=Role.TEXT).order_by("number")
    return [b"".join(store.unseal(item.object_id, item.key)).decode() for item in found]


def _content(file: StoredFile, role: str, number: int = 1) -> Content | None:
    item = file.sealed.filter(role=role, number=number).first()
    if item is None:
        return None
    name = file.name
    if role in {Role.COPY, Role.PAGE}:
        ending = item.media_type.rpartition("/")[2].replace("jpeg", "jpg")
        name = f"{name.rpartition('.')[0]}.{ending}"
    return Content(name, item.media_type, item.size, store.unseal(item.object_id, item.key))


@transaction.atomic
def destroy(
    file_id: uuid.UUID, *, actor: User | None = None, actor_label: str = "", detail: str = ""
) -> Destroyed:
    """Destroy a file: its rows and keys in this transaction, its bytes as soon as it commits.

    Without its wrapped key an object cannot be read, so the commit itself is the destruction; bytes
    that a crash leaves behind are unreadable and swept away. Say who does it: an actor or a label.
    `detail` is a code of the caller's. Raises `StoredFile.DoesNotExist`.
    """
    file = StoredFile.objects.select_for_update().get(pk=file_id)
    objects = tuple(file.sealed.values_list("object_id", flat=True))
    proof = Destroyed(file.pk, file.sha256, file.size, objects)
    record(
        "file.destroyed",
        actor=actor,
        actor_label=actor_label,
        object_type="file",
        object_id=str(file.pk),
        detail={"hash": file.sha256, "objects": len(objects), "why": detail},
    )
    file.delete()
    remove_after_commit(objects)
    return proof


def is_destroyed(proof: Destroyed) -> bool:
    """Whether neither row nor bytes of a destroyed file are left."""
    has_row = StoredFile.objects.filter(pk=proof.file_id).exists()
    return not has_row and not any(store.is_stored(object_id) for object_id in proof.objects)
