"""What holds of every address, whoever asks: looking changes nothing, nothing odd breaks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.urls import NoReverseMatch, reverse

from tests.architecture import access_table
from tests.architecture.access_table import Address, addresses, asked, browser_of, taken_back
from tests.architecture.world_base import World

# What looking may write: that somebody looked, and the session.
WRITTEN_BY_LOOKING = frozenset({"audit_event", "django_session"})
# These prove who they are by other means than a cookie, which is what the token protects.
NO_COOKIE = ("outbox:", "scim:")
ODD = ("a\x00b", "\x7f", "\u202e\U0001f469\u200d\U0001f467", "x" * 2000, "9" * 30)
LOOKERS = ("owner", "reporter", "records", "directory_editor", "policy_editor", "corporate")


def tables() -> dict[str, str]:
    """Return a mark of the content of every table."""
    with connection.cursor() as cursor:
        names = set(connection.introspection.table_names(cursor)) - WRITTEN_BY_LOOKING
        marks = {}
        for name in sorted(names):
            cursor.execute(
                f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{name}\" t"  # noqa: S608
            )
            marks[name] = cursor.fetchone()[0]
    return marks


@pytest.mark.parametrize("role", ["owner", "reporter"])
def test_looking_at_every_page_changes_nothing_but_who_looked(world: World, role: str) -> None:
    with taken_back():
        client = browser_of(world, role)
        before = tables()
        for address in addresses(world):
            if address.name != "account_logout":
                client.get(address.path)
        after = tables()
    assert [name for name in before if before[name] != after[name]] == []


def test_nothing_is_sent_without_the_token_of_the_form(world: World) -> None:
    with taken_back():
        client = browser_of(world, "owner", enforce_csrf_checks=True)
        took = {
            address.name
            for address in addresses(world)
            if not address.name.startswith(NO_COOKIE)
            and asked(client, address.path, "POST").status_code != 403
        }
    assert took == set()


def odd_paths(address: Address) -> Iterator[str]:
    """Yield the address with one odd part at a time."""
    for part in address.parts:
        for odd in ODD:
            try:
                yield reverse(address.name.partition(" ")[0], kwargs=address.parts | {part: odd})
            except NoReverseMatch:
                continue


@pytest.mark.parametrize("role", LOOKERS)
def test_an_odd_part_of_an_address_is_a_page_that_is_not_there(world: World, role: str) -> None:
    said = access_table.committed()[role]
    found = {}
    with taken_back():
        client = browser_of(world, role)
        for address in addresses(world):
            cells = {method: said[address.name, method] for method in ("GET", "POST")}
            open_to = [method for method, cell in cells.items() if cell not in SHUT]
            if not open_to or address.name.startswith(NO_COOKIE):
                continue
            for path in odd_paths(address):
                status = asked(client, path, open_to[0]).status_code
                if status not in MISSING:
                    found[f"{open_to[0]} {path[:120]}"] = status
    assert found == {}, "\n".join(f"{path}: {status}" for path, status in found.items())


MISSING = {404, 405}
SHUT = {"404", "405", "sign-in"}


def test_a_part_of_one_record_is_not_found_under_another(world: World) -> None:
    """Whoever may see both records gets nothing by naming a part of one under the other."""
    other = world.parts["concerns:triage:reopen"]["reference"]
    report = world.parts["concerns:journey:sent"]["reference"]
    found = {}
    with taken_back():
        for role, prefix, reference in (
            ("owner", "concerns:triage:", other),
            ("owner", "concerns:decide_right", other),
            ("owner", "concerns:end_restriction", other),
            ("reporter", "concerns:reporter:", report),
        ):
            client = browser_of(world, role)
            for address in addresses(world):
                parts = set(address.parts)
                if not (
                    address.name.startswith(prefix) and "reference" in parts and parts & OF_ONE
                ):
                    continue
                name = address.name.partition(" ")[0]
                path = reverse(name, kwargs=address.parts | {"reference": reference})
                for method in ("GET", "POST"):
                    status = asked(client, path, method).status_code
                    if status not in MISSING:
                        found[f"{method} {name}"] = status
    assert found == {}


# Parts of an address that name a part of the record in `reference`.
OF_ONE = {"pk", "file_id", "record", "number"}
