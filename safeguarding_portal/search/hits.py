"""What a search finds, ready to show with the words that fit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

MOST_WORDS = 8
SHORTEST_WORD = 2
# A section's number is one word: 6.1.
_WORD = re.compile(r"[\w’']+(?:\.\w+)*")


@dataclass(frozen=True)
class TextPart:
    """A run of text; `is_hit` marks the words that were looked for."""

    text: str
    is_hit: bool


@dataclass(frozen=True)
class Hit:
    """One thing found: its title, where it leads, the text around the words, and what it is."""

    title: tuple[TextPart, ...]
    url: str
    parts: tuple[TextPart, ...]
    kind: str
    number: str = ""
    dial: str = ""


def search_words(query: str) -> list[str]:
    """Return the words to look for, in lower case; at most eight."""
    words = [word.casefold() for word in _WORD.findall(query)]
    return [word for word in words if len(word) >= SHORTEST_WORD][:MOST_WORDS]


def marked(text: str, words: Iterable[str]) -> tuple[TextPart, ...]:
    """Return the text cut so that words beginning with one of `words` are hits."""
    wanted = [re.escape(word) for word in words]
    if not wanted:
        return (TextPart(text, False),)
    pattern = re.compile(rf"\b((?:{'|'.join(wanted)})\w*)", re.IGNORECASE)
    pieces = pattern.split(text)
    return tuple(TextPart(piece, place % 2 == 1) for place, piece in enumerate(pieces) if piece)
