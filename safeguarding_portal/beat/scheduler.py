"""Beat that runs on every host and sends from one: `CELERY_BEAT_SCHEDULER`.

Before it sends anything, and every few seconds, it asks for the lease. The times of the last runs
stand beside the lease, so that a standby that takes over neither forgets a nightly task nor sends
it twice. Unlike Celery's own it keeps no heap of future moments: a clock that is set back would
silence it for as long.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
from datetime import datetime
from typing import Any

from celery.beat import ScheduleEntry, Scheduler, SchedulingError
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from safeguarding_portal.beat import lease
from safeguarding_portal.beat.lease import Held

logger = logging.getLogger(__name__)

# So often within the time of a lease it is renewed, or looked at by those who stand by.
LOOKS_PER_LEASE = 4


class OneBeat(Scheduler):
    """Sends what is due while this process holds the lease, and otherwise waits for it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self.was_holding = self.has_row = False
        self.look_every = settings.BEAT_LEASE.total_seconds() / LOOKS_PER_LEASE
        super().__init__(*args, **kwargs)

    def setup_schedule(self) -> None:
        """Read the schedule from the settings; the lease is asked for at the first tick."""
        self.schedule = {}
        self.merge_inplace(self.app.conf.beat_schedule)

    def tick(self, *args: Any, **kwargs: Any) -> float:
        """Send what is due if this is the one that may; return the seconds until the next look."""
        try:
            if not self.has_row:
                lease.make_row()
                self.has_row = True
            held = lease.hold(self.holder)
            self._say(held is not None)
            return self.look_every if held is None else self._beat(held)
        except (DatabaseError, InterfaceError) as error:
            logger.error("beat waits, the database is away: %s", type(error).__name__)  # noqa: TRY400
            connection.close()
            return self.look_every

    def close(self) -> None:
        """End: whoever stands by takes over at once."""
        with contextlib.suppress(DatabaseError, InterfaceError):
            lease.release(self.holder)
        super().close()

    def _say(self, is_holding: bool) -> None:
        if is_holding != self.was_holding:
            logger.warning("%s %s", self.holder, "beats now" if is_holding else "stands by")
        self.was_holding = is_holding

    def _beat(self, held: Held) -> float:
        """Send what is due; at the first failure of the queue, leave the rest to the next look."""
        last_runs, waits, has_sent = dict(held.last_runs), [self.look_every], False
        for name, entry in self.schedule.items():
            entry.last_run_at = _last_run(last_runs.get(name), entry)
            is_due, seconds = entry.is_due()
            waits.append(max(seconds, 0.1))
            if is_due and not self._send(entry):
                break
            has_sent |= is_due
            last_runs[name] = (entry.default_now() if is_due else entry.last_run_at).isoformat()
        kept = {name: at for name, at in last_runs.items() if name in self.schedule}
        if kept != held.last_runs:
            lease.note_runs(held, kept, has_sent=has_sent)
        return min(waits)

    def _send(self, entry: ScheduleEntry) -> bool:
        """Hand one task to the queue; false when the queue is away."""
        try:
            # Through the application's pool: beat's own producer waits for the queue without end.
            self.apply_async(entry, advance=False)
        except SchedulingError:
            logger.warning("the queue is away: %s waits for the next look", entry.task)
            return False
        return True


def _last_run(kept: str | None, entry: ScheduleEntry) -> datetime:
    """Return when the entry was last sent: now if never, or if a clock was ahead at that time."""
    now: datetime = entry.default_now()
    return min(datetime.fromisoformat(kept), now) if kept else now
