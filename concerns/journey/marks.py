"""The body map of a draft: whom it is offered for, and its marks as they will be filed.

Each mark is a page of its own among the raw answers, `mark.<person>-<number>`, so that two tabs
never overwrite each other's marks. No step of the journey asks for one.
"""

from __future__ import annotations

import re
from typing import Any

from concerns.bodymap.areas import figure_for
from concerns.bodymap.marks import Mark
from concerns.journey.answers import Answers, rough_ages
from concerns.journey.dates import typed_date
from concerns.journey.mark_form import MarkForm
from concerns.rules.ages import age_on

KEY = re.compile(r"mark\.([1-9][0-9]?)-([1-9][0-9]{0,2})")
LAST_NUMBER = 999
REPORTER = "the reporter"
# With these there may be something to be seen. FGM is not among them: nobody is asked to look.
WORRIES = frozenset(
    {
        "physical",
        "sexual",
        "domestic_abuse",
        "neglect",
        "self_neglect",
        "self_harm",
        "faith",
        "slavery",
        "other",
        "unknown",
    }
)


def mark_key(person: int, number: int) -> str:
    """Return the key of a mark among the raw answers."""
    return f"mark.{person}-{number}"


def mark_numbers(raw: Any, person: int) -> list[int]:
    """Return the numbers under which the marks of a person are kept, in order."""
    found = [KEY.fullmatch(str(key)) for key in raw]
    return sorted(int(match[2]) for match in found if match and int(match[1]) == person)


def has_body(answers: Answers, person: int) -> bool:
    """Whether there can be a body map of this person: they are in the report, and born."""
    return person in answers.people and answers.group(person) != "unborn"


def is_offered(answers: Answers, person: int) -> bool:
    """Whether pages offer the body map of a person: something may be seen, or marks are there."""
    if not has_body(answers, person):
        return False
    hurt = answers.one(f"injuries.{person}", "hurt") in {"urgent", "yes"}
    seen = not WORRIES.isdisjoint(answers.worries(person))
    return hurt or seen or bool(mark_numbers(answers.raw, person))


def figure_of(answers: Answers, person: int) -> str:
    """Return which drawing fits the person, by their age as far as it is known."""
    key = f"person.{person}"
    born = typed_date(answers.page(key), "dob")
    low, high = rough_ages(answers.one(key, "age"))
    if born is not None and born <= answers.today:
        low = high = age_on(answers.today, born)
    return figure_for(answers.group(person), low, high)


def marks_of(answers: Answers, person: int) -> list[tuple[str, Mark]]:
    """Return the marks of a person with their keys, numbered from 1; what makes no mark is out."""
    if not has_body(answers, person):
        return []
    found: list[tuple[str, Mark]] = []
    for number in mark_numbers(answers.raw, person):
        key = mark_key(person, number)
        form = MarkForm(answers.page(key), drawn_on=figure_of(answers, person), today=answers.today)
        form.is_valid()
        if mark := form.mark(len(found) + 1, REPORTER):
            found.append((key, mark))
    return found


def body_map_cards(answers: Answers) -> list[dict[str, Any]]:
    """Return a card for each person with marks: in words like any other, and as data."""
    cards = []
    for person in answers.people:
        found = marks_of(answers, person)
        if found:
            cards.append(
                {
                    "title": f"Body map: {answers.name_of(person)}",
                    "rows": [
                        {"question": f"Mark {mark.number}", "answer": mark.full_words, "slug": key}
                        for key, mark in found
                    ],
                    "body_map": {
                        "person": person,
                        "figure": figure_of(answers, person),
                        "marks": [mark.to_dict() for _, mark in found],
                    },
                }
            )
    return cards
