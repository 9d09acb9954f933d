"""Deciding again what a concern is: the rules propose, the lead decides.

The report's statement and facts never change. A lead corrects facts; the rules run on them and
their proposal is kept; the lead's decision is a row beside it, and where the two differ it says
why. New routes are sent, old ones withdrawn with a word to those who had them, clocks written
again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from concerns.access import Action, can, leads_concerns
from concerns.clockface import working_hours
from concerns.models import AccessGrant, Call, Concern, Reassessment, Referral
from concerns.rules import RULES_VERSION
from concerns.rules.assessment import assess_case, jsonable
from concerns.rules.lifecycle import NEEDS, REASON
from concerns.rules.taxonomy import BY_GROUP, FLAGS, nearest
from concerns.services.clocks import (
    PRIORITY,
    case_of,
    corrections_of,
    move_bells,
    rewrite_clocks,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import REFUSALS, lock_concern
from concerns.services.notices import may_see, tell_people
from concerns.services.open_concerns import readers_for, team_for
from concerns.services.routing import due_call, start_referral
from concerns.services.tell_agencies import tell_agencies
from concerns.services.transitions import (
    OVERRIDE_NEEDED,
    Override,
    finish,
    guard,
    use_override,
)
from contacts.selectors import current_directory
from safeguarding_portal.accounts.models import Team
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

ONLY_A_LEAD = "Only a safeguarding lead of this team can lower a priority."
BY_A_LEAD = "A lead decided it."
# A referral that can be sent, for the first time or once more.
NOT_SENT = frozenset({Referral.State.OFFERED, Referral.State.WITHDRAWN})
HAS_IT = frozenset({*Referral.OPEN_STATES, Referral.State.ACCEPTED})
# What was done by hand cannot be taken back, only told of.
IS_TOLD = HAS_IT | {Referral.State.DONE}


@dataclass(frozen=True)
class Choice:
    """What a lead decides that a concern is, and who has to be told."""

    group: str
    categories: tuple[str, ...]
    priority: int
    agencies: frozenset[str]


@transaction.atomic
def propose(
    concern_id: int, actor: User, corrections: dict[str, Any], version: int, now: datetime
) -> Reassessment:
    """Run the rules on corrected facts, and keep what they propose. Changes nothing else.

    `corrections` as `services.clocks.case_of`. Who the person is follows from the receipt (their
    age on that day), due times of new routes from `now`. Raises as `lock_concern`, and
    `FactsError` for facts that cannot be read.
    """
    concern = lock_concern(concern_id, actor, now, Action.DECIDE, version)
    hours = working_hours(current_directory(now))
    person, routes = assess_case(case_of(concern, corrections, concern.received_at), hours)
    reassessment = Reassessment.objects.create(
        concern=concern,
        asked_by=actor,
        asked_at=now,
        corrections=corrections,
        proposal={
            "person": person.to_dict(),
            "routes": [jsonable(route) for route in routes],
        },
        rules_version=RULES_VERSION,
    )
    record(
        "concern.reassessed",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="reassessment",
        object_id=str(reassessment.pk),
        detail={"rules": RULES_VERSION},
    )
    return reassessment


def proposed_choice(reassessment: Reassessment) -> Choice:
    """Return what the rules propose, in the shape of a decision: what they require is sent."""
    person = reassessment.proposal["person"]
    required = {
        route["agency"]
        for route in reassessment.proposal["routes"]
        if route["requirement"] == "required"
    }
    categories = (*person["categories"], *person["flags"])
    return Choice(person["group"], categories, person["priority"], frozenset(required))


def differences(choice: Choice, reassessment: Reassessment) -> list[str]:
    """Return in which points a decision differs from the proposal; each needs the one reason.

    Sending what was offered is no difference; not sending what is required, or sending what the
    rules do not name, is.
    """
    proposed = proposed_choice(reassessment)
    routes = reassessment.proposal["routes"]
    offered = {route["agency"] for route in routes if route["requirement"] == "offered"}
    found = []
    if choice.group != proposed.group:
        found.append("group")
    if set(choice.categories) != set(proposed.categories):
        found.append("categories")
    if choice.priority != proposed.priority:
        found.append("priority")
    if proposed.agencies - choice.agencies or choice.agencies - proposed.agencies - offered:
        found.append("routes")
    return found


@transaction.atomic
def decide_classification(
    reassessment_id: int, actor: User, choice: Choice, reason: str, version: int, now: datetime
) -> Concern:
    """Write the lead's decision about a proposal, and all that follows from it.

    Raises as `lock_concern`; `ConflictError` when the rules were asked again since;
    `NotAllowedError` for a difference or a lower priority without a reason, or by no lead.
    """
    asked = Reassessment.objects.filter(pk=reassessment_id).values_list("concern_id", flat=True)
    concern = lock_concern(next(iter(asked), 0), actor, now, Action.DECIDE, version)
    reassessment = concern.reassessments.last()
    if reassessment is None or reassessment.pk != reassessment_id:
        raise ConflictError("The rules were asked again since. Decide on the newest proposal.")
    _check_reason(concern, actor, choice, reassessment, reason, now)
    override = _override_of(reassessment)
    needed = override.is_whole or not _needs_override(choice, reassessment)
    row = guard("reclassify", concern, actor, now, override_reason=needed)
    before = _snapshot(concern)
    kept = use_override(concern, override)
    after = kept | _carry_out(concern, actor, choice, reassessment, now)
    finish(
        row,
        concern,
        actor,
        now,
        reason=reason,
        before=before,
        after=after,
        reassessment=reassessment,
        detail={"priority": [before["priority"], concern.priority]},
    )
    return concern


def _check_reason(
    concern: Concern,
    actor: User,
    choice: Choice,
    reassessment: Reassessment,
    reason: str,
    now: datetime,
) -> None:
    """Refuse a lower priority by no lead, and a difference or a lower priority without a reason."""
    lowered = choice.priority > concern.priority
    if lowered and not leads_concerns(actor, concern, now):
        raise NotAllowedError(ONLY_A_LEAD)
    if (lowered or differences(choice, reassessment)) and not reason.strip():
        raise NotAllowedError(NEEDS[REASON])


def _carry_out(
    concern: Concern, actor: User, choice: Choice, reassessment: Reassessment, now: datetime
) -> dict[str, Any]:
    """Change the locked concern to what was decided; return what it is now, and what was done."""
    was = concern.priority
    lowered = choice.priority > was
    _classify(concern, choice, reassessment)
    referrals = list(concern.referrals.all())
    withdrawn = _withdraw(concern, referrals, choice, reassessment, actor, now)
    sent = _write_routes(concern, referrals, choice, reassessment, now)
    clocks = rewrite_clocks(
        concern, reassessment.corrections, now, lowered=lowered, again=_again(was, concern)
    )
    _send(concern, sent, now)
    if concern.priority != was:
        move_bells(concern, now, lowered=lowered)
    _move(concern, now)
    done = {
        "sent": [referral.agency_slug for referral in sent],
        "withdrawn": withdrawn,
        "clocks": clocks,
    }
    return _snapshot(concern) | done


def _again(was: int, concern: Concern) -> frozenset[str]:
    """Return the clocks that start again though met: the first contact one, when it is graver."""
    return frozenset({PRIORITY} if concern.priority < was else ())


def _override_of(reassessment: Reassessment) -> Override:
    person = reassessment.corrections.get("person", {})
    return Override(
        tuple(person.get("override_grounds", ())), str(person.get("override_reason", ""))
    )


def _needs_override(choice: Choice, reassessment: Reassessment) -> bool:
    return any(
        OVERRIDE_NEEDED in route["marks"]
        for route in reassessment.proposal["routes"]
        if route["agency"] in choice.agencies
    )


def _snapshot(concern: Concern) -> dict[str, Any]:
    return {
        "group": concern.group,
        "categories": [*concern.categories, *concern.flags],
        "priority": concern.priority,
        "team": concern.team_id,
        "owner": concern.owner_id,
    }


def _classify(concern: Concern, choice: Choice, reassessment: Reassessment) -> None:
    """Write what the concern is now, in the words of its group."""
    side = "child" if choice.group == Concern.Group.CHILD else "adult"
    flags = FLAGS if side == "adult" else frozenset()
    meant = {nearest(slug, side) for slug in choice.categories}
    known = [slug for slug in BY_GROUP[side] if slug in meant]
    concern.group, concern.priority = choice.group, choice.priority
    concern.categories = [slug for slug in known if slug not in flags]
    concern.flags = [slug for slug in known if slug in FLAGS]
    concern.assessment = reassessment.proposal["person"]


def _withdraw(
    concern: Concern,
    referrals: list[Referral],
    choice: Choice,
    reassessment: Reassessment,
    actor: User,
    now: datetime,
) -> list[str]:
    """Withdraw what is not wanted any more, with a word to whoever had it; return the slugs.

    An offer that the rules still make stays one.
    """
    named = {route["agency"] for route in reassessment.proposal["routes"]}
    gone = [
        item
        for item in referrals
        if item.agency_slug not in choice.agencies
        and (
            item.state in HAS_IT
            or (item.state == Referral.State.OFFERED and item.agency_slug not in named)
        )
    ]
    tell_agencies(concern, gone, "referral_withdrawn", actor, now)
    for item in gone:
        item.state, item.escalate_at = Referral.State.WITHDRAWN, None
    Referral.objects.bulk_update(gone, ["state", "escalate_at"])
    Call.objects.filter(referral__in=gone).still_due().update(needless_at=now)
    return [item.agency_slug for item in gone]


def _write_routes(
    concern: Concern,
    referrals: list[Referral],
    choice: Choice,
    reassessment: Reassessment,
    now: datetime,
) -> list[Referral]:
    """Return the referrals to send, written but not yet on their way."""
    routes = {route["agency"]: route for route in reassessment.proposal["routes"]}
    have = {item.agency_slug: item for item in referrals}
    sent = []
    for slug in sorted(choice.agencies):
        item = have.get(slug) or Referral(concern=concern, agency_slug=slug, created_at=now)
        if item.pk is not None and item.state not in NOT_SENT:
            continue
        route = routes.get(slug, {})
        item.concern, item.required, item.state = concern, True, Referral.State.SENT
        item.reasons = route.get("reasons", [BY_A_LEAD])
        item.rule_ids, item.marks = route.get("rule_ids", []), route.get("marks", [])
        sent.append(item)
    Referral.objects.bulk_create(item for item in sent if item.pk is None)
    return sent


def _send(concern: Concern, sent: list[Referral], now: datetime) -> None:
    """Put the written referrals on their way, due by the clocks as they are now."""
    if not sent:
        return
    due = dict(concern.clocks.filter(met_at=None).values_list("slug", "due_at"))
    messages = []
    for item in sent:
        item.due_at = due.get(item.agency_slug, due.get("priority"))
        item.escalation_level, item.opened_at, item.ended_at = 0, None, None
        item.ended_by_name = item.ended_by_role = item.ended_by_phone = item.ended_via = ""
        messages.append(start_referral(item, concern, now))
    calls = [due_call(item, concern, now) for item in sent]
    Referral.objects.bulk_update(sent, SENT_FIELDS)
    Call.objects.bulk_create(call for call in calls if call is not None)
    enqueue_many(message for message in messages if message is not None)


SENT_FIELDS = [
    "required",
    "state",
    "reasons",
    "rule_ids",
    "marks",
    "due_at",
    "escalate_at",
    "escalation_level",
    "opened_at",
    "ended_at",
    "ended_by_name",
    "ended_by_role",
    "ended_by_phone",
    "ended_via",
    "link_hash",
    "link_expires_at",
]


def _move(concern: Concern, now: datetime) -> None:
    """Hand the concern to the team of its group, if the one that holds it does not fit.

    An owner who may not see it there owns it no longer: it is new again, and that team is told.
    """
    wanted = Team.Group.CHILDREN if concern.group == Concern.Group.CHILD else Team.Group.ADULTS
    if concern.team.group in (wanted, Team.Group.BOTH):
        return
    team = team_for(
        concern.group, concern.report.reporter, list(Team.objects.filter(is_active=True))
    )
    if team.group not in (wanted, Team.Group.BOTH):
        return
    concern.team = team
    concern.save(update_fields=["team"])
    exclusions = concern.report.exclusions.filter(lifted_at=None)
    readers = readers_for(team, set(exclusions.values_list("user_id", flat=True)), now)
    if concern.restricted:
        AccessGrant.objects.bulk_create(
            AccessGrant(
                concern=concern,
                user=reader,
                granted_at=now,
                reason="Lead without conflict of interest",
            )
            for reader in readers
            if not may_see(reader, concern, now)
        )
    tell_people(concern, readers, "new_concern", f"moved:{concern.version}")
    if concern.owner is not None and not may_see(concern.owner, concern, now):
        concern.owner = None


@transaction.atomic
def change_priority(
    concern_id: int, actor: User, priority: int, reason: str, version: int, now: datetime
) -> Concern:
    """Raise a priority (anybody who works it) or lower it (its owner, if a lead); with a reason."""
    concern = lock_concern(concern_id, actor, now, Action.RECORD, version)
    if priority == concern.priority:
        raise NotAllowedError("It has this priority already.")
    lowered = priority > concern.priority
    if lowered and not can(actor, Action.DECIDE, concern):
        raise NotAllowedError(REFUSALS[Action.DECIDE])
    if lowered and not leads_concerns(actor, concern, now):
        raise NotAllowedError(ONLY_A_LEAD)
    slug = "lower_priority" if lowered else "raise_priority"
    row = guard(slug, concern, actor, now, reason=bool(reason.strip()))
    before = {"priority": concern.priority}
    concern.priority = priority
    corrections, again = corrections_of(concern), _again(before["priority"], concern)
    clocks = rewrite_clocks(concern, corrections, now, lowered=lowered, again=again)
    move_bells(concern, now, lowered=lowered)
    finish(
        row,
        concern,
        actor,
        now,
        reason=reason,
        before=before,
        after={"priority": priority, "clocks": clocks},
        detail={"priority": [before["priority"], priority]},
    )
    return concern
