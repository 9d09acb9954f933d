"""What is typed about who may see a concern."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from concerns.journey.staff import chosen_staff, staff_fields
from concerns.models import Exclusion
from concerns.rules.case import LONDON
from concerns.services.access import MINUTES
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    Option,
    PortalForm,
    TextField,
)

CHOOSE = "Search for a name, then choose who it is"
REASONS = (
    (Exclusion.Reason.NAMED, "They are named in the report"),
    (Exclusion.Reason.MANAGER, "They manage somebody who is named"),
    (Exclusion.Reason.DEPUTY, "They stand in for somebody who is named"),
    (Exclusion.Reason.KIN, "They are a relative or friend of somebody in the report"),
)


class StaffForm(PortalForm):
    """Finds a colleague: the first Continue searches, the second chooses."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = staff_fields(self._typed(), empty=CHOOSE, others=())
        self.fields = {**found, **self.fields}

    def _typed(self) -> dict[str, list[str]]:
        source = self.data if self.is_bound else self._saved
        return dict(source.lists()) if source else {}

    def chosen(self) -> int:
        """Return the id of the person who was chosen."""
        return chosen_staff({"staff": [self.cleaned_data["staff"]]}) or 0


class GrantForm(StaffForm):
    """A name for the access list."""

    title = "Let a colleague see this"
    reason = LongTextField("Why", empty="Write why they need to see it", max_chars=2000)
    last_day = DateField("Last day", hint="Leave it empty if there is no end yet")

    def until(self) -> datetime | None:
        """Return the end of the last day in London (aware), or None."""
        day = self.cleaned_data["last_day"]
        if day is None:
            return None
        return datetime.combine(day + timedelta(days=1), time(0), tzinfo=LONDON)


class ExcludeForm(StaffForm):
    """Somebody who must not see the report."""

    title = "Keep somebody out"
    reason = ChoiceField(
        "Why must they not see it?",
        [Option(value, label) for value, label in REASONS],
        empty="Select why they must not see it",
    )


class RestrictForm(PortalForm):
    """Close a concern to all but its access list."""

    title = "Restrict this concern"
    reason = LongTextField(
        "Why",
        hint="You and its owner stay on the access list. You can name others afterwards.",
        empty="Write why it is restricted",
        max_chars=2000,
    )


class OpenForm(PortalForm):
    """Open a restricted concern to its team."""

    title = "Open this concern to its team"
    reason = LongTextField("Why", empty="Write why it need not be restricted", max_chars=2000)


class BreakGlassForm(PortalForm):
    """See a concern that is closed to you, because somebody's safety needs it."""

    title = "Open a concern in an emergency"
    reference = TextField("Reference", empty="Enter the reference of the concern", width="20")
    reason = LongTextField(
        "Why do you have to see it now?", empty="Write why you have to see it", max_chars=2000
    )
    minutes = ChoiceField(
        "For how long?",
        [Option(str(minutes), f"{minutes} minutes") for minutes in MINUTES],
        empty="Select for how long",
    )


class ReviewForm(PortalForm):
    """What an independent person finds about access in an emergency."""

    title = "Was this access right?"
    justified = ChoiceField(
        "Was it right?",
        [Option("yes", "Yes"), Option("no", "No. End what is left of it")],
        empty="Select yes if it was right",
    )
    words = LongTextField("Why", empty="Write why it was right or not", max_chars=4000)
