"""What the queue reads: rows in a stable order, a page at a time, in few statements.

Flat as closed concerns grow: each part of what a person may see (`access.visible_branches`) is read
in the order of an index and only as far as one page needs; counts stop at a thousand.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery

from concerns.access import Scope, scope_of, visible_branches, visible_concerns, visible_within
from concerns.models import Concern, Involvement
from concerns.selectors.legs import legs_of
from concerns.selectors.links import link_marks
from concerns.selectors.news import news_of

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

PAGE_SIZE = 30
COUNT_LIMIT = 1000
Rows = QuerySet[Concern]
Narrow = Callable[[Rows], Rows]


@dataclass(frozen=True)
class Order:
    """A stable order that an index serves. `follows` gives what comes after a key, in parts."""

    by: tuple[Any, ...]
    key: Callable[[Concern], list[Any]]
    follows: Callable[[list[Any]], list[Q]]


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    if moment is not None and moment.tzinfo is None:
        raise ValueError("A key of ours has its time zone.")
    return moment


def _written(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _after_urgent(key: list[Any]) -> list[Q]:
    is_p1, due, pk = bool(key[0]), _moment(key[1]), int(key[2])
    if due is None:
        parts = [Q(is_p1=is_p1, next_due_at=None, pk__gt=pk)]
    else:
        here = Q(is_p1=is_p1, next_due_at__gte=due) & ~Q(next_due_at=due, pk__lte=pk)
        parts = [here, Q(is_p1=is_p1, next_due_at=None)]
    return [*parts, Q(is_p1=False)] if is_p1 else parts


def _after_closed(key: list[Any]) -> list[Q]:
    closed = _moment(key[0])
    return [Q(closed_at__lte=closed) & ~Q(closed_at=closed, pk__gte=int(key[1]))]


URGENT = Order(
    by=(F("is_p1").desc(), F("next_due_at").asc(nulls_last=True), F("pk").asc()),
    key=lambda row: [row.is_p1, _written(row.next_due_at), row.pk],
    follows=_after_urgent,
)
CLOSED_LAST = Order(
    by=(F("closed_at").desc(), F("pk").desc()),
    key=lambda row: [_written(row.closed_at), row.pk],
    follows=_after_closed,
)
NEWEST = Order(
    by=(F("pk").desc(),),
    key=lambda row: [row.pk],
    follows=lambda key: [Q(pk__lt=int(key[0]))],
)

_OPEN = ~Q(state=Concern.State.CLOSED)
Where = Callable[["User", Scope, datetime], Q]


@dataclass(frozen=True)
class View:
    """One list of the queue: its name, what is in it, its order, and what to say when empty."""

    slug: str
    words: str
    where: Where
    empty: str
    order: Order = URGENT
    counted: bool = True


_NEW_ONES = "New ones appear as they are reported"
_VIEWS = (
    View("all", "All open", lambda *_: _OPEN, f"No concern is open. {_NEW_ONES}."),
    View(
        "mine",
        "Mine",
        lambda user, *_: _OPEN & Q(owner=user),
        "You own no open concern. Take one from those that nobody owns.",
    ),
    View(
        "team",
        "My team",
        lambda _, scope, __: _OPEN & Q(team__in=scope.teams),
        f"Your team has no open concern. {_NEW_ONES}.",
    ),
    View(
        "unowned",
        "Nobody owns",
        lambda *_: _OPEN & Q(owner=None),
        f"Every open concern has an owner. {_NEW_ONES}.",
    ),
    View(
        "waiting",
        "Waiting for an agency",
        lambda *_: _OPEN & Q(state=Concern.State.REFERRED),
        "No agency keeps you waiting. What they have accepted is under All open.",
    ),
    View(
        "overdue",
        "Overdue",
        lambda _, __, now: _OPEN & Q(next_due_at__lt=now),
        "Nothing is overdue. What is due next stands first under All open.",
    ),
    View(
        "closed",
        "Closed",
        lambda *_: Q(state=Concern.State.CLOSED),
        "No concern has been closed yet.",
        CLOSED_LAST,
        counted=False,
    ),
    View(
        "everything",
        "All I may see",
        lambda *_: Q(),
        f"You may see no concern yet. {_NEW_ONES}.",
        NEWEST,
        counted=False,
    ),
)
VIEWS = {view.slug: view for view in _VIEWS}


@dataclass(frozen=True)
class QueuePage:
    """One page of the queue, where the next begins (None: no more), and how many there are."""

    rows: list[Concern]
    next_cursor: str | None
    counts: dict[str, int]
    view: View
    scope: Scope


def triage_queue(
    user: User,
    now: datetime,
    view: str = "all",
    after: str | None = None,
    *,
    narrow: Narrow | None = None,
    with_names: bool = False,
    scope: Scope | None = None,
) -> QueuePage:
    """Return a page of concerns that the person may see, in the order of the view.

    Open ones in the stored order: danger first, then the next due time (none last), then age.
    Paging is by key, so that a row that arrives meanwhile moves nothing. A cursor that is not ours
    starts at the top, an unknown view is that of all open concerns. With `narrow` (a filter), the
    count under "filtered" is that of its rows in this view.
    """
    chosen = VIEWS.get(view, VIEWS["all"])
    scope = scope or scope_of(user, now)
    within = _parts(user, now, scope, chosen, narrow)
    # Closed concerns are not counted: a rare answer would be looked for among all of them.
    if narrow and chosen.counted and not after:
        ids = _ids(within, chosen.order)
        rows, counts = _these(ids[: PAGE_SIZE + 1], chosen.order), {"filtered": len(ids)}
    else:
        rows = _page(within, chosen.order, after)
        counts = {} if narrow else _counts(user, now, scope)
    found = list(_with_names(rows) if with_names else rows)
    more, found = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    attach(found, user, now)
    cursor = cursor_of(chosen, found[-1]) if more else None
    return QueuePage(found, cursor, counts, chosen, scope)


def views_for(scope: Scope) -> list[View]:
    """Return the views that a person has: without a team of one's own there is none of a team."""
    return [view for view in _VIEWS if scope.teams or view.slug != "team"]


