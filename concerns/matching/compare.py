"""How two reported people agree, field by field, as a level from the best to the worst.

Each function is symmetric, and None when either side says nothing: that is no evidence. The same
functions make the comparison vectors from which the weights are estimated, so that the table and
the scorer cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache

import jellyfish

from concerns.matching.names import are_forms_of_one_name
from concerns.matching.normalise import (
    Identity,
    house_numbers,
    sound_of,
    with_day_and_month_swapped,
)

# Jaro-Winkler from which two words look alike: one or two letters apart in a name.
ALIKE = 0.9
SHORTEST_ALIKE = 4
_RANKS = ("equal", "variant", "alike")


def name_level(first: Identity, second: Identity) -> str | None:
    """Say how two names agree, whatever the order of their words."""
    # In a fixed order, so that the pairing is the same from either side.
    a, b = sorted((first.words, second.words))
    if not a or not b:
        return None
    pairs = _paired(a, b)
    if not pairs:
        return "different"
    if min(len(a), len(b)) == 1:
        return "single"
    if len(pairs) < min(len(a), len(b)):
        return "shared"
    if all(pair == "equal" for pair in pairs):
        return "same" if len(a) == len(b) else "variant"
    return "alike" if "alike" in pairs else "variant"


def _paired(a: tuple[str, ...], b: tuple[str, ...]) -> list[str]:
    """Pair words of two names, the best agreement first; return how each pair agrees."""
    left, right = sorted(a), sorted(b)
    found = []
    for rank in _RANKS:
        for word in list(left):
            match = next((other for other in right if _word_level(word, other) == rank), None)
            if match is not None:
                left.remove(word)
                right.remove(match)
                found.append(rank)
    return found


@cache
def _cached_word_level(a: str, b: str) -> str | None:
    if are_forms_of_one_name(a, b):
        return "variant"
    if min(len(a), len(b)) < SHORTEST_ALIKE:
        return None
    if sound_of(a) and sound_of(a) == sound_of(b):
        return "alike"
    return "alike" if jellyfish.jaro_winkler_similarity(a, b) >= ALIKE else None


def _word_level(a: str, b: str) -> str | None:
    if a == b:
        return "equal"
    return _cached_word_level(*sorted((a, b)))


def born_level(first: Identity, second: Identity) -> str | None:
    """Say how two birthdays agree, or what is known of them from rough ages."""
    if first.born and second.born:
        return _dates_level(first.born, second.born)
    if None in (first.born_from, first.born_to, second.born_from, second.born_to):
        return None
    begins = max(first.born_from, second.born_from)  # type: ignore[type-var]
    ends = min(first.born_to, second.born_to)  # type: ignore[type-var]
    return "age_fits" if begins <= ends else "age_differs"  # type: ignore[operator]


def _dates_level(a: date, b: date) -> str:
    if a == b:
        return "same"
    if with_day_and_month_swapped(a) == b:
        return "swapped"
    same = (a.day == b.day) + (a.month == b.month) + (a.year == b.year)
    return "near" if same == 2 else "different"


def address_level(first: Identity, second: Identity) -> str | None:
    """Say how two addresses agree: the home, its postcode, or the words of an area."""
    if not (first.street or first.postcode) or not (second.street or second.postcode):
        return None
    same_line = bool(first.street) and first.street == second.street
    numbers = house_numbers(first.street), house_numbers(second.street)
    if first.postcode and second.postcode:
        if first.postcode != second.postcode:
            return "different"
        is_home = same_line or (numbers[0] == numbers[1] and bool(numbers[0]))
        return "same" if is_home else "postcode"
    return _street_level(first.street, second.street, numbers, same_line=same_line)


def _street_level(
    a: str, b: str, numbers: tuple[frozenset[str], frozenset[str]], *, same_line: bool
) -> str | None:
    """Compare two addresses of which one at least lacks a postcode."""
    if not a or not b:
        return None
    if numbers[0] and numbers[1]:
        is_home = numbers[0] == numbers[1] and jellyfish.jaro_winkler_similarity(a, b) >= ALIKE
        return "same" if is_home else "different"
    words = set(a.split()) & set(b.split()) - {"road", "street", "lane", "avenue", "close", "flat"}
    return "area" if same_line or words else None


def nhs_level(first: Identity, second: Identity) -> str | None:
    """Say whether two NHS numbers, both with a right check digit, are one."""
    if not first.nhs or not second.nhs:
        return None
    return "same" if first.nhs == second.nhs else "different"


def phone_level(first: Identity, second: Identity) -> str | None:
    """Say whether any telephone number is in both; another number is weak evidence only."""
    if not first.phones or not second.phones:
        return None
    return "different" if set(first.phones).isdisjoint(second.phones) else "same"


def place_level(first: Identity, second: Identity) -> str | None:
    """Say whether school, home or workplace is the same."""
    if not first.place or not second.place:
        return None
    alike = jellyfish.jaro_winkler_similarity(first.place, second.place) >= ALIKE
    return "same" if alike else "different"


FIELDS: dict[str, Callable[[Identity, Identity], str | None]] = {
    "name": name_level,
    "born": born_level,
    "address": address_level,
    "nhs": nhs_level,
    "phone": phone_level,
    "place": place_level,
}
# From the best to the worst: a better level is never worth less (checked when weights are read).
LEVELS: dict[str, tuple[str, ...]] = {
    "name": ("same", "variant", "alike", "single", "shared", "different"),
    "born": ("same", "swapped", "near", "age_fits", "age_differs", "different"),
    "address": ("same", "postcode", "area", "different"),
    "nhs": ("same", "different"),
    "phone": ("same", "different"),
    "place": ("same", "different"),
}
# Levels at which two people agree on a field: never worth less than knowing nothing.
AGREEING = {
    "name": {"same", "variant", "alike", "single"},
    "born": {"same", "swapped", "age_fits"},
    "address": {"same", "postcode", "area"},
    "nhs": {"same"},
    "phone": {"same"},
    "place": {"same"},
}


def agreements(first: Identity, second: Identity) -> dict[str, str]:
    """Return the level of each field on which both sides say something."""
    levels = {field: compare(first, second) for field, compare in FIELDS.items()}
    return {field: level for field, level in levels.items() if level is not None}
