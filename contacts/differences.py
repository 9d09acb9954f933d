"""The difference between two directories, in words that an approver can judge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from contacts.document import Document, Item, by_key, flat
from contacts.hours import Spell
from contacts.snapshot import WEEKDAYS
from contacts.typed_hours import DAY_NAMES, date_words, range_words
from contacts.words import spells_words

FIELD_WORDS = {
    "name": "Name",
    "audience": "Who it is for",
    "first_line": "First line",
    "what_for": "What it is for",
    "form_url": "Form",
    "email": "E-mail",
    "referral_mailbox": "Referral mailbox",
    "mailbox_is_placeholder": "Mailbox is a placeholder",
    "sms_number": "Text message number",
    "webhook_url": "Webhook",
    "owner": "Owner",
    "source": "Source",
    "evidence": "Evidence",
    "number": "Number",
    "closed_on_holidays": "Closed on bank holidays",
    "fallback": "Then falls back to",
    "note": "Note",
    "languages": "Languages",
    "text_relay": "Text relay",
    "verified_on": "Checked on",
}
_PART_WORDS = {"agencies": "agency", "lines": "line"}
_SPECIAL = "overrides"
_SIDES = ("shown", "other")


@dataclass(frozen=True)
class Change:
    """One change: where it is, what it was and what it becomes, in words."""

    where: str
    words: str


def differences(old: Document, new: Document) -> list[Change]:
    """Return every change from one document to another, agencies first; empty if none."""
    return [change for part in _PART_WORDS for change in _part(part, old, new)] + list(
        _conflicts(old, new)
    )


def _part(part: str, old: Document, new: Document) -> Iterator[Change]:
    names = _names(old) | _names(new)
    before, after = by_key(old, part), by_key(new, part)
    for key in dict.fromkeys([*before, *after]):
        was, becomes = before.get(key), after.get(key)
        where = (becomes or was or {})["name"]
        if was is None and becomes is not None:
            yield Change(where, f"New {_PART_WORDS[part]}")
            yield from _item({}, becomes, where, names)
        elif becomes is None:
            yield Change(where, f"The {_PART_WORDS[part]} is removed")
        elif was is not None:
            yield from _item(was, becomes, where, names)


def _names(document: Document) -> dict[str, str]:
    return {item["slug"]: item["name"] for item in document["lines"]}


def _item(was: Item, becomes: Item, where: str, names: Mapping[str, str]) -> Iterator[Change]:
    before, after = flat(was), flat(becomes)
    for name, words in FIELD_WORDS.items():
        old, new = before.get((name,)), after.get((name,))
        if old != new:
            yield Change(where, _becomes(words, _value(name, old, names), _value(name, new, names)))
    for short, day in zip(WEEKDAYS, DAY_NAMES, strict=True):
        old, new = before.get(("week", short)), after.get(("week", short))
        if old != new:
            yield Change(where, _becomes(day, day_words(old), day_words(new)))
    yield from (Change(where, words) for words in _special_days(was, becomes))


def _value(name: str, value: Any, names: Mapping[str, str]) -> str:
    if name in {"closed_on_holidays", "mailbox_is_placeholder"}:
        return "yes" if value else "no"
    if value is None:
        return "nobody" if name == "fallback" else "nothing"
    if name in {"first_line", "fallback"}:
        return names.get(value, value)
    if name == "languages":
        return ", ".join(value)
    if name == "verified_on":
        return date_words(date.fromisoformat(value))
    return f"“{value}”"


def _becomes(what: str, old: str, new: str) -> str:
    return f"{what}: {new}" if old == "nothing" else f"{what}: {old} becomes {new}"


def day_words(day: list[list[str]] | None) -> str:
    """Return a day of the document in words."""
    if day is None:
        return "nothing"
    return spells_words([Spell.parse(*pair) for pair in day])


def _special_days(was: Item, becomes: Item) -> Iterator[str]:
    """Yield changes of single dates, following days with the same change joined."""
    old, new = was.get(_SPECIAL, {}), becomes.get(_SPECIAL, {})
    runs: list[tuple[date, date, str]] = []
    for text in sorted(old.keys() | new.keys()):
        if old.get(text) == new.get(text):
            continue
        before = day_words(old[text]) if text in old else "as usual"
        after = day_words(new[text]) if text in new else "as usual"
        day, words = date.fromisoformat(text), f"{before} becomes {after}"
        if runs and runs[-1][2] == words and (day - runs[-1][1]).days == 1:
            runs[-1] = (runs[-1][0], day, words)
        else:
            runs.append((day, day, words))
    yield from (f"{range_words(first, last)}: {words}" for first, last, words in runs)


def _conflicts(old: Document, new: Document) -> Iterator[Change]:
    names = _names(old) | _names(new)
    before, after = by_key(old, "conflicts"), by_key(new, "conflicts")
    decided = by_key(new, "decisions").keys() - by_key(old, "decisions").keys()
    for key in sorted(before.keys() ^ after.keys()):
        item = before.get(key) or after[key]
        where, what = names.get(key[0], key[0]), FIELD_WORDS.get(key[1], key[1]).lower()
        values = " or ".join(f"“{item[one]}” ({item[f'{one}_source']})" for one in _SIDES)
        if key in after:
            yield Change(where, f"Open question about the {what}: {values}")
        elif any(found[:2] == key for found in decided):
            yield Change(where, f"Decided which {what} is right: {values}")
        else:
            yield Change(where, f"The open question about the {what} is removed")
