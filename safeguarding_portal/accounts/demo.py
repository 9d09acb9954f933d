"""Invented people for a demonstration: nobody here exists, and every number is reserved for drama.

Telephone numbers are of the range that Ofcom keeps free (0121 496 0000 to 0999), addresses of
example.org (DOMAIN section 7).
"""

from __future__ import annotations

from dataclasses import dataclass

from safeguarding_portal.accounts.models import Role, Team

DEMO_PASSWORD = "Demo only: brass kettle 47"  # noqa: S105  (printed for everybody by make run)

DIRECTORATES = {
    "adult-social-care": "Adult Social Care",
    "children-and-families": "Children and Families",
    "city-housing": "City Housing",
    "city-operations": "City Operations",
    "corporate": "Corporate Services",
}


@dataclass(frozen=True)
class DemoTeam:
    """A triage team; without a directorate it works for the whole council."""

    slug: str
    name: str
    group: Team.Group
    directorate: str = ""


TEAMS = (
    DemoTeam("children-council", "Children: council", Team.Group.CHILDREN),
    DemoTeam("children-housing", "Children: City Housing", Team.Group.CHILDREN, "city-housing"),
    DemoTeam("adults-council", "Adults: council", Team.Group.ADULTS),
    DemoTeam("adults-housing", "Adults: City Housing", Team.Group.ADULTS, "city-housing"),
    DemoTeam("both-operations", "Everyone: City Operations", Team.Group.BOTH, "city-operations"),
    DemoTeam("both-corporate", "Everyone: Corporate Services", Team.Group.BOTH, "corporate"),
)


@dataclass(frozen=True)
class DemoPerson:
    """One invented person. `roles` are (role, team slug); an empty slug is the whole council."""

    name: str
    job_title: str
    directorate: str
    roles: tuple[tuple[Role, str], ...] = ()
    manager: str = ""
    deputies: tuple[str, ...] = ()
    # What the list of sign-ins says; people without one are there to be found, not to sign in.
    shows: str = ""

    @property
    def email(self) -> str:
        """Return the address, which leads nowhere."""
        return f"{self.name.lower().replace(' ', '.').replace(chr(39), '')}@example.org"


PEOPLE = (
    DemoPerson(
        "Priya Hollis",
        "Neighbourhood officer",
        "city-housing",
        manager="Gareth Pell",
        shows="reports concerns",
    ),
    DemoPerson(
        "Marcus Adeyemi",
        "Library supervisor",
        "city-operations",
        manager="Ingrid Vale",
        shows="reports concerns",
    ),
    DemoPerson("Gareth Pell", "Housing manager", "city-housing", deputies=("Lena Osborne",)),
    DemoPerson("Lena Osborne", "Deputy housing manager", "city-housing", manager="Gareth Pell"),
    DemoPerson("Ingrid Vale", "Head of libraries", "city-operations"),
    DemoPerson(
        "Amara Finch",
        "Designated safeguarding officer",
        "children-and-families",
        ((Role.LEAD, "children-council"), (Role.LEAD, "children-housing")),
        manager="Colette Marsh",
        deputies=("Owen Tranter",),
        shows="leads for children",
    ),
    DemoPerson(
        "Owen Tranter",
        "Safeguarding officer",
        "city-housing",
        ((Role.LEAD, "children-housing"), (Role.LEAD, "children-council")),
        manager="Colette Marsh",
    ),
    DemoPerson(
        "Samuel Okoro",
        "Adult safeguarding officer",
        "adult-social-care",
        ((Role.LEAD, "adults-council"), (Role.LEAD, "adults-housing")),
        manager="Colette Marsh",
        deputies=("Bethan Lyle",),
        shows="leads for adults",
    ),
    DemoPerson(
        "Bethan Lyle",
        "Tenancy safeguarding officer",
        "city-housing",
        ((Role.LEAD, "adults-housing"), (Role.LEAD, "adults-council")),
        manager="Colette Marsh",
    ),
    DemoPerson(
        "Nadia Sterling",
        "Community safety lead",
        "city-operations",
        tuple((Role.LEAD, team.slug) for team in TEAMS),
        manager="Colette Marsh",
        shows="leads for children and adults",
    ),
    DemoPerson(
        "Colette Marsh",
        "Safeguarding hub manager",
        "corporate",
        tuple((Role.TRIAGE_MANAGER, team.slug) for team in TEAMS),
        manager="Helen Ashworth",
        shows="manages triage, invites people",
    ),
    DemoPerson(
        "Tobias Renn",
        "Information officer",
        "corporate",
        ((Role.DIRECTORY_EDITOR, ""),),
        shows="edits the directory",
    ),
    DemoPerson(
        "Moira Fenwick",
        "Service directory officer",
        "adult-social-care",
        ((Role.DIRECTORY_EDITOR, ""),),
        shows="approves changes of the directory",
    ),
    DemoPerson(
        "Farah Lindqvist",
        "Policy officer",
        "corporate",
        ((Role.POLICY_EDITOR, ""),),
        shows="edits the policies",
    ),
    DemoPerson(
        "Edmund Craye",
        "Internal auditor",
        "corporate",
        ((Role.AUDITOR, ""),),
        shows="audits",
    ),
    DemoPerson(
        "Imogen Castell",
        "Information governance officer",
        "corporate",
        ((Role.RECORDS_OFFICER, ""),),
        shows="keeps records, answers access requests",
    ),
    DemoPerson(
        "Desmond Arkley",
        "Records manager",
        "corporate",
        ((Role.RECORDS_OFFICER, ""),),
        shows="second records officer",
    ),
    DemoPerson(
        "Helen Ashworth",
        "Corporate safeguarding lead",
        "corporate",
        ((Role.CORPORATE_LEAD, ""),),
        shows="corporate lead",
    ),
    DemoPerson(
        "Ruth Calloway",
        "Director of Children's Services",
        "children-and-families",
        ((Role.DCS, ""),),
        shows="director, children",
    ),
    DemoPerson(
        "Julian Mbeki-Ross",
        "Director of Adult Social Services",
        "adult-social-care",
        ((Role.DASS, ""),),
        shows="director, adults",
    ),
)
