"""What was true of readers and records when somebody read: for many reads in a few statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain

from django.db.models import Q

from concerns.matching.normalise import Identity, address_parts, home_of, name_key, name_words
from concerns.models import (
    AccessGrant,
    Concern,
    DutyTurn,
    Involvement,
    MatchKey,
    StaffHome,
    Task,
)
from concerns.rules import WorkingHours
from concerns.rules.case import LONDON
from concerns.rules.curiosity import Look, is_odd_hour, is_outside_hours
from safeguarding_portal.accounts.models import Membership, User
from safeguarding_portal.audit.services import keyed_hash
from safeguarding_portal.audit.trail import acts_of

Span = tuple[datetime, datetime | None]


def home_hash(address: str) -> str:
    """Return the keyed hash of a home; empty when the text does not say which home it is."""
    street, postcode = address_parts(address)
    home = home_of(Identity(street=street, postcode=postcode))
    return keyed_hash(f"home {home}") if home else ""


def _holds(spans: Iterable[Span], at: datetime) -> bool:
    return any(start <= at and (end is None or at < end) for start, end in spans)


@dataclass(frozen=True)
class Known:
    """A person's name as it can be compared."""

    key: str
    surname: str

    @classmethod
    def by(cls, name: str) -> Known:
        """Read a name as typed; one that nobody knows is equal to none."""
        words = name_words(name)
        return cls(name_key(words) if len(words) > 1 else "", words[-1] if words else "")


class Readers:
    """The people who read: names, teams, colleagues, duty and homes, at any moment of the past."""

    def __init__(self, ids: Collection[int]) -> None:
        self.teams: dict[int, dict[int | None, list[Span]]] = defaultdict(lambda: defaultdict(list))
        self.roles: dict[int, set[str]] = defaultdict(set)
        for row in Membership.objects.filter(user__in=ids):
            self.teams[row.user_id][row.team_id].append((row.starts_at, row.ends_at))
            self.roles[row.user_id].add(row.role)
        self.people = {person.pk: person for person in User.objects.filter(pk__in=ids)}
        self.names = {pk: Known.by(person.full_name) for pk, person in self.people.items()}
        self.homes = dict(StaffHome.objects.filter(user__in=ids).values_list("user", "home_hash"))
        self.duty: dict[int, list[Span]] = defaultdict(list)
        turns = DutyTurn.objects.filter(user__in=ids, cancelled_at=None)
        for user, start, end in turns.values_list("user", "starts_at", "ends_at"):
            self.duty[user].append((start, end))
        self._read_colleagues()

    def _read_colleagues(self) -> None:
        """Colleagues: who shares a team or the manager, who manages them, whom they manage."""
        mates: dict[int, set[int]] = defaultdict(set)
        teams = {team for held in self.teams.values() for team in held if team is not None}
        for team, user in Membership.objects.filter(team__in=teams).values_list("team", "user"):
            mates[team].add(user)
        managers = {person.manager_id for person in self.people.values() if person.manager_id}
        near = Q(pk__in=set(chain.from_iterable(mates.values())) | managers)
        near |= Q(manager__in=managers | set(self.people))
        others = {person.pk: person for person in User.objects.filter(near)}
        self.colleagues: dict[int, set[int]] = {}
        for pk, person in self.people.items():
            found = set(chain.from_iterable(mates[team] for team in self.teams[pk] if team))
            found |= {
                other.pk
                for other in others.values()
                if other.pk == person.manager_id
                or other.manager_id == pk
                or (other.manager_id and other.manager_id == person.manager_id)
            }
            self.colleagues[pk] = found - {pk}
        self.colleague_names = {
            pk: {Known.by(others[mate].full_name).key for mate in mates if mate in others} - {""}
            for pk, mates in self.colleagues.items()
        }
        self._terms = {
            pk: {keyed_hash(others[mate].full_name) for mate in mates if mate in others}
            for pk, mates in self.colleagues.items()
        }

    def is_own_term(self, reader: int, term: str) -> bool:
        """Whether the keyed hash of a search is that of the reader's own name."""
        person = self.people.get(reader)
        return person is not None and term == keyed_hash(person.full_name)

    def is_colleagues_term(self, reader: int, term: str) -> bool:
        """Whether it is that of a colleague's name."""
        return term in self._terms.get(reader, ())

    def is_in_team(self, reader: int, team: int, at: datetime) -> bool:
        """Whether the reader belonged to a team; a role for the whole council is no team."""
        return _holds(self.teams[reader][team], at)

    def is_on_duty(self, reader: int, at: datetime) -> bool:
        """Whether the reader was on the duty rota."""
        return _holds(self.duty[reader], at)


