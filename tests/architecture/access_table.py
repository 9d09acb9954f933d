"""What every address answers to everybody, as a table: `docs/access-table.csv`.

One row for each address and method, one column for each kind of visitor. A cell is the status, or
where the answer leads: `sign-in`, `second factor`, or `to` the name of a page. Never what a page
says. `make access-table` writes it anew; a test compares, so that whoever opens a door to somebody
changes this file, and a reviewer sees it.
"""

from __future__ import annotations

import copy
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import time_machine
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from tests.architecture.people import ROLES
from tests.architecture.world import AT, SECRET, SEEN_AT, Parts, World, make_world, typed_code

FILE = Path(__file__).resolve().parent.parent.parent / "docs" / "access-table.csv"
HEAD = ("page", "address", "method")
# Rows of their own. The others must answer as said in `_surprises`.
METHODS = ("GET", "POST")
OTHER_METHODS = ("HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")
OTHERS = "others"
AS_EXPECTED = "-"
LEADS_TO = {
    "account_login": "sign-in",
    "account_reauthenticate": "password again",
    "mfa_authenticate": "second factor",
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


def patterns(resolver: URLResolver | None = None, space: str = "", start: str = "/") -> Iterator[
    tuple[str, str, frozenset[str]]
]:
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
    found = []
    for name, written, needed in patterns():
        cases = [key for key in world.parts if key.partition(" ")[0] == name]
        if not needed:
            cases = [name]
        assert cases, (
            f"No record fills {written} ({name}). Make one in tests/architecture/world.py, and name "
            f"it there under “{name}” with {', '.join(sorted(needed))}"
        )
        found += [Address(case, written, world.parts.get(case, {})) for case in cases]
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
    elif role != "anonymous":
        client.force_login(getattr(world.people, role))
    return client


def column(world: World, role: str) -> dict[tuple[str, str], str]:
    """Return what every address answers to one kind of visitor, by page and method."""
    cache.clear()
    with taken_back():
        client = browser_of(world, role)
        found = {}
        for address in addresses(world):
            cells = {method: ask(client, address.path, method) for method in METHODS}
            cells[OTHERS] = _surprises(client, address.path, cells["GET"])
            found |= {(address.name, method): cell for method, cell in cells.items()}
        return found


def ask(client: Client, path: str, method: str) -> str:
    """Return the cell for one request, and undo what it did, in the browser too."""
    cookies = copy.deepcopy(client.cookies)
    with taken_back():
        answer = client.generic(method, path)
    client.cookies = cookies
    return cell_of(answer)


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


def _surprises(client: Client, path: str, get: str) -> str:
    """Return which other method answers otherwise than expected.

    HEAD answers as GET does; the others as for a page that is not there, or takes no such method,
    or as GET where that leads a visitor to sign in.
    """
    found = []
    for method in OTHER_METHODS:
        cell = ask(client, path, method)
        expected = {get} if method == "HEAD" else {"404", "405", "sign-in"}
        if cell not in expected:
            found.append(f"{method} {cell}")
    return ", ".join(found) or AS_EXPECTED


def rows(world: World, columns: dict[str, dict[tuple[str, str], str]]) -> list[list[str]]:
    """Return the table; methods that nobody is surprised by have no row."""
    table = [[*HEAD, *ROLES]]
    for address in addresses(world):
        for method in (*METHODS, OTHERS):
            cells = [columns[role][address.name, method] for role in ROLES]
            if method != OTHERS or set(cells) != {AS_EXPECTED}:
                table.append([address.name, address.pattern, method, *cells])
    return table


def committed() -> dict[str, dict[tuple[str, str], str]]:
    """Return the table of the repository, column by column."""
    with FILE.open(encoding="utf-8", newline="") as file:
        read = list(csv.DictReader(file))
    return {
        role: {(row["page"], row["method"]): row[role] for row in read if role in row}
        for role in ROLES
    }


def write(table: list[list[str]]) -> None:
    """Write the table to the repository."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(table)
