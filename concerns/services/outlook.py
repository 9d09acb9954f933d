"""Who covers each team now and for the coming fortnight, and where nobody does.

Read in a handful of statements for all teams together; what follows is arithmetic.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.db.models import Q, QuerySet

from concerns.dates import local_date
from concerns.models import DutyTurn
from concerns.rules.case import LONDON
from concerns.rules.ladder import (
    CORPORATE_LEAD,
    FRONT_DOOR_OF,
    LEAD,
    OUTLOOK,
    TRIAGE_MANAGER,
)
from concerns.services.cover import ROLES_OF, warn_team_managers
from contacts.hours import Hours
from contacts.selectors import current_directory
from safeguarding_portal.accounts.absences import Absences, absences_among
from safeguarding_portal.accounts.models import Absence, Membership, Team, User

# Who must be there for every team, and what it is called when nobody is.
POSTS = {
    LEAD: "safeguarding lead",
    TRIAGE_MANAGER: "triage manager",
    CORPORATE_LEAD: "corporate safeguarding lead",
}
_POST_WORDS = set(POSTS.values())
DUTY_WORDS = "duty officer outside the team's hours"


@dataclass(frozen=True)
class Post:
    """One post of a team at one moment: who holds it and is there, who is away."""

    words: str
    answering: list[User]
    away: list[User]


@dataclass
class Gap:
    """Days in a row on which nobody fills a post."""

    words: str
    first: date
    last: date


@dataclass(frozen=True)
class TeamCover:
    """The cover of one team: each post now, and the gaps of the coming fortnight."""

    team: Team
    now: list[Post]
    gaps_now: list[str]
    gaps: list[Gap] = field(default_factory=list)


@dataclass(frozen=True)
class _Facts:
    """What was read, for all teams and the whole fortnight."""

    memberships: list[Membership]
    absences: list[Absence]
    turns: list[DutyTurn]
    people: dict[int, User]


def cover_of(teams: QuerySet[Team], now: datetime) -> list[TeamCover]:
    """Return the cover of each of the teams at `now` (aware) and for the coming fortnight."""
    facts, found = _read(now), list(teams)
    return [_cover(team, facts, now) for team in found]


def warn_of_gaps(now: datetime) -> int:
    """Tell the managers of each team with a gap now, once a day while it lasts; return how many."""
    teams = Team.objects.filter(is_active=True)
    return sum(
        warn_team_managers(cover.team, now) for cover in cover_of(teams, now) if cover.gaps_now
    )


def _read(now: datetime) -> _Facts:
    end, today = now + OUTLOOK, local_date(now)
    memberships = list(
        Membership.objects.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            role__in=[role for slug in POSTS for role in ROLES_OF[slug]],
            user__is_active=True,
        ).select_related("user")
    )
    absences = list(
        Absence.objects.filter(
            cancelled_at=None, starts_on__lte=today + OUTLOOK, ends_on__gte=today
        ).select_related("user", "deputy")
    )
    turns = DutyTurn.objects.filter(cancelled_at=None, starts_at__lt=end, ends_at__gt=now)
    people = {item.user_id: item.user for item in memberships}
    stand_ins = (row.deputy for row in absences)
    people |= {person.pk: person for person in stand_ins if person and person.is_active}
    return _Facts(memberships, absences, list(turns.select_related("user")), people)


def _cover(team: Team, facts: _Facts, now: datetime) -> TeamCover:
    turns = [turn for turn in facts.turns if turn.team_id in (None, team.pk)]
    hours, away = _hours(team, now), absences_among(facts.absences, local_date(now))
    posts = {slug: _post(team, slug, facts, away, now) for slug in POSTS}
    missing = [POSTS[slug] for slug, post in posts.items() if not post.answering]
    shown = list(posts.values())
    if not hours.is_open(now):
        on_duty = [turn.user for turn in turns if turn.starts_at <= now < turn.ends_at]
        on_duty = [person for person in on_duty if not away.is_away(person.pk)]
        shown.append(Post("on duty", on_duty, []))
        missing += [] if on_duty else [DUTY_WORDS]
    return TeamCover(team, shown, missing, _gaps(team, turns, hours, facts, now))


def _hours(team: Team, now: datetime) -> Hours:
    return current_directory(now).chain(FRONT_DOOR_OF[team.group])[0].hours


def _post(team: Team, slug: str, facts: _Facts, away: Absences, at: datetime) -> Post:
    """Return who holds a post at a moment, and who stands in for those who are away."""
    holders = [
        item.user
        for item in facts.memberships
        if item.role in ROLES_OF[slug]
        and item.team_id in (None, team.pk)
        and item.starts_at <= at
        and (item.ends_at is None or item.ends_at > at)
    ]
    answering = (away.answering_for(person.pk) for person in holders)
    there = [facts.people[pk] for pk in dict.fromkeys(answering) if pk in facts.people]
    return Post(POSTS[slug], there, [person for person in holders if away.is_away(person.pk)])


def _gaps(
    team: Team, turns: Sequence[DutyTurn], hours: Hours, facts: _Facts, now: datetime
) -> list[Gap]:
    """Return the gaps of the coming fortnight, days in a row together."""
    running: dict[str, Gap] = {}
    found: list[Gap] = []
    for offset in range(OUTLOOK.days):
        day = local_date(now) + timedelta(days=offset)
        missing = _missing_on(day, team, turns, hours, facts, now)
        # A weekend ends no gap in a post: nobody is missed on it, and Monday goes on where it was.
        over = set(running) - set(missing) - (set() if hours.spells_on(day) else _POST_WORDS)
        running = {words: gap for words, gap in running.items() if words not in over}
        for words in missing:
            if words not in running:
                running[words] = Gap(words, day, day)
                found.append(running[words])
            running[words].last = day
    return found


def _missing_on(
    day: date,
    team: Team,
    turns: Sequence[DutyTurn],
    hours: Hours,
    facts: _Facts,
    now: datetime,
) -> list[str]:
    away = absences_among(facts.absences, day)
    midday = datetime.combine(day, time(12), tzinfo=LONDON)
    missing = []
    if hours.spells_on(day):
        missing = [
            words
            for slug, words in POSTS.items()
            if not _post(team, slug, facts, away, midday).answering
        ]
    there = [turn for turn in turns if not away.is_away(turn.user_id)]
    return missing + ([] if _is_covered(day, there, hours, now) else [DUTY_WORDS])


def _is_covered(day: date, turns: Iterable[DutyTurn], hours: Hours, now: datetime) -> bool:
    """Whether somebody is on duty in every minute of a date in which the team is not at work."""
    start = max(now, datetime.combine(day, time(0), tzinfo=LONDON).astimezone(UTC))
    end = datetime.combine(day + timedelta(days=1), time(0), tzinfo=LONDON).astimezone(UTC)
    turns = list(turns)
    edges = {start, end} | {
        edge for turn in turns for edge in (turn.starts_at, turn.ends_at) if start < edge < end
    }
    at: datetime | None = start
    while (at := hours.next_change(at) if at else None) is not None and at < end:
        edges.add(at)
    return all(
        hours.is_open(at) or any(turn.starts_at <= at < turn.ends_at for turn in turns)
        for at in sorted(edges)[:-1]
    )
