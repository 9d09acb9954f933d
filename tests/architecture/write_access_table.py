"""Writes the access table anew: `make access-table`. No test, and not collected as one.

pytest tests/architecture/write_access_table.py     asks as everybody, and keeps the answers
python -m tests.architecture.write_access_table     puts them together
"""

from __future__ import annotations

import pytest

from tests.architecture import access_table
from tests.architecture.people import ROLES
from tests.architecture.world_base import World


@pytest.mark.parametrize("role", ROLES)
def test_ask_every_address_in_every_way(world: World, role: str) -> None:
    access_table.keep(world, role)


if __name__ == "__main__":
    access_table.write()
