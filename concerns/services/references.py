"""References that nobody has or had: a report, a paper form, or a report that was disposed of."""

from __future__ import annotations

import secrets

from django.db import connection

from concerns.rules.reference import new_reference

TAKEN = """
SELECT FROM concerns_report WHERE reference = ANY(%(new)s)
UNION ALL SELECT FROM concerns_paperform WHERE reference = ANY(%(new)s)
UNION ALL SELECT FROM concerns_disposalrecord WHERE report_reference = ANY(%(new)s)
LIMIT 1
"""


def free_references(count: int) -> list[str]:
    """Return new references, in one statement for any number of them.

    The unique constraints of the first two tables settle the rarest race.
    """
    chance = secrets.SystemRandom()
    while True:
        found = list({new_reference(chance) for _ in range(count)})
        with connection.cursor() as cursor:
            cursor.execute(TAKEN, {"new": found})
            if len(found) == count and cursor.rowcount == 0:
                return found
