"""The form that every page of the portal is made from.

It keeps three promises: whatever is sent, it answers in plain words and never raises; what was
typed comes back exactly as typed, right or wrong; and every error can be reached by a link.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from crispy_forms_gds.helper import FormHelper
from django import forms
from django.utils.datastructures import MultiValueDict

from safeguarding_portal.design_system.dates import DateParts
from safeguarding_portal.design_system.fields import (
    HIDDEN_CHARACTERS,
    UNKNOWN_CHOICE,
    ChoiceField,
    DateField,
    DateInput,
    EmailField,
    LongTextField,
    MultiChoiceField,
    NumberField,
    Option,
    PhoneField,
    TextField,
    TickField,
)
from safeguarding_portal.design_system.text import one_kind_of_line_break, without_hidden

__all__ = [
    "HIDDEN_CHARACTERS",
    "UNKNOWN_CHOICE",
    "ChoiceField",
    "DateField",
    "DateInput",
    "DateParts",
    "EmailField",
    "LongTextField",
    "MultiChoiceField",
    "NumberField",
    "Option",
    "PhoneField",
    "PortalForm",
    "PortalFormMixin",
    "RawAnswers",
    "TextField",
    "TickField",
]

RawAnswers = dict[str, list[str]]
if TYPE_CHECKING:
    _Form = forms.BaseForm
else:
    _Form = object


def _as_lists(data: Mapping[str, Any]) -> Iterable[tuple[str, list[str]]]:
    """Read a QueryDict, a dict of lists or a plain dict; a value that is no text is left out."""
    pairs = data.lists() if isinstance(data, MultiValueDict) else data.items()
    for name, value in pairs:
        values = value if isinstance(value, (list, tuple)) else [value]
        yield name, [item for item in values if isinstance(item, str)]


class PortalFormMixin(_Form):
    """What PortalForm adds, for forms whose base class is somebody else's (sign-in, for one).

    `title` is the page's question; `title_field` names the field whose label or legend is that
    question, so that the page has one heading and the question is read with its answers.
    """

    title: str = ""
    title_field: str = ""
    use_required_attribute = False
    data: MultiValueDict[str, str]

    def __init__(
        self,
        *args: Any,
        raw: Mapping[str, Any] | None = None,
        today: date | None = None,
        **kwargs: Any,
    ) -> None:
        """Build the form.

        Pass `data` (POST data, or a dict of lists from a draft) to judge answers; pass `raw` to
        show what was typed before, unjudged: no errors, right or wrong.
        """
        super().__init__(*args, **kwargs)
        self._names_with_hidden: set[str] = set()
        self._saved = None if raw is None else MultiValueDict(dict(_as_lists(raw)))
        if self.is_bound:
            self.data = self._without_hidden(self.data)
        for field in self.fields.values():
            if isinstance(field, DateField):
                field.today = today
            if isinstance(field, forms.ChoiceField):
                field.error_messages["invalid_choice"] = UNKNOWN_CHOICE

    def _without_hidden(self, data: Mapping[str, Any]) -> MultiValueDict[str, str]:
        kept_as_sent = {
            self.add_prefix(name)
            for name, field in self.fields.items()
            if isinstance(field.widget, forms.PasswordInput)
        }
        cleaned: MultiValueDict[str, str] = MultiValueDict()
        for name, values in _as_lists(data):
            if name not in kept_as_sent:
                lines = [one_kind_of_line_break(text) for text in values]
                values = [without_hidden(text) for text in lines]
                if values != lines:
                    self._names_with_hidden.add(name)
            cleaned.setlist(name, values)
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for name, field in self.fields.items():
            is_text = isinstance(field, forms.CharField)
            if is_text and self.add_prefix(name) in self._names_with_hidden:
                self.add_error(name, HIDDEN_CHARACTERS)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Show what was typed before, where there is a saved page; else the field's own start."""
        if self._saved is None:
            return super().get_initial_for_field(field, field_name)
        name = self.add_prefix(field_name)
        return field.widget.value_from_datadict(self._saved, MultiValueDict(), name)

    def input_names(self) -> list[str]:
        """Return the names of all inputs of this form; a date has three."""
        return [
            f"{self.add_prefix(name)}{suffix}"
            for name, field in self.fields.items()
            for suffix in getattr(field.widget, "widgets_names", [""])
        ]

    def raw_answers(self) -> RawAnswers:
        """Return everything typed into this form, as typed, ready for JSON; empty inputs are out.

        Works on any bound form, valid or not; names that are not this form's are left out.
        """
        typed = {name: self.data.getlist(name) for name in self.input_names()}
        return {name: values for name, values in typed.items() if any(values)}

    @cached_property
    def helper(self) -> FormHelper:
        """Render the fields only: layouts write the form tag, the token and the buttons."""
        helper = FormHelper(self)
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class PortalForm(PortalFormMixin, forms.Form):
    """A page's form. Subclass it, name `title` and `title_field`, and list the fields."""
