"""A list of people who have left, from the council's staff system: judged first, then applied.

    plan_leavers(text, everybody=False) -> LeaversPlan
    apply_leavers(plan, by, now) -> int

Two kinds of list: the leavers themselves, or everybody who works here, so that whoever is not in it
has left. A list never opens an account. One that would close more than a fifth of all accounts asks
again: it is more likely half a list than a fifth of the council.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from safeguarding_portal.accounts.leavers import deactivate
from safeguarding_portal.accounts.leaving import By
from safeguarding_portal.accounts.models import User
from safeguarding_portal.accounts.roster import RosterError, read_table

COLUMNS = ("email", "external id", "active")
MAX_ROWS = 50_000
MANY = 5
_YES = frozenset({"", "yes", "y", "true", "1", "active", "current"})
_NO = frozenset({"no", "n", "false", "0", "inactive", "left", "leaver"})


@dataclass(frozen=True)
class LeaversPlan:
    """Whose accounts would be closed, and which lines name nobody with an open account.

    `unknown` are line numbers: a person without an account is no fault.
    """

    close: tuple[User, ...]
    unknown: tuple[int, ...]
    accounts: int

    @property
    def is_many(self) -> bool:
        """Whether it would close more than a fifth of all open accounts."""
        return len(self.close) * MANY > self.accounts


def plan_leavers(text: str, *, everybody: bool = False) -> LeaversPlan:
    """Judge a list whose first line names its columns. Raises `RosterError`, which says why.

    Columns: email or external id (one of them for each person), and perhaps active (yes or no).
    Without "active" every line of a list of leavers is one, and every line of a list of everybody
    works here.
    """
    rows = read_table(text, COLUMNS, (), MAX_ROWS)
    people = list(User.objects.people().filter(is_active=True).order_by("full_name", "pk"))
    known = {user.email.lower(): user for user in people}
    known |= {user.external_id.lower(): user for user in people if user.external_id}
    named: dict[bool, set[int]] = {True: set(), False: set()}
    unknown = []
    for number, row in rows:
        is_here = _is_here(number, row, default=everybody)
        user = known.get(_who(number, row))
        if user is None:
            unknown.append(number)
        else:
            named[is_here].add(user.pk)
    leave = named[False]
    if everybody:
        leave |= {user.pk for user in people} - named[True]
    close = tuple(user for user in people if user.pk in leave)
    return LeaversPlan(close, tuple(unknown), len(people))


def _who(number: int, row: dict[str, str]) -> str:
    who = (row.get("external id") or row.get("email") or "").lower()
    if not who:
        raise RosterError(f"Line {number}: enter an email address or an external id")
    return who


def _is_here(number: int, row: dict[str, str], *, default: bool) -> bool:
    if "active" not in row:
        return default
    typed = row["active"].lower()
    if typed not in _YES | _NO:
        raise RosterError(f"Line {number}: active must be yes or no")
    return typed in _YES


def apply_leavers(plan: LeaversPlan, by: By, now: datetime) -> int:
    """Close the accounts of a plan, each in a transaction of its own; return how many.

    Whoever applies it is left out: nobody closes their own account.
    """
    return sum(deactivate(user.pk, by, now) for user in plan.close if user != by.actor)
