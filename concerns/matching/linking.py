"""When two concerns may belong together, as a table of readable rules.

Each row: what is suggested, the words that say why, and the condition on the two. Pure; the lead
decides. Windows from issue 3 of this project, section 7: choices of the council, not law.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from concerns.matching.accounts import are_near_identical
from concerns.matching.names import main_form

DUPLICATE_WITHIN = timedelta(days=14)
REPEAT_WITHIN = timedelta(days=365)


@dataclass(frozen=True)
class Side:
    """One concern, as far as a link is judged by it: of the person at risk, or of one named."""

    received_at: datetime
    is_open: bool
    is_child: bool
    categories: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()
    home: str = ""
    place: str = ""
    account: tuple[int, ...] = ()


@dataclass(frozen=True)
class LinkRule:
    """One row: `applies(newer, older, may be the same person)`."""

    kind: str
    words: str
    applies: Callable[[Side, Side, bool], bool]


def _near_in_time(a: Side, b: Side) -> bool:
    return abs(a.received_at - b.received_at) <= DUPLICATE_WITHIN


def _same_worry(a: Side, b: Side, same: bool) -> bool:
    return same and b.is_open and _near_in_time(a, b) and bool(a.categories & b.categories)


def _same_account(a: Side, b: Side, same: bool) -> bool:
    return b.is_open and are_near_identical(list(a.account), list(b.account))


def _same_home(a: Side, b: Side, same: bool) -> bool:
    return bool(a.home) and a.home == b.home and not same


def _siblings(a: Side, b: Side, same: bool) -> bool:
    share = {main_form(word) for word in a.words} & {main_form(word) for word in b.words}
    return _same_home(a, b, same) and a.is_child and b.is_child and bool(share)


def _same_place(a: Side, b: Side, same: bool) -> bool:
    return bool(a.place) and a.place == b.place and not same


# The first row of a kind that applies gives the words; siblings are no mere household.
LINK_RULES = (
    LinkRule(
        "duplicate", "The account is nearly the same, and that concern is open", _same_account
    ),
    LinkRule(
        "duplicate",
        "It may be the same person with the same worry, within 14 days, and that concern is open",
        _same_worry,
    ),
    LinkRule("siblings", "Two children of one name at the same address", _siblings),
    LinkRule("household", "The same address", _same_home),
    LinkRule("setting", "The same school, care home or workplace", _same_place),
)


def suggested_links(newer: Side, older: Side, *, may_be_same: bool) -> Iterator[LinkRule]:
    """Yield the rules by which a newer concern may belong to an older one, one for each kind.

    Two people who may be one are no household, no siblings and no setting: they are one person.
    """
    seen: set[str] = set()
    for rule in LINK_RULES:
        if rule.kind not in seen and rule.applies(newer, older, may_be_same):
            seen |= {rule.kind, "household"} if rule.kind == "siblings" else {rule.kind}
            yield rule
