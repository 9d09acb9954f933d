"""The numbers on paper: a poster, a pocket card, plain text. Dated, with the directory's version.

A sheet cannot know the minute it is read at, so it says for each number when it is answered.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from contacts.bundle import FIRST
from contacts.directory import Directory
from contacts.hours import LONDON
from contacts.selectors import current_directory
from contacts.weekly import unusual_days, week_words
from safeguarding_portal.context import COUNCIL_NAME, names
from safeguarding_portal.documents import pdf

SIZES = {"a4": "Poster, A4", "a6": "Pocket card, A6"}
TEMPLATE = "contacts/poster/poster.typ"
OTHER_TIMES = "All other times"
# How far ahead a sheet names days with hours of their own; it is to be printed anew after that.
UNUSUAL_DAYS_AHEAD = 60


@dataclass(frozen=True)
class Number:
    """One number, and when it is answered."""

    number: str
    when: str
    name: str


@dataclass(frozen=True)
class Entry:
    """Whom to call about one thing: its numbers in the order in which they are tried."""

    title: str
    numbers: tuple[Number, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sheet:
    """All that a poster, a card or a text says."""

    council: str
    place: str
    first: tuple[Entry, ...]
    others: tuple[Entry, ...]
    unusual: tuple[str, ...]
    link: str
    version: str
    dated: str


def sheet(place: str, now: datetime) -> Sheet:
    """Return the sheet of a place ("City Housing", or empty for the council) at `now` (aware)."""
    directory = current_directory(now)
    titles = dict(FIRST)
    others = [slug for slug in directory.agencies if slug not in titles]
    day = now.astimezone(LONDON)
    return Sheet(
        council=COUNCIL_NAME,
        place=place,
        first=tuple(_entry(directory, slug, title) for slug, title in FIRST),
        others=tuple(_entry(directory, slug, directory.agencies[slug].name) for slug in others),
        unusual=_unusual(directory, now),
        link=short_link(),
        version=directory.version,
        dated=f"{day.day} {day:%B %Y}",
    )


def short_link() -> str:
    """Return the address to type, without "https://"."""
    address = f"{settings.PORTAL_URL}{reverse('contacts:short')}"
    return address.partition("://")[2].rstrip("/")


def _entry(directory: Directory, slug: str, title: str) -> Entry:
    chain = directory.chain(slug)
    numbers = tuple(
        Number(
            line.number,
            OTHER_TIMES if place and line.hours.is_always_open else week_words(line.hours),
            line.name,
        )
        for place, line in enumerate(chain)
    )
    return Entry(title, numbers, tuple(line.note for line in chain if line.note))


def _unusual(directory: Directory, now: datetime) -> tuple[str, ...]:
    today = now.astimezone(LONDON).date()
    return tuple(
        f"{line.name}, {words}"
        for line in directory.lines.values()
        for words in unusual_days(line.hours, today, UNUSUAL_DAYS_AHEAD)
    )


def poster_pdf(place: str, size: str, now: datetime) -> bytes:
    """Return a poster ("a4") or a pocket card ("a6") as PDF; made once for each sheet there is."""
    noon = now.astimezone(LONDON).replace(hour=12, minute=0, second=0, microsecond=0)
    return _made(sheet(place, now), size, noon)


@lru_cache(maxsize=64)
def _made(content: Sheet, size: str, made_at: datetime) -> bytes:
    data: dict[str, Any] = {**asdict(content), "size": size}
    return pdf(TEMPLATE, data, made_at)


def poster_text(place: str, now: datetime) -> str:
    """Return the same as plain text."""
    return render_to_string("contacts/poster/poster.txt", names() | {"sheet": sheet(place, now)})
