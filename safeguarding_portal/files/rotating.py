"""Changing the master key: each data key is unwrapped and wrapped again, the files stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from safeguarding_portal.audit.services import record
from safeguarding_portal.files.errors import DamagedFileError
from safeguarding_portal.files.keys import key_provider
from safeguarding_portal.files.models import StoredObject

AT_ONCE = 500


@dataclass(frozen=True)
class Rotated:
    """What a rotation did: how many keys are now under `key_id`, and how many could not be read."""

    key_id: str
    wrapped: int
    unreadable: int


def rotate() -> Rotated:
    """Wrap every data key under the current master key. Safe to stop, and to run twice."""
    current = key_provider().current_id
    wrapped = unreadable = 0
    last = None
    while True:
        rows = StoredObject.objects.exclude(key_id=current).order_by("object_id")
        batch = list((rows.filter(object_id__gt=last) if last else rows)[:AT_ONCE])
        if not batch:
            break
        last = batch[-1].object_id
        changed = _wrap_again(batch)
        wrapped += changed
        unreadable += len(batch) - changed
    return Rotated(current, wrapped, unreadable)


@transaction.atomic
def _wrap_again(batch: list[StoredObject]) -> int:
    changed = []
    for item in batch:
        try:
            data_key = key_provider().unwrap(item.key, item.object_id.bytes)
        except DamagedFileError:
            continue
        again = key_provider().wrap(data_key, item.object_id.bytes)
        item.key_id, item.wrapped_key = again.key_id, again.wrapped
        changed.append(item)
    StoredObject.objects.bulk_update(changed, ["key_id", "wrapped_key"])
    if changed:
        record(
            "file.keys_rotated",
            actor_label="operator",
            object_type="file_key",
            object_id=changed[0].key_id,
            detail={"keys": len(changed)},
        )
    return len(changed)
