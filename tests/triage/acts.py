"""How each transition of the lifecycle is made, with all that it needs unless a test says less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from concerns.models import Approval, Concern, Referral
from concerns.services import agency, custody, decide, reclassify
from concerns.services.custody import Acceptance
from concerns.services.decide import Closing, Sharing
from concerns.services.reclassify import Choice
from concerns.services.transitions import Override
from safeguarding_portal.accounts.models import User
from tests.factories import NOON, make_concern, make_lead, make_referral, make_team

LATER = NOON + timedelta(minutes=20)
PERSON = Acceptance("Jo Worker", "Duty social worker", "0121 496 0100", NOON)
NO_OVERRIDE = Override((), "")


@dataclass
class World:
    """A concern that is ready for one transition, and the people around it."""

    concern: Concern
    owner: User
    referral: Referral | None = None
    approval: Approval | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def version(self) -> int:
        """The version as it is now."""
        return Concern.objects.values_list("version", flat=True).get(pk=self.concern.pk)


def owned_by(owner: User | None, **fields: Any) -> Concern:
    """Return an open concern of an adult, with no category that asks for second eyes."""
    values: dict[str, Any] = {"group": "adult_at_risk", "categories": ["financial"], "priority": 3}
    team = fields.pop("team", None) or make_team()
    taken = NOON if owner else None
    return make_concern(team, owner=owner, taken_at=taken, state="in_triage", **values | fields)


def ready(slug: str) -> World:
    """Return the world in which a transition is possible for its owner."""
    team = make_team()
    owner = make_lead(team)
    if slug in {"ask_close", "approve_close", "refuse_close", "withdraw_close"}:
        concern = owned_by(owner, team=team, group="child", categories=["neglect"])
    else:
        concern = owned_by(owner, team=team)
    world = World(concern, owner)
    if slug in {"refer", "set_aside"}:
        world.referral = make_referral(concern, agency_slug="lado", state="offered")
    if slug in {"accept", "return"}:
        world.referral = make_referral(concern)
        Concern.objects.filter(pk=concern.pk).update(state="referred")
    if slug == "do_by_hand":
        world.referral = make_referral(concern, agency_slug="cqc", state="to_do")
    if slug in {"approve_close", "refuse_close", "withdraw_close"}:
        act("ask_close", world, owner)
        world.approval = concern.approvals.get()
    if slug == "reopen":
        act("close", world, owner)
    if slug == "resume":
        act("hold", world, owner)
    world.concern.refresh_from_db()
    return world


def act(slug: str, world: World, actor: User, now: datetime = LATER, **given: Any) -> Any:
    """Make the transition as the actor; `given` takes away or changes what it needs."""
    return ACTS[slug](world, actor, now, {"version": world.version, "reason": "Because", **given})


def _offer(world: World, actor: User, now: datetime, given: dict[str, Any], send: bool) -> Any:
    assert world.referral is not None
    return custody.decide_offer(
        world.referral.pk,
        actor,
        send=send,
        reason=given["reason"],
        now=now,
        version=given["version"],
        override=given.get("override"),
    )


def _close(world: World, actor: User, now: datetime, given: dict[str, Any]) -> Any:
    closing = Closing(given.get("outcome", "no_further_action"), given["reason"])
    return decide.close_concern(
        world.concern.pk, actor, closing, given["version"], now, given.get("override")
    )


def _answer(world: World, actor: User, now: datetime, given: dict[str, Any], agree: bool) -> Any:
    approval = world.approval or world.concern.approvals.last()
    return decide.answer_closing(
        approval.pk if approval else 0,
        actor,
        agree=agree,
        reason=given["reason"],
        version=given["version"],
        now=now,
    )


def _return(world: World, actor: User, now: datetime, given: dict[str, Any]) -> Any:
    assert world.referral is not None
    return agency.return_by_link(world.referral.pk, PERSON, given["reason"], now)


def _reclassify(world: World, actor: User, now: datetime, given: dict[str, Any]) -> Any:
    asked = reclassify.propose(
        world.concern.pk, actor, given.get("facts", {}), given["version"], now
    )
    choice = given.get("choice") or Choice("adult_at_risk", ("financial",), 2, frozenset())
    return reclassify.decide_classification(
        asked.pk, actor, choice, given["reason"], given["version"], now
    )


def _priority(world: World, actor: User, now: datetime, given: dict[str, Any], step: int) -> Any:
    return reclassify.change_priority(
        world.concern.pk,
        actor,
        world.concern.priority + step,
        given["reason"],
        given["version"],
        now,
    )


def _sharing(world: World, actor: User, now: datetime, given: dict[str, Any]) -> Any:
    sharing = Sharing("refused", "has", "To stay at home", given.get("override") or NO_OVERRIDE)
    return decide.decide_sharing(world.concern.pk, actor, sharing, given["version"], now)


def _referral(world: World) -> Referral:
    assert world.referral is not None
    return world.referral


Act = Callable[[World, User, datetime, dict[str, Any]], Any]
ACTS: dict[str, Act] = {
    "take": lambda world, actor, now, given: custody.take_concern(
        world.concern.pk, actor, given["version"], now
    ),
    "refer": lambda world, actor, now, given: _offer(world, actor, now, given, send=True),
    "set_aside": lambda world, actor, now, given: _offer(world, actor, now, given, send=False),
    "accept": lambda world, actor, now, given: custody.record_acceptance(
        _referral(world).pk, actor, PERSON, now
    ),
    "return": _return,
    "do_by_hand": lambda world, actor, now, given: custody.mark_done(
        _referral(world).pk, actor, given["reason"], now
    ),
    "close": _close,
    "ask_close": _close,
    "approve_close": lambda world, actor, now, given: _answer(world, actor, now, given, agree=True),
    "refuse_close": lambda world, actor, now, given: _answer(world, actor, now, given, agree=False),
    "withdraw_close": lambda world, actor, now, given: decide.withdraw_closing(
        world.concern.pk, actor, given["version"], now
    ),
    "reopen": lambda world, actor, now, given: decide.reopen_concern(
        world.concern.pk, actor, given["reason"], given["version"], now
    ),
    "hold": lambda world, actor, now, given: decide.hold_concern(
        world.concern.pk,
        actor,
        given.get("until", now + timedelta(days=3)),
        given["reason"],
        given["version"],
        now,
    ),
    "resume": lambda world, actor, now, given: decide.resume_concern(
        world.concern.pk, actor, given["version"], now
    ),
    "reclassify": _reclassify,
    "raise_priority": lambda world, actor, now, given: _priority(world, actor, now, given, -1),
    "lower_priority": lambda world, actor, now, given: _priority(world, actor, now, given, 1),
    "decide_sharing": _sharing,
}
