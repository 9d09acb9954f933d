"""Keeping what identifies a person, in one INSERT with the report; the comparing comes later."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from concerns.journey.identities import reported_people
from concerns.matching import Identity, Reported, identity_of
from concerns.matching.accounts import account_print
from concerns.matching.normalise import home_of, name_key
from concerns.models import Involvement, MatchKey

if TYPE_CHECKING:
    from collections.abc import Sequence

    from concerns.journey.answers import Answers

# Who told the reporter is not looked for in other reports: they may have asked to stay unnamed.
COMPARED = (Involvement.Part.SUBJECT, Involvement.Part.ALLEGED, Involvement.Part.HOUSEHOLD)


def remember_identities(
    people: Sequence[tuple[Involvement, str]], answers: Answers, now: datetime
) -> None:
    """Write a key for each saved involvement; `str` is the page that names the person.

    The minute task compares them: `matched_at` stays empty until then, so that a key is never
    forgotten, whatever happens to the queue.
    """
    reported, today = reported_people(answers), answers.today
    prints = account_print(answers.one("what-happened", "account"))
    MatchKey.objects.bulk_create(
        key_for(person, page, identity_of(reported.get(page, Reported()), today), prints, now)
        for person, page in people
        if person.part in COMPARED
    )


def key_for(
    person: Involvement, page: str, identity: Identity, prints: list[int], now: datetime
) -> MatchKey:
    """Return the unsaved key of one involvement."""
    return MatchKey(
        involvement=person,
        concern=person.concern,
        report_id=person.concern.report_id,
        part=person.part,
        reported_as=page,
        words=list(identity.words),
        name_key=name_key(identity.words),
        born=identity.born,
        born_from=identity.born_from,
        born_to=identity.born_to,
        street=identity.street,
        postcode=identity.postcode,
        home=home_of(identity),
        nhs=identity.nhs,
        phones=list(identity.phones),
        place=identity.place,
        account=prints if person.part == Involvement.Part.SUBJECT else [],
        created_at=now,
    )


def identity_from(key: MatchKey) -> Identity:
    """Return the comparable form that a key holds."""
    return Identity(
        words=tuple(key.words),
        born=key.born,
        born_from=key.born_from,
        born_to=key.born_to,
        street=key.street,
        postcode=key.postcode,
        nhs=key.nhs,
        phones=tuple(key.phones),
        place=key.place,
    )