class Records:
    """The records that were read: who is in them, and who had something to do with them."""

    def __init__(self, ids: Collection[int], readers: Readers) -> None:
        self.readers = readers
        rows = Concern.objects.filter(pk__in=ids)
        self.rows = {
            row["pk"]: row
            for row in rows.values("pk", "team", "owner", "closed_at", "report__reporter")
        }
        self.people: dict[int, list[tuple[Known, int | None]]] = defaultdict(list)
        # Who only told the reporter is often a colleague, and no reason to be curious.
        involved = Involvement.objects.filter(concern__in=ids).exclude(
            part=Involvement.Part.INFORMANT
        )
        for concern, name, staff in involved.values_list("concern", "name", "staff_member"):
            self.people[concern].append((Known.by(name), staff))
        self.homes: dict[int, set[str]] = defaultdict(set)
        homes = MatchKey.objects.filter(concern__in=ids).exclude(home="")
        for concern, home in homes.values_list("concern", "home"):
            self.homes[concern].add(keyed_hash(f"home {home}"))
        self._read_links(ids)

    def _read_links(self, ids: Collection[int]) -> None:
        people = set(self.readers.people)
        self.worked = acts_of(people, ids)
        self.links: dict[tuple[int, int], list[Span]] = defaultdict(list)
        self.glass: dict[tuple[int, int], list[Span]] = defaultdict(list)
        tasks = Task.objects.filter(owner__in=people, concern__in=ids)
        for owner, concern, start in tasks.values_list("owner", "concern", "created_at"):
            self.links[owner, concern].append((start, None))
        for grant in AccessGrant.objects.filter(user__in=people, concern__in=ids):
            ends = [end for end in (grant.revoked_at, grant.expires_at) if end is not None]
            is_glass = grant.kind == AccessGrant.Kind.BREAK_GLASS
            held = self.glass if is_glass else self.links
            held[grant.user_id, grant.concern_id].append(
                (grant.granted_at, min(ends) if ends else None)
            )

    def has_link(self, reader: int, concern: int, at: datetime) -> bool:
        """Whether the reader had something to do with the record by then."""
        row = self.rows[concern]
        key = (reader, concern)
        return (
            reader in (row["owner"], row["report__reporter"])
            or key in self.worked
            or _holds(self.links[key], at)
            or self.readers.is_in_team(reader, row["team"], at)
            or self.readers.is_on_duty(reader, at)
        )


class Facts:
    """Both together, and the hours: answers what one read looks like."""

    def __init__(
        self, readers: Collection[int], concerns: Collection[int], hours: WorkingHours
    ) -> None:
        self.readers = Readers(readers)
        self.records = Records(concerns, self.readers)
        self.hours = hours

    def look(self, reader: int, concern: int, at: datetime, habit: tuple[int, ...]) -> Look | None:
        """Return what is known of a read; None of a record that is not there any more.

        `habit`: the reader's reads of the last weeks by hour of the day.
        """
        row = self.records.rows.get(concern)
        if row is None or reader not in self.readers.people:
            return None
        local = at.astimezone(LONDON)
        own, named = self.readers.names[reader], self.records.people[concern]
        closed_at = row["closed_at"]
        return Look(
            is_own_name=any(
                staff == reader or (own.key and known.key == own.key) for known, staff in named
            ),
            is_own_address=self.readers.homes.get(reader, "") in self.records.homes[concern],
            is_colleague=any(self._is_colleague(reader, known, staff) for known, staff in named),
            is_same_surname=any(own.surname and known.surname == own.surname for known, _ in named),
            has_link=self.records.has_link(reader, concern, at),
            is_closed=closed_at is not None and closed_at <= at,
            is_glass=_holds(self.records.glass[reader, concern], at),
            is_off_hours=is_outside_hours(local, self.hours)
            and not self.readers.is_on_duty(reader, at),
            is_odd_hour=is_odd_hour(local.hour, habit),
        )

    def _is_colleague(self, reader: int, known: Known, staff: int | None) -> bool:
        if staff is not None:
            return staff in self.readers.colleagues[reader]
        return known.key in self.readers.colleague_names[reader]
