"""Reading the directory in force. None of these touches the database."""

from __future__ import annotations

import logging
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from contacts.directory import Directory
from contacts.snapshot import SHIPPED, directory_from, read_versions

logger = logging.getLogger(__name__)


def snapshot_path() -> Path:
    """Return the published snapshot, or the shipped one while nothing has been published."""
    published = Path(settings.CONTACTS_SNAPSHOT)
    return published if published.exists() else SHIPPED


@lru_cache(maxsize=4)
def _versions(path: Path, modified_ns: int) -> tuple[tuple[datetime, Directory], ...]:
    """Return (start, directory) of each version, read once per change of the file."""
    return tuple(
        (datetime.fromisoformat(version["effective_from"]), directory_from(version))
        for version in read_versions(path)
    )


def all_versions() -> tuple[tuple[datetime, Directory], ...]:
    """Return (start, directory) of every approved version, the earliest start first."""
    path = snapshot_path()
    try:
        return _versions(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        # A file that cannot be read must not take the numbers away: the shipped ones answer.
        logger.exception("the directory's file cannot be read: the shipped one answers")
        return _versions(SHIPPED, SHIPPED.stat().st_mtime_ns)


def current_directory(at: datetime | None = None) -> Directory:
    """Return the directory in force at `at` (aware; now if not given).

    Before the first start the first version counts: an answer is always better than none.
    """
    moment = at or timezone.now()
    versions = all_versions()
    started = [directory for start, directory in versions if start <= moment]
    return started[-1] if started else versions[0][1]


def referral_mailbox(slug: str, at: datetime | None = None) -> str | None:
    """Return the mailbox in which an agency takes referrals; None for phone only or not known."""
    agency = current_directory(at).agencies.get(slug)
    return agency.referral_mailbox or None if agency else None


def agency_name(slug: str, at: datetime | None = None) -> str:
    """Return the name of an agency, or the slug in words for a body outside the directory."""
    agency = current_directory(at).agencies.get(slug)
    return agency.name if agency else slug.replace("-", " ").capitalize()
