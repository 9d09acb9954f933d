"""The queue: what a safeguarding lead reads all day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from concerns.access import Scope, scope_of
from concerns.selectors.preferences import preference_of
from concerns.selectors.queue import COUNT_LIMIT, QueuePage, shown_again, triage_queue, views_for
from concerns.selectors.saved_filters import MAX_SHOWN, saved_filters_for
from concerns.triage.filters import QueueFilter, as_querydict, chosen_in, url_of
from concerns.triage.queue_chips import chips
from concerns.triage.queue_rows import row_of
from safeguarding_portal.audit.services import record_view
from safeguarding_portal.files.work import files_stuck
from safeguarding_portal.http import PersonRequest

# How long an unchanged list may refresh itself without a new event, in seconds: a working day.
SEEN_FOR = 36_000
REFRESH_SECONDS = 20


def scope_or_404(request: PersonRequest, now: datetime) -> Scope:
    """Return what the person works; raise `Http404` for somebody who works no concerns.

    The menu need not ask again.
    """
    scope = scope_of(request.user, now)
    if not scope.roles:
        raise Http404
    request.works_concerns = True  # type: ignore[attr-defined]
    return scope


@require_safe
def queue(request: PersonRequest) -> HttpResponse:
    """Show one view of the concerns that the person may see, or what has changed in it."""
    now = timezone.now()
    scope = scope_or_404(request, now)
    chosen = chosen_in(request.GET)
    asked = QueueFilter(as_querydict(chosen), request.user, now, scope) if chosen else None
    wants = preference_of(request.user)
    page = triage_queue(
        request.user,
        now,
        request.GET.get("view", "all"),
        request.GET.get("after"),
        narrow=asked.narrow if asked else None,
        with_names=wants.show_names,
        scope=scope,
    )
    if request.htmx:
        return _refresh(request, page, now)
    name = "queue.viewed_with_names" if wants.show_names else "queue.viewed"
    record_list(request, name, [concern.reference for concern in page.rows], is_refresh=False)
    here = url_of(chosen, page.view.slug)
    context: dict[str, Any] = {
        "rows": [row_of(concern, now) for concern in page.rows],
        "views": [(view, count_words(page.counts.get(view.slug))) for view in views_for(scope)],
        "view": page.view,
        "found": count_words(page.counts.get("filtered")),
        "chips": chips(chosen, asked, page.view.slug) if asked else [],
        "here": here,
        "unfiltered": url_of({}, page.view.slug),
        "next_url": f"{here}&after={page.next_cursor}" if page.next_cursor else "",
        "is_later_page": "after" in request.GET,
        "refresh_url": request.get_full_path(),
        "refresh_seconds": REFRESH_SECONDS,
        "saved": [] if asked else saved_filters_for(request.user, scope)[:MAX_SHOWN],
        "wants": wants,
        "files_stuck": files_stuck(),
        "now": now,
    }
    return render(request, "triage/queue.html", context)


def _refresh(request: PersonRequest, page: QueuePage, now: datetime) -> HttpResponse:
    """Answer a list that refreshes itself: its rows as they are now, in place, none moved.

    Rows that have come wait behind a link; of one that is gone, or out of sight by now, only a
    dash is left.
    """
    asked = [item for item in dict.fromkeys(request.GET.getlist("shown")) if is_reference(item)]
    still = {concern.reference: concern for concern in page.rows}
    others = [reference for reference in asked if reference not in still]
    if others:
        still |= {item.reference: item for item in shown_again(request.user, now, others)}
    rows = [row_of(still[reference], now) for reference in asked if reference in still]
    record_list(request, "queue.viewed", [row.concern.reference for row in rows], is_refresh=True)
    new = len([concern for concern in page.rows if concern.reference not in asked])
    context = {
        "rows": rows,
        "gone": [item for item in asked if item not in still],
        "new": new,
        "news_changed": str(new) != request.GET.get("news", "0"),
        "reload_url": request.get_full_path().partition("?")[0] + _own_query(request),
        "now": now,
    }
    return render(request, "triage/_rows_refresh.html", context)


def _own_query(request: PersonRequest) -> str:
    query = request.GET.copy()
    for name in ("shown", "news", "after"):
        query.pop(name, None)
    return f"?{query.urlencode()}" if query else ""


def is_reference(text: str) -> bool:
    """Whether a text can be a reference, and so stand in an id or an address of the page."""
    return len(text) <= 16 and text.replace("-", "").isalnum() and text.isascii()


def record_list(
    request: PersonRequest, name: str, shown: Sequence[str], *, is_refresh: bool
) -> None:
    """Record which concerns a list shows; a refresh that shows no other adds no event.

    What was recorded is remembered in the cache: with the cache away there is an event too many,
    never one too few.
    """
    session = request.session.session_key
    known = f"queue-shown:{session}:{_digest(sorted(shown))}"
    if is_refresh:
        if not shown or cache.get(known):
            return
    else:
        last, token = f"queue-last:{session}", _digest([name, request.get_full_path(), *shown])
        if cache.get(last) == token:
            return
        cache.set(last, token, SEEN_FOR)
    record_view(name, actor=request.user, shown=shown)
    cache.set(known, 1, SEEN_FOR)


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def count_words(count: int | None) -> str:
    """Return a count as far as it was counted: "1,000+"; nothing where nobody counted."""
    if count is None:
        return ""
    return f"{COUNT_LIMIT:,}+" if count > COUNT_LIMIT else f"{count:,}"
