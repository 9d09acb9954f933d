"""Small makers for people, pairs and links. Everybody is invented."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.test import Client

from concerns.dates import local_date
from concerns.matching import Reported, identity_of
from concerns.matching.accounts import account_print
from concerns.models import Concern, Draft, MatchCandidate, MatchKey, Report
from concerns.services.match_keys import key_for
from concerns.services.matching import match_waiting
from concerns.services.submit import submit_report
from safeguarding_portal.accounts.models import User
from tests.answers import CHILD, Raw, changed
from tests.factories import NOON

BORN: dict[str, Any] = {"dob_day": ["3"], "dob_month": ["4"], "dob_year": ["2016"]}
SWAPPED: dict[str, Any] = {"dob_day": ["4"], "dob_month": ["3"], "dob_year": ["2016"]}


def person(name: str = "Robin Example", /, **fields: Any) -> dict[str, list[str]]:
    """Return the answers of the page about a child."""
    return {"name": [name], "group": ["child"], **fields}


def child(name: str = "Robin Example", /, **pages: Any) -> Raw:
    """Return a report about a child born on 3 April 2016, at an address."""
    where = {"lives": ["birmingham"], "now": ["home"], "address": ["12 Example Road, B99 1AA"]}
    return changed(CHILD, **({"person__1": person(name, **BORN), "where__1": where} | pages))


def file(owner: User, answers: Raw, now: datetime = NOON, *, match: bool = True) -> Report:
    """File a report, and let the minute task compare its people."""
    draft = Draft.objects.create(owner=owner, answers=answers, expires_at=now + timedelta(days=30))
    report = submit_report(draft.pk, owner, now)
    if match:
        match_waiting(now)
    return report


def give_key(concern: Concern, reported: Reported, **fields: Any) -> MatchKey:
    """Give a made concern's person at risk a key, and let the minute task compare it."""
    key = key_for(
        concern.involvements.all()[0],
        "person.1",
        identity_of(reported, local_date(concern.received_at)),
        account_print(fields.pop("account", "")),
        concern.received_at,
    )
    key.save()
    match_waiting(NOON)
    key.refresh_from_db()
    return key


def known(
    name: str = "Robin Example", born: date | None = date(2016, 4, 3), **more: Any
) -> Reported:
    """Return what is reported of somebody."""
    return Reported(name=name, born=born, **more)


def pair_of(first: Concern | Report, second: Concern | Report) -> MatchCandidate:
    """Return the pair of the people at risk in two concerns or reports."""
    roots = sorted(
        MatchKey.objects.get(
            part="subject",
            **{"report" if isinstance(item, Report) else "concern": item},
        ).pk
        for item in (first, second)
    )
    return MatchCandidate.objects.get(left=roots[0], right=roots[1])


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client
