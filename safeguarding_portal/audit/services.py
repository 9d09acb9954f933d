"""Writing and reading audit events.

    record(name, *, actor=None, actor_label="", concern_id=None, report_id=None, object_type="",
           object_id="", happened_at=None, detail=None) -> Event
    record_many([NewEvent(name, ...), ...]) -> list[Event]          one INSERT
    record_view(name, *, actor, shown=None, concern_id=None, report_id=None) -> Event
    last_look(actor, name, shown) -> Subquery                       for what is unread
    keyed_hash(text) -> str                                         for search terms
    events_for(concern_id, without=()) -> list[Event]
    events_of(actor_id, concern_id, since, until) -> list[Event]
    with_readings(people, concern_id) -> QuerySet[User]
    count_since(actor, name, since) -> int

`record` and `record_many` need the caller's transaction; `record_view` opens one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from safeguarding_portal.audit.models import Event
from safeguarding_portal.audit.source import current_source_address
from safeguarding_portal.request_id import current_request_id

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

_NAME = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
# An id, a slug, a reference, a digest, a time: no blanks, so no full name and no sentence, and no
# @, so no address.
_CODE = re.compile(r"[\w.:+#/-]{0,100}")


@dataclass(frozen=True, kw_only=True)
class NewEvent:
    """An event to record; the fields are those of `record`.

    Raises `ValueError` for a name that is not `thing.happened`, when nobody is named as having
    done it, for a naive time, and for a detail that is more than ids and codes.
    """

    name: str
    actor: User | None = None
    actor_label: str = ""
    concern_id: int | None = None
    report_id: int | None = None
    object_type: str = ""
    object_id: str = ""
    happened_at: datetime | None = None
    detail: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError("Name an event as 'thing.happened', in small letters.")
        if self.actor is None and not self.actor_label:
            raise ValueError("Say who did it: an actor, or a label such as 'rules'.")
        if self.happened_at is not None and timezone.is_naive(self.happened_at):
            raise ValueError("An event needs a time with its time zone.")
        for key, value in (self.detail or {}).items():
            if not _is_code(value):
                raise ValueError(f"The detail '{key}' may hold ids and codes only.")


def _is_code(value: object) -> bool:
    """Whether a value can be an id or a code, or a list of them, and cannot be a story."""
    if isinstance(value, str):
        return _CODE.fullmatch(value) is not None
    if isinstance(value, list | tuple):
        return all(_is_code(item) for item in value)
    return value is None or isinstance(value, bool | int)


def record(
    name: str,
    *,
    actor: User | None = None,
    actor_label: str = "",
    concern_id: int | None = None,
    report_id: int | None = None,
    object_type: str = "",
    object_id: str = "",
    happened_at: datetime | None = None,
    detail: dict[str, Any] | None = None,
) -> Event:
    """Record an event in the caller's transaction: the act and its trace live or die as one.

    `happened_at` (aware) is when it happened, if that is not now; `recorded_at` is always now.
    Raises `TransactionManagementError` outside a transaction, and `ValueError` as `NewEvent` does.
    """
    new = NewEvent(
        name=name,
        actor=actor,
        actor_label=actor_label,
        concern_id=concern_id,
        report_id=report_id,
        object_type=object_type,
        object_id=object_id,
        happened_at=happened_at,
        detail=detail,
    )
    return record_many([new])[0]


def record_many(new: Iterable[NewEvent]) -> list[Event]:
    """Record events in one INSERT, in the caller's transaction and in the order given.

    Raises `TransactionManagementError` outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("An audit event belongs in the transaction of its act.")
    now = timezone.now()
    return Event.objects.bulk_create(
        Event(
            recorded_at=now,
            happened_at=item.happened_at or now,
            name=item.name,
            actor=item.actor,
            actor_label=item.actor_label,
            concern_id=item.concern_id,
            report_id=item.report_id,
            object_type=item.object_type,
            object_id=item.object_id,
            detail=item.detail or {},
            request_id=current_request_id(),
            source_address=current_source_address(),
        )
        for item in new
    )


def record_view(
    name: str,
    *,
    actor: User,
    shown: Sequence[str] | None = None,
    concern_id: int | None = None,
    report_id: int | None = None,
) -> Event:
    """Record that a person read a list (with the ids shown) or one record.

    A page calls this before it answers. When the event cannot be written this raises, and nothing
    is shown.
    """
    with transaction.atomic():
        return record(
            name,
            actor=actor,
            concern_id=concern_id,
            report_id=report_id,
            detail={"shown": list(shown)} if shown is not None else None,
        )


def last_look(actor: User, name: str, shown: str = "") -> Subquery:
    """Return, for a query on rows with a `report_id`, when a person last looked at that report.

    Null when they never did. From it follows what is unread, so that looking changes nothing but
    the trail. The look of the present request does not count; `shown` narrows it to a part.
    """
    looks = Event.objects.filter(actor=actor, name=name, report_id=OuterRef("report_id"))
    if shown:
        looks = looks.filter(detail__shown__contains=[shown])
    if request_id := current_request_id():
        looks = looks.exclude(request_id=request_id)
    return Subquery(looks.order_by("-id").values("recorded_at")[:1])


def keyed_hash(text: str) -> str:
    """Return a keyed hash of a search term: equal terms can be found, none can be read.

    Letter case and blanks around and between words make no difference.
    """
    words = " ".join(text.casefold().split())
    return salted_hmac("safeguarding_portal.audit", words, algorithm="sha256").hexdigest()


def events_for(concern_id: int, without: Sequence[str] = ()) -> list[Event]:
    """Return the chronology of one concern, in the order in which things happened.

    `without`: names of events that are left out, such as the many reads.
    """
    return list(
        Event.objects.filter(concern_id=concern_id)
        .exclude(name__in=without)
        .select_related("actor")
        .order_by("happened_at", "id")
    )


def count_since(actor: User, name: str, since: datetime) -> int:
    """Return how often a person did something since a moment (aware)."""
    return Event.objects.filter(actor=actor, name=name, recorded_at__gte=since).count()


def events_of(
    actor_id: int, concern_id: int, since: datetime, until: datetime | None
) -> list[Event]:
    """Return what one person did with one concern between two moments (aware), oldest first."""
    found = Event.objects.filter(actor=actor_id, concern_id=concern_id, recorded_at__gte=since)
    return list((found.filter(recorded_at__lte=until) if until else found).order_by("id"))


def with_readings(people: QuerySet[User], concern_id: int) -> QuerySet[User]:
    """Return the people, and whoever else has opened the record, with `times` and `last_at`.

    `times` is how often they opened it (None: never), `last_at` when last.
    """
    views = Event.objects.filter(concern_id=concern_id, name="concern.viewed")
    mine = views.filter(actor=OuterRef("pk")).order_by().values("actor")
    return people.model.objects.filter(
        Q(pk__in=people.order_by().values("pk")) | Q(pk__in=views.order_by().values("actor"))
    ).annotate(
        may_see=Q(pk__in=people.order_by().values("pk")),
        times=Subquery(mine.annotate(found=Count("pk")).values("found")),
        last_at=Subquery(mine.annotate(found=Max("recorded_at")).values("found")),
    )
