"""Every address, every method, everybody: the answers are those of the committed table."""

from __future__ import annotations

import pytest

from tests.architecture import access_table
from tests.architecture.access_table import LEADS_TO, METHODS, is_expected
from tests.architecture.people import ROLES
from tests.architecture.world_base import World


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_everybody_as_the_table_says(world: World, role: str) -> None:
    found = access_table.column(world, role, whole=False)
    said = access_table.committed()[role]
    different = []
    for (page, method), cell in found.items():
        told = said.get((page, method))
        if told is None and method not in METHODS:
            told = cell if is_expected(method, cell, found[page, "GET"]) else "as expected"
        if cell != told:
            different.append(f"{page} {method}: {cell}, the table says {told}")
    pages = {page for page, _ in found}
    gone = {f"{page} is no more" for page, _ in said if page not in pages}
    assert not [*different, *gone], (
        "\n".join([*different, *sorted(gone)]) + "\nIf it is meant: make access-table, review it"
    )


# Answers 404 or 405 to everybody, because: so a 404 there proves nothing.
NOT_THERE = {
    "policies:cancel": "no version waits for its start",
    "policies:document unpublished": "it is not in force: that is what the row shows",
    "concerns:subject_access:check": "nobody has asked for the second check",
    "concerns:subject_access:changes": "the answer was not compared with the record again",
    "concerns:files:shown": "a picture has no pages",
    "concerns:files:original": "kept only of a picture that is evidence of a draft",
    "concerns:assurance:export": "the query says which events, and the sweep asks none",
    "concerns:metrics": "there with the token of whoever watches the portal",
    "provider_start": "no identity provider is set in the tests",
    "provider_callback": "no identity provider is set in the tests",
}


def test_every_page_is_there_for_somebody_so_that_its_404_means_not_yours() -> None:
    cells: dict[str, set[str]] = {}
    for column in access_table.committed().values():
        for (page, _), cell in column.items():
            cells.setdefault(page, set()).add(cell)
    found = {page for page, seen in cells.items() if seen <= {"404", "405", *LEADS_TO.values()}}
    assert found - SIGN_IN == set(NOT_THERE)


# Steps of a sign-in that nobody in the table is in the middle of.
SIGN_IN = {"account_confirm_password_reset_code"}


def test_no_cell_of_the_table_is_a_fault() -> None:
    faults = {
        (role, *at): cell
        for role, column in access_table.committed().items()
        for at, cell in column.items()
        if cell.startswith("5")
    }
    assert faults == {}
