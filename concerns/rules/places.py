"""Which council is concerned: where a child lives and is found, where an adult was harmed (R20)."""

from __future__ import annotations

import re

from concerns.rules.case import Case

HOME = "birmingham"
SOLIHULL = "solihull"
TITLES = re.compile(r"\b(city|county|borough|metropolitan|mbc|council|of)\b")


def area(text: str) -> str:
    """Return a council area in one spelling: "Dudley Metropolitan Borough Council" is "dudley"."""
    return " ".join(TITLES.sub(" ", text.lower()).split())


def found_in(case: Case) -> str:
    """Return the authority to which a child is reported first: where found, else where living."""
    return area(case.person.found_in) or area(case.person.lives_in) or HOME


def authorities(case: Case) -> tuple[str, ...]:
    """Return the child authorities to tell, the first one first.

    Where the child is found comes first; where they live is told too. Not known: Birmingham.
    """
    home = area(case.person.lives_in)
    return tuple(dict.fromkeys(place for place in (found_in(case), home) if place))


def is_found_unknown(case: Case) -> bool:
    """Whether a child lives elsewhere and nobody knows where they are now."""
    return area(case.person.found_in) == "" and HOME not in authorities(case)


def was_harmed_elsewhere(case: Case) -> bool:
    """Whether an adult was harmed outside Birmingham, as far as is known."""
    return area(case.person.abuse_in) not in {"", HOME}
