"""Publishing the directory."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction

from contacts.directory import REQUIRED_AGENCIES, Directory, DirectoryGapError
from contacts.models import DirectoryVersion
from contacts.snapshot import directory_from, write_versions

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


def check_reachable(directory: Directory) -> None:
    """Make sure that every agency the rules name ends in a line that never closes.

    Raises `DirectoryGapError` saying which does not.
    """
    missing = [slug for slug in REQUIRED_AGENCIES if slug not in directory.agencies]
    if missing:
        raise DirectoryGapError(f"The directory misses: {', '.join(missing)}.")
    for slug in directory.agencies:
        if not directory.chain(slug)[-1].hours.is_always_open:
            raise DirectoryGapError(f"The lines of '{slug}' do not end in one that never closes.")


def publish_version(
    document: dict[str, Any], now: datetime, published_by: User | None = None
) -> DirectoryVersion:
    """Keep a version and write the snapshot file; the same version twice is one.

    Raises `DirectoryGapError` or `ValueError` when the document must not be published.
    """
    check_reachable(directory_from(document))
    with transaction.atomic():
        version, _ = DirectoryVersion.objects.get_or_create(
            slug=document["version"],
            defaults={
                "document": document,
                "effective_from": datetime.fromisoformat(document["effective_from"]),
                "published_at": now,
                "published_by": published_by,
            },
        )
    write_snapshot()
    return version


def write_snapshot() -> None:
    """Write every version that may still be asked for to the file that pages read."""
    documents = list(DirectoryVersion.objects.values_list("document", flat=True))
    write_versions(Path(settings.CONTACTS_SNAPSHOT), documents)
