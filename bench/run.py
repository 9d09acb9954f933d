"""Measures the lead's pages at each size, judges them, and writes `bench/out/latest.jsonl`."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import data
from concerns.access import visible_concerns
from concerns.models import Concern, Referral
from concerns.selectors.queue import VIEWS, cursor_of
from safeguarding_portal.accounts.models import User
from tests.sign_in import fully

OUT = Path(__file__).with_name("out") / "latest.jsonl"
SIZES = tuple(int(size) for size in os.environ.get("SIZES", "10000,100000,1000000").split(","))
PASSES, ROUNDS, WARM_UP, WATCHED = 3, 20, 3, 2
# The requirement (SETTLED, figures): statements, milliseconds, growth or milliseconds more.
MAX_STATEMENTS = {"claim": 24, "decide": 24}
PAGE_STATEMENTS, PAGE_MS, SEARCH_P95_MS, GROWTH, MORE_MS = 12, 60, 150, 1.25, 5
NOT_STATEMENTS = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "ROLLBACK")
# Leads all six teams: what she sees comes in as many parts as anybody's.
LEAD = "nadia.sterling@example.org"

Request = Callable[[], Any]


@dataclass(frozen=True)
class Figure:
    """What one page took at one size; milliseconds, bytes of HTML."""

    name: str
    size: int
    p50_ms: float
    p95_ms: float
    statements: int
    sql_ms: float
    bytes: int


def run() -> None:
    """Build what is missing, measure all, print, write; exit with 1 when a page is too slow."""
    for size in SIZES:
        data.ensure(size)
    figures = _measure_all()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("".join(f"{json.dumps(vars(figure))}\n" for figure in figures))
    faults = _show(figures)
    sys.exit("\n".join(["Too much:", *faults]) if faults else 0)


def _measure_all() -> list[Figure]:
    """Measure every page at every size, in turns: what else the machine does falls on all alike."""
    samples: dict[tuple[str, int], Samples] = {}
    for _ in range(PASSES):
        for size in SIZES:
            data.use(data.database_name(size))
            cache.clear()
            lead = User.objects.get(email=LEAD)
            client = Client()
            fully(client, lead)
            for name, prepare in PAGES.items():
                taken = samples.setdefault((name, size), Samples())
                _sample(taken, name, partial(prepare, client, lead))
    return [taken.figure(name, size) for (name, size), taken in samples.items()]


@dataclass
class Samples:
    """What was measured of one page at one size so far."""

    times: list[float] = field(default_factory=list)
    sql_times: list[float] = field(default_factory=list)
    statements: int = 0
    size: int = 0

    def figure(self, name: str, size: int) -> Figure:
        """Return the sum of it."""
        return Figure(
            name=name,
            size=size,
            p50_ms=round(statistics.median(self.times), 1),
            p95_ms=round(statistics.quantiles(self.times, n=20)[-1], 1),
            statements=self.statements,
            sql_ms=round(statistics.median(self.sql_times), 1),
            bytes=self.size,
        )


def _sample(taken: Samples, name: str, prepare: Callable[[], Request]) -> None:
    """Time whole requests inside this process, each undone afterwards; then watch a few."""
    for round_number in range(WARM_UP + ROUNDS + WATCHED):
        with transaction.atomic():
            request = prepare()
            if round_number < WARM_UP + ROUNDS:
                started = time.perf_counter()
                answer = request()
                if round_number >= WARM_UP:
                    taken.times.append((time.perf_counter() - started) * 1000)
            else:
                with CaptureQueriesContext(connection) as captured:
                    answer = request()
                queries = [q for q in captured if not q["sql"].startswith(NOT_STATEMENTS)]
                taken.statements = max(taken.statements, len(queries))
                taken.sql_times.append(sum(float(q["time"]) for q in queries) * 1000)
            if answer.status_code not in {200, 302}:
                raise RuntimeError(f"{name} answered {answer.status_code}")
            taken.size = len(answer.content)
            transaction.set_rollback(True)


_turn = iter(range(10**9))


def _get(path: str) -> Callable[[Client, User], Request]:
    """Ask for a list; a different address each time, so that each look writes its audit event."""
    return lambda client, _: lambda: client.get(f"{path}&turn={next(_turn)}")


def _search(words: str) -> Callable[[Client, User], Request]:
    return lambda client, _: lambda: client.post("/concerns/search/", {"q": words})


def _deepest(client: Client, lead: User) -> Request:
    """Go on after all but the last thirty-one closed concerns."""
    closed = visible_concerns(lead, timezone.now()).filter(state=Concern.State.CLOSED)
    key = closed.order_by("closed_at", "pk")[31]
    cursor = cursor_of(VIEWS["closed"], key)
    return lambda: client.get(f"/concerns/?view=closed&after={cursor}&turn={next(_turn)}")


def _one(lead: User, **fields: Any) -> Concern:
    """Return an open concern that the lead sees, another one each time."""
    rows = visible_concerns(lead, timezone.now()).exclude(state=Concern.State.CLOSED)
    rows = rows.filter(restricted=False, **fields).order_by("pk")
    return rows[next(_turn) % 20]


def _concern(client: Client, lead: User) -> Request:
    concern = _one(lead)
    return lambda: client.get(f"/concerns/{concern.reference}/")


def _claim(client: Client, lead: User) -> Request:
    concern = _one(lead, owner=None)
    path = f"/concerns/{concern.reference}/take/"
    return lambda: client.post(path, {"version": concern.version})


def _decide(client: Client, lead: User) -> Request:
    concern = _one(lead, owner__isnull=False)
    Concern.objects.filter(pk=concern.pk).update(owner=lead, state=Concern.State.IN_TRIAGE)
    offered = Referral.objects.create(
        concern=concern,
        agency_slug="prevent",
        required=False,
        state=Referral.State.OFFERED,
        created_at=timezone.now(),
    )
    path = f"/concerns/{concern.reference}/referral/{offered.pk}/decide/"
    typed = {"send": "no", "reason": "Nothing points to it.", "version": str(concern.version)}
    return lambda: client.post(path, typed)


PAGES: dict[str, Callable[[Client, User], Request]] = {
    "queue": _get("/concerns/?view=all"),
    # Wide enough to fill a page at every size: growth compares pages of as many rows.
    "filtered": _get(
        "/concerns/?view=all&priority=2&priority=3&category=neglect&category=physical"
    ),
    "search_common": _search("school"),
    "search_rare": _search("petrichor"),
    "deepest": _deepest,
    "concern": _concern,
    "claim": _claim,
    "decide": _decide,
}


def _show(figures: list[Figure]) -> list[str]:
    """Print a table; return what misses the requirement at the largest size, in words."""
    print("page                size   p50 ms   p95 ms  SQL  SQL ms     KB  growth")
    faults = []
    smallest, largest = min(SIZES), max(SIZES)
    first = {figure.name: figure for figure in figures if figure.size == smallest}
    for item in sorted(figures, key=lambda figure: (list(PAGES).index(figure.name), figure.size)):
        growth = item.p50_ms / first[item.name].p50_ms
        print(
            f"{item.name:<14}{item.size:>10,}{item.p50_ms:>9}{item.p95_ms:>9}{item.statements:>5}"
            f"{item.sql_ms:>8}{item.bytes / 1024:>7.1f}  {growth:.2f}"
        )
        if item.size == largest:
            faults += _faults(item, first[item.name], growth)
    return faults


def _faults(item: Figure, first: Figure, growth: float) -> list[str]:
    most = MAX_STATEMENTS.get(item.name, PAGE_STATEMENTS)
    wrong = {
        f"{item.statements} statements": item.statements > most,
        f"{item.p50_ms} ms at the median": item.p50_ms > PAGE_MS,
        f"{item.p95_ms} ms at p95": item.name.startswith("search") and item.p95_ms > SEARCH_P95_MS,
        f"growth {growth:.2f}": growth > GROWTH and item.p50_ms - first.p50_ms > MORE_MS,
    }
    return [f"{item.name}: {words}" for words, is_wrong in wrong.items() if is_wrong]
