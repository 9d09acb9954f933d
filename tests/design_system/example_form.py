"""One form with every kind of field, some that must be answered and some that need not."""

from django import forms

from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    EmailField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    Option,
    PhoneField,
    PortalForm,
    TextField,
    TickField,
)

YES_NO: list[Option | tuple[str, str]] = [
    ("yes", "Yes"),
    Option("no", "No", hint="Not as far as you know"),
    ("unknown", "I do not know"),
]


class EveryField(PortalForm):
    """Every kind of field, all of which must be answered."""

    title = "Is anyone in danger right now?"
    title_field = "danger"

    danger = ChoiceField("Danger", YES_NO, hint="Being hurt now.", empty="Select yes if in danger")
    agency = ChoiceField(
        "Agency", [("a", "First"), ("b", "Second")], empty="Select an agency", as_list=True
    )
    missing = MultiChoiceField(
        "What is missing?",
        [("food", "Food"), ("heat", "Heat"), Option("none", "None", exclusive=True, divider="or")],
        empty='Select what is missing, or "None"',
    )
    born = DateField("Date of birth", empty="Enter date of birth")
    name = TextField("Full name", hint="As they use it", empty="Enter a name", name="the name")
    account = LongTextField(
        "What happened?", max_chars=100, empty="Write one sentence", name="account"
    )
    phone = PhoneField("Phone", empty="Enter a phone number we can ring you on")
    email = EmailField("Email", empty="Enter an email address")
    ticks = NumberField(
        "Ticks",
        minimum=0,
        maximum=24,
        wrong="Ticks must be a number from 0 to 24",
        empty="Enter the ticks",
    )
    agree = TickField("I understand", empty="Tick to go on")
    plain = forms.CharField(max_length=10, help_text="From another package")
    password = forms.CharField(widget=forms.PasswordInput)


class EveryOptionalField(PortalForm):
    """The same kinds; none must be answered."""

    title = "Anything else?"

    danger = ChoiceField("Danger", YES_NO)
    missing = MultiChoiceField(
        "Missing", [("food", "Food"), Option("none", "None", exclusive=True)]
    )
    born = DateField("Date of birth")
    name = TextField("Full name")
    account = LongTextField("What happened?", max_chars=100)
    phone = PhoneField("Phone")
    email = EmailField("Email")
    ticks = NumberField("Ticks", minimum=0, maximum=24, wrong="Ticks must be a number from 0 to 24")
    agree = TickField("I understand")


GOOD = {
    "danger": "no",
    "agency": "b",
    "missing": ["food", "heat"],
    "born_day": "3",
    "born_month": "April",
    "born_year": "2011",
    "name": "Zoë",
    "account": "Seen at the door.\r\nNo coat.",
    "phone": "0121 496 0123",
    "email": "zoe@example.org",
    "ticks": "3",
    "agree": "on",
    "plain": "short",
    "password": "a long pass phrase",
}
