"""Writes the access table anew: `make access-table`. Not a test, and not collected as one."""

from __future__ import annotations

from tests.architecture import access_table
from tests.architecture.people import ROLES
from tests.architecture.world_base import World


def test_write_the_table(world: World) -> None:
    columns = {role: access_table.column(world, role) for role in ROLES}
    access_table.write(access_table.rows(world, columns))
