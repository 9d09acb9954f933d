"""Who is asked to read what, and who has; reads only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from policies.access import holders_of
from policies.models import Confirmation, Document, DocumentVersion, published
from policies.standing import YEARLY, Confirmed, Standing, Started, standing
from policies.text.changes import SectionChange, section_changes
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.selectors import roles_of


@dataclass(frozen=True)
class Duty:
    """A document that a person is asked to confirm, and where they stand."""

    document: Document
    version: DocumentVersion
    standing: Standing
    is_overdue: bool


@dataclass(frozen=True)
class Reading:
    """One document that people confirm, with the versions that have come into force."""

    document: Document
    started: tuple[Started, ...]
    in_force: DocumentVersion

    def standing_of(self, user: User, confirmed: Iterable[Confirmed], now: datetime) -> Standing:
        """Return where the person stands at `now` (aware)."""
        asked = max(self.document.asked_since or self.started[0].at, user.date_joined)
        within = timedelta(days=self.document.confirm_within_days)
        return standing(self.started, tuple(confirmed), asked, within, now)

    @property
    def must_reach(self) -> int:
        """The lowest version that still counts: the newest with a new meaning, else the first."""
        changed = [item.number for item in self.started if item.meaning_changed]
        return max(changed, default=self.started[0].number)


def readings(now: datetime, **filters: object) -> list[Reading]:
    """Return the documents in force at `now` (aware) that people must confirm; three queries."""
    documents = {
        document.pk: document
        for document in Document.objects.filter(must_confirm=True, **filters)
        .exclude(retired_at__lte=now)
        .prefetch_related("audience_directorates")
    }
    if not documents:
        return []
    versions: dict[int, list[DocumentVersion]] = {}
    for version in published(now, document__in=documents):
        versions.setdefault(version.document_id, []).append(version)
    return [
        Reading(document, tuple(_started(version) for version in reversed(found)), found[0])
        for pk, document in documents.items()
        if (found := versions.get(pk))
    ]


def _started(version: DocumentVersion) -> Started:
    if version.effective_from is None:
        raise ValueError("A version that has started has a start.")
    return Started(version.number, version.effective_from, version.meaning_changed)


def duties_of(user: User, now: datetime) -> list[Duty]:
    """Return what the person is asked to read at `now` (aware), the most pressing first."""
    asked = [reading for reading in readings(now) if is_asked(reading.document, user, now)]
    confirmed = confirmed_by([user], asked)
    duties = []
    for reading in asked:
        found = reading.standing_of(user, confirmed.get((user.pk, reading.document.pk), ()), now)
        if found.asks:
            duties.append(Duty(reading.document, reading.in_force, found, found.is_overdue(now)))
    return sorted(duties, key=lambda duty: duty.standing.due_at or now)


def is_asked(document: Document, user: User, now: datetime) -> bool:
    """Whether the document is for this person: by kind, directorate and role."""
    directorates = {directorate.pk for directorate in document.audience_directorates.all()}
    return (
        (not document.audience_kinds or user.kind in document.audience_kinds)
        and (not directorates or user.directorate_id in directorates)
        and (
            not document.audience_roles
            or not roles_of(user, now).isdisjoint(document.audience_roles)
        )
    )


def audience(document: Document, people: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Return those of `people` whom the document is for; agrees with `is_asked`."""
    if document.audience_kinds:
        people = people.filter(kind__in=document.audience_kinds)
    directorates = [directorate.pk for directorate in document.audience_directorates.all()]
    if directorates:
        people = people.filter(directorate__in=directorates)
    if document.audience_roles:
        people = people.filter(pk__in=holders_of(document.audience_roles, now).values("pk"))
    return people


def outstanding(reading: Reading, people: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Return those of `people` who are asked something at `now`; agrees with `standing`."""
    return people.filter(~_is_done(reading, now))


def done(reading: Reading, people: QuerySet[User], now: datetime) -> QuerySet[User]:
    """Return those of `people` who are asked nothing at `now`."""
    return people.filter(_is_done(reading, now))


def _is_done(reading: Reading, now: datetime) -> Q:
    own = Confirmation.objects.filter(user=OuterRef("pk"), version__document=reading.document)
    return Q(Exists(own.filter(whole=True, confirmed_at__gt=now - YEARLY))) & Q(
        Exists(own.filter(version__number__gte=reading.must_reach))
    )


def confirmed_by(
    people: Iterable[User], asked: Iterable[Reading]
) -> dict[tuple[int, int], list[Confirmed]]:
    """Return what each of the people confirmed of each document, by (person, document)."""
    rows = Confirmation.objects.filter(
        user__in=[person.pk for person in people],
        version__document__in=[reading.document.pk for reading in asked],
    ).values_list("user_id", "version__document_id", "version__number", "confirmed_at", "whole")
    found: dict[tuple[int, int], list[Confirmed]] = {}
    for user_id, document_id, number, at, whole in rows:
        found.setdefault((user_id, document_id), []).append(Confirmed(number, at, whole))
    return found


def changes_since(document: Document, number: int, now: datetime) -> list[SectionChange]:
    """Return the sections that read differently from version `number`, as in force at `now`."""
    versions = {version.number: version for version in published(now, document=document)}
    newest = versions[max(versions)]
    before = versions.get(number)
    compared = section_changes(before.texts() if before else (), newest.texts())
    return [change for change in compared if change.kind in {"added", "changed", "removed"}]
