"""What the answers say of each person's identity, for finding them in other reports."""

from __future__ import annotations

from datetime import date

from concerns.journey.answers import Answers, rough_ages
from concerns.journey.dates import typed_date
from concerns.matching import Reported


def reported_people(answers: Answers) -> dict[str, Reported]:
    """Return what is known of everybody who is named, by the page that names them."""
    found = {f"person.{number}": _at_risk(answers, number) for number in answers.people}
    for number in answers.people:
        name = answers.one(f"unborn.{number}", "mother_name")
        address = answers.one(f"where.{number}", "address")
        found[f"unborn.{number}"] = Reported(name=name, address=address)
    for number in answers.alleged:
        found[f"harm-by.{number}"] = Reported(
            name=answers.one(f"harm-by.{number}", "name"),
            place=answers.one(f"harm-by-work.{number}", "job"),
        )
    for number in answers.affected:
        key = f"affected.{number}"
        low, high = rough_ages(answers.one(key, "age"))
        found[key] = Reported(
            name=answers.one(key, "name"),
            born=_past(typed_date(answers.page(key), "dob"), answers.today),
            age_low=low,
            age_high=high,
        )
    return found


def _at_risk(answers: Answers, number: int) -> Reported:
    page, where = f"person.{number}", f"where.{number}"
    more, safe = f"more.{number}", f"safe-contact.{number}"
    low, high = rough_ages(answers.one(page, "age"))
    return Reported(
        name=answers.one(page, "name"),
        born=_past(typed_date(answers.page(page), "dob"), answers.today),
        age_low=low,
        age_high=high,
        address=answers.one(where, "address"),
        nhs=answers.one(more, "nhs"),
        # A shared telephone that must not be used still says whose it is.
        contact=f"{answers.one(safe, 'way')}; {answers.one(safe, 'never')}",
        place=answers.one(more, "school") or answers.one(where, "place"),
    )


def _past(day: date | None, today: date) -> date | None:
    return day if day is not None and day <= today else None
