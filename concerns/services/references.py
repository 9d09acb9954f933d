"""References that nobody has or had: a report, a paper form, or a report that was disposed of."""

from __future__ import annotations

import secrets

from concerns.models import DisposalRecord, PaperForm, Report
from concerns.rules.reference import new_reference


def free_references(count: int) -> list[str]:
    """Return new references, in one statement for any number of them.

    The unique constraints of the first two tables settle the rarest race.
    """
    chance = secrets.SystemRandom()
    while True:
        found = list({new_reference(chance) for _ in range(count)})
        given = PaperForm.objects.filter(reference__in=found).values("reference")
        gone = DisposalRecord.objects.filter(report_reference__in=found).values("report_reference")
        taken = Report.objects.filter(reference__in=found).values("reference").union(given, gone)
        if len(found) == count and not taken.exists():
            return found
