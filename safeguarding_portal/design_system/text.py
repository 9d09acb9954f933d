"""What a person typed, made safe to keep without losing a word of it."""

from __future__ import annotations

import re
import unicodedata

# Word, Teams and old mail put these where a line ends; a reader sees a line break.
_LINE_BREAKS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
# Control characters other than tab and line breaks, and halves of broken characters: they cannot
# be shown, and PostgreSQL refuses some of them. Joiners and direction marks stay: emoji and
# right-to-left names need them.
_HIDDEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def one_kind_of_line_break(text: str) -> str:
    """Return the text with every kind of line break as one line feed, as browsers count it."""
    return _LINE_BREAKS.sub("\n", text)


def without_hidden(text: str) -> str:
    """Return the text without characters that cannot be shown or kept (CONTENT, other errors)."""
    return _HIDDEN.sub("", text)


def sentence_case(words: str) -> str:
    """Return the words with a capital first letter, the rest as it was."""
    return words[:1].upper() + words[1:]


def is_blank(text: str) -> bool:
    """Say whether the text shows nothing: white space, joiners and direction marks only."""
    return all(
        character.isspace() or unicodedata.category(character) in {"Cf", "Cc"} for character in text
    )
