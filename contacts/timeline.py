"""Which published version is in force when. Versions are handed in; no query here."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class Started(Protocol):
    """Anything with a start."""

    @property
    def effective_from(self) -> datetime:
        """When it starts (aware)."""


Version = TypeVar("Version", bound=Started)


def in_turn(versions: Iterable[Version]) -> list[Version]:
    """Return the versions that come into force, in order.

    They are handed in as published; of those with one start the last one published counts.
    """
    by_start = {version.effective_from: version for version in versions}
    return [by_start[start] for start in sorted(by_start)]


def in_force(versions: Iterable[Version], at: datetime) -> Version | None:
    """Return the version in force at `at` (aware); the first one before any has started."""
    ordered = in_turn(versions)
    started = [version for version in ordered if version.effective_from <= at]
    return started[-1] if started else next(iter(ordered), None)
