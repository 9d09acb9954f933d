"""What a worker does with a file: let it be scanned, then make what may be shown of it.

Claimed by compare-and-set, so that two workers never answer for one file; no transaction is open
while the scanner or the box works; an outcome is written only while the claim stands. A scanner
that is away delays a file and never lets it pass.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, Min, Q

from safeguarding_portal.audit.services import record
from safeguarding_portal.files import sandbox, scanner, store
from safeguarding_portal.files.errors import DamagedFileError, NotKeptError
from safeguarding_portal.files.models import StoredFile, StoredObject
from safeguarding_portal.files.objects import remove_after_commit, write_object

logger = logging.getLogger(__name__)
State, Reason, Preview = StoredFile.State, StoredFile.Reason, StoredFile.Preview
LEASE = timedelta(minutes=5)
# How long until a file is tried again while the scanner or the store is away, by number of tries.
WAITS = (timedelta(seconds=30), timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=5))
STUCK_AFTER = timedelta(minutes=10)
HANDED_OUT = 200
STUCK_KEY = "files-stuck"


def _due(now: datetime) -> Q:
    """Return what a worker must look at.

    Times may be of a host whose clock was wrong: what lies further ahead than any wait or lease was
    never meant.
    """
    due = Q(next_try_at__lte=now) | Q(next_try_at__gt=now + WAITS[-1])
    free = Q(claimed_at=None) | Q(claimed_at__lte=now - LEASE) | Q(claimed_at__gt=now + LEASE)
    return due & free


def due_files(now: datetime) -> list[uuid.UUID]:
    """Return files that a worker must look at by `now` (aware), longest waiting first."""
    found = StoredFile.objects.filter(_due(now)).order_by("next_try_at", "created_at")
    return list(found.values_list("pk", flat=True)[:HANDED_OUT])


def work_on(file_id: uuid.UUID, now: datetime) -> None:
    """Take one file as far as it goes; nothing happens when another worker has it."""
    claim = uuid.uuid4()
    mine = StoredFile.objects.filter(_due(now), pk=file_id)
    if not mine.update(claim=claim, claimed_at=now):
        return
    file = StoredFile.objects.get(pk=file_id)
    if not file.is_clean and not _scan(file, claim, now):
        return
    _prepare(file, claim, now)


def _scan(file: StoredFile, claim: uuid.UUID, now: datetime) -> bool:
    """Write the scanner's verdict; true when the file is clean and still ours."""
    original = file.sealed.get(role=StoredObject.Role.ORIGINAL)
    try:
        verdict = scanner.scan(store.unseal(original.object_id, original.key))
    except DamagedFileError:
        logger.error("file %s is damaged in the store", file.pk)  # noqa: TRY400 - no bytes in logs
        return _unscanned(file, claim, now, Reason.DAMAGED)
    except scanner.TooLargeError:
        return _unscanned(file, claim, now, Reason.TOO_LARGE)
    except OSError:
        return _unscanned(file, claim, now, Reason.AWAY)
    found: dict[str, Any] = {
        "state": State.CLEAN if verdict.is_clean else State.INFECTED,
        "reason": "",
        "finding": verdict.finding[:200],
        "engine": verdict.engine[:100],
        "scanned_at": now,
        "tries": 0,
    }
    if not verdict.is_clean:
        found |= {"next_try_at": None, "claim": None, "claimed_at": None, "preview": Preview.NONE}
    return _write(file, claim, found) and verdict.is_clean


def _unscanned(file: StoredFile, claim: uuid.UUID, now: datetime, reason: str) -> bool:
    """Say why there is no verdict. Only a scanner that is away is asked again by itself."""
    wait = WAITS[min(file.tries, len(WAITS) - 1)]
    next_try_at = now + wait if reason == Reason.AWAY else None
    found = {"state": State.UNSCANNED, "reason": reason, "next_try_at": next_try_at}
    _write(file, claim, found | {"tries": file.tries + 1, "claim": None, "claimed_at": None})
    return False


