"""How long sealing and checking the audit trail takes: `make bench-audit`.

Seals and checks the events of the bench's 100,000 concerns, some 600,000, in the database that
`make bench` builds; what is sealed stays, so that a second run only checks.
"""

from __future__ import annotations

import time

from django.utils import timezone

from bench import data
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.verifying import verify

SIZE = 100_000


def run() -> None:
    """Print how many events were sealed and checked, and in what time."""
    data.ensure(SIZE)
    data.use(data.database_name(SIZE))
    started = time.monotonic()
    seals = seal_new_events(timezone.now())
    sealed = time.monotonic() - started
    started = time.monotonic()
    verdict = verify(timezone.now())
    checked = time.monotonic() - started
    print(f"{verdict.events:,} events, {seals} new seals in {sealed:.1f} s")
    print(f"checked in {checked:.1f} s")
    a_million = checked / verdict.events * 1_000_000
    print(f"{a_million:.1f} s for a million; {len(verdict.findings)} findings")
