"""How every change of a concern is made: asked of the table first, written down at the end.

    row = guard("hold", concern, actor, now, reason=True, review_date=True)
    ... change the locked concern and its parts ...
    finish(row, concern, actor, now, reason=..., before=..., after=...)

`guard` refuses what `concerns.rules.lifecycle` does not allow; `finish` settles the ledger and
writes the decision and its event, in the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import F, Func, Value

from concerns.access import leads_concerns
from concerns.models import Approval, Concern, Decision, Reassessment, Referral
from concerns.rules import RULES_VERSION, lifecycle
from concerns.rules.lifecycle import BY_SLUG, NEEDS, Transition
from concerns.services.errors import NotAllowedError
from concerns.services.ledger import settle
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

OVERRIDE_NEEDED = "override_reason_needed"


@dataclass(frozen=True)
class Override:
    """On which grounds somebody is told without agreement, and why (R21)."""

    grounds: tuple[str, ...]
    reason: str

    @property
    def is_whole(self) -> bool:
        """Whether a ground and a reason are given."""
        return bool(self.grounds) and bool(self.reason.strip())


def is_override_missing(concern: Concern) -> bool:
    """Whether somebody is told without agreement and no lead has said why."""
    marked = concern.referrals.filter(marks__contains=[OVERRIDE_NEEDED])
    return marked.exclude(state=Referral.State.WITHDRAWN).exists()


def _has_nothing_open(concern: Concern) -> bool:
    waiting = (*Referral.OPEN_STATES, Referral.State.OFFERED)
    return not (
        concern.referrals.filter(state__in=waiting).exists() or concern.calls.still_due().exists()
    )


FACTS: Mapping[str, Callable[[Concern], bool]] = {
    lifecycle.NOTHING_OPEN: _has_nothing_open,
    lifecycle.NO_TASKS: lambda concern: not concern.tasks.still_open().exists(),
    lifecycle.OVERRIDE: lambda concern: not is_override_missing(concern),
    lifecycle.NOTHING_ASKED: lambda concern: concern.approval_asked_at is None,
}


def guard(slug: str, concern: Concern, actor: User, now: datetime, **given: bool) -> Transition:
    """Return the row of a transition, or say what is missing (`NotAllowedError`).

    `given` says of each need that the record cannot answer whether the caller has it. The concern
    is locked and its permission asked already.
    """
    row = BY_SLUG[slug]
    if row.lead_only and not leads_concerns(actor, concern, now):
        raise NotAllowedError("Only a safeguarding lead of this team can do this.")
    for need in row.needs:
        met = given[need] if need in given else FACTS[need](concern)
        if not met:
            raise NotAllowedError(NEEDS[need])
    if concern.state not in row.leaves:
        state = concern.get_state_display().lower()
        raise NotAllowedError(f"This cannot be done now. The concern is: {state}.")
    return row


def use_override(concern: Concern, override: Override | None) -> dict[str, Any]:
    """Take the lead's grounds for telling without agreement; return what the decision keeps.

    From then on nothing on the concern asks for them any more.
    """
    if override is None or not override.is_whole:
        return {}
    cleared = Func(F("marks"), Value(OVERRIDE_NEEDED), function="array_remove")
    concern.referrals.filter(marks__contains=[OVERRIDE_NEEDED]).update(marks=cleared)
    return {"grounds": list(override.grounds), "override_reason": override.reason.strip()}


def finish(
    row: Transition,
    concern: Concern,
    actor: User,
    now: datetime,
    *,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reassessment: Reassessment | None = None,
    approval: Approval | None = None,
    about: Referral | None = None,
    detail: dict[str, Any] | None = None,
) -> Decision:
    """Settle the concern, and write the decision and its event."""
    was = concern.state
    settle(concern)
    decision = Decision.objects.create(
        concern=concern,
        kind=row.slug,
        decided_by=actor,
        decided_at=now,
        reason=reason.strip(),
        before=before or {},
        after=after or {},
        reassessment=reassessment,
        approval=approval,
        rules_version=RULES_VERSION,
        version=concern.version,
    )
    record(
        row.event,
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="referral" if about else "decision",
        object_id=str(about.pk if about else decision.pk),
        detail={"state": [was, concern.state], **(detail or {})},
    )
    return decision
