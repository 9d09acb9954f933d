"""Ladders, the duty rota, and whom a bell reaches at this minute.

    ladder_in_force(team_id, priority, now) -> Ladder
    tell_ladder(concern, level, template, key, now, priority=None) -> Told
    warn_team_managers(team, now) -> bool
    set_ladder(...), add_duty_turn(...), cancel_duty_turn(...)

Whoever is away is stood in for. Nobody on a rung means the next one at once. Whoever may not see a
record never hears of it, so the gap itself, without a reference, is all that others are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.urls import reverse

from concerns.access import RESERVE_ROLES, memberships_in_force
from concerns.dates import local_date
from concerns.models import Concern, CoverWarning, DutyTurn, Exclusion, LadderVersion
from concerns.rules.ladder import (
    CORPORATE_LEAD,
    DEPUTY,
    DIRECTOR,
    DUTY,
    FRONT_DOOR_OF,
    LADDERS,
    LEAD,
    LONGEST_WARNING,
    OWNER,
    TOPS,
    TRIAGE_MANAGER,
    WHO,
    Ladder,
    Rung,
    shipped_ladder,
)
from concerns.services.errors import NotAllowedError
from concerns.services.notices import audience_of, people_in_roles, tell_people
from contacts.selectors import current_directory
from safeguarding_portal.accounts.absences import absences_on
from safeguarding_portal.accounts.models import Role, Team, User
from safeguarding_portal.accounts.selectors import teams_managed_by
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

ROLES_OF = {
    LEAD: (Role.LEAD,),
    TRIAGE_MANAGER: (Role.TRIAGE_MANAGER,),
    CORPORATE_LEAD: (Role.CORPORATE_LEAD,),
    DIRECTOR: (Role.DCS, Role.DASS),
}
MOST_RUNGS = 6
SHORTEST, LONGEST = timedelta(minutes=5), timedelta(days=5)


@dataclass(frozen=True)
class Told:
    """Who was told, and on which rung they stand; nobody when the whole ladder is empty.

    `is_there`: they are at work, and not merely the last ones left who are away.
    """

    level: int
    people: list[User]
    is_there: bool


def ladder_in_force(team_id: int, priority: int, now: datetime) -> Ladder:
    """Return a team's ladder for a priority at `now` (aware), or the shipped one."""
    version = LadderVersion.objects.filter(
        team=team_id, priority=min(priority, max(LADDERS)), starts_at__lte=now
    ).first()
    return ladder_of(version) if version else shipped_ladder(priority)


def longest_warning() -> timedelta:
    """Return how early any ladder, whenever it starts, warns of a bell."""
    chosen = LadderVersion.objects.aggregate(longest=Max("warn_minutes"))["longest"] or 0
    shipped = (ladder.warn_before for ladder in LADDERS.values())
    return max(timedelta(minutes=chosen), *shipped)


def ladder_of(version: LadderVersion) -> Ladder:
    """Return a stored version as a ladder of the rules."""
    return Ladder(
        tuple(Rung(tuple(who)) for who in version.rungs),
        timedelta(minutes=version.interval_minutes),
        timedelta(minutes=version.warn_minutes),
        f"Set by {version.made_by}",
    )


def is_in_hours(team: Team, now: datetime) -> bool:
    """Whether the team is at work at `now`: the hours of the front door that it refers to [D]."""
    return current_directory(now).who_to_call(FRONT_DOOR_OF[team.group], now).own_line_open


def duty_turns_at(team: Team, now: datetime) -> list[DutyTurn]:
    """Return the turns of duty that run at `now` (aware) for this team or for every team."""
    return list(
        DutyTurn.objects.filter(cancelled_at=None, starts_at__lte=now, ends_at__gt=now)
        .filter(Q(team=team) | Q(team=None))
        .select_related("user")
    )


def tell_ladder(
    concern: Concern,
    level: int,
    template: str,
    key: str,
    now: datetime,
    priority: int | None = None,
) -> Told:
    """Tell the rung of a level of the team's ladder about a concern; return who was told.

    `priority` is that of the concern, if it is not given. See `tell_from`.
    """
    urgency = priority or concern.priority
    ladder = ladder_in_force(concern.team_id, urgency, now)
    return tell_from(concern, ladder.rungs, level, template, key, now, urgency)


