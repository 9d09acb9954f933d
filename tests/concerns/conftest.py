"""Teams and people for the tests of concerns."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from safeguarding_portal.accounts.models import Role, Team, User
from tests.factories import give_role, make_lead, make_team, make_user


@dataclass(frozen=True)
class Council:
    """A small council: two teams with a lead and a manager each, and the reserve."""

    children: Team
    adults: Team
    reporter: User
    child_lead: User
    adult_lead: User
    manager: User
    corporate: User
    dcs: User


@pytest.fixture
def council(db: None) -> Council:
    """Return the council."""
    children, adults = make_team(Team.Group.CHILDREN), make_team(Team.Group.ADULTS)
    manager, corporate, dcs = make_user(), make_user(), make_user()
    give_role(manager, Role.TRIAGE_MANAGER, children)
    give_role(manager, Role.TRIAGE_MANAGER, adults)
    give_role(corporate, Role.CORPORATE_LEAD)
    give_role(dcs, Role.DCS)
    return Council(
        children,
        adults,
        make_user(full_name="Rowan Reporter"),
        make_lead(children, full_name="Casey Childlead"),
        make_lead(adults, full_name="Addison Adultlead"),
        manager,
        corporate,
        dcs,
    )
