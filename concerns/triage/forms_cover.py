"""What a manager types about ladders and the duty rota."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.utils import timezone

from concerns.dates import read_time
from concerns.rules.case import LONDON
from concerns.rules.ladder import WHO, Ladder
from concerns.services.cover import MOST_RUNGS
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    MultiChoiceField,
    NumberField,
    Option,
    PortalForm,
    TextField,
)

WRONG_TIME = "Write the time like 5:15pm"
EVERY_TEAM = "every"


def _minutes(words: str, minimum: int, hint: str) -> NumberField:
    return NumberField(
        words,
        minimum=minimum,
        maximum=7200,
        wrong=f"{words} must be a number from {minimum} to 7,200",
        hint=hint,
        empty=f"Enter the {words[:1].lower()}{words[1:]}",
    )


class LadderForm(PortalForm):
    """Who is told on each step of a ladder, and how far apart the steps are."""

    title = "Change who is told"
    interval = _minutes("Minutes between two steps", 5, "60 is an hour, 1440 a day.")
    warn = _minutes("Minutes of warning before a step", 0, "0 for no warning.")
    day = DateField("From which day", hint="Leave it empty to start now", may_be_future=True)

    def __init__(self, *args: Any, ladder: Ladder, **kwargs: Any) -> None:
        """Begin with the ladder in force."""
        super().__init__(*args, **kwargs)
        steps = {}
        for number in range(1, MOST_RUNGS + 1):
            held = ladder.rungs[number - 1].who if number <= len(ladder.rungs) else ()
            steps[f"step_{number}"] = MultiChoiceField(
                f"Step {number}",
                [Option(slug, words) for slug, words in WHO.items()],
                empty="Select who is told first" if number == 1 else "",
                initial=held,
            )
        self.fields = {**steps, **self.fields}
        self.fields["interval"].initial = int(ladder.interval.total_seconds() // 60)
        self.fields["warn"].initial = int(ladder.warn_before.total_seconds() // 60)

    @property
    def rungs(self) -> tuple[tuple[str, ...], ...]:
        """Return the steps that have anybody, in order."""
        steps = (self.cleaned_data[f"step_{number}"] for number in range(1, MOST_RUNGS + 1))
        return tuple(tuple(who) for who in steps if who)

    def starts_at(self, now: datetime) -> datetime:
        """Return the start of the day that was typed (aware), or now."""
        day = self.cleaned_data["day"]
        if day is None or day == timezone.localdate(now):
            return now
        return datetime.combine(day, time(0), tzinfo=LONDON)

    def minutes(self, name: str) -> timedelta:
        """Return a number of minutes as a span."""
        return timedelta(minutes=self.cleaned_data[name])


class DutyForm(PortalForm):
    """One turn of duty."""

    title = "Put somebody on duty"
    person = ChoiceField("Who", empty="Select who is on duty", as_list=True)
    team = ChoiceField("For which team", empty="Select a team", as_list=True)
    first_day = DateField("First day", empty="Enter the first day", may_be_future=True)
    first_time = TextField("From", hint="For example, 5:15pm", empty=WRONG_TIME, width="10")
    last_day = DateField("Last day", empty="Enter the last day", may_be_future=True)
    last_time = TextField("Until", hint="For example, 8:45am", empty=WRONG_TIME, width="10")

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        teams: list[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("person", people), ("team", teams)):
            self.fields[name].offer([Option(*choice) for choice in choices])  # type: ignore[attr-defined]

    def _time(self, name: str) -> str:
        text: str = self.cleaned_data[name]
        if read_time(text) is None:
            self.add_error(name, WRONG_TIME)
        return text

    def clean_first_time(self) -> str:
        """Refuse what is no time of day."""
        return self._time("first_time")

    def clean_last_time(self) -> str:
        """Refuse what is no time of day."""
        return self._time("last_time")

    def moment(self, which: str) -> datetime:
        """Return the "first" or the "last" moment that was typed (aware)."""
        clock = read_time(self.cleaned_data[f"{which}_time"]) or time(0)
        return datetime.combine(self.cleaned_data[f"{which}_day"], clock, tzinfo=LONDON)
