"""The kinds of question a page may ask.

One habit for all: **a field must be answered exactly if it says what to do when it is empty**
(`empty="Select yes if anyone is in danger right now"`); without those words it is optional.
Nothing here cuts what was typed, raises on any input, or trusts a value it did not offer.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import phonenumbers
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from safeguarding_portal.design_system.dates import PARTS, DateParts, DateProblemError, read_date
from safeguarding_portal.design_system.text import (
    is_blank,
    one_kind_of_line_break,
    sentence_case,
)

UNKNOWN_CHOICE = "Select one of the answers shown"
HIDDEN_CHARACTERS = "We took out a character that cannot be shown. Check the text"
WRONG_PHONE = "Enter a UK phone number with all its digits"
WRONG_EMAIL = "Enter an email address in full, like name@example.org"


@dataclass(frozen=True)
class Option:
    """One answer to choose. An exclusive one ("None", "I do not know") stands alone."""

    value: str
    label: str
    hint: str = ""
    exclusive: bool = False
    # A word such as "or" between this answer and the one before it.
    divider: str = ""


def _asked(label: str, hint: str, empty: str, initial: Any = None) -> dict[str, Any]:
    return {
        "label": label,
        "help_text": hint,
        "required": bool(empty),
        "error_messages": {"required": empty} if empty else {},
        "initial": initial,
    }


class TextField(forms.CharField):
    """One line of text. `name` is what an error calls it, if not its label."""

    # A class here, an instance on each field.
    widget: Any = forms.TextInput

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        empty: str = "",
        max_chars: int = 200,
        name: str = "",
        width: str = "",
        autocomplete: str = "off",
        inputmode: str = "",
        initial: str | None = None,
    ) -> None:
        super().__init__(**_asked(label, hint, empty, initial))
        self.max_chars = max_chars
        self.name = sentence_case(name or label)
        self.width = width
        self.widget.attrs["autocomplete"] = autocomplete
        if inputmode:
            self.widget.attrs["inputmode"] = inputmode

    def to_python(self, value: Any) -> str:
        """Return the text with one kind of line break; text that shows nothing is empty."""
        text = one_kind_of_line_break(super().to_python(value) or "")
        return "" if is_blank(text) else text

    def validate(self, value: str) -> None:
        """Say by how much the text is too long; never cut it."""
        super().validate(value)
        over = len(value) - self.max_chars
        if over > 0:
            raise ValidationError(
                f"{self.name} is {over:,} {'character' if over == 1 else 'characters'} too long. "
                "Shorten it",
                code="too_long",
            )


class LongTextField(TextField):
    """Several lines of text, with a count of characters that works without scripts too."""

    widget = forms.Textarea

    def __init__(
        self,
        label: str,
        *,
        max_chars: int = 10_000,
        hint: str = "",
        empty: str = "",
        name: str = "",
        rows: int = 5,
        initial: str | None = None,
    ) -> None:
        super().__init__(
            label, hint=hint, empty=empty, max_chars=max_chars, name=name, initial=initial
        )
        self.widget.attrs["rows"] = rows
        del self.widget.attrs["autocomplete"]


class EmailField(TextField):
    """An e-mail address."""

    widget = forms.EmailInput

    def __init__(
        self, label: str, *, hint: str = "", empty: str = "", autocomplete: str = "email"
    ) -> None:
        super().__init__(label, hint=hint, empty=empty, max_chars=254, autocomplete=autocomplete)
        self.widget.attrs["spellcheck"] = "false"
        self._check = forms.EmailField().run_validators

    def validate(self, value: str) -> None:
        """Refuse what no mail server could take."""
        super().validate(value)
        if value:
            try:
                self._check(value)
            except ValidationError as error:
                raise ValidationError(WRONG_EMAIL, code="invalid") from error


class PhoneField(TextField):
    """A UK phone number; kept as people in the UK write it."""

    def __init__(
        self,
        label: str,
        *,
        hint: str = "",
        empty: str = "",
        autocomplete: str = "off",
        initial: str | None = None,
    ) -> None:
        super().__init__(
            label,
            hint=hint,
            empty=empty,
            max_chars=40,
            width="20",
            autocomplete=autocomplete,
            initial=initial,
        )
        self.widget.input_type = "tel"

    def clean(self, value: Any) -> str:
        """Return the number in national form, with its extension."""
        text = super().clean(value)
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException as error:
            raise ValidationError(WRONG_PHONE, code="invalid") from error
        if number.country_code != 44 or not _has_all_digits(number):
            raise ValidationError(WRONG_PHONE, code="invalid")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def _has_all_digits(number: phonenumbers.PhoneNumber) -> bool:
    """Say whether a UK number is whole; ranges kept for drama are, though never in use."""
    digits = phonenumbers.national_significant_number(number)
    return phonenumbers.is_valid_number(number) or (len(digits) == 10 and digits[0] != "0")


class NumberField(TextField):
    """A whole number; `wrong` says what it must be."""

    def __init__(
        self,
        label: str,
        *,
        minimum: int,
        maximum: int,
        wrong: str,
        hint: str = "",
        empty: str = "",
        initial: int | None = None,
    ) -> None:
        super().__init__(
            label,
            hint=hint,
            empty=empty,
            max_chars=sys.maxsize,  # too many digits is a wrong number, said in its own words
            width="4",
            inputmode="numeric",
            initial=None if initial is None else str(initial),
        )
        self.minimum, self.maximum, self.wrong = minimum, maximum, wrong

    def clean(self, value: Any) -> int | None:
        """Return the number, or nothing if nothing was typed."""
        text = super().clean(value)
        if not text:
            return None
        digits = text.replace(",", "")
        if not digits.isdecimal() or len(digits) > 9:
            raise ValidationError(self.wrong, code="invalid")
        if not self.minimum <= int(digits) <= self.maximum:
            raise ValidationError(self.wrong, code="invalid")
        return int(digits)


class TickField(forms.BooleanField):
    """One box to tick."""

    def __init__(self, label: str, *, hint: str = "", empty: str = "") -> None:
        super().__init__(**_asked(label, hint, empty))


class _Options:
    """Answers with hints, kept beside Django's own pairs so that templates can show them."""

    choices: Any

    def offer(self, options: Sequence[Option | tuple[str, str]]) -> None:
        """Set the answers shown; a form may do so for the person it is about."""
        self.options = tuple(
            option if isinstance(option, Option) else Option(*option) for option in options
        )
        # Asked for when they are shown: most forms are made to be read, not to be shown.
        self.choices = lambda: [(option.value, option.label) for option in self.options]