def tell_from(
    concern: Concern,
    rungs: tuple[Rung, ...],
    level: int,
    template: str,
    key: str,
    now: datetime,
    priority: int,
) -> Told:
    """Tell the rung of a level, or the next that has anybody; return who was told.

    If the rungs are empty from here up, those below are asked; then whoever else may see the
    record; then those who are away. When nobody who is there was told, the managers hear that
    cover has a gap.
    """
    told = _first_that_answers(concern, rungs, level, now)
    tell_people(concern, told.people, template, key, priority)
    if not told.is_there:
        _tell_managers(concern.team, now, f"{concern.team_id}:{now:%Y-%m-%dT%H}", concern)
    return told


def _first_that_answers(
    concern: Concern, rungs: tuple[Rung, ...], level: int, now: datetime
) -> Told:
    audience, top = audience_of(concern, now), len(rungs) - 1
    start = min(level, top)
    order = [*range(start, top + 1), *range(start - 1, -1, -1)]
    named = {step: named_on(concern, rungs[step], now) for step in order}
    everybody = list(audience.readers)
    for find, is_there in ((audience.answering, True), (audience.among, False)):
        for step in order:
            if people := find(named[step]):
                return Told(step, people, is_there)
        if people := find(everybody):
            return Told(top, people, is_there)
    return Told(top, [], is_there=False)


def named_on(concern: Concern, rung: Rung, now: datetime) -> list[int]:
    """Return the ids of those who stand on a rung of a concern, whether away or not."""
    return [pk for slug in rung.who for pk in _named(concern, slug, now)]


def _named(concern: Concern, slug: str, now: datetime) -> list[int]:
    team = concern.team
    if slug == OWNER and concern.owner_id is not None:
        return [concern.owner_id]
    if slug == DUTY:
        return [] if is_in_hours(team, now) else [turn.user_id for turn in duty_turns_at(team, now)]
    if slug == DEPUTY:
        answerable = _named(concern, OWNER, now)
        through = User.deputies.through.objects.filter(from_user_id__in=answerable)
        return list(through.order_by("pk").values_list("to_user_id", flat=True))
    roles = ROLES_OF[LEAD if slug == OWNER else slug]
    return list(people_in_roles(team, roles, now).values_list("pk", flat=True))


def _tell_managers(team: Team, now: datetime, key: str, concern: Concern | None = None) -> None:
    """Tell the managers of a team that its cover has a gap: no reference, no record.

    The managers first; the directors where none of them is there; all of them, away or not, where
    nobody else is. Whoever is excluded from the record that showed the gap hears nothing.
    """
    excluded: list[int] = []
    if concern is not None:
        kept_out = Exclusion.objects.filter(report=concern.report_id, lifted_at=None)
        excluded = list(kept_out.values_list("user", flat=True))
    managers = people_in_roles(team, (Role.TRIAGE_MANAGER, Role.CORPORATE_LEAD), now, excluded)
    directors = people_in_roles(team, (Role.DCS, Role.DASS), now, excluded)
    away = absences_on(local_date(now))
    present = [person for person in managers if not away.is_away(person.pk)]
    present = present or [person for person in directors if not away.is_away(person.pk)]
    enqueue_many(
        [
            NewMessage(
                kind="cover_gap",
                channel="email",
                recipient=person.email,
                template="cover_gap",
                context={"link": reverse("concerns:cover:overview")},
                dedupe_key=f"cover_gap:{key}:{person.pk}",
                priority=2,
                subject_type="user",
                subject_id=str(person.pk),
            )
            for person in present or [*managers, *directors]
        ]
    )


@transaction.atomic
def warn_team_managers(team: Team, now: datetime) -> bool:
    """Tell the managers of a team once a day that its cover has a gap; true when it was told now.

    The day's row is unique, so that two workers tell once.
    """
    day = local_date(now)
    _, is_new = CoverWarning.objects.get_or_create(team=team, day=day, defaults={"warned_at": now})
    if is_new:
        _tell_managers(team, now, f"{team.pk}:{day}")
        record(
            "cover.gap_told",
            actor_label="clock",
            object_type="team",
            object_id=str(team.pk),
            detail={"day": day.isoformat()},
        )
    return is_new


@dataclass(frozen=True)
class NewLadder:
    """What a manager chose for one team and priority, from `starts_at` (aware) on."""

    team: Team
    priority: int
    rungs: tuple[tuple[str, ...], ...]
    interval: timedelta
    warn_before: timedelta
    starts_at: datetime


