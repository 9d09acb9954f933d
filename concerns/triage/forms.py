"""What a lead types."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from concerns.dates import read_time
from concerns.rules.case import LONDON
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    Option,
    PhoneField,
    PortalForm,
    TextField,
)


class WhenForm(PortalForm):
    """A form that says when something happened, by default now, in London's wall time."""

    day = DateField("Date", hint="Leave it empty for today")
    clock = TextField("Time", hint="For example, 4:20pm. Leave it empty for now", width="10")

    def clean_clock(self) -> str:
        """Refuse what is no time of day."""
        text: str = self.cleaned_data["clock"]
        if text and read_time(text) is None:
            self.add_error("clock", "Write the time like 4:20pm")
        return text

    def happened_at(self, now: datetime) -> datetime:
        """Return the moment that was typed (aware), or `now`."""
        day, text = self.cleaned_data.get("day"), self.cleaned_data.get("clock", "")
        clock = read_time(text)
        local = now.astimezone(LONDON)
        if day is None and clock is None:
            return now
        return datetime.combine(day or local.date(), clock or local.time(), tzinfo=LONDON)


class AcceptedForm(WhenForm):
    """Who in the agency accepted, in a call."""

    title = "Record who accepted it"
    name = TextField("Their name", empty="Enter the name of the person who accepted it")
    role = TextField("Their role", empty="Enter their role")
    phone = PhoneField("Their phone number", empty="Enter their phone number")
    field_order = ("name", "role", "phone", "day", "clock")


class CallForm(WhenForm):
    """A call that was made."""

    title = "Record a call"
    agency = ChoiceField("Who did you call?", empty="Select who you called")
    number = TextField("Number you called", width="20")
    spoke_to = TextField("Who you spoke to", empty="Enter who you spoke to, or 'no answer'")
    reference = TextField("Their reference", width="20")
    outcome = LongTextField("What came of it", empty="Write what came of the call", max_chars=4000)
    field_order = ("agency", "number", "spoke_to", "reference", "outcome", "day", "clock")

    def __init__(self, agencies: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agency"].offer([Option(slug, name) for slug, name in agencies])  # type: ignore[attr-defined]


class DoneForm(PortalForm):
    """Something outside the portal was done."""

    title = "Record that it is done"
    note = LongTextField("What was done", empty="Write what was done", max_chars=4000)


class MetForm(WhenForm):
    """What a clock waited for was done: when, and by whom."""

    title = "Record that it is done"
    done_by = TextField(
        "Who did it", hint="Leave it empty if it was you", max_chars=120, autocomplete="off"
    )
    field_order = ("done_by", "day", "clock")


class NoteForm(PortalForm):
    """A note."""

    title = "Add a note"
    title_field = "text"
    text = LongTextField("Add a note", empty="Write the note", max_chars=10_000, rows=8)


class HoldForm(PortalForm):
    """Whether a person with a similar name is the one in the report."""

    title = "Is this the person in the report?"
    title_field = "same"
    same = ChoiceField(
        "Is this the person in the report?",
        [
            Option("yes", "Yes, or it may be. Keep them out"),
            Option("no", "No, it is somebody else. Let them in"),
        ],
        empty="Select yes if it may be the same person",
    )


class MatchForm(PortalForm):
    """Whether two people in two reports are one."""

    title = "Are they the same person?"
    state = ChoiceField(
        "Are they the same person?",
        [
            Option("confirmed", "Yes, the same person"),
            Option("rejected", "No, two different people"),
            Option("parked", "Not sure yet", hint="It stays on the page until somebody knows."),
        ],
        empty="Select yes, no or not sure yet",
    )
    reason = LongTextField("How do you know?", empty="Write how you know", max_chars=2000, rows=3)


class LinkDecisionForm(PortalForm):
    """Whether two concerns belong together."""

    title = "Do these concerns belong together?"
    state = ChoiceField(
        "Do they belong together?",
        [
            Option("linked", "Yes, link them"),
            Option("rejected", "No, do not link them"),
            Option("parked", "Not sure yet", hint="It stays on the page until somebody knows."),
        ],
        empty="Select yes, no or not sure yet",
    )
    why = LongTextField("How do you know?", empty="Write how you know", max_chars=2000, rows=3)


class LinkForm(PortalForm):
    """Another concern that belongs to this one."""

    title = "Link another concern"
    other = TextField(
        "Reference of the other concern",
        hint="For example, ABCD-EFGH-1",
        empty="Enter the reference of the other concern",
        width="20",
    )
    kind = ChoiceField("What do they have in common?", empty="Select what they have in common")
    why = LongTextField("How do you know?", empty="Write how you know", max_chars=2000, rows=3)

    def __init__(self, kinds: list[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].offer([Option(slug, words) for slug, words in kinds])  # type: ignore[attr-defined]


class SamePersonForm(PortalForm):
    """Who in one concern is who in another."""

    title = "Who is the same person?"
    here = ChoiceField("Who in this concern?", empty="Select who in this concern")
    there = ChoiceField("Who in the other concern?", empty="Select who in the other concern")

    def __init__(
        self, here: list[tuple[str, str]], there: list[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["here"].offer([Option(*item) for item in here])  # type: ignore[attr-defined]
        self.fields["there"].offer([Option(*item) for item in there])  # type: ignore[attr-defined]
