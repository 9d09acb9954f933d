"""A small council with people who keep records, and a concern with a word in every place."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from concerns.models import Concern, MatchKey
from concerns.services.disposal import approve_batch, dispose_due, propose_batch
from concerns.services.retention import work_out
from safeguarding_portal.accounts.models import Role, Team, User
from tests.factories import give_role, make_concern, make_lead, make_report, make_team, make_user

LONG_AGO = datetime(1970, 5, 4, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Keepers:
    """Two records officers, the corporate lead, and people who may not enter."""

    officer: User
    second: User
    corporate: User
    lead: User
    auditor: User
    team: Team


def make_keepers() -> Keepers:
    """Return the people."""
    officer, second, corporate, auditor = (make_user() for _ in range(4))
    give_role(officer, Role.RECORDS_OFFICER)
    give_role(second, Role.RECORDS_OFFICER)
    give_role(corporate, Role.CORPORATE_LEAD)
    give_role(auditor, Role.AUDITOR)
    team = make_team(Team.Group.CHILDREN)
    return Keepers(officer, second, corporate, make_lead(team), auditor, team)


@pytest.fixture
def keepers(db: None) -> Keepers:
    """Return the people."""
    return make_keepers()


def closed_concern(team: Team, **fields: Any) -> Concern:
    """Return a concern that was closed so long ago that no row keeps it any more."""
    values = {
        "state": "closed",
        "received_at": LONG_AGO,
        "closed_at": LONG_AGO + timedelta(days=30),
        "outcome": "no_further_action",
        "next_due_at": None,
    }
    report = fields.pop("report", None) or make_report(received_at=LONG_AGO)
    return make_concern(team, report, **values | fields)


def key_of(concern: Concern, **fields: object) -> MatchKey:
    """Return a new key of a concern's person at risk."""
    person = concern.involvements.get()
    values = {"part": "subject", "reported_as": "person.1", "created_at": LONG_AGO}
    return MatchKey.objects.create(
        involvement=person, concern=concern, report=concern.report, **values | fields
    )


def dispose(keepers: Keepers, *concerns: Concern) -> int:
    """Let two people and the task dispose of these; return how many went."""
    now = timezone.now()
    work_out(now)
    references = [concern.reference for concern in concerns]
    batch = propose_batch(keepers.officer, references, now - timedelta(days=9))
    approve_batch(batch.pk, keepers.second, now - timedelta(days=8))
    return dispose_due(now)
