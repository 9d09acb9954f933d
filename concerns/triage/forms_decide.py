"""What a lead types to decide. Every answer offered comes from a table of the rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from concerns.dates import read_time
from concerns.models import ChecklistAnswer
from concerns.rules.case import LONDON
from concerns.rules.checklists import ANSWERS
from concerns.rules.consent import OVERRIDES
from concerns.rules.endings import OUTCOMES
from concerns.rules.lifecycle import MAX_HOLD
from concerns.selectors.work import Checklist
from safeguarding_portal.accounts.models import User
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
)
from safeguarding_portal.design_system.templatetags.portal_time import london_moment

MAX_REASON = 4000
# A review and a task without a time of day are for the start of the office's day.
START_OF_DAY = time(9)
CONSENT_WORDS = [
    ("given", "They agree"),
    ("refused", "They do not agree"),
    ("unsought", "They were not asked"),
    ("unknown", "Not known"),
]
CAPACITY_WORDS = [
    ("has", "They can make this decision"),
    ("lacks", "They cannot make this decision now"),
    ("unknown", "Not known"),
]
PRIORITIES = [
    ("1", "P1: act now"),
    ("2", "P2: act today"),
    ("3", "P3: act by the next working day"),
    ("4", "P4: for advice"),
]
# Each ground once, in the words of the first row that has it.
GROUNDS = {row.ground: row.reason.rstrip(".") for row in reversed(OVERRIDES)}


def ground_options() -> list[Option]:
    """Return the grounds of R21, each once, in the order of the table."""
    return [Option(slug, GROUNDS[slug]) for slug in dict.fromkeys(row.ground for row in OVERRIDES)]


def _reason(label: str = "Why", empty: str = "Write the reason for your decision") -> LongTextField:
    return LongTextField(label, empty=empty, max_chars=MAX_REASON)


class OverrideMixin(PortalForm):
    """Asks for ground and reason where somebody is told without agreement and no lead said why."""

    def __init__(self, *args: Any, override: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not override:
            del self.fields["grounds"], self.fields["override_reason"]

    grounds = MultiChoiceField(
        "On which ground is somebody told without agreement?",
        ground_options(),
        empty="Select at least one ground",
    )
    override_reason = LongTextField(
        "Why this ground holds here",
        empty="Write why somebody is told without agreement",
        max_chars=MAX_REASON,
    )


class RouteForm(OverrideMixin):
    """Whether an offered route is sent."""

    title = "Decide"
    send = ChoiceField(
        "Send it?",
        [Option("yes", "Yes, send it"), Option("no", "No, not now")],
        empty="Select yes or no",
    )
    reason = LongTextField(
        "Why",
        hint="If the person has not agreed, say why you share it anyway.",
        empty="Write the reason for your decision",
        max_chars=MAX_REASON,
    )
    field_order = ("send", "reason", "grounds", "override_reason")


class CloseForm(OverrideMixin):
    """The end of a concern."""

    title = "Close this concern"
    outcome = ChoiceField(
        "Outcome",
        [Option(row.slug, row.words, row.tell) for row in OUTCOMES],
        empty="Select an outcome",
    )
    words = LongTextField(
        "What came of it, and where the person was pointed to",
        empty="Write the outcome, and where the person was pointed to",
        max_chars=10_000,
        rows=8,
    )
    duplicate_of = TextField(
        "Reference of the other concern", hint="Only if it is the same as another", width="20"
    )
    field_order = ("outcome", "words", "duplicate_of", "grounds", "override_reason")

    def clean(self) -> dict[str, Any]:
        """Ask for the other reference where the outcome needs one."""
        typed: dict[str, Any] = super().clean() or {}
        asks = {row.slug for row in OUTCOMES if row.needs_reference}
        if typed.get("outcome") in asks and not typed.get("duplicate_of"):
            self.add_error("duplicate_of", "Enter the reference of the other concern")
        return typed


class AnswerClosingForm(PortalForm):
    """Whether another lead agrees to closing."""

    title = "Do you agree to close it?"
    agree = ChoiceField(
        "Do you agree to close it?",
        [Option("yes", "Yes, close it"), Option("no", "No, it stays open")],
        empty="Select yes if you agree to close it",
    )
    reason = _reason("What you looked at, and why", "Write why you agree or not")


class ReopenForm(PortalForm):
    """Why a closed concern is open again."""

    title = "Reopen this concern"
    reason = _reason()


class HoldForm(PortalForm):
    """Until when, and why, a concern waits."""

    title = "Put this concern on hold"
    until = DateField(
        "When is it looked at again?",
        hint=f"At most {MAX_HOLD.days} days from now. Danger, agencies and tasks go on ringing.",
        empty="Enter the date on which it is looked at again",
        may_be_future=True,
    )
    reason = _reason("Why, and what you wait for")

    def held_until(self) -> datetime:
        """Return the start of that day (aware)."""
        return datetime.combine(self.cleaned_data["until"], START_OF_DAY, tzinfo=LONDON)


class PriorityForm(PortalForm):
    """Another priority."""

    title = "Change the priority"
    priority = ChoiceField("Priority", PRIORITIES, empty="Select a priority")
    reason = _reason()


class SharingForm(PortalForm):
    """Agreement, capacity and wishes."""

    title = "Agreement, capacity and wishes"
    consent = ChoiceField(
        "Does the person agree to telling others?",
        CONSENT_WORDS,
        hint="A child's safety needs no agreement.",
        empty="Select what they said",
    )
    capacity = ChoiceField(
        "Can they make this decision?",
        CAPACITY_WORDS,
        hint="Understand, retain, weigh, communicate: for this decision, now.",
        empty="Select whether they can make this decision",
    )
    wishes = LongTextField("What they want to happen, in their words", max_chars=MAX_REASON)
    grounds = MultiChoiceField(
        "If somebody is told without agreement: on which ground?", ground_options()
    )
    override_reason = LongTextField("Why this ground holds here", max_chars=MAX_REASON)

    def clean(self) -> dict[str, Any]:
        """Ask for ground and reason together."""
        typed: dict[str, Any] = super().clean() or {}
        if typed.get("grounds") and not typed.get("override_reason"):
            self.add_error("override_reason", "Write why this ground holds here")
        if typed.get("override_reason") and not typed.get("grounds"):
            self.add_error("grounds", "Select the ground")
        return typed


def _last_answered(last: ChecklistAnswer | None, source: str) -> str:
    """Return where a prompt comes from, and who answered it last and when."""
    by = f" Answered by {last.answered_by}, {london_moment(last.answered_at)}." if last else ""
    return f"Source: {source}.{by}"


class ChecklistForm(PortalForm):
    """One checklist: an answer and a note for each prompt, none of which must be answered."""

    def __init__(self, checklist: Checklist, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = f"Checklist: {checklist.kind.title}"
        self.checklist = checklist
        for row in checklist.rows:
            slug, last = row.prompt.slug, row.answer
            self.fields[slug] = ChoiceField(
                row.prompt.words,
                list(ANSWERS.items()),
                hint=_last_answered(last, row.prompt.source),
                inline=True,
                initial=last.answer if last else None,
            )
            self.fields[f"{slug}_note"] = TextField(
                f"Note: {row.prompt.words[:1].lower()}{row.prompt.words[1:]}",
                initial=last.note if last else None,
                max_chars=500,
                name="Note",
            )

    def answers(self) -> dict[str, tuple[str, str]]:
        """Return {prompt: (answer, note)} of the prompts that have an answer."""
        typed = self.cleaned_data
        return {
            row.prompt.slug: (typed[row.prompt.slug], typed[f"{row.prompt.slug}_note"])
            for row in self.checklist.rows
            if typed[row.prompt.slug]
        }

    def clean(self) -> dict[str, Any]:
        """Ask for the answer where only a note was written."""
        typed: dict[str, Any] = super().clean() or {}
        for row in self.checklist.rows:
            slug = row.prompt.slug
            if typed.get(f"{slug}_note") and not typed.get(slug):
                self.add_error(slug, "Select an answer to go with your note")
        return typed


class TaskForm(PortalForm):
    """Something to do, by whom and when."""

    title = "Add a task"
    words = TextField("What has to be done", empty="Write what has to be done", max_chars=500)
    owner = ChoiceField("Who does it?", empty="Select who does it", as_list=True)
    day = DateField("By which date", hint="Leave it empty if there is none", may_be_future=True)
    clock = TextField("By what time", hint="For example, 4:20pm", width="10")

    def __init__(self, people: Iterable[User], chosen: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial={"owner": str(chosen.pk)}, **kwargs)
        options = [Option(str(one.pk), f"{one.full_name}, {one.job_title}") for one in people]
        self.fields["owner"].offer(options)  # type: ignore[attr-defined]

    def clean_clock(self) -> str:
        """Refuse what is no time of day, and a time without a date."""
        text: str = self.cleaned_data["clock"]
        if text and read_time(text) is None:
            self.add_error("clock", "Write the time like 4:20pm")
        elif text and self.cleaned_data.get("day") is None and "day" not in self.errors:
            self.add_error("day", "Enter the date that goes with the time")
        return text

    def due_at(self) -> datetime | None:
        """Return when it is due (aware), or None."""
        day = self.cleaned_data["day"]
        clock = read_time(self.cleaned_data["clock"]) or START_OF_DAY
        return datetime.combine(day, clock, tzinfo=LONDON) if day else None


class EndTaskForm(PortalForm):
    """The end of a task: done, with a note if there is one, or cancelled with the reason."""

    title = "End this task"
    note = LongTextField("What was done, or why it is cancelled", max_chars=MAX_REASON)

    def __init__(self, *args: Any, done: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = "Record this task as done" if done else "Cancel this task"
        field = self.fields["note"]
        field.label = "What was done, if there is more to say" if done else "Why it is cancelled"
        if not done:
            field.required = True
            field.error_messages["required"] = "Write why it is cancelled"
