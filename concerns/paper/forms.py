"""What is typed about paper forms."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError

from concerns.dates import read_time
from concerns.rules.case import LONDON
from concerns.rules.reference import is_valid
from safeguarding_portal.design_system.forms import (
    DateField,
    EmailField,
    LongTextField,
    NumberField,
    PhoneField,
    PortalForm,
    TextField,
)

# More would be one print job that nobody checks; a second batch is no trouble.
MOST_FORMS = 50


class IssueForm(PortalForm):
    """A batch to print."""

    title = "Issue paper forms"
    count = NumberField(
        "How many forms?",
        minimum=1,
        maximum=MOST_FORMS,
        wrong=f"Enter a number from 1 to {MOST_FORMS}",
        empty="Enter how many forms to print",
    )
    place = TextField(
        "Where will they be kept?",
        hint="For example, Library of Birmingham, duty desk",
        empty="Enter where they will be kept",
        max_chars=120,
    )
    holder = EmailField(
        "Work email of the person who keeps them",
        hint="We ask them, and you, for forms that do not come back",
        empty="Enter the work email of the person who keeps them",
    )


class EnterForm(PortalForm):
    """A form that came back. What it says is entered on the pages that follow."""

    title = "Enter a paper form"
    reference = TextField(
        "Reference on the paper",
        hint="For example, BX7K-Q2M4",
        empty="Enter the reference on the paper",
        width="10",
    )
    day = DateField("Date it was written", empty="Enter the date it was written")
    clock = TextField(
        "Time it was written",
        hint="For example, 4:20pm. A rough time is fine",
        empty="Enter the time it was written",
        width="10",
    )
    name = TextField(
        "Who wrote it?", hint="Their name. Leave it empty if you wrote it yourself", max_chars=200
    )
    role = TextField("Their role")
    phone = PhoneField("Their phone number")

    def clean_reference(self) -> str:
        """Refuse what cannot be a reference, so that a slip of the pen is noticed at once."""
        typed: str = self.cleaned_data["reference"]
        if typed and not is_valid(typed):
            raise ValidationError("That is not a reference of ours. Check each letter and number")
        return typed

    def clean_clock(self) -> str:
        """Refuse what is no time of day."""
        text: str = self.cleaned_data["clock"]
        if text and read_time(text) is None:
            raise ValidationError("Write the time like 4:20pm")
        return text

    def written_at(self) -> datetime:
        """Return when it was written (aware, London's wall time); the form must be valid."""
        data: dict[str, Any] = self.cleaned_data
        clock = read_time(data["clock"])
        return datetime.combine(data["day"], clock or datetime.min.time(), tzinfo=LONDON)


class VoidForm(PortalForm):
    """Why a reference is taken out of use."""

    title = "Make a paper form void"
    reason = LongTextField(
        "Why can it not be used?",
        hint="For example, spoilt, lost or destroyed. Name nobody",
        empty="Write why it cannot be used",
        max_chars=500,
        rows=3,
    )
