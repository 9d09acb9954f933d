"""Asks as everybody, and keeps the answers: for `make access-table`, which then puts them together.

No test, and not collected as one.
"""

from __future__ import annotations

import pytest

from tests.architecture import access_table
from tests.architecture.people import ROLES
from tests.architecture.world_base import World


@pytest.mark.parametrize("role", ROLES)
def test_ask_every_address_in_every_way(world: World, role: str) -> None:
    access_table.keep(world, role)
