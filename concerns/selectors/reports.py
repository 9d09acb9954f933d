"""A reporter's own reports."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from concerns.access import visible_reports
from concerns.models import Concern, Report
from safeguarding_portal.accounts.models import User


def filed_reports(user: User) -> QuerySet[Report]:
    """Return the reporter's own reports, newest first, with their concerns."""
    concerns = Concern.objects.select_related("owner").order_by("number")
    return visible_reports(user).prefetch_related(Prefetch("concerns", queryset=concerns))
