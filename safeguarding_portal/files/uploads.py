"""A file that comes in parts, so that a bad connection loses one part and not the file.

    start(owner, subject, new, now) -> Upload     begin, or go on with the same file
    add_part(upload_id, owner, offset, data) -> Upload
    finish(upload) -> Received                    once all of it is there
    unfinished(owner, subject) -> list[Upload]
    drop(subject)                                 with whatever they belonged to

Each part is sealed as it comes in. The shape is that of tus (one address, an offset, go on where
the server says), in the few lines that it takes.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.http import Http404

from safeguarding_portal.files import store
from safeguarding_portal.files.errors import RefusedFileError
from safeguarding_portal.files.models import StoredObject, Upload
from safeguarding_portal.files.objects import write_object
from safeguarding_portal.files.services import Received, discard, receive, too_large_words
from safeguarding_portal.files.tidy import remove_uploads

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

KEPT_FOR = timedelta(days=1)
PART_BYTES = 1024 * 1024
MOST_AT_ONCE = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class NewUpload:
    """What the browser says of a file before it sends it; only the size is believed, as a limit."""

    name: str
    size: int
    sha256: str = ""


class OffsetError(Exception):
    """A part does not begin where the last one ended; the browser asks where that was."""


@transaction.atomic
def start(owner: User, subject: str, new: NewUpload, now: datetime) -> Upload:
    """Begin an upload, or return the one of the same file that was broken off.

    Raises `RefusedFileError` for a file that is empty or too large, or one too many at once.
    """
    if not 0 < new.size <= settings.FILES_MAX_BYTES:
        raise RefusedFileError(too_large_words() if new.size else "The file is empty")
    mine = Upload.objects.filter(owner=owner, subject=subject)
    sha256 = new.sha256 if _SHA256.fullmatch(new.sha256) else ""
    same = mine.filter(size=new.size, sha256=sha256).first() if sha256 else None
    if same:
        return same
    if Upload.objects.filter(owner=owner).count() >= MOST_AT_ONCE:
        raise RefusedFileError("Too many files are coming in at once. Wait for some to finish")
    return Upload.objects.create(
        owner=owner,
        subject=subject,
        name=new.name.replace("\x00", "")[:300],
        size=new.size,
        sha256=sha256,
        created_at=now,
        expires_at=now + KEPT_FOR,
    )


def own_upload(owner: User, upload_id: uuid.UUID, *, lock: bool = False) -> Upload:
    """Return the person's own upload; raise `Http404` for anybody else's."""
    rows = Upload.objects.select_for_update() if lock else Upload.objects.all()
    upload = rows.filter(pk=upload_id, owner=owner).first()
    if upload is None:
        raise Http404
    return upload


@transaction.atomic
def add_part(upload_id: uuid.UUID, owner: User, offset: int, data: bytes) -> Upload:
    """Add the next part; raise `OffsetError` when it is not the next, `NotKeptError` when full."""
    upload = own_upload(owner, upload_id, lock=True)
    fits = 0 < len(data) <= PART_BYTES and upload.received + len(data) <= upload.size
    if offset != upload.received or not fits:
        raise OffsetError
    sealed = store.seal([data])
    write_object(sealed, StoredObject.Role.PART, number=offset, upload=upload)
    upload.received += len(data)
    upload.save(update_fields=["received"])
    return upload


def finish(upload: Upload) -> Received:
    """Put the parts together and look into the whole; raise as `receive` does.

    The parts stay until the caller has kept the file and calls `remove_uploads`, so that whatever
    breaks in between can be tried again. A file that is refused is removed at once.
    """
    parts = list(upload.parts.order_by("number"))

    def whole() -> Iterator[bytes]:
        for part in parts:
            yield from store.unseal(part.object_id, part.key)

    try:
        received = receive(whole(), upload.name)
    except RefusedFileError:
        remove_uploads([upload])
        raise
    if upload.sha256 and received.sealed.sha256 != upload.sha256:
        discard(received)
        remove_uploads([upload])
        raise RefusedFileError("The file was damaged on its way. Send it again")
    return received


def unfinished(owner: User, subject: str) -> list[Upload]:
    """Return the person's uploads on a subject that can go on."""
    return list(Upload.objects.filter(owner=owner, subject=subject))


def drop(subject: str) -> int:
    """Remove all unfinished uploads of a subject; return how many."""
    return remove_uploads(Upload.objects.filter(subject=subject))
