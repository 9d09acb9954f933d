"""An agency and a line as editors type them. Errors name the field; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils import timezone
from django.utils.text import slugify

from contacts.document import Item
from contacts.numbers import is_uk_number
from contacts.snapshot import WEEKDAYS
from contacts.typed_hours import (
    DAY_NAMES,
    Day,
    HoursProblemError,
    day_text,
    read_day,
    read_special_days,
    special_days_text,
    week_overlap,
)
from safeguarding_portal.design_system.forms import (
    ChoiceField,
    EmailField,
    LongTextField,
    Option,
    PortalForm,
    TextField,
    TickField,
)

Options = Sequence[tuple[str, str]]
WRONG_NUMBER = "Enter a UK phone number with all its digits, or a short code such as 101"
YES_NO = [Option("yes", "Yes"), Option("no", "No")]
AUDIENCES = (
    ("danger", "Anyone, in danger now"),
    ("child", "Worries about a child"),
    ("adult", "Worries about an adult"),
    ("both", "Worries about anyone"),
    ("specialist", "A special kind of worry"),
    ("neighbour", "A neighbouring council"),
)
NEVER_CLOSES = "none"


class UkNumberField(TextField):
    """A UK number or a short code, kept as typed."""

    def validate(self, value: str) -> None:
        """Refuse what nobody can dial."""
        super().validate(value)
        if value and not is_uk_number(value.removeprefix("18001")):
            raise ValidationError(f"{self.name}: {WRONG_NUMBER[0].lower()}{WRONG_NUMBER[1:]}")


class LinkField(TextField):
    """The address of a page, which must be safe on the way."""

    def validate(self, value: str) -> None:
        """Refuse anything but https."""
        super().validate(value)
        try:
            if value:
                URLValidator(schemes=["https"])(value)
        except ValidationError as error:
            raise ValidationError(f"{self.name} must start with https:// and be whole") from error


class DayField(TextField):
    """The hours of one weekday as text."""

    def clean(self, value: Any) -> Day:
        """Return the day's spells."""
        text = super().clean(value)
        try:
            return read_day(text)
        except HoursProblemError as problem:
            raise ValidationError(f"{self.name}: {problem}") from problem


