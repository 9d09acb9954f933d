"""Sealing: each minute, the events that have settled, chained to the seal before.

Ids commit out of order, so the sealer asks the database up to which id nothing can come any more:
a moment's SHARE lock, behind a short timeout, in a function of the owner's (the portal's own role
may not lock the table). Events under a minute old are not sealed yet; a check says so.
"""

from __future__ import annotations

import json
import logging
import os
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import OperationalError, connection, transaction

from safeguarding_portal.audit.chain import digest_of, merkle_root, sign
from safeguarding_portal.audit.leaves import leaves_between
from safeguarding_portal.audit.models import Seal

logger = logging.getLogger(__name__)

# Events under one seal at the most: 10 MB of leaves and ids stay far away.
LARGEST = 10_000
# Only one sealer at a time, in whatever process.
SEALER_LOCK = 7_325_001


def seal_new_events(now: datetime) -> int:
    """Seal what has settled at `now` (aware) and copy the new seals out; return how many seals.

    0 when another sealer is at work or the table is busy for longer than a second: the next
    minute tries again.
    """
    try:
        until = _settled_until()
    except OperationalError:
        logger.warning("the audit table is busy: sealing waits a minute")
        return 0
    made = 0
    while seal_once(until, now) is not None:
        made += 1
    copy_out()
    return made


@transaction.atomic
def seal_once(until: int, now: datetime) -> Seal | None:
    """Seal the next events up to the id `until`; None without any, or when somebody else does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return None
    last = Seal.objects.last()
    after = last.event_ids[-1] if last else 0
    found = list(islice(leaves_between(after, until), LARGEST))
    if not found:
        return None
    event_ids = [event_id for event_id, _ in found]
    leaves = [leaf for _, leaf in found]
    root, previous = merkle_root(leaves).hex(), last.digest if last else ""
    digest = digest_of(previous, root, event_ids, now)
    return Seal.objects.create(
        sealed_at=now,
        event_ids=event_ids,
        leaves=b"".join(leaves),
        root=root,
        previous=previous,
        digest=digest,
        signature=sign(digest),
    )


def _settled_until() -> int:
    """Return the highest id below which no event can appear any more; 0 when there is none."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT audit_settled_until()")
        return int(cursor.fetchone()[0] or 0)


def copy_out() -> int:
    """Append the seals that the copy lacks to `AUDIT_SEAL_COPY`; return how many.

    The copy belongs on another disk or host, where whoever can change the database cannot reach
    it: then not even the newest seals can be cut off unseen.
    """
    if not settings.AUDIT_SEAL_COPY:
        return 0
    path = Path(settings.AUDIT_SEAL_COPY)
    path.parent.mkdir(parents=True, exist_ok=True)
    copied = read_copy(path)
    seals = Seal.objects.filter(pk__gt=max(copied, default=0)).order_by("pk")
    lines = [
        json.dumps({"seal": seal.pk, "digest": seal.digest, "signature": seal.signature})
        for seal in seals.defer("leaves", "event_ids").iterator()
    ]
    if lines:
        with path.open("a+b") as copy:
            # A full disk may have cut the last line short: ours is not to become a part of it.
            start = "" if _ends_whole(copy) else "\n"
            copy.write((start + "".join(f"{line}\n" for line in lines)).encode())
            copy.flush()
            os.fsync(copy.fileno())
    return len(lines)


def _ends_whole(copy: BinaryIO) -> bool:
    """Whether a file is empty or its last line is whole."""
    if copy.seek(0, os.SEEK_END) == 0:
        return True
    copy.seek(-1, os.SEEK_END)
    return copy.read(1) == b"\n"


def read_copy(path: Path) -> dict[int, str]:
    """Return the digest of each seal in a copy; a last line that was cut short does not count.

    Of two lines for one seal the first counts: what is added later replaces nothing.
    """
    if not path.exists():
        return {}
    found: dict[int, str] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        try:
            kept = json.loads(line)
        except json.JSONDecodeError:
            continue
        found.setdefault(int(kept["seal"]), str(kept["digest"]))
    return found
