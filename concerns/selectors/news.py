"""What happened in a concern since a person last opened it.

No table of its own: opening a concern is an audit event, and so is everything that happens to it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Max, OuterRef, Q, Subquery

from safeguarding_portal.audit.models import Event

if TYPE_CHECKING:
    from concerns.models import Concern
    from safeguarding_portal.accounts.models import User

VIEWED = "concern.viewed"
# What only looks, or only opens the record to somebody, is no news of the concern.
LOOKS = (
    Q(name__endswith=".viewed")
    | Q(name__endswith=".form_viewed")
    | Q(name__endswith=".printed")
    | Q(name__endswith=".exported")
    | Q(name__in=("record.reviewed", "access_request.item_decided"))
)


@dataclass(frozen=True)
class News:
    """The last event that the person saw of a concern (0: never opened), and the newest one."""

    seen: int = 0
    newest: int = 0

    @property
    def is_unread(self) -> bool:
        """Whether the person has never opened it."""
        return self.seen == 0

    @property
    def has_changed(self) -> bool:
        """Whether something happened since, by anybody else."""
        return 0 < self.seen < self.newest


def _parts(user: User) -> dict[str, Max]:
    return {
        "seen": Max("pk", filter=Q(name=VIEWED, actor=user)),
        "newest": Max("pk", filter=~LOOKS & (~Q(actor=user) | Q(actor=None))),
    }


def news_of(user: User, concern_ids: Iterable[int]) -> dict[int, News]:
    """Return what is new to the person in each concern, in one statement for any number."""
    events = Event.objects.filter(concern_id__in=list(concern_ids)).order_by()
    rows: Any = events.values("concern_id").annotate(**_parts(user))
    return {row["concern_id"]: News(row["seen"] or 0, row["newest"] or 0) for row in rows}


def news_annotations(user: User) -> dict[str, Subquery]:
    """Return the same for the statement that fetches one concern: see `news_in`."""
    events = Event.objects.filter(concern_id=OuterRef("pk")).order_by().values("concern_id")
    return {
        f"news_{name}": Subquery(events.annotate(**{name: part}).values(name))
        for name, part in _parts(user).items()
    }


def news_in(concern: Concern) -> News:
    """Return what is new in a concern that was fetched with `news_annotations`."""
    seen, newest = getattr(concern, "news_seen", None), getattr(concern, "news_newest", None)
    return News(seen or 0, newest or 0)


def changes_since(user: User, concern_id: int, event_id: int) -> list[Event]:
    """Return what others did to a concern after an event, the oldest first."""
    return list(
        Event.objects.filter(concern_id=concern_id, pk__gt=event_id)
        .exclude(LOOKS)
        .filter(~Q(actor=user) | Q(actor=None))
        .select_related("actor")
        .order_by("pk")
    )


def last_event_id(concern_id: int) -> int:
    """Return the newest event of a concern: what a form was opened upon."""
    found: int | None = Event.objects.filter(concern_id=concern_id).aggregate(last=Max("pk"))[
        "last"
    ]
    return found or 0
