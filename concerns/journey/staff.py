"""Finding a colleague in the staff list, with scripts or without.

Type a name, continue, choose from what was found. Only people who were found can be chosen, so a
forged id is an unknown answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from safeguarding_portal.accounts.selectors import staff_search
from safeguarding_portal.design_system.forms import ChoiceField, Option, TextField

if TYPE_CHECKING:
    from django.forms import Field

NOT_LISTED = Option("not_listed", "Not in the list", divider="or")
WITHHELD = Option("withheld", "Rather not say")


def staff_fields(
    typed: Mapping[str, Sequence[str]],
    empty: str = "",
    others: Sequence[Option] = (NOT_LISTED, WITHHELD),
) -> dict[str, Field]:
    """Return the search box and, under it, who was found for what was typed.

    `others`: the answers besides the people who were found.
    """
    query = (typed.get("query") or [""])[0].strip()
    found = staff_search(query) if query else []
    options = [
        Option(str(person.pk), person.full_name, hint=f"{person.job_title}, {person.email}")
        for person in found
    ]
    hint = "No match. Try the surname only." if query and not found else ""
    return {
        "query": TextField("Search by name", hint="Type a name, then select Continue"),
        "staff": ChoiceField("Who is it?", [*options, *others], hint=hint, empty=empty),
    }


def chosen_staff(page: dict[str, list[str]]) -> int | None:
    """Return the id of the person who was chosen on a page, if any."""
    value = (page.get("staff") or [""])[0]
    return int(value) if value.isdecimal() and len(value) < 19 else None
