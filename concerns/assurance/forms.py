"""What auditors choose and type."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from concerns.rules.case import LONDON
from concerns.rules.curiosity import OUTCOMES
from safeguarding_portal.audit.models import TrailExport
from safeguarding_portal.audit.trail import KINDS
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
)

USUAL_DAYS = 28
LONGEST_DAYS = 366


class PeriodForm(PortalForm):
    """From which day to which; empty for the last four weeks."""

    title = "Which days"
    since = DateField("From", hint="Leave both empty for the last four weeks")
    until = DateField("To", hint="This day is included", may_be_future=True)

    def __init__(self, *args: Any, today: date, first: date | None = None, **kwargs: Any) -> None:
        """Begin; `today` is the local day on which a period without an end ends.

        `first`: the first day of a record's life. Its events are few: without days, all are asked
        for, and no period is too long.
        """
        super().__init__(*args, today=today, **kwargs)
        self.today, self.first = today, first
        if first is not None:
            self.fields["since"].help_text = "Leave both empty for all days"

    def clean(self) -> dict[str, Any]:
        """Refuse a period that ends before it begins, or that lasts more than a year."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            first, last = self._between(cleaned)
            if first > last:
                self.add_error("until", "The last day must be the first day or a later one")
            elif self.first is None and (last - first).days > LONGEST_DAYS:
                self.add_error("since", "Choose a period of at most a year")
        return cleaned

    def _between(self, cleaned: dict[str, Any]) -> tuple[date, date]:
        last = cleaned.get("until") or self.today
        usual = last - timedelta(days=USUAL_DAYS) if self.first is None else min(self.first, last)
        return cleaned.get("since") or usual, last

    def days(self) -> tuple[date, date]:
        """Return the first and the last day; with errors, those of the last four weeks."""
        return self._between(self.cleaned_data if self.is_bound and not self.errors else {})

    def moments(self) -> tuple[datetime, datetime]:
        """Return the beginning of the first day and the end of the last, in London (aware)."""
        first, last = self.days()
        return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0), tzinfo=LONDON)


class TrailForm(PeriodForm):
    """Which events of a person or a record."""

    title = "Which events"
    kinds = MultiChoiceField(
        "What was done",
        [Option(slug, words) for slug, (words, _) in KINDS.items()],
        hint="Tick none for everything",
    )
    address = TextField(
        "From which network address", hint="For example, 192.0.2.10", width="20", max_chars=45
    )

    def clean_address(self) -> str:
        """Return the address in its usual form."""
        typed: str = self.cleaned_data["address"]
        if not typed:
            return ""
        try:
            return str(ipaddress.ip_address(typed))
        except ValueError as error:
            raise ValidationError("Enter an address like 192.0.2.10") from error


class PersonForm(PortalForm):
    """Whose acts. Typed in a form, so that no name stands in an address."""

    title = "What did a person do?"
    name = TextField(
        "Name or work email", hint="Also of somebody who has left", empty="Enter a name"
    )


class RecordForm(PortalForm):
    """Which record."""

    title = "Who read a record?"
    reference = TextField(
        "Reference",
        hint="Of a concern or of a report, for example BX7K-Q2M4-1",
        empty="Enter the reference",
        width="20",
    )


class ExportForm(PortalForm):
    """In what form, and why."""

    title = "Take these events out"
    form = ChoiceField(
        "What kind of file?",
        [Option(value, label) for value, label in TrailExport.Form.choices],
        empty="Select what kind of file",
    )
    reason = LongTextField(
        "Why do you need it?",
        hint="For whom it is and what for. It is kept with the export.",
        empty="Write why you need it",
        max_chars=2000,
    )


class ReviewForm(PortalForm):
    """What somebody independent finds about reads."""

    title = "What was it?"
    outcome = ChoiceField(
        "What was it?",
        [Option(outcome.slug, outcome.words, hint=outcome.then) for outcome in OUTCOMES],
        empty="Select what it was",
    )
    words = LongTextField(
        "How do you know?",
        hint="Whom you asked, what they said, what happens now",
        empty="Write how you know",
        max_chars=4000,
    )
