"""Everybody who may knock on a door of the portal, one of each, around one report. Invented."""

from __future__ import annotations

from dataclasses import dataclass, fields

from safeguarding_portal.accounts.models import Directorate, Role, Team, User
from tests.factories import give_role, make_lead, make_team, make_user


@dataclass(frozen=True)
class People:
    """The people of the access table. Each field is a column; see `ROLES` for the other two."""

    reporter: User
    other_reporter: User
    owner: User
    team_lead: User
    excluded_lead: User
    other_lead: User
    manager: User
    corporate: User
    dcs: User
    dass: User
    directory_editor: User
    policy_editor: User
    auditor: User
    records: User
    second_records: User
    leaver: User

    @property
    def team(self) -> Team:
        """Return the children's team, which holds the report."""
        found = self.owner.memberships.get().team
        assert found is not None
        return found

    @property
    def other_team(self) -> Team:
        """Return the adults' team."""
        found = self.other_lead.memberships.get().team
        assert found is not None
        return found


# Whoever knocks without an account, and whoever has one.
ROLES = ("anonymous", "agency", "password_only", *(field.name for field in fields(People)))


def _with(role: str, name: str, team: Team | None = None) -> User:
    person = make_user(full_name=name)
    give_role(person, role, team)
    return person


def make_people() -> People:
    """Make the people. The owner and three more lead the children's team, one the adults'."""
    children_side = Directorate.objects.create(slug="world", name="Children and Families")
    children = make_team(Team.Group.CHILDREN, slug="children-team", directorate=children_side)
    adults = make_team(Team.Group.ADULTS, slug="adults-team")
    return People(
        reporter=make_user(full_name="Rowan Reporter", directorate=children_side),
        other_reporter=make_user(full_name="Otis Other"),
        owner=make_lead(children, full_name="Olive Owner"),
        team_lead=make_lead(children, full_name="Tariq Teamlead"),
        excluded_lead=make_lead(children, full_name="Esme Excluded"),
        other_lead=make_lead(adults, full_name="Addison Adultlead"),
        manager=_with(Role.TRIAGE_MANAGER, "Mona Manager", children),
        corporate=_with(Role.CORPORATE_LEAD, "Cora Corporate"),
        dcs=_with(Role.DCS, "Dana Director"),
        dass=_with(Role.DASS, "Dev Director"),
        directory_editor=_with(Role.DIRECTORY_EDITOR, "Dora Directory"),
        policy_editor=_with(Role.POLICY_EDITOR, "Pia Policy"),
        auditor=_with(Role.AUDITOR, "Aldo Auditor"),
        records=_with(Role.RECORDS_OFFICER, "Remy Records"),
        second_records=_with(Role.RECORDS_OFFICER, "Sasha Second"),
        leaver=make_lead(children, full_name="Lena Leaver", is_active=False),
    )
