"""What the pages of those who keep records share: who may enter, pages of a list, one form."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.http import Http404
from django.utils import timezone

from concerns.selectors.retention import keeps_records
from safeguarding_portal.middleware import kept_answers

if TYPE_CHECKING:
    from django.db.models import Model, QuerySet

    from safeguarding_portal.http import PersonRequest

GET_POST = ["GET", "HEAD", "POST"]
PAGE = 50
MOST_PAGES = 1_000
Row = TypeVar("Row", bound="Model")


def keeper_or_404(request: PersonRequest) -> datetime:
    """Return the moment of the request; raise `Http404` for whoever does not keep records."""
    now = timezone.now()
    if not keeps_records(request.user, now):
        raise Http404
    return now


def given(request: PersonRequest) -> dict[str, Any]:
    """Return what a form is built from: what was posted, or what was typed before a sign-in."""
    if request.method == "POST":
        return {"data": request.POST}
    return {"raw": dict(typed.lists()) if (typed := kept_answers(request)) else None}


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
