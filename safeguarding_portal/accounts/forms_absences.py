"""What is typed about an absence."""

from __future__ import annotations

from typing import Any

from safeguarding_portal.design_system.forms import ChoiceField, DateField, Option, PortalForm

# What a form calls "nobody": a choice needs a value that is not empty.
NOBODY = "nobody"


class AbsenceForm(PortalForm):
    """Who is away, from when to when, and who stands in."""

    title = "Enter an absence"
    person = ChoiceField("Who is away", empty="Select who is away", as_list=True)
    first_day = DateField("First day away", empty="Enter the first day away", may_be_future=True)
    last_day = DateField("Last day away", empty="Enter the last day away", may_be_future=True)
    deputy = ChoiceField(
        "Who stands in",
        hint="They are told in place of the person. Standing in opens nothing they cannot see.",
        empty="Select who stands in, or nobody",
        as_list=True,
    )

    def __init__(
        self,
        *args: Any,
        people: list[tuple[str, str]],
        deputies: list[tuple[str, str]],
        me: str,
        **kwargs: Any,
    ) -> None:
        """Begin with the person at the screen."""
        super().__init__(*args, **kwargs)
        nobody = (NOBODY, "Nobody. The next on the ladder is told")
        for name, choices in (("person", people), ("deputy", [nobody, *deputies])):
            self.fields[name].offer([Option(*choice) for choice in choices])  # type: ignore[attr-defined]
        self.fields["person"].initial = me
