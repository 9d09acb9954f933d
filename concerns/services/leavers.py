"""When a person leaves, or loses the role that let them see: what they held goes to cover.

    hand_over(user, by, now) -> int        called by accounts, in the transaction of the leaving
    hand_over_left(now) -> int             the sweep: what is held by who cannot see to it any more
    holdings(user, viewer, now)            beforehand, for the page that asks

Never to nobody: the concern goes back to its team, their stand-in, their deputies or the team's
ladder are told at once, and a bell rings up the ladder until somebody takes it. A task goes to a
person. Clocks and bells run on: they ring the team while nobody owns the record.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from concerns.access import CASE_ROLES, visible_concerns
from concerns.models import (
    AccessGrant,
    Approval,
    Concern,
    ContestStage,
    Draft,
    DutyTurn,
    Exclusion,
    Task,
)
from concerns.rules.ladder import OWNER_LEFT
from concerns.selectors.readers import readers_of
from concerns.services.bells import begin_bell
from concerns.services.contest import name_others
from concerns.services.cover import ladder_in_force, tell_ladder
from concerns.services.decide import second_leads
from concerns.services.ledger import settle
from concerns.services.notices import (
    Audience,
    audience_of,
    caseworkers,
    people_in_roles,
    reserve_roles,
    tell_people,
)
from safeguarding_portal.accounts.leaving import By, Holding, Keeper
from safeguarding_portal.accounts.models import Membership, Source, User
from safeguarding_portal.audit.services import record

SWEEP = By(Source.FEED, known_as="clock")
BATCH = 200
BACK_TO_TEAM = "back to the team: who covers is told now, and it rings until somebody takes it"


def hand_over(user: User, by: By, now: datetime) -> int:
    """Hand over what the person can no longer see to at `now` (aware); return how many concerns.

    The accounts' transaction holds it: an account is not closed unless all of this is done.
    """
    if not user.is_active:
        _end_grants(user, by, now)
        _cancel_duty(user, by, now)
    lost = _out_of_sight(user, now)
    concerns = Concern.objects.select_for_update(of=("self",)).filter(pk__in=lost)
    for concern in concerns.select_related("team", "owner", "report").order_by("pk"):
        _hand_over_one(concern, user, by, now)
    _ask_other_leads(user, now)
    return len(lost)


def _out_of_sight(user: User, now: datetime) -> list[int]:
    """Return the open concerns on which the person has a part and which they cannot see."""
    named = ContestStage.objects.filter(
        contest__concern=OuterRef("pk"),
        contest__ended_at=None,
        outcome_at=None,
        people__contains=[{"id": user.pk}],
    )
    tasks = Task.objects.still_open().filter(concern=OuterRef("pk"), owner=user)
    held = list(
        Concern.objects.exclude(state=Concern.State.CLOSED)
        .filter(Q(owner=user) | Exists(tasks) | Exists(named))
        .values_list("pk", flat=True)
    )
    seen = visible_concerns(user, now).filter(pk__in=held).values_list("pk", flat=True)
    return sorted(set(held) - set(seen))


def _hand_over_one(concern: Concern, user: User, by: By, now: datetime) -> None:
    _keep_readable(concern, by, now)
    audience = audience_of(concern, now)
    cover = _cover_of(user, audience)
    was_owner = concern.owner_id == user.pk
    if was_owner:
        concern.owner = None
        _withdraw_closing(concern, by, now)
    heirs = cover or caseworkers(concern, ("owner", "lead"), now, audience)
    _give_tasks(concern, user, heirs or list(audience.readers.values()), by)
    if was_owner:
        _ring_for_an_owner(concern, user, cover, by, now)
    for stage in _stages_of(concern, user):
        name_others(stage, concern, now)
    settle(concern)


def _cover_of(user: User, audience: Audience) -> list[User]:
    """Return who covers a person and may see the concern: their stand-in, and their deputies."""
    stand_in = audience.away.answering_for(user.pk) if audience.away.is_away(user.pk) else None
    deputies = User.deputies.through.objects.filter(from_user=user).order_by("pk")
    named = [stand_in, *deputies.values_list("to_user_id", flat=True)]
    return audience.answering(pk for pk in named if pk is not None)


def _ring_for_an_owner(
    concern: Concern, user: User, cover: list[User], by: By, now: datetime
) -> None:
    """Tell who covers, or else the ladder, and set the bell that rings until somebody takes it."""
    key = f"{user.pk}:{concern.version}"
    if cover:
        level, people = 0, tell_people(concern, cover, "owner_left", key)
    else:
        told = tell_ladder(concern, 0, "owner_left", key, now)
        level, people = told.level + 1, told.people
    rings_at = now + ladder_in_force(concern.team_id, concern.priority, now).interval
    bell = begin_bell(concern, OWNER_LEFT, key, rings_at, now)
    bell.level = level
    bell.save(update_fields=["level"])
    _record("concern.owner_left", concern, by, user=user.pk, told=[one.pk for one in people])


def _give_tasks(concern: Concern, user: User, heirs: list[User], by: By) -> None:
    """Give the person's open tasks to the first who covers; without anybody they stay, and page."""
    for task in concern.tasks.still_open().filter(owner=user) if heirs else ():
        task.owner = heirs[0]
        task.save(update_fields=["owner"])
        tell_people(concern, heirs[:1], "task_given", f"{task.pk}:{user.pk}")
        _record("task.handed_over", concern, by, task=task.pk, user=user.pk, to=heirs[0].pk)


