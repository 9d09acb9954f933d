"""Publishing the directory, and keeping the snapshot file of this host in step with it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError
from django.utils import timezone

from contacts.directory import DirectoryGapError
from contacts.models import DirectoryVersion
from contacts.proof import problems_of
from contacts.snapshot import snapshot_reaches, write_versions
from contacts.timeline import in_turn

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

logger = logging.getLogger(__name__)
# Versions that ended longer ago than this are in the database only.
KEPT_IN_FILE = timedelta(days=92)


def publish_version(
    document: dict[str, Any], now: datetime, published_by: User | None = None
) -> DirectoryVersion:
    """Keep a version and write the snapshot file; the same version twice is one.

    For the command line and for the first version; editors publish through a change set. Raises
    `DirectoryGapError` or `ValueError` when the document must not be published.
    """
    existing = DirectoryVersion.objects.filter(slug=document["version"]).first()
    if existing is not None:
        write_snapshot(now)
        return existing
    start = datetime.fromisoformat(document["effective_from"])
    found = problems_of(document, max(start, now))
    if found:
        raise DirectoryGapError("; ".join(f"{problem.where}: {problem.what}" for problem in found))
    version, _ = DirectoryVersion.objects.get_or_create(
        slug=document["version"],
        defaults={
            "document": document,
            "effective_from": start,
            "published_at": now,
            "published_by": published_by,
        },
    )
    write_snapshot(now)
    return version


def write_snapshot(now: datetime | None = None) -> None:
    """Write every version that may still be asked for to the file that pages read.

    With no version at all the file stays as it is: the shipped directory must answer then.
    """
    versions = list(DirectoryVersion.objects.order_by("id"))
    if not versions:
        return
    ordered = in_turn(versions)
    horizon = (now or timezone.now()) - KEPT_IN_FILE
    ends = [version.effective_from for version in ordered[1:]]
    kept = [
        version
        for version, end in zip(ordered, [*ends, None], strict=True)
        if end is None or end > horizon
    ]
    write_versions(
        Path(settings.CONTACTS_SNAPSHOT),
        [version.document for version in kept],
        through=_mark_of(versions[-1].pk, versions[-1].published_at),
    )


def _mark_of(pk: int, published_at: datetime) -> str:
    """Return what says of a file how far it goes; another database's versions have other marks."""
    return f"{pk} {published_at.isoformat()}"


def follow_database() -> bool:
    """Bring this host's snapshot file up to what the database has; whether it had to be written.

    One small query, so that every host may ask often. With the database away, or a disk that takes
    nothing, the file stays as it is: old numbers are better than none.
    """
    try:
        newest = DirectoryVersion.objects.order_by("-id").values_list("pk", "published_at").first()
        if newest is None or snapshot_reaches(Path(settings.CONTACTS_SNAPSHOT)) == _mark_of(
            *newest
        ):
            return False
        write_snapshot()
    except (DatabaseError, OSError) as error:
        logger.warning("the directory's file stays as it is: %s", type(error).__name__)
        return False
    return True
