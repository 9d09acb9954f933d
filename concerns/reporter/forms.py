"""What a reporter types after filing."""

from __future__ import annotations

from typing import Any, ClassVar

from concerns.models import Correspondence
from concerns.rules.promises import CONTESTED
from concerns.triage.forms import WhenForm
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    LongTextField,
    Option,
    PortalForm,
    TextField,
)

# What stands for a text that nobody had the time to write.
DANGER_WORDS = "Somebody is in danger now."
YES_NO_UNKNOWN = (
    Option("yes", "Yes"),
    Option("no", "No"),
    Option("unknown", "I am not sure"),
)


def danger_field() -> ChoiceField:
    """Return the question that comes before everything else."""
    return ChoiceField(
        "Is anyone in danger right now?",
        YES_NO_UNKNOWN,
        hint="If so, call 999 first.",
        empty="Select yes if anyone is in danger right now",
    )


class DangerFirstForm(PortalForm):
    """A form that asks about danger first, and where the answer is yes, asks for nothing more.

    What was left empty is then filled with `in_danger`; a text that is too long is still said.
    """

    danger = danger_field()
    in_danger: ClassVar[dict[str, str]] = {}

    def clean(self) -> dict[str, Any]:
        """Let danger through with whatever was typed."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("danger") == "yes":
            for name, words in self.in_danger.items():
                if self.has_error(name, "required"):
                    del self.errors[name]
                    typed[name] = words
        return typed


class MessageForm(PortalForm):
    """A message."""

    title = "Write a message"
    title_field = "text"
    text = LongTextField(
        "Your message",
        hint="To the people who work on your report. It stays in the portal.",
        empty="Write your message",
        max_chars=10_000,
        rows=8,
    )


class AddForm(DangerFirstForm):
    """New information or a correction."""

    title = "Add to your report"
    in_danger: ClassVar[dict[str, str]] = {
        "kind": Correspondence.Kind.INFORMATION,
        "text": DANGER_WORDS,
    }
    kind = ChoiceField(
        "What are you adding?",
        [
            Option(Correspondence.Kind.INFORMATION, "Something new"),
            Option(Correspondence.Kind.CORRECTION, "A correction"),
        ],
        empty="Select what you are adding",
    )
    text = LongTextField(
        "What you want to add",
        hint="Your report stays as you sent it. This is shown with it.",
        empty="Write what you want to add",
        max_chars=10_000,
        rows=8,
    )


class ReporterCallForm(WhenForm):
    """A call that the reporter made."""

    title = "Add a call you made"
    agency = ChoiceField("Who did you call?", empty="Select who you called")
    through = ChoiceField(
        "Did somebody answer?",
        [Option("yes", "Yes"), Option("no", "No")],
        empty="Select yes if somebody answered",
    )
    spoke_to = TextField("Who you spoke to", max_chars=120)
    text = LongTextField("What came of it", empty="Write what came of the call", max_chars=4000)
    field_order = ("agency", "through", "spoke_to", "text", "day", "clock")

    def __init__(self, agencies: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].offer([Option(slug, name) for slug, name in agencies])  # type: ignore[attr-defined]


class DisagreeForm(DangerFirstForm):
    """What a reporter or a lead contests."""

    title = "Disagree with a decision"
    in_danger: ClassVar[dict[str, str]] = {"about": "other", "record": "", "text": DANGER_WORDS}
    record = ChoiceField("About whom?", empty="Select one of the records")
    referral = ChoiceField("Which agency?", hint="If an agency decided it.")
    about = ChoiceField(
        "What do you disagree with?",
        [Option(slug, words) for slug, words in CONTESTED.items()],
        empty="Select what you disagree with",
    )
    text = LongTextField(
        "Why, and what should happen instead",
        empty="Write why you disagree",
        max_chars=10_000,
        rows=8,
    )
    field_order = ("danger", "record", "about", "referral", "text")

    def __init__(
        self,
        *args: Any,
        records: list[tuple[str, str]] | None = None,
        referrals: list[tuple[str, str]] | None = None,
        **kwargs: Any,
    ) -> None:
        """Ask about the record or the agency only where there is something to choose."""
        super().__init__(*args, **kwargs)
        for name, choices in (("record", records), ("referral", referrals)):
            if choices:
                self.fields[name].offer([Option(*choice) for choice in choices])  # type: ignore[attr-defined]
            else:
                del self.fields[name]
