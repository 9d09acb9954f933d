"""What was asked and answered, in words: the check page, the report as filed, and who is named.

The same words are shown before sending and kept afterwards. `Filed` is what `cards` returns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django import forms

from concerns.journey.answers import Answers
from concerns.journey.marks import body_map_cards
from concerns.journey.questions import title_of
from concerns.journey.staff import chosen_staff
from concerns.journey.steps import QUESTIONS, about, is_known_key, keys
from safeguarding_portal.design_system.forms import ChoiceField, MultiChoiceField

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

FORM_VERSION = "2026-11.2"
REPORT_CARD = "What happened"
BY_CARD = {
    "danger": "Danger",
    "danger-call": "Danger",
    "call": "Danger",
    "done": "What has been done",
    "worker": "What has been done",
    "told-by": "Who told you",
    "safety": "What has been done",
    "who-sees": "Who may see this",
    "about-you": "About you",
}


def has_account(answers: Answers) -> bool:
    """Whether the one answer is there without which a report cannot be sent."""
    return bool(answers.one("what-happened", "account"))


def answer_words(field: forms.Field, name: str, page: dict[str, list[str]]) -> str:
    """Return one answer in words; empty when there is none. Wrong dates stay as typed."""
    if isinstance(field, ChoiceField | MultiChoiceField):
        labels = {option.value: option.label for option in field.options}
        return "; ".join(labels.get(value, value) for value in page.get(name, []))
    if isinstance(field, forms.BooleanField):
        return "Yes" if page.get(name) else ""
    names = getattr(field.widget, "widgets_names", None)
    parts = [f"{name}{suffix}" for suffix in names] if names else [name]
    typed = [(page.get(part) or [""])[0].strip() for part in parts]
    return " ".join(text for text in typed if text)


def rows(answers: Answers, key: str) -> list[dict[str, str]]:
    """Return the questions and answers of one page; "Not answered" where nothing was said."""
    slug = key.partition(".")[0]
    page = answers.page(key)
    found = []
    for name, asked in QUESTIONS[slug].fields(about(answers, key)).items():
        words = answer_words(asked, name, page) if name != "query" else ""
        if words or asked.required:
            found.append(
                {"question": str(asked.label), "answer": words or "Not answered", "slug": key}
            )
    return found


def cards(answers: Answers, *, with_empty: bool = True) -> list[dict[str, Any]]:
    """Return the report as cards, by person where it is about a person, as it is shown and filed.

    [{title, rows: [{question, answer, slug}]}], JSON-able. A card of a body map also holds its
    marks as data, under `body_map`.
    """
    asked = dict.fromkeys(keys(answers))
    extras = [key for key in answers.raw if key not in asked and is_known_key(answers, key)]
    found: dict[str, list[dict[str, str]]] = {}
    for key in [*asked, *extras]:
        slug, _, number = key.partition(".")
        page_rows = rows(answers, key)
        if any(with_empty or row["answer"] != "Not answered" for row in page_rows):
            found.setdefault(_card(answers, slug, number), []).extend(page_rows)
    words: list[dict[str, Any]] = [{"title": title, "rows": card} for title, card in found.items()]
    return words + body_map_cards(answers)


def _card(answers: Answers, slug: str, number: str) -> str:
    if slug in BY_CARD:
        return BY_CARD[slug]
    if slug in {"harm-by", "harm-by-work", "harm-by-staff"}:
        several = len(answers.alleged) > 1
        return f"Who may have caused harm, {number}" if several else "Who may have caused harm"
    if slug in {"household", "affected"}:
        return "Who else could be affected"
    if not number:
        return REPORT_CARD
    word = answers.name_of(int(number))
    return f"About {word}"


@dataclass(frozen=True)
class InvolvementData:
    """A person's part in the report, with their details as reported."""

    part: str
    name: str
    details: list[dict[str, str]] = field(default_factory=list)
    staff_user_id: int | None = None
    # The page that names the person.
    key: str = ""


Filed = list[dict[str, Any]]


def subjects(answers: Answers, filed: Filed) -> dict[str, InvolvementData]:
    """Return who each record is about, by the `ref` that `facts_data` gave them."""
    found: dict[str, InvolvementData] = {}
    for number in answers.people:
        name = answers.one(f"person.{number}", "name")
        found[f"person {number}"] = InvolvementData(
            "subject", name, _details(answers, filed, number), key=f"person.{number}"
        )
        mother = answers.one(f"unborn.{number}", "mother_name")
        found[f"mother of person {number}"] = InvolvementData(
            "subject", mother, key=f"unborn.{number}"
        )
    for number in answers.affected:
        affected = _affected(answers, filed, number)
        found[f"affected {number}"] = replace(affected, part="subject")
    return found


