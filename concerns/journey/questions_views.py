"""The pages about agreement, wishes, what was done, and the reporter (CONTENT section 1)."""

from __future__ import annotations

from concerns.journey import options
from concerns.journey.questions import About, Question
from concerns.journey.staff import staff_fields
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    PhoneField,
    TextField,
)

HARM_BY_STAFF = Question(
    "harm-by-staff",
    "Find them in the staff list",
    lambda about: staff_fields(about.typed, empty="Search for their name, or say why not"),
    hint="They, their manager and deputies will not see this report.",
)

HOUSEHOLD = Question(
    "household",
    "Who else could be affected?",
    lambda about: {
        "who": MultiChoiceField(
            "Who else could be affected?",
            options.HOUSEHOLD,
            hint="For example, people who live there or see them often.",
            empty="Select who else could be affected",
        )
    },
)

AFFECTED = Question(
    "affected",
    "Someone else who could be affected",
    lambda about: {
        "kind": ChoiceField("Who is it?", options.AFFECTED, empty="Select who it is"),
        "name": TextField("Name"),
        "dob": DateField("Date of birth, if you know it"),
        "age": TextField("Or rough age", width="10"),
        "needs": ChoiceField("If an adult: do they have care or support needs?", options.YES_NO_DK),
        "touched": ChoiceField(
            "Are you worried about them too?",
            options.YES_NO_DK,
            empty="Select yes if you are worried about them too",
        ),
    },
)

POLICE = Question(
    "police",
    "Might a crime have happened?",
    lambda about: {
        "crime": ChoiceField(
            "Might a crime have happened?",
            options.YES_NO_DK,
            empty="Select yes if there may be a crime",
        ),
        "agree": ChoiceField(
            "Do they agree to the police being told?",
            options.YES_NO_NOT_ASKED,
            empty="Select if they agree",
        ),
    },
)

CONSENT = Question(
    "consent",
    "Do they agree to this report?",
    lambda about: {
        "agree": ChoiceField(
            "Do they agree to this report?", options.CONSENT, empty="Select if they agree"
        )
    },
)

OVERRIDE = Question(
    "override",
    "Why tell someone anyway?",
    lambda about: {
        "grounds": MultiChoiceField(
            "Why tell someone anyway?",
            options.OVERRIDE,
            empty='Select why, or "None fit"',
        ),
        "reason": LongTextField("In your own words", rows=3, max_chars=2000, name="reason"),
    },
)

CAPACITY = Question(
    "capacity",
    "Can they decide about this today?",
    lambda about: {
        "capacity": ChoiceField(
            "Can they decide about this today?",
            options.YES_NO_DK,
            hint="Understand it, hold on to it, weigh it up, tell you.",
            empty="Select if they can decide",
        ),
        "why": LongTextField("What makes you think so", rows=3, max_chars=2000),
    },
)

WISHES = Question(
    "wishes",
    "What do they want to happen?",
    lambda about: {
        "wishes": LongTextField("Their words", rows=4, max_chars=4000),
        "speaks": ChoiceField(
            "Who speaks up for them?", options.SPEAKS, empty="Select who speaks up for them"
        ),
        "advocate": TextField("Name of the person who speaks up for them"),
    },
)

FAMILY_CONSENT = Question(
    "family-consent",
    "Has a parent agreed to get help?",
    lambda about: {
        "agree": ChoiceField(
            "Has a parent agreed to get help?",
            options.YES_NO_NOT_ASKED,
            empty="Select if a parent has agreed",
        )
    },
)

SAFE_CONTACT = Question(
    "safe-contact",
    "How can we reach them safely?",
    lambda about: {
        "way": TextField("A safe way to reach them"),
        "times": TextField("Safe times"),
        "never": TextField("What we must never use", hint="For example, a shared phone"),
        "abroad": ChoiceField(
            "Might they be taken abroad?",
            options.ABROAD,
            empty="Select if they may be taken abroad",
        ),
    },
)


def _any_child(about: About) -> bool:
    return any(not about.answers.is_adult(number) for number in about.answers.people)


DONE = Question(
    "done",
    "What has been done so far?",
    lambda about: {
        "done": MultiChoiceField(
            "What has been done so far?",
            options.done(any_child=_any_child(about)),
            empty="Select what has been done",
        ),
        "police_reference": TextField("Police reference, if there is one", width="20"),
        "worker": ChoiceField(
            "Do they have a social worker?",
            options.YES_NO_DK,
            empty="Select yes if they have a social worker",
        ),
    },
)

WORKER = Question(
    "worker",
    "Have you told their social worker?",
    lambda about: {
        "told": ChoiceField(
            "Have you told their social worker?",
            options.TOLD_WORKER,
            empty="Select if you have told them",
        ),
        "name": TextField("Their name and team, if you know"),
    },
)

TOLD_BY = Question(
    "told-by",
    "Who told you?",
    lambda about: {
        "name": TextField("Name", hint="Leave it empty if they want to stay unnamed"),
        "phone": PhoneField("Phone"),
        "share": ChoiceField(
            "May we share their name?", options.SHARE, empty="Select if we may share their name"
        ),
    },
)

SAFETY = Question(
    "safety",
    "Could a visitor be at risk?",
    lambda about: {
        "risk": ChoiceField(
            "Could a visitor be at risk?",
            options.YES_NO_DK,
            empty="Select yes if a visitor could be at risk",
        ),
        "what": TextField("What is the risk?", max_chars=500),
    },
)

WHO_SEES = Question(
    "who-sees",
    "Should anyone in the council not see this?",
    lambda about: {
        "anyone": ChoiceField(
            "Should anyone in the council not see this?",
            options.YES_NO_DK,
            empty='Search for a name, or select "No"',
        ),
        **staff_fields(about.typed),
    },
)

FILES = Question("files", "Add a file")

ABOUT_YOU = Question(
    "about-you",
    "Your details",
    lambda about: {
        "phone": PhoneField(
            "Phone number we can ring you on", empty="Enter a phone number we can ring you on"
        ),
        "for_name": TextField(
            "If you report for a colleague, their name", hint="They will be named as the source"
        ),
        "for_role": TextField("Their role"),
        "for_phone": PhoneField("Their phone number"),
        "shield": ChoiceField("Could you be at risk if the family knew?", options.AT_RISK_IF_KNOWN),
    },
)

MORE = Question(
    "more",
    "More about {p}",
    lambda about: {
        "school": TextField("School, college or nursery"),
        "gp": TextField("GP"),
        "language": TextField("Language"),
        "ethnicity": TextField("Ethnicity"),
        "religion": TextField("Religion"),
        "sex": TextField("Sex or gender"),
        "nhs": TextField("NHS number", width="20"),
    },
)

VIEWS = (
    HARM_BY_STAFF,
    HOUSEHOLD,
    AFFECTED,
    POLICE,
    CONSENT,
    OVERRIDE,
    CAPACITY,
    WISHES,
    FAMILY_CONSENT,
    SAFE_CONTACT,
    DONE,
    WORKER,
    TOLD_BY,
    SAFETY,
    WHO_SEES,
    FILES,
    ABOUT_YOU,
    MORE,
)
