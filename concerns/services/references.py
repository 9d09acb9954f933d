"""References that nobody has: neither a report nor a paper form that may still come back."""

from __future__ import annotations

import secrets

from concerns.models import PaperForm, Report
from concerns.rules.reference import new_reference


def free_references(count: int) -> list[str]:
    """Return new references, in one statement for any number of them.

    The unique constraints of both tables settle the rarest race.
    """
    chance = secrets.SystemRandom()
    while True:
        found = list({new_reference(chance) for _ in range(count)})
        given = PaperForm.objects.filter(reference__in=found).values("reference")
        taken = Report.objects.filter(reference__in=found).values("reference").union(given)
        if len(found) == count and not taken.exists():
            return found
