"""What is typed about keeping and disposing of records. No name is needed anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from concerns.models import Concern, LegalHold
from concerns.rules.retention import MOST_YEARS, Measure, ScheduleRow
from concerns.rules.taxonomy import ADULT, CHILD
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    PortalForm,
    TextField,
    TickField,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from concerns.models import Involvement

NAME_NOBODY = "Name nobody: the reason is kept with the record"
WORRIES = tuple({item.slug: item.words for item in (*ADULT, *CHILD)}.items())


def _reason(label: str, empty: str, hint: str = NAME_NOBODY) -> LongTextField:
    return LongTextField(label, hint=hint, empty=empty, max_chars=2_000, rows=4)


class KeepForm(PortalForm):
    """Keep a record longer than the schedule says."""

    title = "Keep it longer"
    until = DateField(
        "Until when?",
        hint="It is looked at again then. For example, 23 4 2035",
        empty="Enter until when it is kept",
        may_be_future=True,
    )
    reason = _reason("Why?", "Write why it is kept longer")


class HoldForm(PortalForm):
    """A legal hold on one record."""

    title = "Put a legal hold on it"
    on = ChoiceField("What must be kept?", empty="Select what must be kept")
    reason = _reason("Why?", "Write why it must be kept", "For example, the inquiry or the claim")

    def __init__(
        self, *args: Any, people: Sequence[Involvement], may_read: bool, **kwargs: Any
    ) -> None:
        """Offer the people of the concern: by name to whoever may read it, else by their part."""
        super().__init__(*args, **kwargs)
        kinds = LegalHold.Kind
        self.fields["on"].offer(  # type: ignore[attr-defined]
            [
                (kinds.CONCERN.value, "This concern"),
                (kinds.REPORT.value, "The whole report, with every concern in it"),
                *(
                    (
                        f"{kinds.PERSON.value}:{person.pk}",
                        f"{_called(person, number, may_read=may_read)}, wherever leads know them",
                    )
                    for number, person in enumerate(people, 1)
                ),
            ]
        )


def _called(person: Involvement, number: int, *, may_read: bool) -> str:
    name = person.name if may_read and person.name else f"number {number} of this concern"
    return f"{person.get_part_display()} ({name})"


class FindForm(PortalForm):
    """The record to put a hold on. It may be open or closed."""

    title = "Find the record"
    reference = TextField(
        "Reference",
        hint="For example, BX7K-Q2M4-1",
        empty="Enter the reference of the concern",
        width="10",
    )


class InquiryForm(PortalForm):
    """A legal hold on everything that fits."""

    title = "Put a legal hold on all that fits"
    received_from = DateField("Reported on or after", hint="Leave it empty for any date")
    received_to = DateField(
        "Reported on or before",
        hint="Leave it empty to hold what is still to come as well",
        may_be_future=True,
    )
    group = ChoiceField(
        "About whom?",
        [("all", "Everybody"), *Concern.Group.choices],
        empty="Select about whom",
        initial="all",
    )
    categories = MultiChoiceField("With one of these worries", WORRIES, hint="None means any")
    reason = _reason("Why?", "Write which inquiry it is for", "For example, the inquiry's name")

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins."""
        data = super().clean() or self.cleaned_data
        begins, ends = data.get("received_from"), data.get("received_to")
        if begins and ends and ends < begins:
            self.add_error("received_to", "The last day must not be before the first")
        return data


class LiftForm(PortalForm):
    """Lift a hold."""

    title = "Lift the hold"
    reason = _reason("Why is it no longer needed?", "Write why it is lifted", "")


class AnswerForm(PortalForm):
    """The second person's answer to a batch."""

    title = "Agree to this disposal?"
    answer = ChoiceField(
        "Your answer",
        [
            ("approve", "Approve: these records may be removed for good"),
            ("refuse", "Do not approve: they are kept"),
        ],
        empty="Select your answer",
    )
    reason = LongTextField(
        "Why not, if you do not approve", hint=NAME_NOBODY, max_chars=2_000, rows=3
    )

    def clean(self) -> dict[str, Any]:
        """Ask for the reason of a refusal."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") == "refuse" and not data.get("reason"):
            self.add_error("reason", "Write why you do not approve")
        return data


class StopForm(PortalForm):
    """Stop a batch."""

    title = "Stop this disposal"
    reason = _reason("Why?", "Write why it is stopped")


class ScheduleAnswerForm(PortalForm):
    """The second person's answer to a change of the schedule."""

    title = "Publish this change?"
    answer = ChoiceField(
        "Your answer",
        [("publish", "Publish: it counts from now on"), ("refuse", "Do not publish")],
        empty="Select your answer",
    )
    seen = TickField("I have compared it with the council's own schedule")

    def clean(self) -> dict[str, Any]:
        """Ask whoever publishes to say that they compared it."""
        data = super().clean() or self.cleaned_data
        if data.get("answer") == "publish" and not data.get("seen"):
            self.add_error("seen", "Confirm that you have compared it")
        return data


class RowForm(PortalForm):
    """New years for one row of the schedule."""

    title = "Change how long it is kept"

    def __init__(self, *args: Any, row: ScheduleRow, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, measure in enumerate(row.measures):
            self.fields[f"years_{number}"] = _years(measure)
        self.fields["source"] = TextField(
            "Where does it stand?",
            hint="For example, the council's retention schedule of May 2027, line 12",
            empty="Enter where it stands",
            max_chars=300,
            initial=row.source,
        )
        self.fields["why"] = _reason("Why is it changed?", "Write why it is changed", "")

    def years(self) -> list[int]:
        """Return the years of each measure, in order; the form must be valid."""
        names = [name for name in self.fields if name.startswith("years_")]
        return [self.cleaned_data[name] for name in names]


def _years(measure: Measure) -> NumberField:
    return NumberField(
        f"Years ({measure.words})",
        minimum=1,
        maximum=MOST_YEARS,
        wrong=f"Enter a number of years from 1 to {MOST_YEARS}",
        empty="Enter the number of years",
        initial=measure.years,
    )
