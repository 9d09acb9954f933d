"""The small council, and a reporter whose report a lead has taken."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from django.test import Client

from concerns.models import Concern, Report
from concerns.rules.reference import new_reference
from safeguarding_portal.accounts.models import User
from safeguarding_portal.outbox.models import Message
from tests.concerns.conftest import Council, council
from tests.factories import NOON, make_concern, make_report

__all__ = ["council"]


@dataclass(frozen=True)
class Filed:
    """A report about one child, owned by the children's lead."""

    council: Council
    report: Report
    concern: Concern

    @property
    def reporter(self) -> User:
        """Return who filed it."""
        return self.council.reporter

    @property
    def lead(self) -> User:
        """Return who owns it."""
        return self.council.child_lead

    def path(self, page: str = "") -> str:
        """Return the address of a page of the report."""
        return f"/reports/{self.report.reference}/{page}"


def file_one(council: Council, **fields: Any) -> Filed:
    """File a report that the children's lead takes."""
    report = make_report(council.reporter, reference=new_reference(Random(1)))
    values = {"owner": council.child_lead, "taken_at": NOON, "state": "in_triage"}
    return Filed(council, report, make_concern(council.children, report, **values | fields))


@pytest.fixture
def filed(council: Council) -> Filed:
    """Return the report."""
    return file_one(council)


def client_of(user: User) -> Client:
    """Return a client that is signed in."""
    client = Client()
    client.force_login(user)
    return client


def told(kind: str) -> list[str]:
    """Return who got a message of this kind, in order."""
    return list(
        Message.objects.filter(kind=kind).order_by("id").values_list("recipient", flat=True)
    )


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    return " ".join(answer.content.decode().split())
