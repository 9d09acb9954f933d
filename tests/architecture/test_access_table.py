"""Every address, every method, everybody: the answers are those of the committed table."""

from __future__ import annotations

import pytest

from tests.architecture import access_table
from tests.architecture.access_table import METHODS, is_expected
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
