"""England's bank holidays, from the packaged `holidays` data (no network)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
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


def holidays_known_until() -> date:
    """Return the last day of the last year whose bank holidays are known."""
    return date(max(YEARS), 12, 31)


def holidays_run_out(today: date) -> bool:
    """Whether the known bank holidays end within a year of `today` (a day in London)."""
    return holidays_known_until() < today + timedelta(days=365)