@transaction.atomic
def set_ladder(actor: User, new: NewLadder, now: datetime) -> LadderVersion:
    """Write a new version of a ladder; what was in force before stays as it was.

    Raises `NotAllowedError` for whoever does not manage the team, and for a ladder that is empty,
    does not end with somebody who answers for the council, or would start in the past.
    """
    if not teams_managed_by(actor, now).filter(pk=new.team.pk).exists():
        raise NotAllowedError("Only the team's triage manager and the corporate lead change this.")
    _check_ladder(new, now)
    version = LadderVersion.objects.create(
        team=new.team,
        priority=new.priority,
        rungs=[list(who) for who in new.rungs],
        interval_minutes=int(new.interval.total_seconds() // 60),
        warn_minutes=int(new.warn_before.total_seconds() // 60),
        starts_at=new.starts_at,
        made_at=now,
        made_by=actor,
    )
    record(
        "ladder.changed",
        actor=actor,
        object_type="ladder",
        object_id=str(version.pk),
        detail={
            "team": new.team.pk,
            "priority": new.priority,
            "rungs": ["+".join(who) for who in new.rungs],
            "minutes": version.interval_minutes,
            "from": new.starts_at.isoformat(),
        },
    )
    return version


def _check_ladder(new: NewLadder, now: datetime) -> None:
    if not 1 <= len(new.rungs) <= MOST_RUNGS or not all(new.rungs):
        raise NotAllowedError(f"A ladder has 1 to {MOST_RUNGS} steps, each with somebody on it")
    if any(slug not in WHO for who in new.rungs for slug in who) or new.priority not in LADDERS:
        raise NotAllowedError("Select who is told from the list shown")
    if TOPS.isdisjoint(new.rungs[-1]):
        raise NotAllowedError(
            "The last step must reach the corporate safeguarding lead or the director"
        )
    if not SHORTEST <= new.interval <= LONGEST:
        raise NotAllowedError("The time between steps must be 5 minutes to 5 days")
    if not timedelta(0) <= new.warn_before < min(new.interval, LONGEST_WARNING):
        raise NotAllowedError("The warning must come after the last step and before the next one")
    if new.starts_at < now:
        raise NotAllowedError("A ladder cannot start in the past")


@transaction.atomic
def add_duty_turn(
    actor: User,
    user: User,
    team: Team | None,
    starts_at: datetime,
    ends_at: datetime,
    now: datetime,
) -> DutyTurn:
    """Put a person on duty for a team, or for every team, between two moments (aware).

    Raises `NotAllowedError` when the person could not open what they would hear of.
    """
    managed = teams_managed_by(actor, now)
    if not managed.exists() or (team is not None and not managed.filter(pk=team.pk).exists()):
        raise NotAllowedError("Only the team's triage manager and the corporate lead change this.")
    if ends_at <= starts_at:
        raise NotAllowedError("The end is before the start. Change one of them")
    if ends_at <= now:
        raise NotAllowedError("The end is in the past. Change it")
    if ends_at - starts_at > timedelta(days=14):
        raise NotAllowedError("A turn is 14 days at most. Enter the rest as another turn")
    held = memberships_in_force(user, now)
    council_wide = held.filter(role__in=RESERVE_ROLES, team=None)
    in_team = held.filter(team=team) if team is not None else held.none()
    if not user.is_active or not (in_team.exists() or council_wide.exists()):
        raise NotAllowedError(
            "This person cannot open the concerns of every team in the turn. Choose a team of "
            "theirs, or somebody who works for the whole council"
        )
    turn = DutyTurn.objects.create(
        user=user, team=team, starts_at=starts_at, ends_at=ends_at, made_at=now, made_by=actor
    )
    _record_turn("duty.entered", turn, actor)
    return turn


@transaction.atomic
def cancel_duty_turn(turn_id: int, actor: User, now: datetime) -> None:
    """Take a turn of duty back. Raises `DutyTurn.DoesNotExist` when the actor may not."""
    managed = teams_managed_by(actor, now)
    turns = DutyTurn.objects.select_for_update(of=("self",))
    mine = Q(team__in=managed) | (Q(team=None) if managed.exists() else Q(pk__in=[]))
    turn = turns.filter(mine).get(pk=turn_id)
    if turn.cancelled_at is None:
        turn.cancelled_at = now
        turn.save(update_fields=["cancelled_at"])
        _record_turn("duty.cancelled", turn, actor)


def _record_turn(name: str, turn: DutyTurn, actor: User) -> None:
    record(
        name,
        actor=actor,
        object_type="duty_turn",
        object_id=str(turn.pk),
        detail={
            "user": turn.user_id,
            "team": turn.team_id,
            "from": turn.starts_at.isoformat(),
            "to": turn.ends_at.isoformat(),
        },
    )
