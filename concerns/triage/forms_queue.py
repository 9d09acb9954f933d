"""What a lead types at the queue: acts on many rows, saved filters, preferences."""

from __future__ import annotations

from datetime import time
from typing import Any

from concerns.dates import read_time
from concerns.models import TriagePreference
from concerns.triage.filters import PRIORITIES
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    LongTextField,
    NumberField,
    Option,
    PortalForm,
    TextField,
    TickField,
)

Options = list[tuple[str, str]]


class AssignForm(PortalForm):
    """Who shall own the picked concerns."""

    title = "Give these concerns to somebody"
    owner = ChoiceField("To whom?", empty="Select who shall have them", as_list=True)

    def __init__(self, people: Options, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].offer([Option(*item) for item in people])  # type: ignore[attr-defined]


class PriorityForm(PortalForm):
    """A new priority for the picked concerns."""

    title = "Set the priority of these concerns"
    priority = ChoiceField("New priority", PRIORITIES, empty="Select the new priority")
    reason = LongTextField(
        "Why",
        hint="It is kept with the decision. Only the owner, if a lead, may lower a priority.",
        empty="Write why the priority changes",
        max_chars=2000,
    )


class BundleForm(PortalForm):
    """The bundle into which the picked concerns go."""

    title = "Add these concerns to a bundle"
    bundle = ChoiceField("A bundle that exists", as_list=True)
    name = TextField(
        "Or the name of a new one",
        hint="Do not use a person's name: everybody who works concerns can read it.",
        max_chars=80,
    )

    def __init__(self, bundles: Options, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["bundle"].offer([Option(*item) for item in bundles])  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Want one of the two."""
        typed = super().clean() or {}
        if not self.errors and bool(typed.get("bundle")) == bool(typed.get("name")):
            self.add_error("name", "Select a bundle, or enter the name of a new one")
        return typed


class SaveFilterForm(PortalForm):
    """A name for a filter."""

    title = "Save this filter"
    name = TextField(
        "Name",
        hint="Do not use a person's name.",
        empty="Enter a name for the filter",
        max_chars=80,
    )
    team = ChoiceField("Share it with a team", hint="Leave it to keep it to yourself", as_list=True)

    def __init__(self, teams: Options, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["team"].offer([Option(*item) for item in teams])  # type: ignore[attr-defined]


class WatchForm(PortalForm):
    """What to be told of a saved filter."""

    title = "What to tell you"
    on_new = TickField("When something new fits it")
    threshold = NumberField(
        "When more concerns fit it than",
        minimum=0,
        maximum=1000,
        wrong="Enter a number from 0 to 1,000",
        hint="Leave it empty for no limit",
    )


class PreferenceForm(PortalForm):
    """How a person wants the queue."""

    title = "Names, keys and news"
    show_names = TickField(
        "Show the names of the people at risk in the list",
        hint="Think of who can see your screen. That you saw names is recorded.",
    )
    shortcuts = TickField(
        "Use single keys (j, k, o, c, / and ?)",
        hint="Turn this off if you speak to your computer, or if the keys get in your way.",
    )
    digest = ChoiceField(
        "How often do you want news of your saved filters?",
        TriagePreference.Digest.choices,
        hint="Alerts about P1 and overdue concerns always reach you, whatever you choose here.",
        empty="Select how often",
    )
    at = TextField("Time of the daily news", hint="For example, 8am", width="10", initial="8am")

    def clean_at(self) -> time:
        """Read the time of day."""
        found = read_time(self.cleaned_data["at"] or "8am")
        if found is None:
            self.add_error("at", "Write the time like 8am")
        return found or time(8)
