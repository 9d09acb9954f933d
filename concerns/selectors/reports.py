"""A reporter's own reports."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from concerns.access import visible_reports
from concerns.models import Clock, Concern, Report
from safeguarding_portal.accounts.models import User


def running_clocks(concerns: list[Concern]) -> dict[int, list[Clock]]:
    """Return the clocks that still run on each record, by its id; one statement."""
    found: dict[int, list[Clock]] = {}
    for clock in Clock.objects.filter(concern__in=concerns, met_at=None):
        found.setdefault(clock.concern_id, []).append(clock)
    return found


def filed_reports(user: User) -> QuerySet[Report]:
    """Return the reporter's own reports, newest first, with their concerns."""
    concerns = Concern.objects.select_related("owner").order_by("number")
    return visible_reports(user).prefetch_related(Prefetch("concerns", queryset=concerns))
