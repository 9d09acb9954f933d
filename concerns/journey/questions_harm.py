"""The pages about what happened, and who may have caused it (CONTENT section 1)."""

from __future__ import annotations

from concerns.journey import options
from concerns.journey.questions import About, Question
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    TextField,
    TickField,
)

MOST_TICKS = 24

WHAT_HAPPENED = Question(
    "what-happened",
    "What happened?",
    lambda about: {
        "account": LongTextField(
            "What happened?",
            hint="Say what you saw or heard. Say which parts are your own view.",
            empty="Write at least one sentence about your worry",
            name="account",
            rows=8,
        ),
        "words": LongTextField("Their exact words, if you heard any", rows=3, max_chars=4000),
        "known": ChoiceField(
            "How do you know?",
            options.how_known(about.person),
            empty="Select how you know",
        ),
        "ongoing": ChoiceField(
            "Is it still happening?",
            options.YES_NO_DK,
            empty="Select yes if it is still happening",
        ),
    },
)

WHEN = Question(
    "when",
    "When and where did it happen?",
    lambda about: {
        "date": DateField("Date, if you know it"),
        "roughly": TextField("Or roughly when", hint="For example, most weekends since August"),
        "place": ChoiceField("Where", options.PLACE, empty="Select where it happened"),
        "area": TextField("Council area, if it was not Birmingham"),
        **(
            {"before_18": TickField("Some of it was before they turned 18")}
            if any(about.answers.is_adult(number) for number in about.answers.people)
            else {}
        ),
    },
)

INJURIES = Question(
    "injuries",
    "Are they hurt?",
    lambda about: {
        "hurt": ChoiceField("Are they hurt?", options.INJURED, empty="Select if they are hurt"),
        "details": LongTextField(
            "Where on the body, what it looks like, who saw it, and when",
            rows=4,
            max_chars=4000,
            name="details",
        ),
    },
)

BASICS = Question(
    "basics",
    "Is anything missing that they need today?",
    lambda about: {
        "missing": MultiChoiceField(
            "Is anything missing that they need today?",
            options.BASICS,
            empty='Select what is missing, or "None"',
        )
    },
)

MISSING = Question(
    "missing",
    "Are they missing now?",
    lambda about: {
        "missing": ChoiceField(
            "Are they missing now?", options.MISSING, empty="Select if they are missing now"
        ),
        "last_seen": TextField("When and where were they last seen?"),
        "linked": ChoiceField(
            "Could it be linked with sex, drugs, gangs or a new adult?", options.YES_NO_DK
        ),
    },
)

ONLINE = Question(
    "online",
    "Where is it online?",
    lambda about: {
        "where": TextField("App, site or device", max_chars=500),
        "seen_by": TextField("Who has seen it", max_chars=500),
    },
    hint="Do not open, copy, forward or upload sexual images of a child. It can be a crime, even "
    "to help. Write down where they are.",
)

FGM = Question(
    "fgm",
    "What do you know about the FGM?",
    lambda about: {
        "known": ChoiceField(
            "What do you know about the FGM?", options.FGM, empty="Select what you know"
        )
    },
)

FGM_JOB = Question(
    "fgm-job",
    "Did you learn this in a registered job?",
    lambda about: {
        "job": ChoiceField(
            "Did you learn this in a registered job?",
            options.FGM_JOB,
            hint="Teacher, social worker, or health worker on a register.",
            empty="Select yes if you learned it in a registered job",
        )
    },
)

SLAVERY = Question(
    "slavery",
    "Do they agree to be put forward for modern slavery support?",
    lambda about: {
        "agree": ChoiceField(
            "Do they agree to be put forward for modern slavery support?",
            options.YES_NO_NOT_ASKED,
            hint="For a child nobody needs to agree, so we do not ask.",
            empty="Select if they agree",
        )
    },
)

DASH = Question(
    "dash",
    "Has a DASH risk checklist been done?",
    lambda about: {
        "done": ChoiceField(
            "Has a DASH risk checklist been done?",
            options.YES_NO_DK,
            empty="Select if a checklist was done",
        ),
        "ticks": NumberField(
            "How many ticks, if you know",
            minimum=0,
            maximum=MOST_TICKS,
            wrong=f"Ticks must be a number from 0 to {MOST_TICKS}",
        ),
        "worse": ChoiceField("Is it getting worse?", options.YES_NO_DK),
    },
)

FAMILY_WARNING = Question("family-warning", "Do not contact the family")

PREVENT = Question(
    "prevent",
    "Is there a plan to hurt people?",
    lambda about: {
        "plan": ChoiceField(
            "Is there a plan to hurt people?",
            options.PLAN,
            empty="Select yes if there is a plan",
        )
    },
)


def _who_is_reached(about: About) -> str:
    several = len(about.answers.people) > 1
    return "the people you are worried about" if several else about.answers.name_of(1)


HARM_BY = Question(
    "harm-by",
    "Who may have caused the harm?",
    lambda about: {
        "relation": MultiChoiceField(
            "Who may have caused the harm?",
            options.RELATION,
            hint="Select all that fit. Include jobs and volunteering, even if the harm was at "
            "home.",
            empty="Select who may have caused the harm",
        ),
        "name": TextField("Their name, if you know it"),
        "reach": ChoiceField(
            f"Can they still reach {_who_is_reached(about)}?",
            options.YES_NO_DK,
            empty=f"Select yes if they can still reach {_who_is_reached(about)}",
        ),
    },
)

HARM_BY_WORK = Question(
    "harm-by-work",
    "What is the worry about their work?",
    lambda about: {
        "conduct": MultiChoiceField(
            "What is the worry about their work?",
            options.CONDUCT,
            hint="Do not tell or question them.",
            empty="Select the worry about their work",
        ),
        "job": TextField("Their job and workplace"),
        "regulated": ChoiceField("Is it a regulated care service?", options.YES_NO_DK),
        "could_harm": ChoiceField(
            "Is there someone they could harm now?",
            options.YES_NO_DK,
        ),
    },
)

HARM = (
    WHAT_HAPPENED,
    WHEN,
    INJURIES,
    BASICS,
    MISSING,
    ONLINE,
    FGM,
    FGM_JOB,
    SLAVERY,
    DASH,
    FAMILY_WARNING,
    PREVENT,
    HARM_BY,
    HARM_BY_WORK,
)
