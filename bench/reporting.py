"""Times the reporter's whole journey, page by page, and the floors under its last request.

Everything is really committed, on a copy of the database of each size, so that the nudge to the
queue is in the figures. The floors: the rows of one submit written by bare psycopg2, one INSERT a
table, and an empty page for somebody who is signed in.
"""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from psycopg2 import sql
from psycopg2.extras import Json

from bench import data
from bench.run import NOT_STATEMENTS, SIZES
from safeguarding_portal.accounts.models import User
from tests.answers import CHILD, changed
from tests.sign_in import fully

ROUNDS, WARM_UP, WATCHED = 30, 5, 2
REPORTER = "priya.hollis@example.org"
# The shortest way for a child: nine pages from danger to check (SETTLED, figures).
ANSWERS = changed(CHILD, worry__1={"worry": ["neglect"]}, injuries__1=None)
# The requirement (the issue, as SETTLED corrects it).
JOURNEY_MS, SUBMIT_FLOORS, PAGE_STATEMENTS, SUBMIT_STATEMENTS = 200, 4, 12, 24
GROWTH, MORE_MS = 1.25, 5


@dataclass(frozen=True)
class Taken:
    """One request of a journey: milliseconds of server time, statements, milliseconds of SQL."""

    name: str
    ms: float
    statements: int = 0
    sql_ms: float = 0


def run() -> tuple[list[dict[str, Any]], list[str]]:
    """Measure at the smallest and the largest size; return the figures and what misses."""
    figures = []
    for size in (min(SIZES), max(SIZES)):
        with data.copy_of(size), override_settings(ROOT_URLCONF="bench.urls"):
            cache.clear()
            figures += _measure(size)
    _show(figures)
    return figures, _faults(figures)


