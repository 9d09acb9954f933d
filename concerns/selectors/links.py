"""Which concerns belong together, as far as one reader may know. One statement for any number.

Everything is drawn from concerns that the reader may see. A tie that runs through a record they may
not see does not exist for them: not as a line, not as a count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import combinations
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    Q,
    QuerySet,
)

from concerns.access import visible_concerns
from concerns.matching.linking import REPEAT_WITHIN
from concerns.models import Concern, ConcernLink, Involvement

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

MOST_SHOWN = 100
PERSON_KINDS = {
    "same_person": "Same person at risk",
    "same_alleged": "Same person who may have caused harm",
    "named_in_both": "Same person, named in both",
}
KINDS = {"report": "Same report", **PERSON_KINDS, **dict(ConcernLink.Kind.choices)}


@dataclass(frozen=True)
class LinkedConcern:
    """A concern in few words, for a list and a picture."""

    pk: int
    reference: str
    group: str
    priority: int
    state: str
    received_at: datetime

    @property
    def group_words(self) -> str:
        """Return child, adult at risk or neither."""
        return Concern.Group(self.group).label

    @property
    def state_words(self) -> str:
        """Return the state in words."""
        return Concern.State(self.state).label


@dataclass
class LinkGraph:
    """Concerns and the ties between them: {(smaller id, larger id): kinds}.

    `suggested` are concerns that the rules would link, `maybe` (for the graph of one concern) those
    in which a person may be one of its people; both wait for a lead.
    """

    concerns: dict[int, LinkedConcern] = field(default_factory=dict)
    ties: dict[tuple[int, int], list[str]] = field(default_factory=dict)
    suggested: set[int] = field(default_factory=set)
    maybe: set[int] = field(default_factory=set)

    def tie(self, a: int, b: int, kind: str) -> None:
        """Tie two concerns that the reader may see; anything else is passed over."""
        if a != b and a in self.concerns and b in self.concerns:
            kinds = self.ties.setdefault((min(a, b), max(a, b)), [])
            if kind not in kinds:
                kinds.append(kind)

    def linked_to(self, concern_id: int) -> list[tuple[LinkedConcern, list[str]]]:
        """Return the concerns tied to one, the newest first, each with how."""
        found = [
            (self.concerns[a if b == concern_id else b], kinds)
            for (a, b), kinds in self.ties.items()
            if concern_id in (a, b)
        ]
        return sorted(found, key=lambda item: (item[0].received_at, item[0].pk), reverse=True)

    def repeats(self, concern_id: int) -> list[LinkedConcern]:
        """Return the earlier concerns about the same person at risk, within 12 months."""
        own = self.concerns.get(concern_id)
        return [
            other
            for other, kinds in self.linked_to(concern_id)
            if own is not None
            and "same_person" in kinds
            and (other.received_at, other.pk) < (own.received_at, own.pk)
            and own.received_at - other.received_at <= REPEAT_WITHIN
        ]


@dataclass(frozen=True)
class LinkMarks:
    """What a row of the queue says: concerns linked to it, earlier ones about the same person."""

    linked: int
    repeats: int


def link_marks(
    concern_ids: Collection[int], user: User, now: datetime, seen: QuerySet[Concern] | None = None
) -> dict[int, LinkMarks]:
    """Return the marks of each concern, in one statement; only what the reader may see counts.

    `seen`: what the reader may see, where the caller has it at hand.
    """
    graph = link_graph(concern_ids, user, now, seen)
    return {pk: LinkMarks(len(graph.linked_to(pk)), len(graph.repeats(pk))) for pk in concern_ids}


def link_graph(
    concern_ids: Collection[int], user: User, now: datetime, seen: QuerySet[Concern] | None = None
) -> LinkGraph:
    """Return the concerns tied to these and their ties, as the reader may know them."""
    ids = list(concern_ids)
    graph = LinkGraph()
    if not ids:
        return graph
    visible = visible_concerns(user, now) if seen is None else seen
    rows = _rows(ids, visible.order_by())
    for tag, _, _, _, pk, *words in rows:
        if tag != "pair":
            graph.concerns[pk] = LinkedConcern(pk, *words)
    parts: dict[int, list[tuple[int, str]]] = {}
    for tag, a, _, kind, pk, *_ in rows:
        if tag == "key":
            parts.setdefault(a, []).append((pk, kind))
        elif tag == "link":
            graph.tie(a, pk, kind)
        elif tag in {"suggested", "maybe"} and a in graph.concerns:
            getattr(graph, tag).add(pk)
    _tie_reports(graph, rows)
    for group in _visible_groups(parts, [(row[1], row[2]) for row in rows if row[0] == "pair"]):
        _tie_person(graph, [place for root in group for place in parts[root]])
    return graph


def _tie_reports(graph: LinkGraph, rows: Iterable[tuple[Any, ...]]) -> None:
    by_report: dict[int, list[int]] = {}
    for tag, report_id, _, _, pk, *_ in rows:
        if tag == "report":
            by_report.setdefault(report_id, []).append(pk)
    for concerns in by_report.values():
        for a, b in combinations(sorted(set(concerns)), 2):
            graph.tie(a, b, "report")


def _tie_person(graph: LinkGraph, places: list[tuple[int, str]]) -> None:
    """Tie every two concerns in which one person has a part, by what they are in both."""
    parts: dict[int, set[str]] = {}
    for concern_id, part in places:
        parts.setdefault(concern_id, set()).add(part)
    for a, b in combinations(sorted(parts), 2):
        both = parts[a] & parts[b]
        if Involvement.Part.SUBJECT in both:
            graph.tie(a, b, "same_person")
        elif Involvement.Part.ALLEGED in both:
            graph.tie(a, b, "same_alleged")
        else:
            graph.tie(a, b, "named_in_both")


def _visible_groups(
    parts: dict[int, list[tuple[int, str]]], pairs: Iterable[tuple[int, int]]
) -> list[set[int]]:
    """Return who is one person by pairs of which the reader may see both sides."""
    groups = {root: {root} for root in parts}
    for left, right in pairs:
        if left in groups and right in groups and groups[left] is not groups[right]:
            joined = groups[left] | groups[right]
            groups.update(dict.fromkeys(joined, joined))
    unique = {id(group): group for group in groups.values()}
    return list(unique.values())


# Text and not a queryset: six parts with the same visibility each take Django longer to write than
# PostgreSQL to answer, on every page of the queue. The visibility itself is `access`'s, whole.
_ENDS = """
WITH asked AS (SELECT unnest(%s::bigint[]) AS id),
people AS (
    SELECT DISTINCT person_id FROM concerns_matchkey
    WHERE concern_id IN (SELECT id FROM asked) AND person_id IS NOT NULL
),
roots AS (SELECT root_id FROM concerns_matchkey WHERE concern_id IN (SELECT id FROM asked)),
ends AS (
    SELECT 'report' AS tag, report_id AS a, '' AS kind, id AS concern_id FROM concerns_concern
    WHERE report_id IN (SELECT report_id FROM concerns_concern JOIN asked USING (id))
    UNION ALL
    SELECT 'key', root_id, part, concern_id FROM concerns_matchkey
    WHERE person_id IN (SELECT person_id FROM people)
    UNION ALL
    SELECT CASE state WHEN 'linked' THEN 'link' ELSE 'suggested' END, first_id, kind, second_id
    FROM concerns_concernlink
    WHERE first_id IN (SELECT id FROM asked) AND ended_at IS NULL
      AND state IN ('linked', 'suggested')
    UNION ALL
    SELECT CASE state WHEN 'linked' THEN 'link' ELSE 'suggested' END, second_id, kind, first_id
    FROM concerns_concernlink
    WHERE second_id IN (SELECT id FROM asked) AND ended_at IS NULL
      AND state IN ('linked', 'suggested')
    UNION ALL
    SELECT 'maybe', %s, '', other.concern_id FROM concerns_matchcandidate candidate
    JOIN concerns_matchkey other ON other.root_id = candidate.right_id
    WHERE %s AND candidate.state = 'open' AND candidate.left_id IN (SELECT root_id FROM roots)
    UNION ALL
    SELECT 'maybe', %s, '', other.concern_id FROM concerns_matchcandidate candidate
    JOIN concerns_matchkey other ON other.root_id = candidate.left_id
    WHERE %s AND candidate.state = 'open' AND candidate.right_id IN (SELECT root_id FROM roots)
)
SELECT tag, a, NULL::bigint, kind, found.id, reference, "group", priority, state, received_at
FROM ends JOIN concerns_concern found ON found.id = ends.concern_id
WHERE found.id IN (:visible)
UNION ALL
SELECT 'pair', left_id, right_id, '', NULL, '', '', NULL, '', NULL
FROM concerns_matchcandidate JOIN concerns_matchkey one ON one.id = left_id
WHERE state = 'confirmed' AND one.person_id IN (SELECT person_id FROM people)
"""


def _rows(ids: list[int], seen: QuerySet[Concern]) -> list[tuple[Any, ...]]:
    """Return (tag, a, b, kind, concern, reference, group, priority, state, received) in one go.

    report: a is the report; key: a is the root, kind its part; link, suggested and maybe: a is the
    concern at the other end; pair: a and b are roots, and there is no concern. Who may be one of
    the people is asked of one concern only.
    """
    try:
        visible, values = seen.values("pk").query.sql_with_params()
    except EmptyResultSet:
        return []
    alone = len(ids) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            _ENDS.replace(":visible", visible), [ids, ids[0], alone, ids[0], alone, *values]
        )
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


@dataclass(frozen=True)
class LinkRow:
    """One suggested, parked, made or refused link, with the concern at its other end."""

    link: ConcernLink
    other: Concern


def links_of(concern: Concern, user: User, now: datetime) -> list[LinkRow]:
    """Return what was suggested and decided about a concern and others that the reader may see."""
    seen = visible_concerns(user, now)
    links = (
        ConcernLink.objects.filter(
            Q(first=concern, second__in=seen) | Q(second=concern, first__in=seen), ended_at=None
        )
        .select_related("first", "second", "made_by")
        .order_by("-made_at", "-pk")[:MOST_SHOWN]
    )
    return [
        LinkRow(link, link.second if link.first_id == concern.pk else link.first) for link in links
    ]


def visible_link(pk: int, concern: Concern, user: User, now: datetime) -> LinkRow | None:
    """Return the link in force that took the place of this one (or is it), if both ends are seen.

    An old address, or one that somebody decided upon meanwhile, leads to what stands now.
    """
    asked = ConcernLink.objects.filter(pk=pk).values_list("first_id", "second_id", "kind").first()
    return next(
        (
            row
            for row in links_of(concern, user, now)
            if (row.link.first_id, row.link.second_id, row.link.kind) == asked
        ),
        None,
    )


def link_history(link: ConcernLink) -> list[ConcernLink]:
    """Return what was said of these two concerns and what they have in common, newest first."""
    rows = ConcernLink.objects.filter(first=link.first_id, second=link.second_id, kind=link.kind)
    return list(rows.select_related("made_by"))