class _ItemForm(PortalForm):
    """An agency or a line: made from its entry in the document, and back."""

    slug = TextField(
        "Short name",
        hint="Small letters and hyphens. Leave it empty and it is made from the name.",
        max_chars=40,
        width="20",
    )

    def __init__(
        self, *args: Any, item: Item | None = None, taken: Sequence[str] = (), **kwargs: Any
    ) -> None:
        if item is not None and not args and "data" not in kwargs and kwargs.get("raw") is None:
            kwargs["initial"] = self.initial_of(item)
        super().__init__(*args, **kwargs)
        self.item, self.taken = item, taken
        if item is not None:
            del self.fields["slug"]

    def initial_of(self, item: Item) -> dict[str, Any]:
        """Return what the form shows of an entry."""
        raise NotImplementedError

    def clean(self) -> dict[str, Any]:
        """Give a new entry a short name that nobody has."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if self.item is None:
            slug = typed.get("slug") or slugify(typed.get("name") or "")[:40].strip("-")
            if typed.get("slug") and slugify(slug) != slug:
                self.add_error("slug", "Write the short name in small letters, with hyphens")
            elif slug in self.taken:
                self.add_error("slug", f"“{slug}” is taken. Choose another short name")
            elif not slug and typed.get("name"):
                self.add_error("slug", "Enter a short name")
            typed["slug"] = slug
        return typed

    def text_fields(self, names: Sequence[str]) -> Item:
        """Return the plain texts of the form."""
        return {name: self.cleaned_data[name] for name in names}

    def result(self) -> Item:
        """Return the entry as typed; what the form does not know stays."""
        kept = self.item if self.item is not None else {"slug": self.cleaned_data["slug"]}
        return {**kept, **self.entry()}

    def entry(self) -> Item:
        """Return the fields of this form as the document keeps them."""
        raise NotImplementedError


class AgencyForm(_ItemForm):
    """An agency: who it is for, its first line, and its other channels."""

    name = TextField("Name", empty="Enter the name of the agency", max_chars=120)
    audience = ChoiceField("Who is it for?", AUDIENCES, empty="Select who it is for")
    what_for = LongTextField(
        "What it is for",
        hint="One short sentence, as a colleague would say it.",
        empty="Write what it is for",
        max_chars=300,
        rows=2,
    )
    first_line = ChoiceField(
        "Line to call first", empty="Select the line to call first", as_list=True
    )
    email = EmailField("E-mail address", hint="Shown to staff.", autocomplete="off")
    referral_mailbox = EmailField(
        "Referral mailbox", hint="Where the portal sends referrals.", autocomplete="off"
    )
    mailbox_is_placeholder = TickField("The referral mailbox is a placeholder, not yet supplied")
    form_url = LinkField("Link to its form", max_chars=300)
    sms_number = UkNumberField("Text message number", width="20", max_chars=30)
    webhook_url = LinkField(
        "Webhook", hint="For an agency whose system takes referrals directly.", max_chars=300
    )
    owner = TextField("Owner", hint="The team that answers for this entry.", max_chars=120)
    source = TextField("Source", hint="Where this is published.", max_chars=300)
    evidence = LongTextField(
        "Evidence", hint="Who confirmed it, when, and how.", max_chars=2000, rows=3
    )
    field_order = ("name", "slug")
    texts = (
        *("name", "audience", "what_for", "first_line", "email", "referral_mailbox", "form_url"),
        *("sms_number", "webhook_url", "owner", "source", "evidence"),
    )

    def __init__(self, *args: Any, lines: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_line"].offer(list(lines))  # type: ignore[attr-defined]

    def initial_of(self, item: Item) -> dict[str, Any]:
        """Return what the form shows of an agency."""
        return dict(item)

    def entry(self) -> Item:
        """Return the agency as the document keeps it."""
        ticked = self.cleaned_data["mailbox_is_placeholder"]
        return {**self.text_fields(self.texts), "mailbox_is_placeholder": ticked}


class LineForm(_ItemForm):
    """A line: its number, its hours, and who answers when it is closed."""

    name = TextField(
        "Name", hint="As in “call …”: the emergency duty team", empty="Enter the name of the line"
    )
    number = UkNumberField("Phone number", empty="Enter the phone number", width="20", max_chars=30)
    closed_on_holidays = ChoiceField(
        "Closed on bank holidays?", YES_NO, empty="Select yes if it is closed on bank holidays"
    )
    special_days = LongTextField(
        "Closures and special openings",
        hint="One on each line, such as “24 December 2026 to 2 January 2027: 10:00-14:00” or "
        "“5 May 2027: closed”. They win over everything else.",
        max_chars=20_000,
        rows=5,
    )
    fallback = ChoiceField(
        "When it is closed, call",
        empty="Select who answers when it is closed",
        as_list=True,
    )
    languages = TextField("Languages", hint="With commas between, if it is not English alone")
    text_relay = UkNumberField(
        "Text relay number", hint="For example, 18001 0121 496 0123", width="20", max_chars=30
    )
    source = TextField(
        "Source", hint="Where this is published.", empty="Enter the source", max_chars=300
    )
    evidence = LongTextField(
        "Evidence", hint="Who confirmed it, when, and how.", max_chars=2000, rows=3
    )
    note = TextField("Note", hint="Shown to staff: what is doubtful or special.", max_chars=300)
    mon, tue, wed, thu, fri, sat, sun = (
        DayField(name, empty=f"{name}: write the hours, “24 hours” or “closed”", max_chars=120)
        for name in DAY_NAMES
    )
    field_order = ("name", "slug", "number")

    def __init__(self, *args: Any, lines: Options = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.item["slug"] if self.item else ""
        never = (NEVER_CLOSES, "Nobody: it never closes")
        others = [never, *(option for option in lines if option[0] != own)]
        self.fields["fallback"].offer(others)  # type: ignore[attr-defined]

    @property
    def first_fields(self) -> list[Any]:
        """Return the fields above the week."""
        return [self[name] for name in ("name", "slug", "number") if name in self.fields]

    @property
    def week_fields(self) -> list[Any]:
        """Return the seven days."""
        return [self[name] for name in WEEKDAYS]

    @property
    def last_fields(self) -> list[Any]:
        """Return the fields below the week."""
        above = {"name", "slug", "number", *WEEKDAYS}
        return [self[name] for name in self.fields if name not in above]

    def initial_of(self, item: Item) -> dict[str, Any]:
        """Return what the form shows of a line."""
        return line_as_typed(item)

    def clean_special_days(self) -> dict[str, Day]:
        """Return the special days by date."""
        try:
            return read_special_days(self.cleaned_data["special_days"], timezone.localdate())
        except HoursProblemError as problem:
            raise ValidationError(f"Closures and special openings, {problem}") from problem

    def clean(self) -> dict[str, Any]:
        """Refuse a night that runs into the next day's opening."""
        typed = super().clean()
        if all(day in typed for day in WEEKDAYS):
            week = {day: typed[day] for day in WEEKDAYS}
            overlap = week_overlap(week)
            if overlap:
                day, words = overlap
                self.add_error(day, f"{DAY_NAMES[WEEKDAYS.index(day)]}: {words}")
        return typed

    def entry(self) -> Item:
        """Return the line as the document keeps it."""
        typed = self.cleaned_data
        languages = [part.strip() for part in typed["languages"].split(",")]
        return {
            **self.text_fields(("name", "number", "text_relay", "source", "evidence", "note")),
            "week": {day: typed[day] for day in WEEKDAYS},
            "closed_on_holidays": typed["closed_on_holidays"] == "yes",
            "overrides": typed["special_days"],
            "fallback": None if typed["fallback"] == NEVER_CLOSES else typed["fallback"],
            "languages": [language for language in languages if language],
            "verified_on": self.item.get("verified_on") if self.item else None,
        }


def line_as_typed(item: Item) -> dict[str, Any]:
    """Return a line as an editor would type it; `ValueError` for hours or dates that are none."""
    shown = {**item, **{day: day_text(item["week"][day]) for day in WEEKDAYS}}
    return shown | {
        "closed_on_holidays": "yes" if item["closed_on_holidays"] else "no",
        "special_days": special_days_text(item.get("overrides", {})),
        "fallback": item["fallback"] or NEVER_CLOSES,
        "languages": ", ".join(item.get("languages", ())),
    }


class ChristmasForm(PortalForm):
    """The hours of one line from 24 December to 2 January, day by day."""

    title = "Christmas plan"

    def __init__(self, *args: Any, days: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.days = list(days)

    def plan(self) -> dict[str, Day]:
        """Return the hours of each day."""
        return {day.isoformat(): self.cleaned_data[day.isoformat()] for day in self.days}


def christmas_form(days: Sequence[date], **kwargs: Any) -> ChristmasForm:
    """Return the form for these days, each a field of its own."""
    fields = {
        day.isoformat(): DayField(
            f"{DAY_NAMES[day.weekday()]} {day.day} {day:%B}", empty="Write the hours or “closed”"
        )
        for day in days
    }
    kind = type("ChristmasForm", (ChristmasForm,), fields)
    form: ChristmasForm = kind(days=days, **kwargs)
    return form
