"""What a person leaves behind, and who sees to it: an explicit list that other rooms fill at start.

    register(Keeper(hand_over, holdings))
    hand_over(user, by, now) -> int
    holdings(user, viewer, now) -> list[Holding]

Accounts knows nothing of concerns, yet must not close an account whose concerns would then be
nobody's. So a room that lets people hold something registers a keeper in its `AppConfig.ready`,
and `leavers.deactivate` and `memberships` call every keeper in their own transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from safeguarding_portal.accounts.models import Source, User


@dataclass(frozen=True)
class By:
    """Who does something to a person's account: somebody at the screen, or a feed."""

    source: Source
    actor: User | None = None
    known_as: str = ""

    @property
    def label(self) -> str:
        """Return what an audit event says when no person did it."""
        return "" if self.actor else self.known_as or str(self.source)


@dataclass(frozen=True)
class Holding:
    """How many things of one kind a person holds, and what becomes of them, in words."""

    count: int
    words: str
    what_happens: str


@dataclass(frozen=True)
class Keeper:
    """A room in which people hold things.

    `hand_over` takes from a person what they can no longer see to, in the caller's transaction, and
    returns how much that was; `holdings` says beforehand what that would be, as far as the viewer
    may count it. Both take an aware `now`.
    """

    hand_over: Callable[[User, By, datetime], int]
    holdings: Callable[[User, User, datetime], list[Holding]]


_keepers: list[Keeper] = []


def register(keeper: Keeper) -> None:
    """Add a room, once at start."""
    if keeper not in _keepers:
        _keepers.append(keeper)


def hand_over(user: User, by: By, now: datetime) -> int:
    """Hand over what the person can no longer see to; return how much that was."""
    return sum(keeper.hand_over(user, by, now) for keeper in _keepers)


def holdings(user: User, viewer: User, now: datetime) -> list[Holding]:
    """Return what would be handed over if the person left at `now` (aware)."""
    every = (held for keeper in _keepers for held in keeper.holdings(user, viewer, now))
    return [held for held in every if held.count]
