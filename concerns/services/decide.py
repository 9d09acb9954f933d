"""How a lead ends, holds and reopens a concern, and who has to agree.

Each act is one transaction: it locks the concern, asks the table of the lifecycle, and leaves a
decision and an event. Closing some concerns needs a second lead (`rules.lifecycle.SECOND_EYES`):
then closing is a request, and the concern stays open with all its clocks until it is answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from concerns.access import Action, visible_concerns
from concerns.models import Approval, Clock, Concern, Decision, Referral
from concerns.rules.checklists import kinds_for
from concerns.rules.endings import OUTCOME_BY_SLUG, Ending, EyesRow, second_eyes
from concerns.rules.lifecycle import MAX_HOLD
from concerns.selectors.work import profile_of
from concerns.services.clocks import restart_after_closing
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import lock_concern
from concerns.services.notices import (
    audience_of,
    caseworkers,
    may_see,
    reserve_roles,
    tell_people,
)
from concerns.services.tell_agencies import tell_agencies
from concerns.services.transitions import Override, finish, guard, use_override
from safeguarding_portal.accounts.models import Role

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

HOLD_REVIEW = "hold_review"
CLOSED_WORDS = "The concern was closed."


@dataclass(frozen=True)
class Closing:
    """How a concern ends: an outcome of the table, in words, and of which one it is the same."""

    outcome: str
    words: str
    duplicate_of: str = ""


@transaction.atomic
def close_concern(
    concern_id: int,
    actor: User,
    closing: Closing,
    version: int,
    now: datetime,
    override: Override | None = None,
) -> Concern:
    """Close a concern or, where a second lead has to agree, ask for it; its state says which.

    Refused while any agency, call, route or task is still open: custody never ends in silence.
    Raises as `lock_concern`, and `NotAllowedError` for what the outcome itself needs.
    """
    concern = lock_concern(concern_id, actor, now, Action.DECIDE, version)
    kept = use_override(concern, override)
    is_whole = closing.outcome in OUTCOME_BY_SLUG and bool(closing.words.strip())
    row = guard("close", concern, actor, now, outcome=is_whole)
    other = _check_outcome(concern, actor, closing, now)
    eyes = _eyes_on(concern, closing.outcome)
    after = {"outcome": closing.outcome, **kept}
    if other is not None:
        after["duplicate_of"] = other.reference
    if eyes is not None:
        _ask(concern, actor, closing, other, eyes, after, now)
        return concern
    before = {"state": concern.state}
    _end(concern, closing.outcome, now)
    finish(row, concern, actor, now, reason=closing.words, before=before, after=after)
    return concern


def _check_outcome(
    concern: Concern, actor: User, closing: Closing, now: datetime
) -> Concern | None:
    """Refuse an outcome that the record does not bear out; return the concern it repeats."""
    outcome = OUTCOME_BY_SLUG[closing.outcome]
    accepted = concern.referrals.filter(state=Referral.State.ACCEPTED)
    if outcome.needs_accepted and not accepted.exists():
        raise NotAllowedError("No agency has accepted this concern. Choose another outcome.")
    if not outcome.needs_reference:
        return None
    typed = closing.duplicate_of.strip().upper()
    other = visible_concerns(actor, now).filter(reference=typed).exclude(pk=concern.pk).first()
    if other is None:
        raise NotAllowedError("We found no other concern with that reference. Check it.")
    return other


def _eyes_on(concern: Concern, outcome: str) -> EyesRow | None:
    """Return why another lead has to agree, by what the concern is now or was when it was filed.

    Else one person alone could decide first that it is no child, then that nothing is done.
    """
    profile = profile_of(concern, list(concern.referrals.all()))
    kinds = frozenset(kind.slug for kind in kinds_for(profile))
    filed = concern.report.assessment.get("people", [])[concern.number - 1 : concern.number]
    endings = [Ending(concern.group, profile.categories, kinds, outcome)] + [
        Ending(person["group"], frozenset(person["categories"]), kinds, outcome) for person in filed
    ]
    return next(filter(None, map(second_eyes, endings)), None)


def _ask(
    concern: Concern,
    actor: User,
    closing: Closing,
    other: Concern | None,
    eyes: EyesRow,
    after: dict[str, object],
    now: datetime,
) -> None:
    row = guard("ask_close", concern, actor, now, outcome=True)
    approval = Approval.objects.create(
        concern=concern,
        rule_id=eyes.rule_id,
        outcome=closing.outcome,
        words=closing.words.strip(),
        duplicate_of=other,
        asked_by=actor,
        asked_at=now,
    )
    concern.approval_asked_at = now
    people = second_leads(concern, actor, now)
    tell_people(concern, people, "approval_asked", str(approval.pk))
    detail = {"rule": eyes.rule_id, "told": len(people)}
    finish(
        row,
        concern,
        actor,
        now,
        reason=closing.words,
        after=after | {"rule": eyes.rule_id},
        approval=approval,
        detail=detail,
    )


def second_leads(concern: Concern, asker: User, now: datetime) -> list[User]:
    """Return who may be the second pair of eyes: leads of the team, else the reserve, in order."""
    audience = audience_of(concern, now)
    for role in (Role.LEAD, *reserve_roles(concern.team)):
        found = [one for one in caseworkers(concern, [role], now, audience) if one != asker]
        if found:
            return found
    return []


def _end(concern: Concern, outcome: str, now: datetime) -> None:
    """Close a locked concern: what still runs is withdrawn, and says so."""
    concern.clocks.filter(met_at=None).update(met_at=now, withdrawn_because=CLOSED_WORDS)
    concern.state, concern.closed_at, concern.outcome = Concern.State.CLOSED, now, outcome
    concern.held_until = concern.approval_asked_at = None


@transaction.atomic
def answer_closing(
    approval_id: int, actor: User, *, agree: bool, reason: str, version: int, now: datetime
) -> Approval:
    """Agree to closing, or refuse it with the reason; by another lead than the one who asked.

    Raises as `lock_concern`, and `NotAllowedError` for who asked it or leads nothing here.
    """
    asked = Approval.objects.filter(pk=approval_id).values_list("concern_id", flat=True)
    concern = lock_concern(next(iter(asked), 0), actor, now, Action.APPROVE, version)
    approval = Approval.objects.select_related("asked_by", "duplicate_of").get(pk=approval_id)
    row = guard(
        "approve_close" if agree else "refuse_close",
        concern,
        actor,
        now,
        asked=approval.state == Approval.State.WAITING,
        second_eyes=approval.asked_by_id != actor.pk,
        reason=bool(reason.strip()),
    )
    approval.state = Approval.State.APPROVED if agree else Approval.State.REFUSED
    approval.answered_by, approval.answered_at, approval.answer = actor, now, reason.strip()
    approval.save()
    concern.approval_asked_at = None
    after: dict[str, object] = {}
    if agree:
        _end(concern, approval.outcome, now)
        after["outcome"] = approval.outcome
        if approval.duplicate_of is not None:
            after["duplicate_of"] = approval.duplicate_of.reference
    if may_see(approval.asked_by, concern, now):
        key = str(approval.pk)
        tell_people(concern, [approval.asked_by], "approval_answered", key)
    finish(row, concern, actor, now, reason=reason, after=after, approval=approval)
    return approval


@transaction.atomic
def withdraw_closing(concern_id: int, actor: User, version: int, now: datetime) -> Concern:
    """Take back the request to close."""
    concern = lock_concern(concern_id, actor, now, Action.DECIDE, version)
    approval = concern.approvals.filter(state=Approval.State.WAITING).first()
    row = guard("withdraw_close", concern, actor, now, asked=approval is not None)
    if approval is None:  # the guard has refused already; this tells the type checker
        raise ConflictError("Nobody asked to close this.")
    approval.state, approval.answered_at = Approval.State.WITHDRAWN, now
    approval.save()
    concern.approval_asked_at = None
    finish(row, concern, actor, now, approval=approval)
    return concern


@transaction.atomic
def reopen_concern(
    concern_id: int, actor: User, reason: str, version: int, now: datetime
) -> Concern:
    """Reopen a closed concern; whoever reopens it owns it, so that it is never nobody's.

    Its clocks start again, and who had it is told: the last owner, and each agency.
    """
    concern = lock_concern(concern_id, actor, now, Action.REOPEN, version)
    row = guard("reopen", concern, actor, now, reason=bool(reason.strip()))
    before = {"state": concern.state, "outcome": concern.outcome, "owner": concern.owner_id}
    last_owner = concern.owner
    concern.state, concern.closed_at, concern.outcome = Concern.State.IN_TRIAGE, None, ""
    concern.owner, concern.taken_at = actor, now
    clocks = restart_after_closing(concern, now)
    tell_agencies(concern, list(concern.referrals.all()), "referral_reopened", actor, now)
    if last_owner is not None and last_owner != actor and may_see(last_owner, concern, now):
        key = str(concern.version)
        tell_people(concern, [last_owner], "concern_reopened", key)
    after = {"owner": actor.pk, "clocks": clocks}
    finish(row, concern, actor, now, reason=reason, before=before, after=after)
    return concern


@transaction.atomic
def hold_concern(
    concern_id: int, actor: User, until: datetime, reason: str, version: int, now: datetime
) -> Concern:
    """Put a concern on hold until a date (aware) on which it is looked at again.

    Danger, agencies, calls and tasks go on ringing; see `rules.lifecycle.QUIETED`.
    """
    concern = lock_concern(concern_id, actor, now, Action.DECIDE, version)
    in_time = now < until <= now + MAX_HOLD + timedelta(days=1)
    row = guard("hold", concern, actor, now, reason=bool(reason.strip()), review_date=in_time)
    before = {"held_until": concern.held_until.isoformat() if concern.held_until else None}
    concern.held_until = until
    Clock.objects.update_or_create(
        concern=concern,
        slug=HOLD_REVIEW,
        defaults={
            "label": "Look at this again",
            "due_at": until,
            "why": "It was put on hold until then.",
            "source": row.source,
            "met_at": None,
            "met_by": None,
            "withdrawn_because": "",
        },
    )
    after = {"held_until": until.isoformat()}
    finish(row, concern, actor, now, reason=reason, before=before, after=after)
    return concern


@transaction.atomic
def resume_concern(concern_id: int, actor: User, version: int, now: datetime) -> Concern:
    """Take a concern off hold, or answer the review that its hold asked for."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD, version)
    row = guard("resume", concern, actor, now)
    review = concern.clocks.filter(slug=HOLD_REVIEW, met_at=None)
    if not review.update(met_at=now, met_by=actor) and concern.held_until is None:
        raise ConflictError("This concern is not on hold.")
    concern.held_until = None
    finish(row, concern, actor, now)
    return concern


@dataclass(frozen=True)
class Sharing:
    """What is known of agreement, capacity and wishes (R21, R15, Making Safeguarding Personal)."""

    consent: str
    capacity: str
    wishes: str
    override: Override


@transaction.atomic
def decide_sharing(
    concern_id: int, actor: User, sharing: Sharing, version: int, now: datetime
) -> Decision:
    """Record agreement, capacity and wishes, and the ground for telling without agreement."""
    concern = lock_concern(concern_id, actor, now, Action.DECIDE, version)
    row = guard("decide_sharing", concern, actor, now)
    override = sharing.override
    if bool(override.grounds) != bool(override.reason.strip()):
        raise NotAllowedError("Give both: the ground, and why it holds here.")
    after = {
        "consent": sharing.consent,
        "capacity": sharing.capacity,
        "wishes": sharing.wishes.strip(),
        **use_override(concern, override),
    }
    return finish(row, concern, actor, now, reason=override.reason, after=after)
