"""Reading a list of people to invite: every line judged, every fault named, nothing sent yet."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from safeguarding_portal.accounts.models import Directorate, PersonKind, Role, Team, User
from safeguarding_portal.accounts.services import Invitee, why_not

COLUMNS = ("email", "full name", "job title", "directorate", "role", "team", "kind")
REQUIRED = ("email", "full name")
MAX_ROWS = 500
_SEPARATORS = ("\t", ";", ",")
_Named = TypeVar("_Named", Directorate, Team)


@dataclass(frozen=True)
class RosterLine:
    """One line of the list, numbered as a spreadsheet does: whom it names, or what is wrong."""

    number: int
    email: str
    invitee: Invitee | None
    errors: tuple[str, ...]


class RosterError(Exception):
    """The list as a whole cannot be read; the text says why."""


def read_roster(text: str, actor: User, now: datetime) -> list[RosterLine]:
    """Judge every line of a list that begins with the names of its columns.

    Directorates and teams are named by name or slug, roles by their label or slug; an empty role is
    "may report". `now` is aware. Raises `RosterError` when no line can be judged.
    """
    rows = read_table(text, COLUMNS, REQUIRED, MAX_ROWS)
    directorates = _by_name(Directorate.objects.all())
    teams = _by_name(Team.objects.filter(is_active=True))
    seen: set[str] = set()
    lines = []
    for number, row in rows:
        line = _judge(number, row, directorates, teams)
        if line.invitee is not None:
            refusal = why_not(actor, line.invitee, now)
            if line.email in seen:
                refusal = "This address is in the list twice"
            if refusal:
                line = RosterLine(number, line.email, None, (refusal,))
        seen.add(line.email)
        lines.append(line)
    return lines


def read_table(
    text: str, columns: Iterable[str], required: Iterable[str], most: int
) -> list[tuple[int, dict[str, str]]]:
    """Return the numbered rows of a list whose first line names its columns, as a spreadsheet does.

    Raises `RosterError` when it has no such line, other columns, no rows, or more than `most`.
    """
    cleaned = text.lstrip("\ufeff").strip("\r\n")
    first = cleaned.partition("\n")[0]
    separator = max(_SEPARATORS, key=first.count)
    try:
        table = list(csv.reader(StringIO(cleaned), delimiter=separator, strict=True))
    except csv.Error as error:
        raise RosterError(
            "The list cannot be read. Check that every quotation mark has a pair"
        ) from error
    table = table or [[]]
    header = [" ".join(cell.replace("_", " ").lower().split()) for cell in table[0]]
    if missing := [column for column in required if column not in header]:
        raise RosterError(f"The first line must name the columns; missing: {', '.join(missing)}")
    if unknown := [column for column in header if column and column not in columns]:
        raise RosterError(f"There is no column called: {', '.join(unknown)}")
    rows = [
        (number, dict(zip(header, (cell.strip() for cell in cells), strict=False)))
        for number, cells in enumerate(table[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not rows:
        raise RosterError("There is nobody under the names of the columns")
    if len(rows) > most:
        raise RosterError(f"The list has {len(rows):,} people. Send at most {most:,} at a time")
    return rows


def _by_name(things: Iterable[_Named]) -> dict[str, _Named]:
    return {key.lower(): thing for thing in things for key in (thing.slug, thing.name)}


def _judge(
    number: int,
    row: Mapping[str, str],
    directorates: Mapping[str, Directorate],
    teams: Mapping[str, Team],
) -> RosterLine:
    email = row.get("email", "").lower()
    errors = [*_address_errors(email), *_name_errors(row)]
    role = _role(row.get("role", ""))
    directorate = directorates.get(row.get("directorate", "").lower())
    team = teams.get(row.get("team", "").lower())
    kind = _kind(row.get("kind", ""))
    named = {"role": role is not None, "directorate": directorate, "team": team, "kind": kind}
    for column, found in named.items():
        if row.get(column) and not found:
            errors.append(f"There is no {column} called {row[column]}")
    if errors:
        return RosterLine(number, email, None, tuple(errors))
    invitee = Invitee(
        email=email,
        full_name=row["full name"],
        job_title=row.get("job title", ""),
        directorate=directorate,
        role=role or "",
        team=team,
        kind=kind or PersonKind.STAFF,
    )
    return RosterLine(number, email, invitee, ())


def _address_errors(email: str) -> list[str]:
    if not email:
        return ["Enter an email address"]
    try:
        validate_email(email)
    except ValidationError:
        return ["Enter an email address in full, like name@example.org"]
    return [] if len(email) <= 254 else ["The email address is too long"]


def _name_errors(row: Mapping[str, str]) -> list[str]:
    if not row.get("full name"):
        return ["Enter a full name"]
    too_long = [column for column in ("full name", "job title") if len(row.get(column, "")) > 120]
    return [f"The {column} is longer than 120 characters" for column in too_long]


def _kind(text: str) -> str | None:
    """Return the kind of person of this label or slug, staff if empty, None for no such kind."""
    wanted = text.lower() or PersonKind.STAFF
    return next(
        (value for value, label in PersonKind.of_people() if wanted in {value, label.lower()}), None
    )


def _role(text: str) -> str | None:
    """Return the role of this label or slug, empty for a reporter, None for no such role."""
    wanted = text.lower()
    if wanted in {"", "reporter", "report concerns"}:
        return ""
    return next((role.value for role in Role if wanted in {role.value, role.label.lower()}), None)
