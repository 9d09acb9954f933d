"""Whether two accounts say the same, without keeping a second copy of them.

A print is a handful of numbers (MinHash over runs of three words: Broder, 1997). The share of
numbers that two prints have in common estimates how much of their words is the same.
"""

from __future__ import annotations

from hashlib import blake2b

from concerns.matching.normalise import MOST_CHARS, fold

PRINTS = 16
RUN = 3
FEWEST_RUNS = 6
# Share of equal numbers from which two accounts are near-identical.
NEAR_IDENTICAL = 0.6


def account_print(text: str) -> list[int]:
    """Return the print of an account; empty when it is too short to tell it from others."""
    words = [
        word
        for start in range(0, len(text), MOST_CHARS)
        for word in fold(text[start : start + MOST_CHARS]).split()
    ]
    runs = {" ".join(words[at : at + RUN]).encode() for at in range(len(words) - RUN + 1)}
    if len(runs) < FEWEST_RUNS:
        return []
    return [min(_hashed(run, seed) for run in runs) for seed in range(PRINTS)]


def _hashed(run: bytes, seed: int) -> int:
    digest = blake2b(run, digest_size=4, salt=bytes([seed])).digest()
    return int.from_bytes(digest, "big", signed=True)


def likeness(first: list[int], second: list[int]) -> float:
    """Return the share of equal numbers of two prints, from 0 to 1; 0 when either is empty."""
    if not first or not second:
        return 0.0
    return sum(a == b for a, b in zip(first, second, strict=False)) / PRINTS


def are_near_identical(first: list[int], second: list[int]) -> bool:
    """Whether two accounts say nearly the same in nearly the same words."""
    return likeness(first, second) >= NEAR_IDENTICAL
