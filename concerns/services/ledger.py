"""The state of a concern follows from its ledger; this module does the sum, nowhere else.

A service locks the concern, changes its parts, then calls `settle`: state, next due time and
version are written together, so that the queue's order never disagrees with the record.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Min
from django.http import Http404

from concerns.access import Action, can, visible_concerns
from concerns.clockface import working_hours
from concerns.models import Call, Clock, Concern, Referral
from concerns.rules import lifecycle
from concerns.rules.ladder import LADDERS
from concerns.services.errors import ConflictError, NotAllowedError
from contacts.selectors import current_directory

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Due at receipt by its nature; the calls that somebody still has to make stand for it.
CALL_NOW = "call_now"
# Runs only while nobody owns a concern and nothing else would ring; taking it meets it.
TAKE_IT = "take_it"
REFUSALS = {
    Action.TAKE: "You have this concern already, or it is closed.",
    Action.DECIDE: "Take this concern first. Only its owner can decide, while it is open.",
    Action.REOPEN: "This concern is open already.",
    Action.APPROVE: "This concern is closed already.",
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
        .select_related("report", "team", "owner")
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


def lock_referral(
    referral_id: int, actor: User, now: datetime, action: Action, version: int | None = None
) -> Referral:
    """Lock the referral's concern, then return the referral with that concern attached.

    Raises as `lock_concern`.
    """
    concern_id = Referral.objects.filter(pk=referral_id).values_list("concern_id", flat=True)
    concern = lock_concern(next(iter(concern_id), 0), actor, now, action, version)
    return concern.referrals.select_related("concern__report").get(pk=referral_id)


def state_of(concern: Concern, referral_states: list[str]) -> str:
    """Say in which state a concern with these referrals is, by the table of the lifecycle."""
    is_closed = concern.state == Concern.State.CLOSED
    has_owner = concern.owner_id is not None
    return lifecycle.state_of(lifecycle.Ledger(is_closed, has_owner, tuple(referral_states)))


def settle(concern: Concern) -> None:
    """Write state, next due time and version of a locked concern from its ledger."""
    concern.state = state_of(concern, list(concern.referrals.values_list("state", flat=True)))
    tasks = concern.tasks.still_open().filter(due_at__isnull=False)
    concern.task_due_at = tasks.aggregate(due=Min("due_at"))["due"]
    concern.next_due_at = next_due(concern) or _due_while_unowned(concern)
    concern.version += 1
    concern.save()


def _due_while_unowned(concern: Concern) -> datetime | None:
    """Start a clock where nobody owns a concern and nothing runs for it; return its due time.

    An agency may have accepted before any lead looked: only this keeps it from being nobody's.
    P4 has no due time (SETTLED). It runs from the receipt, for one working day.
    """
    is_open = concern.state != Concern.State.CLOSED
    if not is_open or concern.owner_id is not None or concern.priority not in LADDERS:
        return None
    hours = working_hours(current_directory(concern.received_at))
    due_at = hours.after_working_days(concern.received_at, 1)
    fields = {
        "label": "A lead takes it",
        "due_at": due_at,
        "why": "Nobody owns it, and nothing else runs. One working day after receipt.",
        "source": "The portal's own rule: every open concern has an owner or a running clock",
        "met_at": None,
        "met_by": None,
        "withdrawn_because": "",
    }
    Clock.objects.update_or_create(concern=concern, slug=TAKE_IT, defaults=fields)
    return due_at


def next_due(concern: Concern) -> datetime | None:
    """Return the earliest due time still running, or None: closed, or nothing runs.

    On hold, our own working clocks wait for the review; danger, agencies, calls and tasks do not.
    """
    if concern.state == Concern.State.CLOSED:
        return None
    silent = {CALL_NOW}
    if concern.held_until is not None:
        silent |= lifecycle.quieted(concern.priority)
    due_times = (
        Clock.objects.filter(concern=concern, met_at=None)
        .exclude(slug__in=silent)
        .values_list("due_at")
        .union(
            Referral.objects.filter(
                concern=concern, state__in=Referral.OPEN_STATES, due_at__isnull=False
            ).values_list("due_at"),
            Call.objects.filter(concern=concern).still_due().values_list("due_at"),
        )
    )
    running = [due for (due,) in due_times]
    if concern.task_due_at is not None:
        running.append(concern.task_due_at)
    return min(running, default=None)
