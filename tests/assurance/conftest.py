"""People of the auditors' pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from concerns.models import Concern
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from tests.factories import NOON, give_role, make_user


def happen(
    name: str,
    actor: User | None = None,
    at: datetime = NOON,
    concern: Concern | None = None,
    address: str | None = None,
    **detail: Any,
) -> Event:
    """Write an event as if it had happened at a moment."""
    return Event.objects.create(
        recorded_at=at,
        happened_at=at,
        name=name,
        actor=actor,
        actor_label="" if actor else "rules",
        concern_id=concern.pk if concern else None,
        report_id=concern.report_id if concern else None,
        source_address=address,
        detail=detail,
    )


@pytest.fixture
def auditor(db: None) -> User:
    """Return an auditor."""
    person = make_user(full_name="Edda Auditor")
    give_role(person, Role.AUDITOR)
    return person


@pytest.fixture
def desk(auditor: User) -> Client:
    """Return the auditor's browser."""
    client = Client()
    client.force_login(auditor)
    return client
