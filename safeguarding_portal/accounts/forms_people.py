"""What is asked on the pages about people."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError

from safeguarding_portal.accounts.details import find_by_address
from safeguarding_portal.accounts.models import PersonKind, Role, User
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    EmailField,
    LongTextField,
    Option,
    PhoneField,
    PortalForm,
    TextField,
    TickField,
)

# What a form calls "no team" and "any": a choice needs a value that is not empty.
COUNCIL, ANY = "council", "any"
MOST_DEPUTIES = 10
Choices = list[tuple[str, str]]


class FindPeopleForm(PortalForm):
    """Whom to list."""

    title = "People"
    text = TextField("Name or email address", hint="Any part of a name", max_chars=100)
    role = ChoiceField("Role", as_list=True)
    team = ChoiceField("Team", as_list=True)
    left = TickField("Only closed accounts")

    def __init__(self, *args: Any, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        roles = [(ANY, "Any or none"), *Role.choices]
        self.fields["role"].offer([Option(*choice) for choice in roles])  # type: ignore[attr-defined]
        self.fields["team"].offer([Option(*item) for item in ((ANY, "Any or none"), *teams)])  # type: ignore[attr-defined]


class GiveRoleForm(PortalForm):
    """One more role."""

    title = "Give a role"
    role = ChoiceField("Role", empty="Select the role")
    team = ChoiceField("Team", hint="Leads and triage managers work in one.", as_list=True)

    def __init__(self, *args: Any, roles: Choices, teams: Choices, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        council = (COUNCIL, "No team: the whole council")
        self.fields["role"].offer([Option(*choice) for choice in roles])  # type: ignore[attr-defined]
        self.fields["team"].offer([Option(*choice) for choice in (council, *teams)])  # type: ignore[attr-defined]


class PersonForm(PortalForm):
    """What is known of a person."""

    title = "Change details"
    full_name = TextField("Full name", empty="Enter their full name", max_chars=120)
    job_title = TextField("Job title", max_chars=120)
    work_phone = PhoneField("Work phone number")
    kind = ChoiceField(
        "What are they to the council?", PersonKind.choices, empty="Select what they are"
    )
    manager = EmailField(
        "Manager's email address",
        hint="A report that names the person is kept from their manager and the deputies of both.",
    )
    deputies = LongTextField(
        "Deputies' email addresses",
        hint="One on each line. They are told when the person leaves or does not answer.",
        max_chars=2000,
        rows=3,
        name="The list of deputies",
    )

    def clean_manager(self) -> User | None:
        """Return the person of the address."""
        typed: str = self.cleaned_data["manager"]
        found = find_by_address([typed])[typed] if typed else None
        if typed and found is None:
            raise ValidationError("Nobody with an open account has this email address")
        return found

    def clean_deputies(self) -> tuple[User, ...]:
        """Return the people of the addresses."""
        typed = list(dict.fromkeys(self.cleaned_data["deputies"].lower().split()))
        if len(typed) > MOST_DEPUTIES:
            raise ValidationError(f"Enter at most {MOST_DEPUTIES} deputies")
        found = find_by_address(typed)
        if unknown := [address for address, user in found.items() if user is None]:
            words = f"Nobody with an open account has this email address: {unknown[0]}"
            raise ValidationError(words)
        return tuple(user for user in found.values() if user is not None)


class LeaversForm(PortalForm):
    """A list from the council's staff system; a file never leaves the browser."""

    LEAVERS, EVERYBODY = "leavers", "everybody"

    title = "Close the accounts of people who have left"
    kind = ChoiceField(
        "What does the list name?",
        [
            Option(LEAVERS, "People who have left"),
            Option(EVERYBODY, "Everybody who works here", "Whoever is not in it has left."),
        ],
        empty="Select what the list names",
    )
    rows = LongTextField(
        "One person on each line",
        hint=(
            "The first line names the columns: email or external id, and perhaps active (yes or "
            "no). Commas, semicolons or tabs, as a spreadsheet copies or saves them."
        ),
        empty="Paste at least one person",
        max_chars=1_000_000,
        rows=12,
        name="The list",
    )


class ManyLeaversForm(PortalForm):
    """Asked when a list would close more than a fifth of all accounts."""

    title = "Check the list"
    many = TickField(
        "So many people have really left", empty="Say that so many have left, or check the list"
    )
