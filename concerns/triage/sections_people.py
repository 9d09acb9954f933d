"""The sections "people" and "links" of a concern's page, and the picture of its links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.models import Concern, ConcernLink, Involvement, MatchCandidate
from concerns.selectors.links import KINDS, LinkedConcern, LinkGraph, link_graph, links_of
from concerns.selectors.people import Match, person_matches, with_people
from safeguarding_portal.audit.services import record_view

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

WAITING = (MatchCandidate.State.OPEN, MatchCandidate.State.PARKED)
# The picture: measures in its own units, one row for each linked concern.
ROW, TOP, WIDTH, MOST_DRAWN = 56, 8, 320, 12


@dataclass(frozen=True)
class Elsewhere:
    """What the other concerns say about this one, in one look."""

    same_report: list[LinkedConcern]
    linked: int
    repeats: list[LinkedConcern]
    suggested: int
    maybe: int


def elsewhere(concern: Concern, user: User, now: datetime) -> Elsewhere:
    """Return what a lead should know of other concerns before reading on, in one statement."""
    graph = link_graph([concern.pk], user, now)
    tied = graph.linked_to(concern.pk)
    known = {other.pk for other, _ in tied}
    return Elsewhere(
        same_report=[other for other, kinds in tied if "report" in kinds],
        linked=sum("report" not in kinds for _, kinds in tied),
        repeats=graph.repeats(concern.pk),
        suggested=len(graph.suggested - known),
        maybe=len(graph.maybe - known),
    )


@dataclass(frozen=True)
class PersonRow:
    """One person of the concern, with who they may be, are, and are not elsewhere."""

    person: Involvement
    waiting: list[Match]
    confirmed: list[Match]
    rejected: list[Match]


def people_section(concern: Concern, user: User, now: datetime) -> dict[str, Any]:
    """Return everybody in the concern with their matches; a person is shown theirs once."""
    with_people(concern)
    matches = person_matches(concern, user, now)
    if matches.shown:
        shown = {place.reference for match in matches.shown for place in match.places}
        record_view("match.listed", actor=user, shown=sorted(shown))
    by_root: dict[int, list[Match]] = {}
    for match in matches.shown:
        by_root.setdefault(match.root_id, []).append(match)
    rows = []
    for person in concern.involvements.all():
        root = person.match_key.root_id if hasattr(person, "match_key") else None
        mine = by_root.pop(root, []) if root is not None else []
        rows.append(_row(person, mine))
    return {"people": rows, "ask": matches.ask}


def _row(person: Involvement, matches: list[Match]) -> PersonRow:
    def having(*states: str) -> list[Match]:
        return [match for match in matches if match.candidate.state in states]

    return PersonRow(
        person,
        having(*WAITING),
        having(MatchCandidate.State.CONFIRMED),
        having(MatchCandidate.State.REJECTED),
    )


@dataclass(frozen=True)
class Drawn:
    """One linked concern in the picture: its box, and the line to it."""

    other: LinkedConcern
    kinds: str
    y: int
    middle: int


def links_section(concern: Concern, user: User, now: datetime) -> dict[str, Any]:
    """Return the concerns that belong to this one, as a list and as a picture of the same."""
    graph = link_graph([concern.pk], user, now)
    rows = links_of(concern, user, now)
    tied = [(other, kind_words(kinds)) for other, kinds in graph.linked_to(concern.pk)]
    return {
        "tied": tied,
        "picture": picture(tied),
        "repeats": graph.repeats(concern.pk),
        "among": _among(graph, concern.pk),
        "suggested": [
            row
            for row in rows
            if row.link.state in (ConcernLink.State.SUGGESTED, ConcernLink.State.PARKED)
        ],
        "decided": [
            row
            for row in rows
            if row.link.state in (ConcernLink.State.LINKED, ConcernLink.State.REJECTED)
        ],
    }


def kind_words(kinds: list[str]) -> str:
    """Return what two concerns have in common, in words."""
    return ", ".join(words.lower() for slug, words in KINDS.items() if slug in kinds)


def _among(graph: LinkGraph, concern_id: int) -> list[tuple[LinkedConcern, LinkedConcern, str]]:
    """Return the ties between the linked concerns themselves."""
    return [
        (graph.concerns[a], graph.concerns[b], kind_words(kinds))
        for (a, b), kinds in graph.ties.items()
        if concern_id not in (a, b)
    ]


def picture(tied: list[tuple[LinkedConcern, str]]) -> dict[str, Any]:
    """Return where each box of the picture stands; the list holds what no longer fits."""
    drawn = [
        Drawn(other, kinds, y=TOP + ROW * number, middle=TOP + ROW * number + ROW // 2 - 4)
        for number, (other, kinds) in enumerate(tied[:MOST_DRAWN])
    ]
    height = TOP + ROW * len(drawn)
    return {
        "boxes": drawn,
        "width": WIDTH,
        "height": height,
        "middle": height // 2,
        "left_out": len(tied) - len(drawn),
    }
