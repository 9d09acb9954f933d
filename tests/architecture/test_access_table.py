"""Every address, every method, everybody: the answers are those of the committed table."""

from __future__ import annotations

import pytest

from tests.architecture import access_table
from tests.architecture.people import ROLES
from tests.architecture.world import World


@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_everybody_as_the_table_says(world: World, role: str) -> None:
    found = access_table.column(world, role)
    said = access_table.committed()[role]
    different = [
        f"{page} {method}: {cell}, the table says {said.get((page, method), 'nothing')}"
        for (page, method), cell in found.items()
        if cell != said.get((page, method), access_table.AS_EXPECTED)
    ]
    gone = [f"{page} {method} is no more" for page, method in said.keys() - found.keys()]
    assert not different + gone, (
        "\n".join([*different, *gone]) + "\nIf this is meant: make access-table, and review it"
    )

