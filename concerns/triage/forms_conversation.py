"""What a lead types to the reporter, and about a disagreement."""

from __future__ import annotations

from typing import Any

from concerns.models import Correspondence
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    LongTextField,
    Option,
    PortalForm,
)


class TellForm(PortalForm):
    """Word to the reporter."""

    title = "Write to the reporter"
    kind = ChoiceField(
        "What is it?",
        [
            Option(Correspondence.Kind.MESSAGE, "A message or a question"),
            Option(Correspondence.Kind.FEEDBACK, "What happens with their report"),
            Option(Correspondence.Kind.OUTCOME, "How it ended, as far as they may know"),
        ],
        empty="Select what it is",
    )
    text = LongTextField(
        "What the reporter reads",
        hint="Only what they need to know. They cannot see the record.",
        empty="Write what the reporter reads",
        max_chars=10_000,
        rows=8,
    )


class OutcomeForm(PortalForm):
    """What a stage of a disagreement came to."""

    title = "Write the outcome of this stage"
    agreed = ChoiceField(
        "Is it settled?",
        [Option("yes", "Yes, it is agreed"), Option("no", "No. It goes to the next stage")],
        empty="Select yes if it is settled",
    )
    outcome = LongTextField(
        "What was discussed, with whom, and what came of it",
        empty="Write what came of it",
        max_chars=10_000,
        rows=8,
    )
    told = LongTextField(
        "What the reporter is told",
        hint="They raised it, and read this in their report.",
        empty="Write what the reporter is told",
        max_chars=4000,
    )

    def __init__(self, *args: Any, by_reporter: bool, **kwargs: Any) -> None:
        """Ask what the reporter is told only where they raised it."""
        super().__init__(*args, **kwargs)
        if not by_reporter:
            del self.fields["told"]