class ChoiceField(_Options, forms.ChoiceField):
    """One answer of several, as radio buttons (or a list to open, for very many)."""

    widget = forms.RadioSelect

    def __init__(
        self,
        label: str,
        options: Sequence[Option | tuple[str, str]] = (),
        *,
        hint: str = "",
        empty: str = "",
        inline: bool = False,
        as_list: bool = False,
        initial: str | None = None,
    ) -> None:
        super().__init__(
            widget=forms.Select if as_list else None, **_asked(label, hint, empty, initial)
        )
        self.error_messages["invalid_choice"] = UNKNOWN_CHOICE
        self.inline = inline
        self.offer(options)

    def offer(self, options: Sequence[Option | tuple[str, str]]) -> None:
        """Set the answers; a list to open begins with none chosen."""
        super().offer(options)
        if isinstance(self.widget, forms.Select) and not isinstance(self.widget, forms.RadioSelect):
            self.choices = [("", "Select one"), *self.choices]


class MultiChoiceField(_Options, forms.MultipleChoiceField):
    """Any number of answers, as checkboxes."""

    widget = forms.CheckboxSelectMultiple

    def __init__(
        self,
        label: str,
        options: Sequence[Option | tuple[str, str]] = (),
        *,
        hint: str = "",
        empty: str = "",
        initial: Sequence[str] | None = None,
    ) -> None:
        super().__init__(**_asked(label, hint, empty, initial))
        self.error_messages["invalid_choice"] = UNKNOWN_CHOICE
        self.offer(options)

    def clean(self, value: Any) -> list[str]:
        """Return the chosen values in the order offered; an exclusive one must stand alone."""
        chosen = set(super().clean(value))
        alone = [option for option in self.options if option.exclusive and option.value in chosen]
        if alone and len(chosen) > 1:
            raise ValidationError(
                f"Choose “{alone[0].label}” on its own, or untick it", code="exclusive"
            )
        return [option.value for option in self.options if option.value in chosen]


class DateInput(forms.MultiWidget):
    """Three text boxes named `<field>_day`, `<field>_month`, `<field>_year`."""

    def __init__(self) -> None:
        super().__init__({part: forms.TextInput() for part in PARTS})

    def decompress(self, value: Any) -> list[str]:
        """Return the three boxes of a date that is known."""
        if isinstance(value, date):
            return [str(value.day), str(value.month), str(value.year)]
        return ["", "", ""]

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[str]:
        """Return what was typed in each box; a box that was not sent is empty."""
        return [str(data.get(f"{name}_{part}") or "") for part in PARTS]

    def id_for_label(self, id_: str | None) -> str:
        """Return the id of the first box, which a link can land on."""
        return f"{id_}_{PARTS[0]}" if id_ else ""


class DateField(forms.Field):
    """A date in three boxes. Returns a date, or None when nothing was typed.

    For "or roughly when", put a TextField beside it: words are an answer of their own.
    `today` may be set by the form; else it is the day in Europe/London.
    """

    widget = DateInput
    today: date | None = None

    def __init__(
        self,
        label: str,
        *,
        hint: str = "For example, 23 4 2011",
        empty: str = "",
        may_be_future: bool = False,
        initial: date | None = None,
    ) -> None:
        super().__init__(**_asked(label, hint, empty, initial))
        self.may_be_future = may_be_future

    def clean(self, value: Any) -> date | None:
        """Return the date typed; errors carry the boxes to mend in `params["parts"]`."""
        typed = DateParts(*value) if value else DateParts()
        if typed.is_empty:
            if self.required:
                raise ValidationError(
                    self.error_messages["required"], code="required", params={"parts": PARTS}
                )
            return None
        try:
            return read_date(
                typed, today=self.today or timezone.localdate(), may_be_future=self.may_be_future
            )
        except DateProblemError as problem:
            raise ValidationError(
                problem.message, code="invalid_date", params={"parts": problem.parts}
            ) from problem
