"""The tables of names: nicknames, spellings of one name in other alphabets, words that are none.

`data/name_groups.csv` holds one group a line, each with its note: the forms in it may stand for one
another. It was put together for this project from general knowledge of names in use in Birmingham;
it is data, for people who bear such names to correct.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

TITLES = frozenset(
    [
        "mr",
        "mrs",
        "miss",
        "ms",
        "mx",
        "dr",
        "prof",
        "sir",
        "dame",
        "lady",
        "lord",
        "rev",
        "revd",
        "fr",
        "sister",
        "master",
        "cllr",
        "pc",
        "aka",
        "nee",
    ]
)
# What people write when they do not know a name, folded.
NO_NAMES = frozenset(
    {
        "",
        "unknown",
        "not known",
        "name unknown",
        "unknown name",
        "not given",
        "not sure",
        "dont know",
        "do not know",
        "i dont know",
        "i do not know",
        "none",
        "na",
        "n a",
        "anonymous",
        "anon",
        "no name",
        "baby",
        "unborn",
        "unborn baby",
        "child",
        "tbc",
        "x",
    }
)
# Short forms in addresses; an empty one says nothing.
STREET_WORDS = {
    "rd": "road",
    "st": "street",
    "str": "street",
    "ave": "avenue",
    "av": "avenue",
    "ln": "lane",
    "dr": "drive",
    "cl": "close",
    "ct": "court",
    "cres": "crescent",
    "gdns": "gardens",
    "gro": "grove",
    "pl": "place",
    "sq": "square",
    "ter": "terrace",
    "hse": "house",
    "apt": "flat",
    "apartment": "flat",
    "no": "",
    "number": "",
    "birmingham": "",
    "bham": "",
    "england": "",
    "uk": "",
}
# Words that any school, home or workplace may have in its name, or that say what people do there.
WEAK_PLACE_WORDS = frozenset(
    [
        "the",
        "a",
        "an",
        "of",
        "and",
        "at",
        "in",
        "for",
        "care",
        "home",
        "house",
        "residential",
        "nursing",
        "school",
        "academy",
        "primary",
        "junior",
        "infant",
        "infants",
        "secondary",
        "high",
        "college",
        "nursery",
        "centre",
        "center",
        "hospital",
        "ward",
        "hostel",
        "hotel",
        "service",
        "services",
        "ltd",
        "limited",
        "support",
        "worker",
        "carer",
        "assistant",
        "teacher",
        "manager",
        "staff",
        "nurse",
        "driver",
        "works",
        "work",
        "working",
        "as",
        "volunteer",
        "coach",
        "senior",
        "deputy",
        "head",
        "council",
        "city",
        "birmingham",
    ]
)


@dataclass(frozen=True)
class NameGroup:
    """Forms of one name; the first is its main form. `kind` is nickname or spelling."""

    kind: str
    forms: tuple[str, ...]
    note: str


@cache
def name_groups() -> tuple[NameGroup, ...]:
    """Return the table, in its order."""
    with (DATA / "name_groups.csv").open(encoding="utf-8", newline="") as table:
        rows = csv.DictReader(table)
        return tuple(
            NameGroup(row["kind"], tuple(row["forms"].split()), row["note"]) for row in rows
        )


@cache
def _places() -> dict[str, frozenset[int]]:
    """Return the numbers of the groups that each form of a name stands in."""
    found: dict[str, set[int]] = {}
    for number, group in enumerate(name_groups()):
        for form in group.forms:
            found.setdefault(form, set()).add(number)
    return {form: frozenset(numbers) for form, numbers in found.items()}


@cache
def _main_forms(kind: str) -> dict[str, str]:
    """Return the main form of each form of a kind; the first group that has it counts."""
    found: dict[str, str] = {}
    for group in name_groups():
        if group.kind == kind:
            for form in group.forms:
                found.setdefault(form, group.forms[0])
    return found


def are_forms_of_one_name(first: str, second: str) -> bool:
    """Whether two folded words may be one name: Bob and Robert, Mohammed and Muhammad."""
    places = _places()
    return not places.get(first, frozenset()).isdisjoint(places.get(second, frozenset()))


def main_form(word: str) -> str:
    """Return the form under which a name is looked for: Robert for Bob, Muhammad for Maxamed."""
    long = _main_forms("nickname").get(word, word)
    return _main_forms("spelling").get(long, long)
