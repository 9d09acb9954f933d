"""The paper form as a table: what it asks, in plain words, the account first (DOMAIN section 4).

It asks what the journey asks, in fewer and wider questions: whoever enters it later has the pages
of the journey before them, and every one of those may be answered "I do not know". `{danger}`
stands for the number to ring in danger.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Ask:
    """One question on paper. `height` is the room to write, in millimetres; `ticks` come first."""

    label: str
    height: int
    hint: str = ""
    ticks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """Questions under one heading; `new_page` begins on the back."""

    title: str
    asks: tuple[Ask, ...]
    new_page: bool = False


YES_NO = ("Yes", "No", "Not sure")

PARTS = (
    Part(
        "What happened",
        (
            Ask(
                "What you saw or heard, and what worries you",
                72,
                "Their own words where you can. Say what is your own view.",
            ),
            Ask("Is anyone in danger now?", 0, "If yes, ring {danger} before you write.", YES_NO),
            Ask("When and where it happened, and who else saw it", 9),
            Ask("Is it still happening? Is anyone hurt, and where on the body?", 9),
        ),
    ),
    Part(
        "Who you are worried about",
        (
            Ask(
                "Age",
                0,
                "16 and 17 is a child, wherever they live.",
                ("Under 18", "18 or over", "Not born yet", "Not sure"),
            ),
            Ask("Name, other names, date of birth or rough age (for a baby, when it is due)", 9),
            Ask("Where they live, and where they are now", 9),
            Ask("How to reach them safely, and what never to use", 9),
            Ask("Sex or gender, ethnicity, religion, language, help to communicate", 9),
            Ask("Disability, health, and care or support that they need or get", 9),
            Ask("Parents or carers, school, GP, health visitor, social worker", 9),
        ),
    ),
    Part(
        "Who else",
        (
            Ask("Who lives with them or could be affected: children, someone pregnant, adults", 14),
            Ask(
                "Who may have caused the harm: name, relation, job or volunteering",
                14,
                "Do not tell or question them.",
            ),
            Ask("Can that person still reach them, or others?", 0, "", YES_NO),
            Ask("Could a visitor be at risk? How?", 9),
        ),
        new_page=True,
    ),
    Part(
        "What they want",
        (
            Ask(
                "Do they, or for family help a parent, know of this report and agree?",
                0,
                "For a child at risk of harm nobody needs to agree.",
                ("Agree", "Said no", "Not asked", "Cannot decide"),
            ),
            Ask("What they want to happen, in their words, and who speaks up for them", 14),
            Ask("Can they decide about this today? What makes you think so?", 9),
            Ask("If they do not agree: why tell someone anyway", 9),
        ),
    ),
    Part(
        "What has been done",
        (
            Ask("Who was rung: number, time, name, their reference", 14),
            Ask("Police reference, medical help, who in the family was told", 9),
        ),
    ),
    Part(
        "About you, and when you wrote this",
        (
            Ask("Your name, job, team and phone number", 9),
            Ask("Who told you, if somebody did, and whether we may say so", 9),
            Ask("Date and time of writing", 9, "Needed: the report keeps it."),
        ),
    ),
)


def parts_with(danger: str) -> list[Part]:
    """Return the parts with the number to ring in danger, which is the directory's to say."""
    return [
        replace(
            part,
            asks=tuple(
                replace(ask, hint=ask.hint.replace("{danger}", danger)) for ask in part.asks
            ),
        )
        for part in PARTS
    ]
