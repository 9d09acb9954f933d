"""Searching the policies in force, by PostgreSQL's full text search."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.search import SearchQuery, SearchQueryCombinable, SearchRank
from django.db.models import F
from django.urls import reverse

from policies.models import Section
from policies.selectors import policies_in_force
from policies.states import versions_in_force_ids
from policies.text.markdown import plain
from safeguarding_portal.search.hits import Hit, TextPart, marked, search_words

MOST_HITS = 20
_BEFORE, _LENGTH = 60, 240


def search(query: str, now: datetime) -> list[Hit]:
    """Return the sections in force at `now` (aware) that fit, the best first.

    Words count in any form ("neglected" finds "neglect"), and by their beginning. While nothing
    has been published, the shipped text is searched by the words' beginnings.
    """
    words = search_words(query)
    if not words:
        return []
    version_ids = versions_in_force_ids(now)
    if not version_ids:
        return _search_shipped(words, now)
    wanted = _query(query, words)
    rows = (
        Section.objects.filter(version__in=version_ids, search=wanted)
        .annotate(rank=SearchRank(F("search"), wanted))
        .select_related("version__document")
        .order_by("-rank", "version__document__position", "position")[:MOST_HITS]
    )
    stems = [_stem(word) for word in words]
    hits = (
        Hit(
            title=marked(row.text.heading, stems),
            url=reverse("policies:section", args=[row.version.document.slug, row.anchor]),
            parts=excerpt(plain(row.body), stems),
            kind=row.version.document.title,
        )
        for row in rows
    )
    return [hit for hit in hits if _shows(hit)]


def _query(query: str, words: list[str]) -> SearchQueryCombinable:
    """Return the question to PostgreSQL: the words in any form, or all of them as beginnings."""
    in_any_form = SearchQuery(query, config="english", search_type="websearch")
    if not all(word.isalnum() for word in words):
        return in_any_form
    begins = " & ".join(f"{word}:*" for word in words)
    return in_any_form | SearchQuery(begins, config="english", search_type="raw")


def _shows(hit: Hit) -> bool:
    """Whether a reader can see why it was found: to the dictionary, "police" is "policy" too."""
    return any(part.is_hit for part in (*hit.title, *hit.parts))


def _search_shipped(words: list[str], now: datetime) -> list[Hit]:
    hits = []
    for document in policies_in_force(now).documents:
        for section in document.sections:
            text = plain(section.body)
            parts = f"{section.heading} {text}".casefold().split()
            if all(any(part.startswith(word) for part in parts) for word in words):
                title = marked(section.heading, words)
                hits.append(Hit(title, section.url, excerpt(text, words), document.title))
    return hits[:MOST_HITS]


def excerpt(text: str, stems: list[str]) -> tuple[TextPart, ...]:
    """Return the text around the first word that fits, with the words marked."""
    first = next(iter(marked(text, stems)), TextPart("", False))
    before = "" if first.is_hit else first.text
    start = max(len(before) - _BEFORE, 0) if len(before) < len(text) else 0
    start = text.rfind(" ", 0, start) + 1 if start else 0
    end = min(start + _LENGTH, len(text))
    piece = text[start:end].rsplit(" ", 1)[0] if end < len(text) else text[start:]
    shown = f"{'… ' if start else ''}{piece}{' …' if end < len(text) else ''}"
    return marked(shown, stems)


def _stem(word: str) -> str:
    """Return the word without a common ending, to mark what full text search found."""
    for ending in ("ing", "ies", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word
