"""The state of a concern follows from its ledger; this module does the sum, nowhere else.

A service locks the concern, changes its parts, then calls `settle`: state, next due time and
version are written together, so that the queue's order never disagrees with the record.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404

from concerns.access import Action, can, visible_concerns
from concerns.models import Call, Clock, Concern, Referral
from concerns.services.errors import ConflictError, NotAllowedError

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Due at receipt by its nature; the calls that somebody still has to make stand for it.
CALL_NOW = "call_now"
REFUSALS = {
    Action.TAKE: "You have this concern already, or it is closed.",
    Action.DECIDE: "Take this concern first. Only its owner can decide, while it is open.",
}


def lock_concern(
    concern_id: int, actor: User, now: datetime, action: Action, version: int | None = None
) -> Concern:
    """Lock one concern that the actor may see, for the rest of the transaction.

    Raises `Http404` when the actor may not see it (the answer of a record that does not exist),
    `ConflictError` when `version` is given and somebody changed the record since, and
    `NotAllowedError` when the action does not fit its state.
    """
    concern = (
        visible_concerns(actor, now)
        .select_for_update(of=("self",))
        .select_related("report")
        .filter(pk=concern_id)
        .first()
    )
    if concern is None:
        raise Http404
    if version is not None and concern.version != version:
        raise ConflictError("Someone changed this concern while you were reading it.")
    if not can(actor, action, concern):
        raise NotAllowedError(REFUSALS[action])
    return concern


def lock_referral(referral_id: int, actor: User, now: datetime, action: Action) -> Referral:
    """Lock the referral's concern, then return the referral with that concern attached.

    Raises as `lock_concern`.
    """
    concern_id = Referral.objects.filter(pk=referral_id).values_list("concern_id", flat=True)
    concern = lock_concern(next(iter(concern_id), 0), actor, now, action)
    return concern.referrals.select_related("concern__report").get(pk=referral_id)


def state_of(concern: Concern, referral_states: list[str]) -> str:
    """Say in which state a concern with these referrals is.

    New until somebody takes it. Then in triage while a lead has something to decide or nothing was
    referred, waiting while any agency has not accepted, accepted when all have.
    """
    if concern.state == Concern.State.CLOSED:
        return Concern.State.CLOSED
    if concern.owner_id is None:
        return Concern.State.NEW
    live = [state for state in referral_states if state != Referral.State.WITHDRAWN]
    if not live or Referral.State.OFFERED in live or Referral.State.RETURNED in live:
        return Concern.State.IN_TRIAGE
    if any(state in Referral.OPEN_STATES for state in live):
        return Concern.State.REFERRED
    return Concern.State.ACCEPTED


def settle(concern: Concern) -> None:
    """Write state, next due time and version of a locked concern from its ledger."""
    concern.state = state_of(concern, list(concern.referrals.values_list("state", flat=True)))
    concern.next_due_at = next_due(concern)
    concern.version += 1
    concern.save()


def next_due(concern: Concern) -> datetime | None:
    """Return the earliest due time still running, or None: closed, or nothing runs."""
    if concern.state == Concern.State.CLOSED:
        return None
    due_times = (
        Clock.objects.filter(concern=concern, met_at=None)
        .exclude(slug=CALL_NOW)
        .values_list("due_at")
        .union(
            Referral.objects.filter(
                concern=concern, state__in=Referral.OPEN_STATES, due_at__isnull=False
            ).values_list("due_at"),
            Call.objects.filter(concern=concern).still_due().values_list("due_at"),
        )
    )
    return min((due for (due,) in due_times), default=None)
