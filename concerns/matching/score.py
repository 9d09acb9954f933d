"""What each agreement is worth, added up, with its reasons in words.

A weight is the base-2 logarithm of how much likelier the agreement is between two reports of one
person than between reports of two (Fellegi and Sunter, 1969; the match weight of Splink). The table
is `weights.json`; `scripts/estimate_match_weights.py` estimates it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from concerns.matching.compare import AGREEING, LEVELS, agreements
from concerns.matching.normalise import Identity

TABLE = Path(__file__).parent / "weights.json"


@dataclass(frozen=True)
class Weights:
    """The table: weights and words per field and level, where a pair starts, and what is offered.

    `start` is the weight of a pair of which nothing is known; from `offer_from` on a pair is shown
    to a lead, and from `likely_from` on it is called likely.
    """

    version: str
    start: float
    offer_from: float
    likely_from: float
    weights: Mapping[str, Mapping[str, float]]
    words: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Score:
    """How likely two reports are about one person, and why, best reason first."""

    weight: float
    levels: Mapping[str, str]
    reasons: tuple[str, ...]
    is_offered: bool
    is_likely: bool


def weights_from(data: Mapping[str, Any]) -> Weights:
    """Read a table of weights.

    Raises `ValueError` when a level is missing, when a better level is worth less than a worse one,
    or when an agreement is worth less than knowing nothing: then one more agreement could count
    against a pair.
    """
    for field, levels in LEVELS.items():
        rows = data["fields"][field]
        worth = [rows[level]["weight"] for level in levels if level in rows]
        if len(worth) != len(levels) or worth != sorted(worth, reverse=True):
            raise ValueError(f"The levels of '{field}' must all be there, the best worth the most.")
        if any(rows[level]["weight"] < 0 for level in AGREEING[field]):
            raise ValueError(f"An agreement on '{field}' must not count against a pair.")
    return Weights(
        version=data["version"],
        start=data["start"],
        offer_from=data["offer_from"],
        likely_from=data["likely_from"],
        weights={
            field: {level: row["weight"] for level, row in rows.items()}
            for field, rows in data["fields"].items()
        },
        words={
            field: {level: row["words"] for level, row in rows.items()}
            for field, rows in data["fields"].items()
        },
    )


@cache
def current_weights() -> Weights:
    """Return the table that is shipped."""
    return weights_from(json.loads(TABLE.read_text(encoding="utf-8")))


def score(first: Identity, second: Identity, table: Weights | None = None) -> Score:
    """Score a pair; symmetric, and never lower for one more agreement."""
    used = table or current_weights()
    levels = agreements(first, second)
    worth = {field: used.weights[field][level] for field, level in levels.items()}
    total = used.start + sum(worth[field] for field in LEVELS if field in worth)
    order = sorted(levels, key=lambda field: (-worth[field], field))
    return Score(
        weight=round(total, 2),
        levels=levels,
        reasons=tuple(used.words[field][levels[field]] for field in order),
        is_offered=total >= used.offer_from and bool(levels),
        is_likely=total >= used.likely_from,
    )
