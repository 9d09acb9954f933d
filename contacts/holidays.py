"""England's bank holidays, from the packaged `holidays` data (no network)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

import holidays

# The years that the packaged data is trusted for (SETTLED, Time and clocks).
YEARS = tuple(range(2024, 2032))


@lru_cache(maxsize=8)
def _england(years: tuple[int, ...]) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=years))


def england_holidays(years: Iterable[int] = YEARS) -> frozenset[date]:
    """Return the bank holidays of England in these years, substitute days included."""
    return _england(tuple(years))
