"""Text as the search reads it: the same words for what is kept and for what is typed. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from concerns.rules.reference import LENGTH, likely_meant
from safeguarding_portal.design_system.text import without_hidden

# More words than anybody types; a pasted page is cut, and says so on the page.
MAX_WORDS = 12
MAX_WORD = 60
_NUMBER = re.compile(r"\+?\(?\d(?:[ ()-]*\d){6,14}")
_POSTCODE = re.compile(r"\b([A-Za-z]{1,2}\d[A-Za-z\d]?) ?(\d[A-Za-z]{2})\b")
_REFERENCE = re.compile(r"(?i)\b([A-Z\d]{3,5}[ -]?[A-Z\d]{3,5})(?:-\d{1,2})?\b")


def _number(found: str) -> str:
    """Return a phone or NHS number in one way of writing: digits only, +44 as 0."""
    digits = re.sub(r"\D", "", found.replace("(0)", ""))
    if found.lstrip("(").startswith("+44"):
        return f"0{digits[2:]}"
    return f"0{digits[4:]}" if digits.startswith("0044") else digits


def codes_in(text: str) -> list[str]:
    """Return the numbers and postcodes of a text, each in one way of writing, without repeats."""
    numbers = [_number(match.group()) for match in _NUMBER.finditer(text)]
    postcodes = [(one + two).lower() for one, two in _POSTCODE.findall(text)]
    return list(dict.fromkeys([*numbers, *postcodes]))


@dataclass(frozen=True)
class Typed:
    """What was typed into the search box, taken apart."""

    text: str
    references: tuple[str, ...]
    codes: tuple[str, ...]
    words: tuple[str, ...]
    was_cut: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing is left to look for."""
        return not (self.references or self.codes or self.words)


def read_search(typed: str) -> Typed:
    """Take apart what was typed. What may be a reference is looked for besides the words."""
    text = " ".join(without_hidden(typed).split())
    codes = codes_in(text[:500])
    rest = _NUMBER.sub(" ", _POSTCODE.sub(" ", text))
    words = [word for word in rest.split() if any(sign.isalnum() for sign in word)]
    return Typed(
        text=text,
        references=tuple(_references(text)),
        codes=tuple(codes[:MAX_WORDS]),
        words=tuple(dict.fromkeys(word[:MAX_WORD] for word in words[:MAX_WORDS])),
        was_cut=len(words) > MAX_WORDS,
    )


def _references(text: str) -> list[str]:
    """Return what the text means if it is a reference, nothing if it is a story."""
    whole = _REFERENCE.fullmatch(text)
    # A word such as "neglect" has the length of a mistyped reference; a reference has a digit.
    if whole is None or not any(sign.isdigit() for sign in whole.group(1)):
        signs = "".join(sign for sign in text if sign.isalnum())
        return likely_meant(signs) if len(signs) == LENGTH and "-" in text else []
    return [whole.group(1).upper(), *likely_meant(whole.group(1))]
