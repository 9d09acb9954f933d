"""The pages about danger, calls and the people at risk (CONTENT section 1)."""

from __future__ import annotations

from datetime import date, timedelta

from concerns.journey import options
from concerns.journey.questions import About, Question
from concerns.rules.case import age_on
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
)

# A pregnancy lasts about nine months; a date further off is a slip (CONTENT, page `unborn`).
LONGEST_TO_BIRTH = timedelta(days=306)
ADULT_AGE = 18

DANGER = Question(
    "danger",
    "Is anyone in danger right now?",
    lambda about: {
        "danger": ChoiceField(
            "Is anyone in danger right now?",
            options.DANGER,
            hint="Someone is being hurt or threatened, has been taken, or needs medical help.",
            empty="Select yes if anyone is in danger right now",
        )
    },
    title_field="danger",
)

DANGER_CALL = Question("danger-call", "Call for help first")

CALL = Question(
    "call",
    "Who did you call?",
    lambda about: {
        "agency": ChoiceField("Who did you call?", options.CALLED, empty="Select who you called"),
        "when": TextField("When was it?", hint="For example, 4:20pm today", width="20"),
        "spoke_to": TextField("Who did you speak to?", hint="Name or team"),
        "reference": TextField("Their reference, if they gave one", width="20"),
    },
)


def _check_age(form: PortalForm, about: About, today: date) -> None:
    """Say when a date of birth and the age group do not fit."""
    born, group = form.cleaned_data.get("dob"), form.cleaned_data.get("group")
    if born is None or group not in {"child", "adult", "unborn"}:
        return
    age = age_on(today, born)
    if (group == "adult") != (age >= ADULT_AGE) or group == "unborn":
        form.add_error(
            "dob", f"That date of birth makes them {age}. Change the date or the age group"
        )


PERSON = Question(
    "person",
    "Who are you worried about?",
    lambda about: {
        "name": TextField("Name", hint="Leave it empty if you do not know it"),
        "group": ChoiceField("Age group", options.GROUP, empty="Select their age group"),
        "dob": DateField("Date of birth, if you know it"),
        "age": TextField("Or rough age", hint="For example, 7, or 15 to 17", width="10"),
        "communication": TextField(
            "Help they need to communicate",
            hint="For example, an interpreter, signing or large print",
        ),
    },
    hint="Add one person now. You can add more. Anyone of 16 or 17 is a child, wherever they "
    "live, work or study.",
    check=_check_age,
)


def _check_due(form: PortalForm, about: About, today: date) -> None:
    due = form.cleaned_data.get("due")
    if due is not None and due > today + LONGEST_TO_BIRTH:
        form.add_error("due", "Due date is more than 10 months away. Check it")


UNBORN = Question(
    "unborn",
    "When is the baby due?",
    lambda about: {
        "due": DateField("Due date", hint="A rough date is fine.", may_be_future=True),
        "mother_name": TextField("Mother's name"),
        "mother_age": ChoiceField("Mother's age", options.MOTHER_AGE),
    },
    check=_check_due,
)

CARE_LEAVER = Question(
    "care-leaver",
    "Did children's services support them before they were 18?",
    lambda about: {
        "support": ChoiceField(
            "Did children's services support them before they were 18?",
            options.CARE_LEAVER,
            empty="Select what support they had",
        )
    },
)

WHERE = Question(
    "where",
    "Where do they live, and where are they now?",
    lambda about: {
        "lives": ChoiceField("Where they live", options.LIVES, empty="Select where they live"),
        "area": TextField("Which council area, if it is not Birmingham"),
        "address": TextField("Address or area", max_chars=300),
        "now": ChoiceField("Where they are now", options.NOW, empty="Select where they are now"),
        "place": TextField("The place, if they are somewhere else"),
    },
)

NEEDS = Question(
    "needs",
    "Do they have care or support needs?",
    lambda about: {
        "needs": ChoiceField(
            "Do they have care or support needs?",
            options.YES_NO_DK,
            hint="Because of age, illness, disability, dementia, mental health, drink or drugs, "
            "or caring for someone. They need not be getting help.",
            empty="Select yes if they have care or support needs",
        )
    },
)


def worry_options(about: About) -> tuple[Option, ...]:
    """Return the worries to choose from; person 2 on may have the same as person 1."""
    adult = about.answers.is_adult(about.number)
    listed = options.ADULT_WORRIES if adult else options.CHILD_WORRIES
    if about.number == 1:
        return listed
    return (Option("same", f"Same as {about.answers.name_of(1)}"), *listed)


WORRY = Question(
    "worry",
    "What are you worried about?",
    lambda about: {
        "worry": MultiChoiceField(
            "What are you worried about?",
            worry_options(about),
            hint="Select all that fit. A best guess is fine.",
            empty="Select what worries you",
        )
    },
)

PEOPLE = (DANGER, DANGER_CALL, CALL, PERSON, UNBORN, CARE_LEAVER, WHERE, NEEDS, WORRY)