def matching_ids(
    user: User, now: datetime, view: str, narrow: Narrow | None, scope: Scope | None = None
) -> list[int]:
    """Return the ids of a view, narrowed, at most 1,001 of them in the order of the view."""
    chosen = VIEWS.get(view, VIEWS["all"])
    scope = scope or scope_of(user, now)
    within = _parts(user, now, scope, chosen, narrow)
    return _ids(within, chosen.order)


def _parts(
    user: User, now: datetime, scope: Scope, view: View, narrow: Narrow | None
) -> list[Rows]:
    """Return what a view shows, in parts that share no row.

    A filter of open concerns is answered in one: they are few, and an index of the filter's own may
    then be the way in.
    """
    if narrow and view.counted:
        parts = [visible_within(user, now, scope)]
    else:
        parts = visible_branches(user, now, scope)
    shown = [part.filter(view.where(user, scope, now)) for part in parts]
    return [narrow(part) for part in shown] if narrow else shown


def shown_again(user: User, now: datetime, references: Sequence[str]) -> list[Concern]:
    """Return concerns that a page shows already, as they are now; those out of sight are not."""
    rows = visible_concerns(user, now).filter(reference__in=references[:PAGE_SIZE])
    found = list(rows.select_related("owner", "team", "report"))
    attach(found, user, now)
    return found


def _page(parts: Iterable[Rows], order: Order, after: str | None, limit: int = 0) -> Rows:
    """Return one row more than a page; every part is read no further than that."""
    limit = limit or PAGE_SIZE + 1
    keys = _follows(order, after)
    tops = [
        (part.filter(key) if key else part).order_by(*order.by).values("pk")[:limit]
        for part in parts
        for key in keys
    ]
    if not tops:
        return Concern.objects.none()
    first, *rest = tops
    ids = first.union(*rest, all=True) if rest else first
    return _these(ids, order)[:limit]


def _these(ids: Any, order: Order) -> Rows:
    rows = Concern.objects.filter(pk__in=ids).order_by(*order.by)
    return rows.select_related("owner", "team", "report")


def _ids(parts: Iterable[Rows], order: Order) -> list[int]:
    """Return the ids of parts in the order of the view, at most a thousand and one."""
    return list(_page(parts, order, None, COUNT_LIMIT + 1).values_list("pk", flat=True))


def cursor_of(view: View, concern: Concern) -> str:
    """Return where a page begins that goes on after this concern."""
    return base64.urlsafe_b64encode(json.dumps(view.order.key(concern)).encode()).decode()


def _follows(order: Order, cursor: str | None) -> list[Q]:
    try:
        return order.follows(json.loads(base64.urlsafe_b64decode(cursor or "")))
    except (ValueError, TypeError, KeyError, IndexError, OverflowError, binascii.Error):
        return [Q()]


def _with_names(rows: Rows) -> Rows:
    subject = Involvement.objects.filter(concern=OuterRef("pk"), part=Involvement.Part.SUBJECT)
    return rows.annotate(subject_name=Subquery(subject.values("name")[:1]))


def attach(rows: Sequence[Concern], user: User, now: datetime) -> None:
    """Give each row its legs, its links and what is new to this person, in four statements."""
    ids = [row.pk for row in rows]
    legs, news, links = legs_of(rows), news_of(user, ids), link_marks(ids, user, now)
    for row in rows:
        row.links = links[row.pk]  # type: ignore[attr-defined]
        row.legs = legs[row.pk]  # type: ignore[attr-defined]
        row.news = news.get(row.pk)  # type: ignore[attr-defined]


def _counts(user: User, now: datetime, scope: Scope) -> dict[str, int]:
    """Count the open views in one pass over an index that holds all it asks."""
    rows = visible_within(user, now, scope).filter(_OPEN).order_by()
    wanted = {view.slug: view.where(user, scope, now) for view in views_for(scope) if view.counted}
    return rows.aggregate(**{slug: Count("pk", filter=where) for slug, where in wanted.items()})