def _withdraw_closing(concern: Concern, by: By, now: datetime) -> None:
    """Take back a request to close: whoever takes the concern decides anew."""
    asked = concern.approvals.filter(state=Approval.State.WAITING)
    if asked.update(state=Approval.State.WITHDRAWN, answered_at=now):
        concern.approval_asked_at = None
        _record("closing.withdrawn", concern, by)


def _keep_readable(concern: Concern, by: By, now: datetime) -> None:
    """Let the reserve in where nobody may see a restricted record any more (R24)."""
    if not concern.restricted or readers_of(concern, now).exists():
        return
    kept_out = Exclusion.objects.filter(report=concern.report_id, lifted_at=None)
    excluded = list(kept_out.values_list("user", flat=True))
    for role in ("lead", *reserve_roles(concern.team)):
        if people := list(people_in_roles(concern.team, [role], now, excluded)):
            AccessGrant.objects.bulk_create(
                AccessGrant(
                    concern=concern,
                    user=person,
                    granted_at=now,
                    reason="The last person on the access list has left",
                )
                for person in people
            )
            _record("access.reserve_named", concern, by, users=[person.pk for person in people])
            return


def _stages_of(concern: Concern, user: User) -> QuerySet[ContestStage]:
    """Return the stages of open disagreements that name the person and have no outcome."""
    return ContestStage.objects.select_related("contest__concern").filter(
        contest__concern=concern,
        contest__ended_at=None,
        outcome_at=None,
        people__contains=[{"id": user.pk}],
    )


def _ask_other_leads(user: User, now: datetime) -> None:
    """Ask other leads for the second opinions that this person might have given.

    Whoever was asked before is not asked twice: the message is the same.
    """
    teams = Membership.objects.filter(user=user, role__in=CASE_ROLES)
    waiting = Approval.objects.filter(state=Approval.State.WAITING).exclude(asked_by=user)
    if not teams.filter(team=None).exists():
        waiting = waiting.filter(concern__team__in=teams.values("team"))
    for approval in waiting.select_related("concern__team", "asked_by").order_by("pk")[:BATCH]:
        people = second_leads(approval.concern, approval.asked_by, now)
        tell_people(approval.concern, people, "approval_asked", str(approval.pk))