def _measure(size: int) -> list[dict[str, Any]]:
    client = Client()
    fully(client, User.objects.get(email=REPORTER))
    timed = [_journey(client) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
    watched = [_journey(client, _watch) for _ in range(WATCHED)][-1]
    figures = [
        {
            "name": f"journey {step.name}",
            "size": size,
            "p50_ms": round(statistics.median(one[place].ms for one in timed), 2),
            "p95_ms": round(statistics.quantiles((one[place].ms for one in timed), n=20)[-1], 2),
            "statements": step.statements,
            "sql_ms": round(step.sql_ms, 1),
        }
        for place, step in enumerate(watched)
    ]
    whole = [sum(step.ms for step in one) for one in timed]
    figures.append(_sum("journey whole", size, whole))
    figures.append(_sum("floor empty view", size, _times(lambda: client.get("/bench/empty/"))))
    figures.append(_sum("floor bare rows", size, _bare_rows(client)))
    return figures


def _sum(name: str, size: int, times: list[float]) -> dict[str, Any]:
    return {
        "name": name,
        "size": size,
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(statistics.quantiles(times, n=20)[-1], 2),
    }


def _times(act: Callable[[], Any]) -> list[float]:
    """Return how long the act takes, in milliseconds, after a few to warm up."""
    times = []
    for _ in range(WARM_UP + ROUNDS):
        started = time.perf_counter()
        act()
        times.append((time.perf_counter() - started) * 1000)
    return times[WARM_UP:]


Watch = Callable[[str, Callable[[], Any]], tuple[Any, Taken]]


def _time(name: str, request: Callable[[], Any]) -> tuple[Any, Taken]:
    started = time.perf_counter()
    answer = request()
    return answer, Taken(name, (time.perf_counter() - started) * 1000)


def _watch(name: str, request: Callable[[], Any]) -> tuple[Any, Taken]:
    with CaptureQueriesContext(connection) as captured:
        answer, taken = _time(name, request)
    queries = [query for query in captured if not query["sql"].startswith(NOT_STATEMENTS)]
    sql_ms = sum(float(query["time"]) for query in queries) * 1000
    return answer, Taken(name, taken.ms, len(queries), sql_ms)


def _journey(client: Client, watch: Watch = _time) -> list[Taken]:
    """Go from "Report a concern" to the page with the reference; every page shown and sent."""
    taken: list[Taken] = []

    def ask(name: str, request: Callable[[], Any], status: int) -> Any:
        answer, one = watch(name, request)
        if answer.status_code != status:
            raise RuntimeError(f"{name} answered {answer.status_code}")
        taken.append(one)
        return answer

    started = ask("start", lambda: client.post("/report/"), 302)
    draft = started["Location"].split("page/")[0]
    for key, page in ANSWERS.items():
        path = f"{draft}page/{key}/"
        ask(f"{key} shown", partial(client.get, path), 200)
        ask(f"{key} sent", partial(client.post, path, page), 302)
    ask("check shown", lambda: client.get(f"{draft}check/"), 200)
    sent = ask("submit", lambda: client.post(f"{draft}send/"), 302)
    ask("sent shown", lambda: client.get(sent["Location"]), 200)
    return taken


def _bare_rows(client: Client) -> list[float]:
    """Time the rows of one submit, taken from it before it is undone, by psycopg2 alone."""
    draft = client.post("/report/")["Location"].split("page/")[0]
    for key, page in ANSWERS.items():
        client.post(f"{draft}page/{key}/", page)
    rows: dict[str, list[dict[str, Any]]] = {}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT txid_current()::bigint % 4294967296")
        (begun,) = cursor.fetchone()
        with CaptureQueriesContext(connection) as captured:
            client.post(f"{draft}send/")
        for table in dict.fromkeys(
            re.findall(r'INSERT INTO "(\w+)"', str(captured.captured_queries))
        ):
            rows[table] = _written(cursor, table, begun)
        transaction.set_rollback(True)
    connection.ensure_connection()
    return _times(lambda: _write(connection.connection, rows))


def _written(cursor: Any, table: str, begun: int) -> list[dict[str, Any]]:
    """Return the rows that this transaction has added to a table, without generated columns."""
    cursor.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' "
        "AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    names = [name for (name,) in cursor.fetchall()]
    columns = sql.SQL(", ").join(map(sql.Identifier, names))
    cursor.execute(
        sql.SQL("SELECT {} FROM {} WHERE xmin::text::bigint >= %s").format(
            columns, sql.Identifier(table)
        ),
        [begun],
    )
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _write(bare: Any, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Write the rows, one INSERT a table, in one transaction; it is undone, so that it repeats.

    Foreign keys are checked first, as a commit does.
    """
    with transaction.atomic(), bare.cursor() as cursor:
        for table, found in rows.items():
            if found:
                cursor.execute(*_insert(table, found))
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)


def _insert(table: str, found: list[dict[str, Any]]) -> tuple[Any, list[Any]]:
    names = list(found[0])
    one = sql.SQL("({})").format(sql.SQL(", ").join([sql.Placeholder()] * len(names)))
    statement = sql.SQL("INSERT INTO {} ({}) VALUES {}").format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join([one] * len(found)),
    )
    return statement, [_adapted(row[name]) for row in found for name in names]


def _adapted(value: Any) -> Any:
    is_json = isinstance(value, dict) or (
        isinstance(value, list) and any(isinstance(item, dict) for item in value)
    )
    return Json(value) if is_json else value


def _show(figures: list[dict[str, Any]]) -> None:
    print("\nThe journey of a report about a child, server time")
    print("request                           size   p50 ms   p95 ms  SQL  SQL ms")
    for item in figures:
        counted = f"{item['statements']:>5}{item['sql_ms']:>8}" if "statements" in item else ""
        print(
            f"{item['name']:<28}{item['size']:>10,}{item['p50_ms']:>9}{item['p95_ms']:>9}{counted}"
        )


def _faults(figures: list[dict[str, Any]]) -> list[str]:
    """Return what misses the requirement, in words."""
    wrong = []
    found = {(item["name"], item["size"]): item for item in figures}
    for size in sorted({item["size"] for item in figures}):
        floor = sum(found[f"floor {name}", size]["p50_ms"] for name in ("bare rows", "empty view"))
        submit = found["journey submit", size]["p50_ms"]
        print(f"submit at {size:,}: {submit} ms, {submit / floor:.1f} times its floor {floor:.1f}")
        if submit > SUBMIT_FLOORS * floor:
            wrong.append(f"submit at {size:,}: {submit / floor:.1f} times its floor")
        if found["journey whole", size]["p50_ms"] > JOURNEY_MS:
            wrong.append(f"journey at {size:,}: {found['journey whole', size]['p50_ms']} ms")
    first, last = (found["journey submit", size]["p50_ms"] for size in (min(SIZES), max(SIZES)))
    if last / first > GROWTH and last - first > MORE_MS:
        wrong.append(f"submit grows by {last / first:.2f}")
    for item in figures:
        most = SUBMIT_STATEMENTS if item["name"] == "journey submit" else PAGE_STATEMENTS
        if item.get("statements", 0) > most:
            wrong.append(f"{item['name']}: {item['statements']} statements")
    return wrong
