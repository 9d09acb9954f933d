"""How long the audit trail takes: `make bench-audit`.

Seals, checks and looks for curiosity through the events of the bench's 100,000 concerns, some
600,000, in the database that `make bench` builds, and times the auditors' pages on them. What is
sealed and looked at stays, so that a second run does only the rest.
"""

from __future__ import annotations

import statistics
import time
from urllib.parse import urlencode

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import data
from concerns.models import Concern, CuriosityCursor, CuriosityFinding
from concerns.services.curiosity import watch_reads
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.audit.verifying import verify

SIZE = 100_000
ROUNDS, WARM_UP = 20, 3
AUDITOR = "edmund.craye@example.org"


def run() -> None:
    """Print how many events were sealed, checked and looked at, and how long pages take."""
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
    _look()
    _time_pages()


def _look() -> None:
    """Look at every event for curiosity, once; then at nothing, as a run with no news does."""
    started, seen, before = time.monotonic(), 0, -1
    while before != (before := _cursor()):
        seen += watch_reads(timezone.now())
    took = time.monotonic() - started
    print(
        f"{seen:,} reads looked at in {took:.1f} s, {CuriosityFinding.objects.count():,} findings"
    )
    started = time.monotonic()
    watch_reads(timezone.now())
    print(f"a run without news: {(time.monotonic() - started) * 1000:.1f} ms")


def _cursor() -> int:
    return CuriosityCursor.objects.values_list("event_id", flat=True).first() or 0


def _time_pages() -> None:
    """Time whole requests of an auditor inside this process, each undone afterwards."""
    client = Client()
    client.force_login(User.objects.get(email=AUDITOR))
    busiest = Event.objects.values("actor").exclude(actor=None).annotate(n=Count("pk"))
    reader = busiest.order_by("-n")[0]
    newest = Event.objects.filter(actor=reader["actor"]).latest("recorded_at").recorded_at
    since = newest.replace(year=newest.year - 1)
    year = {
        f"{name}_{part}": getattr(day, part)
        for name, day in (("since", since), ("until", newest))
        for part in ("day", "month", "year")
    }
    person = f"/audit/people/{reader['actor']}/?{urlencode(year)}"
    middle = Event.objects.filter(actor=reader["actor"], recorded_at__lt=newest)
    deep = middle.filter(recorded_at__gt=since).order_by("recorded_at")[100]
    micros = int(deep.recorded_at.timestamp() * 1_000_000)
    record = Concern.objects.order_by("pk")[SIZE // 2].reference
    print(f"{reader['n']:,} events of the busiest reader")
    for name, address in (
        ("person", person),
        ("person, a year back", f"{person}&after={micros}-{deep.pk}"),
        ("record", f"/audit/records/{record}/"),
        ("readers", f"/audit/readers/?{urlencode(year)}"),
        ("findings", "/audit/findings/"),
        ("home", "/audit/"),
    ):
        _time(client, name, address)


def _time(client: Client, name: str, address: str) -> None:
    times = []
    for _ in range(WARM_UP + ROUNDS):
        with transaction.atomic():
            started = time.perf_counter()
            client.get(address)
            times.append((time.perf_counter() - started) * 1000)
            transaction.set_rollback(True)
    with transaction.atomic(), CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
        transaction.set_rollback(True)
    noise = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
    queries = [query for query in captured if not query["sql"].startswith(noise)]
    sql_ms = sum(float(query["time"]) for query in queries) * 1000
    print(
        f"{name:<20} {answer.status_code} {statistics.median(times[WARM_UP:]):6.1f} ms at p50, "
        f"{len(queries):2} statements, {sql_ms:5.1f} ms of SQL"
    )