def others(answers: Answers, filed: Filed) -> list[InvolvementData]:
    """Return the people who are named on every record of the report."""
    found = [_alleged(answers, filed, number) for number in answers.alleged]
    found += [_affected(answers, filed, number) for number in answers.affected]
    informant = answers.one("told-by", "name")
    if informant:
        found.append(InvolvementData("informant", informant, _said(answers, filed, "told-by")))
    return [item for item in found if item.name or item.details or item.staff_user_id]


def _said(answers: Answers, filed: Filed, *pages: str) -> list[dict[str, str]]:
    """Return what was answered on these pages, in the words of the statement.

    What was said on a page that is not asked any more counts: how to reach somebody safely stays
    true, whatever the worry is called.
    """
    words = [row for card in filed for row in card["rows"] if row["slug"] in pages]
    for page in set(answers.raw).intersection(pages).difference(row["slug"] for row in words):
        words += rows(answers, page)
    words.sort(key=lambda row: pages.index(row["slug"]))
    return [row for row in words if row["answer"] != "Not answered"]


def _details(answers: Answers, filed: Filed, number: int) -> list[dict[str, str]]:
    wanted = ("person", "unborn", "where", "needs", "safe-contact", "wishes", "more")
    return _said(answers, filed, *(f"{slug}.{number}" for slug in wanted))


def _alleged(answers: Answers, filed: Filed, number: int) -> InvolvementData:
    details = _said(answers, filed, f"harm-by.{number}", f"harm-by-work.{number}")
    name = answers.one(f"harm-by.{number}", "name")
    staff = chosen_staff(answers.page(f"harm-by-staff.{number}"))
    return InvolvementData("alleged", name, details, staff, key=f"harm-by.{number}")


def _affected(answers: Answers, filed: Filed, number: int) -> InvolvementData:
    key = f"affected.{number}"
    details = _said(answers, filed, key)
    return InvolvementData("household", answers.one(key, "name"), details, key=key)


def named_staff(answers: Answers) -> set[int]:
    """Return the ids of colleagues who were picked as a person who may have caused harm."""
    wanted = set(keys(answers))
    found = [
        chosen_staff(answers.page(f"harm-by-staff.{number}"))
        for number in answers.alleged
        if f"harm-by-staff.{number}" in wanted
    ]
    return {user_id for user_id in found if user_id is not None}


def unwanted_readers(answers: Answers) -> set[int]:
    """Return the ids of colleagues who the reporter asks should not see the report."""
    chosen = chosen_staff(answers.page("who-sees"))
    return {chosen} if chosen is not None and answers.one("who-sees", "anyone") == "yes" else set()


def typed_staff_names(answers: Answers) -> list[str]:
    """Return names typed for people at risk, alleged and affected: one could be a reader's."""
    fields = [f"person.{number}" for number in answers.people]
    fields += [f"harm-by.{number}" for number in answers.alleged]
    fields += [f"affected.{number}" for number in answers.affected]
    return [name for key in fields if (name := answers.one(key, "name"))]


@dataclass(frozen=True)
class CallMade:
    """A call that the reporter says they made, before or while writing."""

    agency_slug: str
    spoke_to: str
    agency_reference: str
    when: str


def recorded_calls(answers: Answers) -> list[CallMade]:
    """Return the calls that were recorded in the journey."""
    agency = answers.one("call", "agency")
    if agency in {"", "none", "unknown"}:
        return []
    return [
        CallMade(
            agency,
            answers.one("call", "spoke_to"),
            answers.one("call", "reference"),
            answers.one("call", "when"),
        )
    ]


def reporter_details(answers: Answers, reporter: User, directorate: str | None) -> dict[str, str]:
    """Return who reports, as of now: name, role, directorate if any, and call-back number."""
    return {
        "name": reporter.full_name,
        "job_title": reporter.job_title,
        "directorate": directorate or "",
        "email": reporter.email,
        "phone": answers.one("about-you", "phone") or reporter.work_phone,
        "for_name": answers.one("about-you", "for_name"),
        "for_role": answers.one("about-you", "for_role"),
        "for_phone": answers.one("about-you", "for_phone"),
        "shield": answers.one("about-you", "shield"),
    }


def page_title(answers: Answers, key: str) -> str:
    """Return the heading of a page."""
    return title_of(QUESTIONS[key.partition(".")[0]], about(answers, key))