@transaction.atomic
def _write(file: StoredFile, claim: uuid.UUID, found: dict[str, Any]) -> bool:
    """Write an outcome while the claim stands, with its event where the state changes."""
    before = file.state
    if not StoredFile.objects.filter(pk=file.pk, claim=claim).update(**found):
        return False
    for name, value in found.items():
        setattr(file, name, value)
    if file.state != before:
        record(
            "file.scanned",
            actor_label="scanner",
            object_type="file",
            object_id=str(file.pk),
            detail={"state": file.state, "why": file.reason, "found": _code(file.finding)},
        )
    return True


def _code(finding: str) -> str:
    """Return the scanner's name of a finding as a code, which is all that an event holds."""
    return "".join(sign if sign.isascii() and sign.isalnum() else "." for sign in finding)[:100]


@dataclass(frozen=True)
class _Made:
    """What came of a preview: its state, the pages of the file, and the sealed parts."""

    preview: str
    pages: int
    parts: list[tuple[sandbox.Part, store.Sealed]]


def _prepare(file: StoredFile, claim: uuid.UUID, now: datetime) -> None:
    """Make what may be shown of a clean file, and end the work on it."""
    ended: dict[str, Any] = {"next_try_at": None, "claim": None, "claimed_at": None}
    if file.preview != Preview.WAITING:
        _write(file, claim, ended)
        return
    original = file.sealed.get(role=StoredObject.Role.ORIGINAL)
    try:
        made = _make(file, original)
    except (NotKeptError, OSError):
        # The disk is full or away. The file is clean and waits; it is not scanned again.
        wait = WAITS[min(file.tries, len(WAITS) - 1)]
        _write(file, claim, ended | {"next_try_at": now + wait, "tries": file.tries + 1})
        return
    except DamagedFileError:
        made = _Made(Preview.FAILED, 0, [])
    with transaction.atomic():
        if not _write(file, claim, ended | {"preview": made.preview, "pages": made.pages}):
            remove_after_commit([sealed.object_id for _, sealed in made.parts])
            return
        for part, sealed in made.parts:
            write_object(
                sealed, part.role, media_type=part.media_type, number=part.number, file=file
            )
        if made.preview == Preview.READY and file.what.is_image and not file.original_because:
            remove_after_commit([original.object_id])
            original.delete()


def _make(file: StoredFile, original: StoredObject) -> _Made:
    answer = sandbox.render(file.kind, store.unseal(original.object_id, original.key))
    if answer.refusal:
        return _Made(Preview.FAILED, 0, [])
    parts = [(part, store.seal([part.content])) for part in answer.parts]
    return _Made(Preview.READY, answer.pages, parts)


def note_stuck(now: datetime) -> None:
    """Leave the number of stuck files where pages can read it without a statement.

    A hint, gone with the cache; whoever must know for certain asks `scan_numbers`.
    """
    cache.set(STUCK_KEY, scan_numbers(now)["stuck"], timeout=300)


def files_stuck() -> int:
    """Return how many files were stuck at the last sweep; 0 where that is not known."""
    return int(cache.get(STUCK_KEY) or 0)


def scan_numbers(now: datetime) -> dict[str, int]:
    """Return how many files are in each state short of clean, and how many of them are stuck."""
    rows = StoredFile.objects.exclude(state=State.CLEAN).order_by().values("state")
    numbers = {row["state"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    waiting = StoredFile.objects.filter(state__in=(State.WAITING, State.UNSCANNED))
    oldest = waiting.aggregate(at=Min("created_at"))["at"]
    return {
        **{state: numbers.get(state, 0) for state in ("waiting", "unscanned", "infected")},
        "stuck": waiting.filter(created_at__lte=now - STUCK_AFTER).count(),
        "oldest_seconds": int((now - oldest).total_seconds()) if oldest else 0,
    }
