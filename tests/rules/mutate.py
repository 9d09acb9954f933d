"""`make mutate-rules`: change each outcome of each rule table; some golden case must notice.

Run as a script; prints every change that no case notices, and fails if there is one.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import Any

from concerns.rules import classify, prioritise, route
from tests.rules.golden_cases import cases, differences

GROUPS = ("child", "adult_at_risk", "neither")
REQUIREMENTS = ("required", "offered", "not_needed")


def is_noticed() -> bool:
    """Whether any golden case differs."""
    return any(differences(case) for case in cases())


def unnoticed(module: Any, table: str, field: str, values: tuple[Any, ...]) -> list[str]:
    """Return the changes to one field of one table's rows that no case notices."""
    rows = getattr(module, table)
    found = []
    for position, row in enumerate(rows):
        for value in values:
            if value == getattr(row, field):
                continue
            changed = (*rows[:position], replace(row, **{field: value}), *rows[position + 1 :])
            setattr(module, table, changed)
            if not is_noticed():
                found.append(f"{row.rule_id}: {field} {getattr(row, field)} -> {value}")
    setattr(module, table, rows)
    return found


def main() -> int:
    """Change everything once."""
    found = unnoticed(classify, "GROUPS", "group", GROUPS)
    found += unnoticed(prioritise, "PRIORITIES", "priority", (1, 2, 3, 4))
    found += unnoticed(route, "ROUTES", "requirement", REQUIREMENTS)
    print("\n".join(found) or "Every change of an outcome is noticed by a golden case.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
