"""Keeping a report from the people it is about (R24; SETTLED, Access and people).

Picked from the staff list: excluded at once, with their manager and deputies, as the page promises.
A name that is only typed, and similar to that of somebody who works concerns: held back until a
lead without conflict decides, because otherwise naming a lead would be an attack.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.contrib.postgres.search import TrigramSimilarity
from django.db.models import Q
from django.db.models.lookups import GreaterThanOrEqual

from concerns.access import CASE_ROLES
from concerns.journey.statement import named_staff, typed_staff_names, unwanted_readers
from concerns.models import Exclusion
from safeguarding_portal.accounts.models import Membership, User
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from concerns.journey.answers import Answers
    from concerns.models import Report

# Trigram similarity from which two names are "similar": one or two letters apart.
SIMILAR = 0.6
MOST_NAMES = 20
DECIDE_WITHIN = timedelta(hours=1)


def exclude_the_named(report: Report, answers: Answers, now: datetime) -> set[int]:
    """Write every exclusion that follows from the answers; return the ids of who is kept out."""
    rows: dict[int, Exclusion] = {}
    named = named_staff(answers)
    people = User.objects.filter(pk__in=named).prefetch_related("deputies") if named else []
    for person in people:
        _add(rows, report, person.pk, Exclusion.Reason.NAMED)
        if person.manager_id:
            _add(rows, report, person.manager_id, Exclusion.Reason.MANAGER)
        for deputy in person.deputies.all():
            _add(rows, report, deputy.pk, Exclusion.Reason.DEPUTY)
    for user_id in unwanted_readers(answers):
        _add(rows, report, user_id, Exclusion.Reason.REPORTER_ASKED)
    for user_id in _similar_caseworkers(typed_staff_names(answers), now) - set(rows):
        _add(rows, report, user_id, Exclusion.Reason.SIMILAR_NAME)
        rows[user_id].kind = Exclusion.Kind.HELD
        rows[user_id].decide_by = now + DECIDE_WITHIN
    if rows:
        Exclusion.objects.bulk_create(rows.values())
        record(
            "report.people_excluded",
            actor_label="rules",
            report_id=report.pk,
            detail={"users": sorted(rows)},
        )
    return set(rows)


def _add(rows: dict[int, Exclusion], report: Report, user_id: int, reason: str) -> None:
    rows.setdefault(
        user_id,
        Exclusion(report=report, user_id=user_id, kind=Exclusion.Kind.EXCLUDED, reason=reason),
    )


def _similar_caseworkers(names: list[str], now: datetime) -> set[int]:
    """Return the people who work concerns and bear a name like one of those that were typed."""
    typed = [name for name in names if name.strip()]
    if not typed:
        return set()
    workers = Membership.objects.in_force(now).filter(role__in=CASE_ROLES, user__is_active=True)
    alike = (
        Q(GreaterThanOrEqual(TrigramSimilarity("user__full_name", name), SIMILAR))
        for name in typed[:MOST_NAMES]
    )
    return set(workers.filter(reduce(or_, alike)).values_list("user", flat=True))
