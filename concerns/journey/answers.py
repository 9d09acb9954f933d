"""Raw answers of a draft, asked in the journey's own terms.

Raw answers are {step key: {field: [values]}}, as typed. Keys of repeated steps end in a number:
`person.2`, `worry.2`, `harm-by.1`. Nothing here raises on any JSON: an answer that makes no sense
counts as not given.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property
from typing import Any

MOST_PEOPLE = 12
UNKNOWN = "unknown"
YEARS = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
OLDEST = 130


def rough_ages(text: str) -> tuple[int | None, int | None]:
    """Read "7", "about 15", "15 to 17" into lowest and highest age; months make a baby of 0.

    A number that is no age, such as a year of birth, is left out.
    """
    found = [int(years) for years in YEARS.findall(text)][:2]
    words = text.lower()
    if ("month" in words or "week" in words) and "year" not in words:
        return (0, 2) if found else (None, None)
    found = [years for years in found if years <= OLDEST]
    return (min(found), max(found)) if found else (None, None)


def page_number(key: str) -> int | None:
    """Return the number that a page's key ends in; None when it is none we would have written."""
    number = key.partition(".")[2]
    return int(number) if re.fullmatch(r"[1-9][0-9]?", number) else None


class Answers:
    """The answers of one draft, read only, as of the local date `today`."""

    def __init__(self, raw: Any, today: date) -> None:
        self.today = today
        self.raw: dict[str, dict[str, list[str]]] = {}
        for key, page in (raw if isinstance(raw, dict) else {}).items():
            if isinstance(page, dict):
                self.raw[str(key)] = {
                    str(name): [item for item in values if isinstance(item, str)]
                    for name, values in page.items()
                    if isinstance(values, list)
                }

    def has(self, key: str) -> bool:
        """Whether the page was answered or skipped."""
        return key in self.raw

    def page(self, key: str) -> dict[str, list[str]]:
        """Return what was typed on a page."""
        return self.raw.get(key, {})

    def many(self, key: str, field: str) -> list[str]:
        """Return all values of a field."""
        return self.page(key).get(field, [])

    def one(self, key: str, field: str, default: str = "") -> str:
        """Return the value of a field, stripped."""
        values = self.many(key, field)
        return values[0].strip() or default if values else default

    def numbers(self, slug: str) -> list[int]:
        """Return the numbers under which a repeated step was answered."""
        found = {
            number
            for key in self.raw
            if key.partition(".")[0] == slug and (number := page_number(key)) is not None
        }
        return sorted(number for number in found if number <= MOST_PEOPLE)

    @cached_property
    def people(self) -> list[int]:
        """Return the numbers of the people at risk: 1, 2, ... without gaps; at least one."""
        answered = self.numbers("person")
        return list(range(1, max(answered, default=1) + 1))

    @cached_property
    def alleged(self) -> list[int]:
        """Return the numbers of those who may have caused harm; at least one is asked about."""
        return list(range(1, max(self.numbers("harm-by"), default=1) + 1))

    @cached_property
    def affected(self) -> list[int]:
        """Return the numbers of others who could be affected, as many as kinds at least."""
        kinds = [kind for kind in self.many("household", "who") if kind in AFFECTED_KINDS]
        if not kinds:
            return []
        return list(range(1, max([*self.numbers("affected"), len(kinds)]) + 1))

    def group(self, number: int) -> str:
        """Return child, unborn, adult or unknown."""
        value = self.one(f"person.{number}", "group", UNKNOWN)
        return value if value in {"child", "unborn", "adult"} else UNKNOWN

    def is_adult(self, number: int) -> bool:
        """Whether the adult pages apply: only when the reporter says adult."""
        return self.group(number) == "adult"

    def worries(self, number: int) -> set[str]:
        """Return the worries about a person; "same" stands for those about the first."""
        chosen = set(self.many(f"worry.{number}", "worry"))
        if "same" in chosen and number > 1:
            chosen = (chosen - {"same"}) | self.worries(1)
        return chosen - {"same"}

    @cached_property
    def all_worries(self) -> set[str]:
        """Return the worries about anybody."""
        return set().union(*(self.worries(number) for number in self.people))

    def relations(self, number: int) -> set[str]:
        """Return what somebody who may have caused harm is to the person."""
        return set(self.many(f"harm-by.{number}", "relation"))

    @cached_property
    def all_relations(self) -> set[str]:
        """Return every relation that was ticked."""
        return set().union(*(self.relations(number) for number in self.alleged))

    def name_of(self, number: int) -> str:
        """Return how pages call a person: never by name. "the child", or "child 2" of several."""
        group = self.group(number)
        if len(self.people) == 1:
            return f"the {WORDS[group]}" if group != UNKNOWN else "this person"
        alike = [other for other in self.people if WORDS[self.group(other)] == WORDS[group]]
        if len(alike) == 1 and group != UNKNOWN:
            return f"the {WORDS[group]}"
        return f"{WORDS[group]} {number}"


WORDS = {"child": "child", "unborn": "baby", "adult": "adult", UNKNOWN: "person"}
AFFECTED_KINDS = ("children", "pregnant", "adult")
