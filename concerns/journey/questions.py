"""What one page asks: the words and the fields, for the person whom it is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from concerns.journey.answers import Answers
from safeguarding_portal.design_system.forms import PortalForm

if TYPE_CHECKING:
    from django.forms import Field


@dataclass(frozen=True)
class About:
    """Whom a page is about: the draft's answers, the number in the page's key, their word."""

    answers: Answers
    number: int
    person: str
    # What is on the page now: just posted, or saved before.
    typed: dict[str, list[str]] = field(default_factory=dict)

    @property
    def person_start(self) -> str:
        """The person's word at the start of a sentence."""
        return self.person[:1].upper() + self.person[1:]


Fields = Callable[[About], dict[str, "Field"]]
Check = Callable[[PortalForm, About, date], None]


@dataclass(frozen=True)
class Question:
    """One page. `title_field` is the field whose label is the page's heading, if any.

    `check` looks at answers together and adds errors to the form. A page without fields is an
    interruption: it is read and passed.
    """

    slug: str
    title: str
    fields: Fields = lambda about: {}
    title_field: str = ""
    hint: str = ""
    check: Check | None = None


class Made(dict[str, "Field"]):
    """Fields made for one form, which need not copy them for itself."""

    def __deepcopy__(self, memo: Any) -> Made:
        return self


class StepForm(PortalForm):
    """The form of one page."""

    def __init__(self, question: Question, about: About, data: Any = None, **kwargs: Any) -> None:
        self.question, self.about = question, about
        self.base_fields = Made(question.fields(about))  # type: ignore[misc]
        self.title = title_of(question, about)
        self.title_field = question.title_field
        self.today: date | None = kwargs.get("today")
        super().__init__(data, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Look at the answers together, where the question asks for it."""
        if self.question.check is not None and self.today is not None:
            self.question.check(self, self.about, self.today)
        return self.cleaned_data


def title_of(question: Question, about: About) -> str:
    """Return the heading of a page, with the word for the person in it."""
    title = question.title.replace("{p}", about.person)
    several = len(about.answers.people) > 1
    if several and "{p}" not in question.title and question.slug in PER_PERSON:
        return f"{about.person_start}: {title[:1].lower()}{title[1:]}"
    return title


# Pages that come once for each person at risk, in the order of CONTENT section 1.
PER_PERSON = frozenset(
    {
        "unborn",
        "care-leaver",
        "where",
        "needs",
        "worry",
        "injuries",
        "basics",
        "missing",
        "fgm",
        "fgm-job",
        "slavery",
        "dash",
        "prevent",
        "police",
        "consent",
        "override",
        "capacity",
        "wishes",
        "family-consent",
        "safe-contact",
        "more",
    }
)
