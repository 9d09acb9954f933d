"""Who is told of one person: every body, whether required, offered or not needed, and why.

Each row says for one body when a requirement holds. Rows of a body are tried in order and the first
that fits decides; a body with no fitting row is not named at all. Required routes go at once,
offered ones wait for a lead. Source: R1 to R22 in DOMAIN section 2, as SETTLED reads them.
"""

from __future__ import annotations

from concerns.rules.case import Case
from concerns.rules.route_front_doors import POLICE, SOCIAL_CARE
from concerns.rules.route_rows import RouteRow
from concerns.rules.route_specialists import SPECIALISTS

ROUTES = (*SOCIAL_CARE, *POLICE, *SPECIALISTS)


def routes_for(case: Case) -> tuple[RouteRow, ...]:
    """Return the deciding row of each body that is named for this person, in table order."""
    decided: dict[str, RouteRow] = {}
    for row in ROUTES:
        if row.body not in decided and row.when(case):
            decided[row.body] = row
    return tuple(decided.values())
