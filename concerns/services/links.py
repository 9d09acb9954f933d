"""What a lead says about two concerns that may belong together. A duplicate is linked, never lost.

As with people, events carry no concern, so that nobody who may see only one of two finds a trace of
the other.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from concerns.access import visible_concerns
from concerns.models import Concern, ConcernLink
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.matching import one_at_a_time
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

DECISIONS = {
    ConcernLink.State.LINKED: "link.made",
    ConcernLink.State.REJECTED: "link.rejected",
    ConcernLink.State.PARKED: "link.parked",
}


@transaction.atomic
def decide_link(link_id: int, actor: User, state: str, why: str, now: datetime) -> ConcernLink:
    """Link two concerns, or say that they do not belong together; return the row now in force.

    The row that was decided upon ends, and stays. Raises `Http404` unless the actor may see both
    concerns, and `ConflictError` when somebody decided meanwhile.
    """
    one_at_a_time()
    link = ConcernLink.objects.filter(pk=link_id).first()
    if link is None or not _sees(actor, {link.first_id, link.second_id}, now):
        raise Http404
    if link.ended_at is not None:
        newest = ConcernLink.objects.get(
            first=link.first_id, second=link.second_id, kind=link.kind, ended_at=None
        )
        if (newest.state, newest.why, newest.made_by_id) == (state, why, actor.pk):
            return newest
        raise ConflictError("Someone decided about these two concerns while you were reading.")
    return _replace(link, actor, state, why, now)


@transaction.atomic
def link_concerns(
    concern: Concern, other: Concern, actor: User, kind: str, why: str, now: datetime
) -> ConcernLink:
    """Link two concerns because a lead knows that they belong together.

    Raises `Http404` unless the actor may see both; `NotAllowedError` for a concern and itself, and
    for two that are linked so already.
    """
    one_at_a_time()
    if not _sees(actor, {concern.pk, other.pk}, now):
        raise Http404
    if concern.pk == other.pk:
        raise NotAllowedError("This is the same concern. Enter the reference of another.")
    first, second = sorted((concern, other), key=lambda item: item.pk)
    found = ConcernLink.objects.filter(first=first, second=second, kind=kind, ended_at=None).first()
    if found is not None and found.state == ConcernLink.State.LINKED:
        raise NotAllowedError("These two concerns are linked so already.")
    link = found or ConcernLink(first=first, second=second, kind=kind)
    return _replace(link, actor, ConcernLink.State.LINKED, why, now)


def _replace(link: ConcernLink, actor: User, state: str, why: str, now: datetime) -> ConcernLink:
    """End a row, if it stands, and put the new decision in its place."""
    was = link.state
    if link.pk is not None:
        link.ended_at = now
        link.save(update_fields=["ended_at"])
    new = ConcernLink.objects.create(
        first=link.first,
        second=link.second,
        kind=link.kind,
        state=state,
        why=why,
        made_by=actor,
        made_at=now,
    )
    record(
        DECISIONS[ConcernLink.State(state)],
        actor=actor,
        object_type="link",
        object_id=str(new.pk),
        detail={"was": was, "kind": new.kind, "concerns": [new.first_id, new.second_id]},
    )
    return new


def _sees(actor: User, concern_ids: set[int], now: datetime) -> bool:
    seen = visible_concerns(actor, now).filter(pk__in=concern_ids).count()
    return seen == len(concern_ids)
