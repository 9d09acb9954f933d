"""What the pages of those who keep records share: who may enter, and pages of a list."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from django.http import Http404
from django.utils import timezone

from concerns.selectors.retention import keeps_records

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from safeguarding_portal.http import PersonRequest

PAGE = 50
MOST_PAGES = 1_000
Row = TypeVar("Row", bound="Model")


def keeper_or_404(request: PersonRequest) -> datetime:
    """Return the moment of the request; raise `Http404` for whoever does not keep records."""
    now = timezone.now()
    if not keeps_records(request.user, now):
        raise Http404
    return now


def page_of(request: PersonRequest, found: QuerySet[Row]) -> tuple[list[Row], dict[str, str]]:
    """Return the rows of the page asked for, and the addresses of the pages beside it."""
    text = request.GET.get("page", "")
    asked_for = int(text) if text.isdecimal() and len(text) <= len(str(MOST_PAGES)) else 0
    number = asked_for if 0 < asked_for <= MOST_PAGES else 1
    rows = list(found[(number - 1) * PAGE : number * PAGE + 1])
    asked = request.GET.copy()
    beside = {}
    for name, other, is_there in (
        ("previous_url", number - 1, number > 1),
        ("next_url", number + 1, len(rows) > PAGE),
    ):
        if is_there:
            asked["page"] = str(other)
            beside[name] = f"?{asked.urlencode()}"
    return rows[:PAGE], beside
