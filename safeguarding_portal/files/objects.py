"""The rows that name sealed objects, and their end."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import transaction

from safeguarding_portal.files import store
from safeguarding_portal.files.models import StoredFile, StoredObject, Upload


def write_object(
    sealed: store.Sealed,
    role: str,
    *,
    media_type: str = "",
    number: int = 1,
    file: StoredFile | None = None,
    upload: Upload | None = None,
) -> StoredObject:
    """Write down where an object lies and under which key."""
    return StoredObject.objects.create(
        object_id=sealed.object_id,
        file=file,
        upload=upload,
        role=role,
        number=number,
        media_type=media_type,
        size=sealed.size,
        sha256=sealed.sha256,
        key_id=sealed.key.key_id,
        wrapped_key=sealed.key.wrapped,
    )


def remove_after_commit(objects: Iterable[uuid.UUID]) -> None:
    """Remove the bytes of objects whose rows are gone, once that is certain."""
    gone = tuple(objects)

    def remove_bytes() -> None:
        for object_id in gone:
            store.remove(object_id)

    transaction.on_commit(remove_bytes, robust=True)
