"""Taking words out of a text for good, and finding the words that may have to go.

What is taken out is cut from the text itself: nothing lies under a mark. Letter case makes no
difference, but for a name that is an ordinary word too ("will", "rose"), which is cut as written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

import phonenumbers

from concerns.matching.names import DATA, TITLES, are_forms_of_one_name
from concerns.matching.normalise import fold, nhs_number

GAP = "[taken out]"
# Fewer are a year or an age, not a telephone number.
FEWEST_DIGITS = 9
_TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]{2,})*")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s{0,2}[0-9][A-Z]{2}\b", re.IGNORECASE)
_TEN_DIGITS = re.compile(r"\b\d{3}[ -]?\d{3}[ -]?\d{4}\b")
# They show nothing, and would hide a name from the search for it.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")


def _words(file: str) -> frozenset[str]:
    lines = (DATA / file).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


ORDINARY, RELATIONS = _words("ordinary_words.txt"), _words("relations.txt")


def readable(text: str) -> str:
    """Return the text in one form of Unicode, without signs that show nothing inside words."""
    return unicodedata.normalize("NFC", _UNSEEN.sub("", text))


def _places(text: str, words: str) -> list[tuple[int, int]]:
    parts = readable(words).split()
    if not parts:
        return []
    body = r"\s+".join(re.escape(part) for part in parts)
    left = r"(?<!\w)" if parts[0][0].isalnum() else ""
    right = r"(?!\w)" if parts[-1][-1].isalnum() else ""
    is_ordinary = len(parts) == 1 and fold(parts[0]) in ORDINARY
    found = re.finditer(left + body + right, text, 0 if is_ordinary else re.IGNORECASE)
    return [match.span() for match in found]


def stands_in(text: str, words: str) -> bool:
    """Whether the words stand in the text, as whole words, whatever the blanks between them."""
    return bool(_places(readable(text), words))


def take_out(text: str, phrases: Iterable[str]) -> str:
    """Return the text without the phrases; each stretch that is cut leaves one gap."""
    return "".join(kept + (GAP if cut else "") for kept, cut in pieces_of(text, phrases))


def pieces_of(text: str, phrases: Iterable[str]) -> list[tuple[str, str]]:
    """Return the text in pairs: what is kept, and what is cut after it.

    Phrases that overlap are cut together, so that no end of one stays behind.
    """
    text = readable(text)
    spans = sorted(span for words in phrases for span in _places(text, words))
    pieces, at = [], 0
    for start, end in _joined(spans, text):
        pieces.append((text[at:start], text[start:end]))
        at = end
    return [*pieces, (text[at:], "")]


def _joined(spans: list[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """Join spans that overlap, or have nothing but blanks between them on one line."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        between = text[joined[-1][1] : start] if joined else "x"
        if joined and (start <= joined[-1][1] or (not between.strip() and "\n" not in between)):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def names_in(text: str, others: Iterable[str], own: Iterable[str]) -> list[str]:
    """Return the words of a text that are names of others, their other forms included.

    A word that is the person's own name too (a family's surname) is not among them.
    """
    mine = {word for name in own for word in fold(name).split()}
    wanted = {word for name in others for word in _name_words(name)} - mine
    found: dict[str, str] = {}
    for token in dict.fromkeys(_TOKEN.findall(readable(text))):
        folded = fold(token)
        if not folded or folded in mine or (token.islower() and folded in ORDINARY):
            continue
        if folded in wanted or any(are_forms_of_one_name(folded, word) for word in wanted):
            # One row for one name: only an ordinary word is cut as written.
            found.setdefault(token if folded in ORDINARY else token.casefold(), token)
    return list(found.values())


def _name_words(name: str) -> set[str]:
    tokens = _TOKEN.findall(readable(name))
    capital = [token for token in tokens if token[0].isupper()]
    words = {fold(token) for token in (capital or tokens)}
    return {word for word in words if len(word) > 1 and word not in TITLES | RELATIONS}


def contacts_in(text: str, own: str, public: frozenset[str] = frozenset()) -> list[str]:
    """Return telephone and NHS numbers, e-mail addresses and postcodes that are not the person's.

    `own` is all that they gave of themselves; `public` holds numbers that anybody may know, as
    digits.
    """
    text = readable(text)
    found = [match[0] for match in _EMAIL.finditer(text)]
    found += [match[0] for match in _POSTCODE.finditer(text)]
    found += [match[0] for match in _TEN_DIGITS.finditer(text) if nhs_number(match[0])]
    leniency = phonenumbers.Leniency.POSSIBLE
    phones = phonenumbers.PhoneNumberMatcher(text, "GB", leniency=leniency)
    found += [match.raw_string for match in phones if _digits(match.raw_string) >= FEWEST_DIGITS]
    mine = squeezed(own)
    return [
        words
        for words in dict.fromkeys(found)
        if squeezed(words) not in mine and squeezed(words) not in public
    ]


def _digits(text: str) -> int:
    return sum(sign.isdigit() for sign in text)


def squeezed(text: str) -> str:
    """Return a text without blanks and dashes, in small letters, for comparing numbers."""
    return re.sub(r"[\s()-]", "", text).casefold()
