"""What is typed about one mark on the body: the same form for reporters and for leads."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from concerns.bodymap.areas import CHILD, FIGURES, areas_of
from concerns.bodymap.figures import FULL
from concerns.bodymap.kinds import (
    COLOUR_WARNING,
    COLOURS,
    EXACT_WORDS,
    KINDS,
    LARGEST_MM,
    OTHER,
)
from concerns.bodymap.marks import MM_IN_CM, Mark, kind_words, place
from concerns.dates import local_date, read_time
from concerns.rules.case import LONDON
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    DateField,
    LongTextField,
    MultiChoiceField,
    Option,
    PortalForm,
    TextField,
)
from safeguarding_portal.design_system.text import sentence_case

ME, SOMEBODY, NOT_KNOWN = "me", "somebody", "unknown"
SEEN = (
    Option(ME, "I saw it"),
    Option(SOMEBODY, "Somebody else saw it"),
    Option(NOT_KNOWN, "I do not know"),
)
MOST_DIGITS = 8


class SizeField(TextField):
    """A length in centimetres, or in millimetres if "mm" is written; returns millimetres."""

    def __init__(self, label: str, *, hint: str = "") -> None:
        super().__init__(label, hint=hint, width="5", inputmode="decimal")

    def clean(self, value: Any) -> int | None:
        """Return the size, or nothing when nothing was typed."""
        text = super().clean(value).lower().replace(",", ".").replace(" ", "")
        if not text:
            return None
        factor = 1 if text.endswith("mm") else MM_IN_CM
        digits = text.removesuffix("mm").removesuffix("cm")
        if len(digits) <= MOST_DIGITS and digits.replace(".", "", 1).isdecimal():
            size = round(float(digits) * factor)
            if 0 < size <= LARGEST_MM:
                return size
        raise ValidationError(
            f"{self.name} must be a number of centimetres, like 3 or 2.5", code="invalid"
        )


class MarkForm(PortalForm):
    """One mark. `figure` is the drawing it is on; `now` (aware) says what has not come yet."""

    title = "Add a mark"
    # Set by the drawing, where scripts run; the list of areas says the same without it.
    figure = forms.CharField(widget=forms.HiddenInput, required=False)
    x = forms.CharField(widget=forms.HiddenInput, required=False)
    y = forms.CharField(widget=forms.HiddenInput, required=False)
    area = ChoiceField(
        "Where on the body?",
        hint="Left and right are the person's own left and right.",
        empty="Select where on the body",
        as_list=True,
    )
    kind = ChoiceField(
        "What is it?",
        [Option(kind.slug, kind.words, kind.hint) for kind in KINDS],
        empty="Select what it is",
    )
    looks = TextField(
        "What does it look like?",
        hint="Its shape or pattern, for example a line, a round mark, or like fingers.",
        max_chars=500,
        name="What it looks like",
    )
    length = SizeField("Length in cm", hint="An estimate is fine. Do not measure on the skin.")
    width = SizeField("Width in cm")
    colours = MultiChoiceField(
        "What colour is it?",
        [(slug, sentence_case(words)) for slug, words in COLOURS.items()],
        hint=f"{COLOUR_WARNING.words} Choose the colours you see, and write no age.",
    )
    saw = ChoiceField("Who saw it?", SEEN, empty="Select who saw it")
    seen_by = TextField("If somebody else, their name and job or relation", name="Their name")
    day = DateField("When was it seen?", hint="For example, 23 4 2026. Leave it empty if unknown")
    clock = TextField("Time it was seen", hint="For example, 4:20pm", width="10")
    said = LongTextField(
        "What was said about it",
        rows=3,
        max_chars=4000,
        name="What was said",
        hint=EXACT_WORDS.words,
    )
    said_by = TextField("Who said it")

    def __init__(
        self, *args: Any, drawn_on: str = CHILD, now: datetime | None = None, **kwargs: Any
    ) -> None:
        kwargs.setdefault("today", local_date(now) if now else None)
        super().__init__(*args, **kwargs)
        self.now = now
        typed = (
            self.data.get("figure") if self.is_bound else (kwargs.get("raw") or {}).get("figure")
        )
        typed = typed[0] if isinstance(typed, list) and typed else typed
        # Of a forged figure nothing is kept; the drawing that fits the person is meant.
        self.drawn_on = str(typed) if typed in FIGURES else drawn_on
        self.initial["figure"] = self.drawn_on
        groups = [
            (group, [(area.slug, sentence_case(area.words)) for area in areas])
            for group, areas in areas_of(self.drawn_on)
        ]
        self.fields["area"].choices = [("", "Select one"), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Look at what belongs together: the time and its day, "other" and its words."""
        typed = self.cleaned_data
        if typed.get("kind") == OTHER and not typed.get("looks") and "looks" not in self.errors:
            self.add_error("looks", "Say what it looks like")
        clock = read_time(typed.get("clock", ""))
        if typed.get("clock") and clock is None:
            self.add_error("clock", "Write the time like 4:20pm")
        elif clock and not typed.get("day") and "day" not in self.errors:
            self.add_error("day", "Enter the day too")
        elif clock and typed.get("day") and self._is_to_come(typed["day"], clock):
            self.add_error("clock", "That time has not come yet. Check it")
        return typed

    def _is_to_come(self, day: date, clock: time) -> bool:
        return self.now is not None and datetime.combine(day, clock, tzinfo=LONDON) > self.now

    def mark(self, number: int, me: str) -> Mark | None:
        """Return the mark that was typed, `me` being who types; None without an area and a kind.

        What is wrong in a field that may be empty counts as not given.
        """
        typed = self.cleaned_data
        if not typed.get("area") or not typed.get("kind"):
            return None
        clock = read_time(typed.get("clock", ""))
        day = typed.get("day")
        somebody = typed.get("seen_by") or "somebody else"
        seen_by = {ME: me, SOMEBODY: somebody, NOT_KNOWN: "a person not known"}
        x, y = (_thousandth(typed.get(name, "")) for name in ("x", "y"))
        return Mark(
            number=number,
            **place(self.drawn_on, typed["area"], x, y),
            kind=typed["kind"],
            kind_words=kind_words(typed["kind"]),
            looks=typed.get("looks", ""),
            length_mm=typed.get("length"),
            width_mm=typed.get("width"),
            colours=typed.get("colours", []),
            seen_by=seen_by.get(typed.get("saw", ""), ""),
            seen_on=day.isoformat() if day else "",
            seen_at=clock.isoformat(timespec="minutes") if day and clock else "",
            said=typed.get("said", ""),
            said_by=typed.get("said_by", ""),
        )


def _thousandth(text: str) -> int | None:
    """Read a position; anything else is none, and the list of areas counts."""
    is_number = text.isascii() and text.isdecimal() and len(text) <= len(str(FULL))
    return int(text) if is_number and int(text) <= FULL else None
