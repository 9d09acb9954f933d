"""What every address answers to everybody, as a table: `docs/access-table.csv`.

One row for each address and method, one column for each kind of visitor. A cell is the status, or
where the answer leads: `sign-in`, `second factor`, or `to` the name of a page. Never what a page
says. `make access-table` writes it anew; a test compares, so that whoever opens a door to somebody
changes this file, and a reviewer sees it.
"""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.conf import settings
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.architecture.people import ROLES
from tests.architecture.world import make_world
from tests.architecture.world_base import AT, SEEN_AT, Parts, World
from tests.architecture.world_concerns import SECRET, typed_code
from tests.sign_in import with_password_only

ROOT = Path(__file__).resolve().parent.parent.parent
FILE = ROOT / "docs" / "access-table.csv"
# Columns on their way into the table.
COLUMNS = ROOT / "var" / "access-table"
HEAD = ("page", "address", "method")
# These have a row for each address. The others have one where they surprise (`is_expected`).
METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
ALL = METHODS + OTHER_METHODS
LEADS_TO = {
    "account_login": "sign-in",
    "accounts:second_factor": "second factor",
    "accounts:set_up": "second factor",
}


@dataclass(frozen=True)
class Address:
    """One address with the records that stand in it; `name` may name a second record."""

    name: str
    pattern: str
    parts: Parts

    @property
    def path(self) -> str:
        """Return it as a browser would ask for it."""
        return reverse(self.name.partition(" ")[0], kwargs=self.parts)


def patterns(
    resolver: URLResolver | None = None, space: str = "", start: str = "/"
) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Yield the full name of every address, how it is written, and the names of its parts."""
    for item in (resolver or get_resolver()).url_patterns:
        written = start + str(item.pattern)
        if isinstance(item, URLResolver):
            inner = f"{space}{item.namespace}:" if item.namespace else space
            yield from patterns(item, inner, written)
        elif isinstance(item, URLPattern):
            assert item.name, f"{written} has no name: give it one"
            yield f"{space}{item.name}", written, frozenset(item.pattern.regex.groupindex)


def addresses(world: World) -> list[Address]:
    """Return every address of the portal with records of the world in it."""
    found, empty, unused = [], [], set(world.parts)
    for name, written, needed in patterns():
        cases = [key for key in world.parts if key.partition(" ")[0] == name]
        cases = cases if needed else [name]
        unused -= set(cases)
        if not cases:
            empty.append(f"{name} ({written}) needs {', '.join(sorted(needed))}")
        found += [Address(case, written, world.parts.get(case, {})) for case in cases]
    assert not empty, (
        "No record fills these addresses. Make one in tests/architecture/world_*.py, and name it "
        "there with World.fill:\n" + "\n".join(empty)
    )
    assert not unused, f"The world fills addresses that are not there: {sorted(unused)}"
    return found


@contextmanager
def standing() -> Iterator[World]:
    """Make the world in a transaction of its own and take it back in the end."""
    with transaction.atomic():
        with time_machine.travel(AT, tick=False):
            world = make_world()
        with time_machine.travel(SEEN_AT, tick=False):
            yield world
        transaction.set_rollback(True)


@contextmanager
def taken_back() -> Iterator[None]:
    """Undo in the database whatever happens inside."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def browser_of(world: World, role: str, **options: Any) -> Client:
    """Return the browser of one kind of visitor."""
    client = Client(raise_request_exception=False, **options)
    if role == "agency":
        path = reverse("concerns:agency:referral", args=[SECRET])
        client.post(f"{path}code/")
        client.post(path, {"code": typed_code()})
        assert "agency" in client.cookies
    elif role == "password_only":
        with_password_only(client, world.people.team_lead)
    elif role != "anonymous":
        client.force_login(getattr(world.people, role))
    return client


def column(world: World, role: str, *, whole: bool = True) -> dict[tuple[str, str], str]:
    """Return what every address answers to one kind of visitor, by page and method.

    Unless it is to be whole, one of the other methods is asked of each address: the next visitor
    asks for the next one, so that all are asked of every address by some.
    """
    with taken_back():
        client = browser_of(world, role)
        found: dict[tuple[str, str], str] = {}
        for number, address in enumerate(addresses(world), start=ROLES.index(role)):
            cells = {method: ask(client, address.path, method) for method in METHODS}
            turn = number % len(OTHER_METHODS)
            methods = OTHER_METHODS if whole else OTHER_METHODS[turn : turn + 1]
            cells |= {m: ask(client, address.path, m) for m in methods}
            found |= {(address.name, method): cell for method, cell in cells.items()}
        return found


def ask(client: Client, path: str, method: str) -> str:
    """Return the cell for one request, and undo what it did, in the browser too.

    What every answer must carry is looked at here, so that it is of every one.
    """
    answer = asked(client, path, method)
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy, f"{method} {path} has no policy"
    assert "unsafe" not in policy, f"{method} {path}: {policy}"
    if is_signed_in(client) or "/a/" in path:
        assert answer.headers.get("Cache-Control", "").find("no-store") >= 0, f"{method} {path}"
    return cell_of(answer)


def asked(client: Client, path: str, method: str, **more: Any) -> Any:
    """Return the answer to one request, and undo what it did, in the browser too."""
    cache.clear()
    cookies = copy.deepcopy(client.cookies)
    with taken_back():
        answer: Any = client.generic(method, path, **more)
        if answer.streaming:
            for _ in answer.streaming_content:
                pass
    client.cookies = cookies
    return answer


def is_signed_in(client: Client) -> bool:
    """Whether the browser holds a session."""
    return settings.SESSION_COOKIE_NAME in client.cookies


def cell_of(answer: Any) -> str:
    """Return what the table says of an answer."""
    if not 300 <= answer.status_code < 400:
        return str(answer.status_code)
    where = urlsplit(answer["Location"]).path
    try:
        name = resolve(where).view_name
    except Resolver404:
        name = where
    return LEADS_TO.get(name, f"to {name}")


def is_expected(method: str, cell: str, get: str) -> bool:
    """Whether another method answers as it should.

    HEAD answers as GET does; the others as for a page that is not there, or takes no such method,
    or as GET where that leads a visitor to sign in.
    """
    return cell == get if method == "HEAD" else cell in {"404", "405", *LEADS_TO.values()}


def keep(world: World, role: str) -> None:
    """Keep the whole column of one kind of visitor for `write`."""
    cells = column(world, role)
    rows = [[at.name, at.pattern, m, cells[at.name, m]] for at in addresses(world) for m in ALL]
    COLUMNS.mkdir(parents=True, exist_ok=True)
    (COLUMNS / f"{role}.json").write_text(json.dumps(rows))


def write() -> None:
    """Write the table to the repository from the columns that were kept.

    A method that answers everybody as expected has no row.
    """
    columns = [json.loads((COLUMNS / f"{role}.json").read_text()) for role in ROLES]
    table, gets = [[*HEAD, *ROLES]], [""] * len(ROLES)
    for row in zip(*columns, strict=True):
        name, pattern, method, _ = row[0]
        cells = [one[3] for one in row]
        gets = cells if method == "GET" else gets
        pairs = zip(cells, gets, strict=True)
        if method in METHODS or not all(is_expected(method, *pair) for pair in pairs):
            table.append([name, pattern, method, *cells])
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)


def committed() -> dict[str, dict[tuple[str, str], str]]:
    """Return the table of the repository, column by column."""
    with FILE.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    return {
        role: {(row["page"], row["method"]): row[role] for row in read if role in row}
        for role in ROLES
    }
