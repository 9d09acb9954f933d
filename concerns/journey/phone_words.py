"""What to say on the phone: the answers that whoever picks up asks for first, in their order."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

NOT_ANSWERED = "Not answered"
# The page of an answer, what it is called on the phone.
ORDER = {
    "danger": "Danger now",
    "person": "Who",
    "unborn": "Who",
    "where": "Where",
    "worry": "The worry",
    "what-happened": "What happened",
}
BEFORE = {"Date of birth, if you know it": "born ", "Or rough age": "aged "}
LONGEST = 300


def to_say(statement: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Return (what, words) for each page that matters on the phone, from the report as filed."""
    pages: dict[str, list[str]] = {}
    for row in (row for card in statement for row in card["rows"]):
        if row["answer"] != NOT_ANSWERED:
            words = BEFORE.get(row["question"], "") + row["answer"]
            pages.setdefault(row.get("slug", ""), []).append(words)
    return list(_in_order(pages))


def _in_order(pages: dict[str, list[str]]) -> Iterator[tuple[str, str]]:
    for wanted, what in ORDER.items():
        for key, words in pages.items():
            if key.partition(".")[0] == wanted:
                # Of the account only the account itself: how one knows it is asked later.
                said = words[0] if wanted == "what-happened" else ", ".join(words)
                yield what, _short(said)


def _short(words: str) -> str:
    return words if len(words) <= LONGEST else words[:LONGEST].rsplit(" ", 1)[0] + " …"
