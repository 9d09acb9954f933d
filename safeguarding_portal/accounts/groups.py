"""Which group of the council's directory gives which role: data, read once and checked at start.

`OIDC_GROUPS` is JSON, or the path of a file with it: a list of rows such as

    {"group": "5b2f...-id of the group", "role": "lead", "team": "children-council"}

A group may stand in several rows; "team" is left out for a role across the council.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from safeguarding_portal.accounts.models import Role

_KEYS = frozenset({"group", "role", "team"})


class GroupsError(Exception):
    """The table cannot be used; the text says which row and why."""


@dataclass(frozen=True)
class GroupRow:
    """Whoever is in the group has the role, in the team of this slug (empty: the council)."""

    group: str
    role: str
    team: str = ""


def group_rows() -> tuple[GroupRow, ...]:
    """Return the table. Raises `GroupsError`."""
    return _read(settings.OIDC_GROUPS)


def roles_of_groups(groups: Iterable[str]) -> list[GroupRow]:
    """Return the rows of these groups. Raises `GroupsError`."""
    wanted = {group.lower() for group in groups}
    return [row for row in group_rows() if row.group in wanted]


@lru_cache(maxsize=8)
def _read(source: str) -> tuple[GroupRow, ...]:
    if not source.strip():
        return ()
    try:
        text = source if source.lstrip().startswith("[") else Path(source).read_text("utf-8")
        rows = json.loads(text)
    except (OSError, ValueError) as error:
        raise GroupsError("OIDC_GROUPS is neither JSON nor a file with JSON.") from error
    if not isinstance(rows, list):
        raise GroupsError("OIDC_GROUPS must be a list of rows.")
    return tuple(_row(number, row) for number, row in enumerate(rows, start=1))


def _row(number: int, row: object) -> GroupRow:
    is_text = isinstance(row, dict) and all(isinstance(value, str) for value in row.values())
    if not isinstance(row, dict) or not is_text or set(row) - _KEYS or not row.get("group"):
        raise GroupsError(f'OIDC_GROUPS, row {number}: give "group", "role" and maybe "team".')
    role, team = row.get("role", ""), row.get("team", "")
    if role not in Role.values:
        raise GroupsError(f"OIDC_GROUPS, row {number}: there is no role {role!r}.")
    if role in Role.of_a_team() and not team:
        raise GroupsError(f"OIDC_GROUPS, row {number}: the role {role} needs a team.")
    return GroupRow(row["group"].lower(), role, team)
