"""One act on many concerns: each row is checked, done and recorded by itself, with its own result.

A row that is refused never holds the others back, and none is done twice: each carries the version
that the lead saw.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from concerns.access import Action, visible_concerns
from concerns.models import Bundle, BundleItem, Concern
from concerns.services.custody import take_concern
from concerns.services.errors import ConflictError, NotAllowedError, ServiceError
from concerns.services.ledger import lock_concern, settle
from concerns.services.notices import notice
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    Act = Callable[[int, int], object]

# As many as one page shows, with room; each row is a transaction of its own.
MAX_ROWS = 100
UNKNOWN = "There is no such concern, or you may not see it."


@dataclass(frozen=True)
class Picked:
    """One row that was picked, as the lead saw it."""

    reference: str
    version: int


@dataclass(frozen=True)
class RowResult:
    """What came of one row."""

    reference: str
    is_done: bool
    words: str


def for_each(
    actor: User, picked: Sequence[Picked], now: datetime, act: Act, done: str
) -> list[RowResult]:
    """Do the act (concern id, version) to each; return one result a row, in the order picked."""
    rows = list({item.reference: item for item in picked[:MAX_ROWS]}.values())
    ids = dict(
        visible_concerns(actor, now)
        .filter(reference__in=[item.reference for item in rows])
        .values_list("reference", "pk")
    )
    results = []
    for item in rows:
        try:
            act(ids.get(item.reference, 0), item.version)
        except ServiceError as refusal:
            results.append(RowResult(item.reference, is_done=False, words=str(refusal)))
        except Http404:
            results.append(RowResult(item.reference, is_done=False, words=UNKNOWN))
        else:
            results.append(RowResult(item.reference, is_done=True, words=done))
    return results


def take_many(actor: User, picked: Sequence[Picked], now: datetime) -> list[RowResult]:
    """Take each concern."""
    return for_each(
        actor, picked, now, lambda pk, version: take_concern(pk, actor, version, now), "Taken."
    )


@transaction.atomic
def assign_concern(
    concern_id: int, actor: User, owner: User, version: int, now: datetime
) -> Concern:
    """Make a colleague the owner and tell them; they must be able to see it.

    Raises `NotAllowedError` when they cannot, when they own it already, or when it is closed.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD, version)
    if concern.state == Concern.State.CLOSED:
        raise NotAllowedError("It is closed.")
    if concern.owner_id == owner.pk:
        raise NotAllowedError(f"{owner} has it already.")
    if not visible_concerns(owner, now).filter(pk=concern.pk).exists():
        raise NotAllowedError(f"{owner} may not see this concern.")
    previous, concern.owner, concern.taken_at = concern.owner_id, owner, now
    settle(concern)
    record(
        "concern.assigned",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail={"from": previous, "to": owner.pk},
    )
    if owner != actor:
        enqueue_many([_assigned(concern, owner)])
    return concern


def _assigned(concern: Concern, owner: User) -> NewMessage:
    return notice(
        owner,
        "concern_assigned",
        reference=concern.reference,
        link=reverse("concerns:triage:concern", args=[concern.reference]),
        priority=concern.priority,
        key=f"{concern.reference}:{concern.version}",
    )


@transaction.atomic
def bundle_named(name: str, actor: User, now: datetime) -> Bundle:
    """Return the bundle of this name; make it if there is none. Two at once make one."""
    made = Bundle(name=name, created_by=actor, created_at=now)
    Bundle.objects.bulk_create([made], ignore_conflicts=True)
    return Bundle.objects.get(name=name)


@transaction.atomic
def add_to_bundle(concern_id: int, actor: User, bundle: Bundle, now: datetime) -> BundleItem:
    """Put a concern into a bundle. Raises `ConflictError` when it is there."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    item, is_new = BundleItem.objects.get_or_create(
        bundle=bundle, concern=concern, defaults={"added_by": actor, "added_at": now}
    )
    if not is_new:
        raise ConflictError("It is in this bundle already.")
    record(
        "concern.bundled",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="bundle",
        object_id=str(bundle.pk),
    )
    return item
