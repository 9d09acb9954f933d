"""Tags that render a form so that every error link lands and every description exists.

They replace the pack's own field tag, which changes widgets while it renders them and points at
ids that no element has (DESIGN section 6).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms, template
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.safestring import SafeString

from safeguarding_portal.design_system.dates import PARTS
from safeguarding_portal.design_system.fields import DateField, LongTextField, Option

register = template.Library()

_CLASSES: tuple[tuple[type[forms.Widget], str], ...] = (
    (forms.Textarea, "govuk-textarea"),
    (forms.CheckboxInput, "govuk-checkboxes__input"),
    (forms.Select, "govuk-select"),
    (forms.FileInput, "govuk-file-upload"),
    (forms.PasswordInput, "govuk-input govuk-password-input__input govuk-js-password-input-input"),
    (forms.Widget, "govuk-input"),
)


# In characters. A month may be a name, and all three boxes must fit on one line of a small phone.
_BOX_WIDTHS = {"day": 2, "month": 3, "year": 4}


@dataclass(frozen=True)
class SummaryLink:
    """One line of the error summary and the id it lands on."""

    target: str
    message: str


@dataclass(frozen=True)
class Item:
    """One radio button or checkbox, ready to render."""

    id: str
    value: str
    label: str
    hint: str
    divider: str
    exclusive: bool
    checked: bool


@dataclass(frozen=True)
class DateBox:
    """One of the three boxes of a date, ready to render."""

    id: str
    name: str
    label: str
    value: str
    is_wrong: bool
    width: int
    inputmode: str


def _errors(field: BoundField) -> list[ValidationError]:
    return list(field.errors.as_data())


def _wrong_parts(error: ValidationError) -> tuple[str, ...]:
    return tuple((error.params or {}).get("parts", PARTS))


def _target(field: BoundField, error: ValidationError | None = None) -> str:
    """Return the id of the input where the reader can mend the error."""
    if isinstance(field.field, DateField):
        part = _wrong_parts(error)[0] if error else PARTS[0]
        return f"{field.auto_id}_{part}"
    return field.auto_id


@register.filter
def summary_links(form: forms.BaseForm) -> list[SummaryLink]:
    """Return the lines of the error summary, in the order of the fields on the page."""
    fields = form.visible_fields()
    links = [
        SummaryLink(_target(field, error), message)
        for field in fields
        for error in _errors(field)
        for message in error.messages
    ]
    first = _target(fields[0]) if fields else "main-content"
    # An error of a hidden field, or of the form as a whole, has no input of its own.
    rest = [*form.non_field_errors(), *(e for field in form.hidden_fields() for e in field.errors)]
    return [SummaryLink(first, str(message)) for message in rest] + links


@register.filter
def describing_ids(field: BoundField) -> str:
    """Return the ids of the hint and the errors of a field, for aria-describedby."""
    ids = [f"{field.auto_id}_hint"] if field.help_text else []
    ids += [f"{field.auto_id}_error_{n}" for n in range(1, len(field.errors) + 1)]
    return " ".join(ids)


@register.filter
def field_kind(field: BoundField) -> str:
    """Return which part of the field template renders this field."""
    widget = field.field.widget
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checkboxes"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(field.field, DateField):
        return "date"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.PasswordInput):
        return "password"
    return "long_text" if isinstance(field.field, LongTextField) else "text"


@register.filter
def is_title(field: BoundField) -> bool:
    """Say whether this field's label is the heading of the page."""
    return getattr(field.form, "title_field", "") == field.name


@register.filter
def heading_or_label(field: BoundField) -> str:
    """Return the page's question for the field that carries it, else the field's own label."""
    title = getattr(field.form, "title", "") if is_title(field) else ""
    return str(title or field.label)


@register.filter
def has_title_field(form: object) -> bool:
    """Say whether one of the form's fields is the heading, so that the layout shows no other."""
    return bool(getattr(form, "title_field", ""))


@register.filter
def option_items(field: BoundField) -> list[Item]:
    """Return the radio buttons or checkboxes; the first has the id that error links point at."""
    options = getattr(field.field, "options", None) or [
        Option(str(value), str(label))
        for value, label in field.field.choices  # type: ignore[attr-defined]
    ]
    value = field.value()
    chosen = {str(v) for v in value} if isinstance(value, (list, tuple, set)) else {str(value)}
    return [
        Item(
            id=field.auto_id if n == 1 else f"{field.auto_id}_{n}",
            value=option.value,
            label=option.label,
            hint=option.hint,
            divider=option.divider,
            exclusive=option.exclusive,
            checked=option.value in chosen,
        )
        for n, option in enumerate(options, start=1)
    ]


@register.filter
def date_boxes(field: BoundField) -> list[DateBox]:
    """Return the three boxes of a date with what was typed, marking only the wrong ones."""
    value = field.value()
    typed = value if isinstance(value, list) else field.field.widget.decompress(value)
    wrong = {part for error in _errors(field) for part in _wrong_parts(error)}
    return [
        DateBox(
            id=f"{field.auto_id}_{part}",
            name=f"{field.html_name}_{part}",
            label=part.capitalize(),
            value=text,
            is_wrong=part in wrong,
            width=_BOX_WIDTHS[part],
            # Month names are welcome, so the month keeps the full keyboard.
            inputmode="text" if part == "month" else "numeric",
        )
        for part, text in zip(PARTS, typed, strict=True)
    ]


@register.simple_tag
def field_input(field: BoundField) -> SafeString:
    """Render the input of a one-input field with its classes and descriptions."""
    widget = field.field.widget
    classes = [next(css for kind, css in _CLASSES if isinstance(widget, kind))]
    classes += widget.attrs.get("class", "").split()
    if width := getattr(field.field, "width", ""):
        classes.append(f"govuk-input--width-{width}")
    describedby = describing_ids(field)
    if isinstance(field.field, LongTextField):
        classes.append("govuk-js-character-count")
        describedby = f"{describedby} {field.auto_id}-info".strip()
    if field.errors:
        classes += [
            f"{css}--error"
            for css in classes[0].split()
            if css in {"govuk-input", "govuk-textarea", "govuk-select", "govuk-file-upload"}
        ]
    attrs: dict[str, Any] = {"class": " ".join(classes), "maxlength": False}
    if isinstance(widget, (forms.TextInput, forms.Textarea)):
        attrs["dir"] = "auto"  # a name or an account in Arabic or Urdu reads from the right
    if describedby:
        attrs["aria-describedby"] = describedby
    return field.as_widget(attrs=attrs)
