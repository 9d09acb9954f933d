"""The one search box: a reference, a name, a number, an address, or words of the account.

At most 500 candidates, the newest, are ranked; each part of what the person may see is read through
an index, and `visible_concerns` judges every hit. A misspelt name is looked up among the words that
occur in names, which are few however many concerns there are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

from django.contrib.postgres.search import SearchHeadline, SearchQuery, SearchRank
from django.db import connection
from django.db.models import F, Q, QuerySet, Subquery
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from concerns.access import Scope, scope_of, visible_concerns
from concerns.models import AccessGrant, Concern, SearchDocument
from concerns.selectors.queue import attach
from concerns.selectors.search_words import Typed, read_search

if TYPE_CHECKING:
    from django.contrib.postgres.search import CombinedSearchQuery

    from safeguarding_portal.accounts.models import User

    Query = SearchQuery | CombinedSearchQuery

CANDIDATES = 500
SHOWN = 30
# The newest concerns that are read one by one when the words are frequent.
WINDOW = 40_000
# Signs that no text of ours holds: the pages allow no control characters.
_START, _STOP = "\x01", "\x02"
_WORDS = """
SELECT typed, numnode(plainto_tsquery('english', typed)), ARRAY(
    SELECT word FROM concerns_nameword WHERE word %% lower(typed)
    ORDER BY similarity(word, lower(typed)) DESC, word LIMIT 8)
FROM unnest(%s::text[]) AS typed
"""


@dataclass(frozen=True)
class Hits:
    """What was found, the best first. `more`: there are others; `alike`: not spelt just so."""

    typed: Typed
    rows: list[Concern]
    more: bool = False
    alike: bool = False


def search_concerns(user: User, typed: str, now: datetime) -> Hits:
    """Find concerns that the person may see; each row has its `excerpt`, safe to show.

    Names that are only like what was typed are looked for when nothing is spelt just so.
    """
    asked = read_search(typed)
    if asked.is_empty:
        return Hits(asked, [])
    spoken, scope = _spellings(asked.words), scope_of(user, now)
    rows, alike = _ranked(user, asked, _query(asked, spoken), now, scope), False
    if not rows and any(names for _, _, names in spoken):
        rows = _ranked(user, asked, _query(asked, spoken, alike=True), now, scope)
        alike = bool(rows)
    more, rows = len(rows) > SHOWN, rows[:SHOWN]
    attach(rows, user, now)
    for row in rows:
        row.excerpt = highlighted(getattr(row, "headline", ""))  # type: ignore[attr-defined]
    rows.sort(key=lambda row: not _is_exact(row, asked))
    return Hits(asked, rows, more, alike)


def _ranked(
    user: User, asked: Typed, query: Query | None, now: datetime, scope: Scope
) -> list[Concern]:
    """Return one row more than is shown, the best first, with an excerpt of each."""
    found = visible_concerns(user, now).filter(_matches(user, asked, query, now, scope))
    found = found.select_related("owner", "team", "report")
    if query is None:
        return list(found.order_by("-pk")[: SHOWN + 1])
    ranked = found.annotate(
        rank=SearchRank(F("search_document__words"), query),
        headline=SearchHeadline(
            "search_document__text",
            query,
            config="english",
            start_sel=_START,
            stop_sel=_STOP,
            max_fragments=2,
            max_words=18,
            min_words=6,
            fragment_delimiter=" … ",
        ),
    )
    return list(ranked.order_by("-rank", "-pk")[: SHOWN + 1])


def text_condition(user: User, typed: str, now: datetime, scope: Scope) -> Q:
    """Return the filter of the queue by text: the same candidates as the search box finds."""
    asked = read_search(typed)
    if asked.is_empty:
        return Q(pk__in=[])
    return _matches(user, asked, _query(asked, _spellings(asked.words)), now, scope)


def highlighted(headline: str) -> SafeString:
    """Return an excerpt with what was found marked; everything in it is escaped first."""
    text = re.sub(r"\s*\n\s*", " · ", headline.strip())
    pieces = [*re.split(f"[{_START}{_STOP}]", text), ""]
    pairs = zip(pieces[::2], pieces[1::2], strict=False)
    shown = [(plain, format_html("<mark>{}</mark>", hit) if hit else "") for plain, hit in pairs]
    return format_html_join("", "{}{}", shown)


def _is_exact(row: Concern, asked: Typed) -> bool:
    return bool(asked.references) and row.reference.startswith(asked.references[0])


def _matches(user: User, asked: Typed, query: Query | None, now: datetime, scope: Scope) -> Q:
    by_reference = [Q(reference__startswith=item) for item in asked.references]
    by_words = [Q(pk__in=_candidates(user, query, now, scope))] if query is not None else []
    return reduce(or_, [*by_reference, *by_words])


def _candidates(
    user: User, query: Query, now: datetime, scope: Scope
) -> QuerySet[SearchDocument, int]:
    """Return the newest 500 that hold the words, among those the person may see by the document."""
    granted = AccessGrant.objects.filter(user=user, revoked_at=None, granted_at__lte=now)
    in_scope = Q(restricted=False)
    if not scope.everywhere:
        in_scope &= Q(team__in=scope.teams)
    matching = SearchDocument.objects.filter(words=query).filter(
        in_scope | Q(concern__in=granted.values("concern"))
    )
    newest = Concern.objects.order_by("-pk").values("pk")[:1]
    recent = matching.filter(concern_id__gt=Subquery(newest) - WINDOW)
    older = matching.filter(concern_id__lte=Subquery(newest) - WINDOW)
    # A frequent word is found 500 times among the newest, in the order of the key, and the rest is
    # never begun. A rare one must not be looked for in that order: the sum keeps the planner from
    # it, and the index of words answers.
    tops = [
        recent.order_by("-concern").values_list("concern", flat=True)[:CANDIDATES],
        older.order_by((F("concern_id") + 0).desc()).values_list("concern", flat=True)[:CANDIDATES],
    ]
    return tops[0].union(tops[1], all=True)[:CANDIDATES]


Spelling = tuple[str, int, list[str]]


def _query(asked: Typed, spoken: list[Spelling], *, alike: bool = False) -> Query | None:
    """Return what to look for: every code and every word, each word also as (or like) a name."""
    parts: list[Query] = [SearchQuery(code, config="simple") for code in asked.codes]
    # Words such as "the" are in no index; where nothing else was typed they may be a name ("Will").
    for word, _, names in [item for item in spoken if item[1]] or spoken:
        as_name = [SearchQuery(name, config="simple") for name in [word, *(names if alike else ())]]
        parts.append(reduce(or_, as_name, SearchQuery(word, config="english")))
    return reduce(and_, parts) if parts else None


def _spellings(words: Iterable[str]) -> list[Spelling]:
    """Return each word, whether the account's index has it at all, and the names it is like."""
    listed = list(words)
    if not listed:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [listed])
        return list(cursor.fetchall())
