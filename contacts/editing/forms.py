"""What a directory editor types about a change, a decision, a check or a file."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from contacts.editing.forms_items import YES_NO, UkNumberField
from contacts.hours import DAY_MINUTES, LONDON
from contacts.typed_hours import HoursProblemError, read_clock
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    EmailField,
    LongTextField,
    NumberField,
    Option,
    PortalForm,
    TextField,
)


class MomentForm(PortalForm):
    """A form with a moment in London's wall time: a date and a time, both or neither."""

    day = DateField("Date", hint="For example, 1 12 2026", may_be_future=True)
    clock = TextField("Time", hint="For example, 9am or 16:15", width="10")

    def clean_clock(self) -> int | None:
        """Return the minute of the day."""
        text: str = self.cleaned_data["clock"]
        try:
            minute = read_clock(text.strip().lower()) if text else None
        except HoursProblemError as problem:
            raise ValidationError(f"Time: {problem}") from problem
        if minute == DAY_MINUTES:
            raise ValidationError("Time: write midnight as 00:00 of the next day")
        return minute

    def moment(self) -> datetime | None:
        """Return the moment typed (aware); None if nothing was.

        A date alone means its first minute, a time alone means today.
        """
        day, minute = self.cleaned_data.get("day"), self.cleaned_data.get("clock")
        if day is None and minute is None:
            return None
        clock = time((minute or 0) // 60, (minute or 0) % 60)
        return datetime.combine(day or timezone.localdate(), clock, tzinfo=LONDON)


class StartForm(MomentForm):
    """What a change is called, and when it starts."""

    title = "What do you want to change?"
    name = TextField(
        "What this change is about",
        hint="For example: CASS opens on Saturdays from December",
        empty="Enter what this change is about",
        max_chars=120,
    )
    day = DateField(
        "When it starts",
        hint="For example, 1 12 2026. Leave it empty to start as soon as it is approved.",
        may_be_future=True,
    )
    field_order = ("name", "day", "clock")

    def clean(self) -> dict[str, Any]:
        """Refuse a time without a date, and a start in the past."""
        typed = super().clean() or self.cleaned_data
        if typed.get("clock") is not None and typed.get("day") is None and "day" in typed:
            self.add_error("day", "Add the date on which it starts")
        elif not self.errors and (start := self.moment()) and start <= timezone.now():
            self.add_error("day", "That moment has passed. Leave it empty to start when approved")
        return typed


class PreviewForm(MomentForm):
    """Which moment to look at."""

    title = "What would a reporter see?"


class ReasonForm(PortalForm):
    """An act that needs its reason."""

    reason = LongTextField("Reason", empty="Write the reason", max_chars=2000)

    def __init__(self, *args: Any, title: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = title


class ConflictForm(PortalForm):
    """Another source that gives another number for a line."""

    title = "Another source gives another number"
    other = UkNumberField(
        "The other number", empty="Enter the other number", width="20", max_chars=30
    )
    other_source = TextField("Where it says so", empty="Enter where it says so", max_chars=300)


class DecideForm(PortalForm):
    """Which of two sources is right."""

    title = "Which source is right?"
    chosen = ChoiceField("Which is right?", empty="Select which is right")
    evidence = LongTextField(
        "How do you know?",
        hint="Who confirmed it, when, and how. It is kept for good.",
        empty="Write how you know",
        max_chars=2000,
    )


class CareForm(PortalForm):
    """Who keeps a channel right, and how often."""

    title = "Owner and interval"
    owner = EmailField(
        "Owner’s e-mail address",
        hint="A colleague with an account. Reminders go there; left empty, to all editors.",
        autocomplete="off",
    )
    interval_days = NumberField(
        "Days between checks",
        minimum=1,
        maximum=730,
        wrong="Days between checks must be a number from 1 to 730",
        empty="Enter the days between checks",
    )


class CallForm(MomentForm):
    """A test call."""

    title = "Record a test call"
    worked = ChoiceField(
        "Did the right people answer?", YES_NO, empty="Select yes if the right people answered"
    )
    spoke_to = TextField("Who answered", hint="Their name or team.", max_chars=120)
    note = LongTextField("Note", max_chars=2000, rows=3)
    day = DateField("Date", hint="Leave it empty for now.")
    field_order = ("worked", "spoke_to", "note", "day", "clock")

    def clean(self) -> dict[str, Any]:
        """Ask who answered, if somebody did."""
        typed = super().clean() or self.cleaned_data
        if typed.get("worked") == "yes" and not typed.get("spoke_to"):
            self.add_error("spoke_to", "Enter who answered")
        return typed


class CanaryForm(PortalForm):
    """What became of a test message."""

    title = "Has a person answered the test message?"
    worked = ChoiceField(
        "Has a person answered?",
        [Option("yes", "Yes", "An automatic reply does not count."), Option("no", "No, nobody")],
        empty="Select yes if a person answered",
    )
    spoke_to = TextField("Who answered", max_chars=120)
    note = LongTextField("Note", max_chars=2000, rows=3)

    def clean(self) -> dict[str, Any]:
        """Ask who answered, if somebody did."""
        typed = super().clean() or self.cleaned_data
        if typed.get("worked") == "yes" and not typed.get("spoke_to"):
            self.add_error("spoke_to", "Enter who answered")
        return typed


class ImportForm(PortalForm):
    """A directory, or a part of it, from a file."""

    title = "Import"
    text = LongTextField(
        "The file’s text",
        hint="Open the file, copy all of it, and paste it here: CSV as exported, or JSON.",
        empty="Paste the text of the file",
        max_chars=3_000_000,
        rows=12,
        name="The text",
    )
