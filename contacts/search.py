"""Searching the directory in force: agencies and lines, with the number for this minute."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse

from contacts.directory import Agency, Answer
from contacts.selectors import current_directory
from safeguarding_portal.design_system.text import sentence_case
from safeguarding_portal.search.hits import Hit, marked, search_words

MOST_HITS = 10


def search(query: str, now: datetime) -> list[Hit]:
    """Return the agencies that all words fit, with whom to call at `now` (aware); no query.

    A word fits at the start of a word of the agency or its own line; digits fit anywhere in the
    number of that line.
    """
    words = search_words(query)
    digits = "".join(char for char in query if char.isdigit())
    directory = current_directory(now)
    hits = []
    for agency in directory.agencies.values():
        line = directory.chain(agency.slug)[0]
        text = " ".join(
            [agency.name, agency.what_for, agency.email, agency.slug, line.name]
        ).casefold()
        has_number = len(digits) >= 3 and digits in line.dial
        if has_number or (words and all(_begins(word, text) for word in words)):
            hits.append(_hit(agency, directory.who_to_call(agency.slug, now), words))
    return hits[:MOST_HITS]


def _begins(word: str, text: str) -> bool:
    return any(part.startswith(word) for part in text.replace("-", " ").replace("(", " ").split())


def _hit(agency: Agency, answer: Answer, words: list[str]) -> Hit:
    return Hit(
        title=marked(agency.name, words),
        url=reverse("contacts:get_help_now"),
        parts=marked(
            f"{agency.what_for} {sentence_case(answer.line.name)}, {answer.until_words}.", words
        ),
        kind="Number to call now",
        number=answer.number,
        dial=answer.line.dial,
    )