def _end_grants(user: User, by: By, now: datetime) -> None:
    grants = AccessGrant.objects.select_related("concern").filter(user=user, revoked_at=None)
    for grant in grants.filter(Q(expires_at=None) | Q(expires_at__gt=now)):
        grant.revoked_at = now
        grant.save(update_fields=["revoked_at"])
        _record("access.ended", grant.concern, by, user=user.pk, grant=grant.pk)


def _cancel_duty(user: User, by: By, now: datetime) -> None:
    for turn in DutyTurn.objects.filter(user=user, cancelled_at=None, ends_at__gt=now):
        turn.cancelled_at = now
        turn.save(update_fields=["cancelled_at"])
        record(
            "duty.cancelled",
            actor=by.actor,
            actor_label=by.label,
            object_type="duty_turn",
            object_id=str(turn.pk),
            detail={"user": user.pk, "team": turn.team_id},
        )


def hand_over_left(now: datetime) -> int:
    """Hand over what is held by people who have left or may no longer see it; return how much.

    Run each minute and safe to run twice. It finds what no act told of: a role that ran out, a
    row changed by hand, an account that an earlier release closed.
    """
    done = 0
    for user in User.objects.filter(pk__in=_absent_holders(now)).order_by("pk"):
        with transaction.atomic():
            done += hand_over(user, SWEEP, now)
    return done


def _absent_holders(now: datetime) -> set[int]:
    in_force = Membership.objects.in_force(now).filter(user=OuterRef("owner"))
    in_team = in_force.filter(Q(team=OuterRef("team")) | Q(team=None), role__in=CASE_ROLES)
    granted = AccessGrant.objects.filter(
        concern=OuterRef("pk"), user=OuterRef("owner"), revoked_at=None, granted_at__lte=now
    ).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    sees = Q(restricted=False) & Exists(in_team) | Exists(granted)
    owned = Concern.objects.exclude(state=Concern.State.CLOSED).filter(owner__isnull=False)
    owners = owned.filter(Q(owner__is_active=False) | ~sees).values_list("owner", flat=True)
    tasks = Task.objects.still_open().exclude(concern__state=Concern.State.CLOSED)
    doers = tasks.filter(owner__is_active=False).values_list("owner", flat=True)
    return {pk for pk in (*owners.distinct()[:BATCH], *doers.distinct()[:BATCH]) if pk is not None}


def holdings(user: User, viewer: User, now: datetime) -> list[Holding]:
    """Return what would be handed over, without what the viewer is kept out of."""
    kept_out = Exclusion.objects.filter(user=viewer, lifted_at=None).values("report")
    open_now = Concern.objects.exclude(state=Concern.State.CLOSED).exclude(report__in=kept_out)
    owned = open_now.filter(owner=user)
    tasks = Task.objects.still_open().filter(owner=user, concern__in=open_now)
    asked = Approval.objects.filter(
        asked_by=user, state=Approval.State.WAITING, concern__in=open_now
    )
    turns = DutyTurn.objects.filter(user=user, cancelled_at=None, ends_at__gt=now)
    drafts = Draft.objects.filter(owner=user, submitted_at=None)
    counted = (
        (owned, "open concern", "open concerns", BACK_TO_TEAM),
        (tasks, "open task", "open tasks", "given to whoever covers, who is told"),
        (asked, "request to close", "requests to close", "taken back: the next owner decides"),
        (turns, "turn of duty", "turns of duty", "cancelled: the managers see the gap"),
        (drafts, "unsent report", "unsent reports", "not sent: ask them before they go"),
    )
    found = [(rows.count(), one, many, then) for rows, one, many, then in counted]
    return [Holding(n, one if n == 1 else many, then) for n, one, many, then in found]


def _record(name: str, concern: Concern, by: By, **detail: int | list[int]) -> None:
    record(
        name,
        actor=by.actor,
        actor_label=by.label,
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail=dict(detail),
    )


KEEPER = Keeper(hand_over, holdings)
