"""Removing what was never wanted or never came whole."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from safeguarding_portal.files import store
from safeguarding_portal.files.models import StoredObject, Upload
from safeguarding_portal.files.objects import remove_after_commit


@transaction.atomic
def remove_uploads(uploads: Iterable[Upload]) -> int:
    """Remove unfinished uploads with their parts; return how many."""
    ids = [upload.pk for upload in uploads]
    parts = StoredObject.objects.filter(upload__in=ids).values_list("object_id", flat=True)
    remove_after_commit(list(parts))
    Upload.objects.filter(pk__in=ids).delete()
    return len(ids)


def remove_expired(now: datetime) -> int:
    """Remove uploads that nobody went on with by `now` (aware)."""
    return remove_uploads(Upload.objects.filter(expires_at__lte=now)[:500])


def remove_orphans(now: datetime) -> int:
    """Remove bytes in the store that no row names; return how many objects."""

    def known(ids: list[uuid.UUID]) -> set[uuid.UUID]:
        found = StoredObject.objects.filter(object_id__in=ids)
        return set(found.values_list("object_id", flat=True))

    return store.sweep_orphans(known, now)
