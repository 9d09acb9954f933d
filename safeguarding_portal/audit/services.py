"""Writing and reading audit events.

record(name, *, actor=None, actor_label="", concern_id=None, report_id=None, object_type="",
       object_id="", happened_at=None, detail=None) -> Event
record_view(name, *, actor, shown, ...) -> Event | None
events_for(concern_id) -> list[Event]
"""

from __future__ import annotations

import hashlib
import hmac
from contextvars import ContextVar
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.transaction import TransactionManagementError
from django.utils import timezone

from safeguarding_portal.audit.models import Event

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Set by the middleware for the length of a request; empty in workers and commands.
request_id: ContextVar[str] = ContextVar("request_id", default="")


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
    `detail` carries ids and codes only. Raises `TransactionManagementError` outside a transaction,
    and `ValueError` when nobody is named as having done it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("An audit event belongs in the transaction of its act.")
    if actor is None and not actor_label:
        raise ValueError("Say who did it: an actor, or a label such as 'rules'.")
    now = timezone.now()
    return Event.objects.create(
        recorded_at=now,
        happened_at=happened_at or now,
        name=name,
        actor=actor,
        actor_label=actor_label,
        concern_id=concern_id,
        report_id=report_id,
        object_type=object_type,
        object_id=object_id,
        detail=detail or {},
        request_id=request_id.get(),
    )


def record_view(
    name: str,
    *,
    actor: User,
    shown: list[str] | None = None,
    concern_id: int | None = None,
    report_id: int | None = None,
) -> Event:
    """Record that a person read a list (with the ids shown) or one record.

    A page calls this before it answers: when the event cannot be written, nothing is shown.
    """
    with transaction.atomic():
        return record(
            name,
            actor=actor,
            concern_id=concern_id,
            report_id=report_id,
            detail={"shown": shown} if shown is not None else {},
        )


def keyed_hash(text: str) -> str:
    """Return a keyed hash of a search term: equal terms can be found, none can be read."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, text.strip().casefold().encode(), hashlib.sha256).hexdigest()


def events_for(concern_id: int) -> list[Event]:
    """Return the chronology of one concern, in the order in which things happened."""
    return list(
        Event.objects.filter(concern_id=concern_id)
        .select_related("actor")
        .order_by("happened_at", "id")
    )
