"""References: short, random, easy to say on the phone, forgiving to type.

Seven random characters and one check character out of 31 signs that do not look or sound alike
(no 0, 1, I, L, O). The check is a weighted sum modulo 31, a prime, with a different weight for each
place: every single wrong character and every swap of two characters is caught. Written in two
groups of four: "BX7K-Q2M4".
"""

from __future__ import annotations

import random

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH = 8


def new_reference(rng: random.Random) -> str:
    """Return a new reference. `rng` is the source of chance; give a secure one in earnest."""
    body = "".join(rng.choice(ALPHABET) for _ in range(LENGTH - 1))
    return written(body + _check(body))


def _check(body: str) -> str:
    total = sum(place * ALPHABET.index(sign) for place, sign in enumerate(body, start=2))
    return ALPHABET[-total % len(ALPHABET)]


def written(signs: str) -> str:
    """Return the eight signs as they are shown."""
    return f"{signs[:4]}-{signs[4:]}"


def normalise(typed: str) -> str:
    """Return what was probably meant: case, spaces and dashes do not matter."""
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    return written(signs) if len(signs) == LENGTH else typed.strip().upper()


def is_valid(reference: str) -> bool:
    """Whether a reference, as typed, can be one of ours."""
    signs = normalise(reference).replace("-", "")
    if len(signs) != LENGTH or any(sign not in ALPHABET for sign in signs):
        return False
    return _check(signs[:-1]) == signs[-1]


def normalise_concern(typed: str) -> str:
    """Return the reference of a concern that was probably meant: that of its report, and a number.

    Without a number the first concern of the report is meant. Empty when it can be none of ours.
    """
    signs = "".join(sign for sign in typed.upper() if sign.isalnum())
    if not LENGTH <= len(signs) <= LENGTH + 2:
        return ""
    return f"{written(signs[:LENGTH])}-{signs[LENGTH:] or 1}"


def likely_meant(typed: str) -> list[str]:
    """Return the references that one slip of the typist away from `typed` would be ours.

    One wrong sign, two signs swapped, one left out or one too many; "BX7K-Q2M4-1" counts without
    its last part. The check sign leaves a dozen of several hundred. A valid one comes back alone.
    """
    signs = "".join(sign for sign in typed.upper().rpartition("/")[2] if sign.isalnum())
    if is_valid(signs):
        return [written(signs)]
    found: dict[str, None] = {}
    for near in _one_slip(signs):
        if is_valid(near):
            found.setdefault(written(near))
    return list(found)


def _one_slip(signs: str) -> list[str]:
    """Return every text of the right length that one slip would have turned into `signs`."""
    places = range(len(signs))
    if len(signs) == LENGTH - 1:
        return [signs[:at] + sign + signs[at:] for at in range(len(signs) + 1) for sign in ALPHABET]
    if len(signs) == LENGTH + 1:
        return [signs[:at] + signs[at + 1 :] for at in places]
    if len(signs) != LENGTH:
        return []
    wrong = [signs[:at] + sign + signs[at + 1 :] for at in places for sign in ALPHABET]
    swapped = []
    for first in places:
        for second in range(first + 1, len(signs)):
            turned = list(signs)
            turned[first], turned[second] = turned[second], turned[first]
            swapped.append("".join(turned))
    return [*swapped, *wrong]
