"""A small council with two records officers, and reports about a child and about a namesake."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from concerns.models import AccessItem, AccessRequest, Concern, Report
from concerns.services import subject_access as service
from concerns.services.subject_access import NewRequest
from concerns.services.subject_access_answer import answer_pack
from concerns.services.subject_access_gather import ask_for, decide_candidate, gather_waiting
from concerns.services.subject_access_items import Decided, decide_item
from safeguarding_portal.accounts.models import Role, User
from tests.concerns.conftest import Council, council
from tests.factories import NOON, give_role, make_user
from tests.people.makers import BORN, child, file, person

__all__ = ["Council", "council"]

LATER = NOON + timedelta(days=1)
DAY = date(2026, 11, 24)
ACCOUNT = (
    "Robin told me that Samuel Thorne shouted. Neighbour Priya Vantage rang on 07700 900456. "
    "Sam has a key. THORNE was seen again."
)
# Words that must never reach the person who asks, whatever the form of the answer.
SECRET = ("Samuel", "Thorne", "THORNE", "Sam ", "Priya", "Vantage", "900456", "Dana", "Whisper")


def report_about_robin() -> dict[str, Any]:
    """Return a report about Robin, harmed by Samuel Thorne, told by Dana Whisper."""
    return child(
        "Robin Example",
        what_happened={"account": [ACCOUNT], "known": ["told"], "ongoing": ["yes"]},
        harm_by__1={"name": ["Samuel Thorne"], "relation": ["parent_carer"], "reach": ["yes"]},
        told_by={"name": ["Dana Whisper"], "who": ["neighbour"]},
        household={"who": ["adult"]},
        affected__1={"name": ["Priya Vantage"], "kind": ["adult"], "touched": ["no"]},
    )


@dataclass
class Office:
    """The council, its records officers, and what was filed."""

    council: Council
    officer: User
    second: User
    report: Report
    concern: Concern
    extra: dict[str, Any] = field(default_factory=dict)

    def open(self, now: datetime = NOON, **fields: Any) -> AccessRequest:
        """Record a request by Robin."""
        values: dict[str, Any] = {
            "requester": "self",
            "requester_name": "Robin Example",
            "received_on": DAY,
            "received_how": "by letter",
            "name": "Robin Example",
            "born": date(2016, 4, 3),
            "address": "12 Example Road, B99 1AA",
        }
        return service.open_request(self.officer, NewRequest(**values | fields), now)

    def searched(self, **fields: Any) -> AccessRequest:
        """Record a request, check the identity, and let the worker look for the person."""
        request = self.open(**fields)
        shown = (request.pk, self.officer, "Passport seen", DAY)
        service.check_identity(*shown, "Letter of authority", NOON)
        ask_for(request.pk, self.officer, "search", NOON)
        gather_waiting(NOON)
        request.refresh_from_db()
        return request

    def decide(self, request: AccessRequest, *, yes: bool = True) -> None:
        """Say of everybody who was found the same."""
        for row in request.candidates.filter(state="open"):
            decide_candidate(
                request.pk, row.pk, self.officer, is_person=yes, reason="Same address", now=NOON
            )

    def collect(self, request: AccessRequest, now: datetime = NOON) -> None:
        """Let the worker collect."""
        ask_for(request.pk, self.officer, "collect", now)
        gather_waiting(now)
        request.refresh_from_db()

    def collected(self, **fields: Any) -> AccessRequest:
        """Return a request whose person is confirmed wherever found, and whose items are there."""
        request = self.searched(**fields)
        self.decide(request)
        self.collect(request)
        return request

    def give_all(self, request: AccessRequest) -> None:
        """Decide each item as it is suggested."""
        for item in request.items.filter(gone_at=None, decision="open"):
            self.give(item)

    def give(self, item: AccessItem, **fields: Any) -> AccessItem:
        """Decide one item as suggested, or with other words."""
        kept = frozenset(item.redactions.values_list("pk", flat=True))
        said = Decided("give", kept, **fields)
        if item.suggested and not fields:
            said = Decided("withhold", exemption=item.suggested, reason="As suggested")
        return decide_item(item.request_id, item.pk, self.officer, said, NOON)

    def agreed(self, **fields: Any) -> AccessRequest:
        """Return a request whose answer was checked, and compared with the record."""
        request = self.collected(**fields)
        self.give_all(request)
        service.ask_check(request.pk, self.officer, NOON)
        service.take_check(request.pk, self.second, NOON)
        service.answer_check(request.pk, self.second, agreed=True, words="", now=NOON)
        self.compare(request)
        return request

    def compare(self, request: AccessRequest) -> None:
        """Let the worker compare with the record."""
        ask_for(request.pk, self.officer, "compare", NOON)
        gather_waiting(NOON)
        request.refresh_from_db()

    def answer(self, request: AccessRequest) -> dict[str, Any]:
        """Return the answer as data."""
        return answer_pack(request, NOON)


@pytest.fixture
def office(council: Council) -> Office:
    """Return the office, with one report about Robin filed and matched."""
    officer, second = make_user(full_name="Imke Orchard"), make_user(full_name="Desi Quarry")
    for one in (officer, second):
        give_role(one, Role.RECORDS_OFFICER)
    report = file(council.reporter, report_about_robin())
    return Office(council, officer, second, report, report.concerns.get())


def namesake(council: Council, **pages: Any) -> Report:
    """File a report about another Robin Example, born on another day, elsewhere."""
    other = {**BORN, "dob_day": ["19"], "dob_year": ["2012"]}
    where = {"lives": ["birmingham"], "now": ["home"], "address": ["7 Other Lane, B98 2BB"]}
    answers = child("Robin Example", person__1=person("Robin Example", **other), where__1=where)
    return file(council.reporter, answers | pages)


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client
