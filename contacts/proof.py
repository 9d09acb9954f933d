"""The proof that a directory always has an answer, before it is published.

Every agency is looked at over a whole span, minute-exact by intervals: who answers when, and when
nobody does. Each problem says where it is, when, and how to mend it. Knows no database.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import Any

from contacts.directory import REQUIRED_AGENCIES, Directory, Line
from contacts.document import Document, by_key
from contacts.hours import LONDON
from contacts.numbers import is_allowed_mailbox, is_uk_number
from contacts.snapshot import directory_from
from contacts.typed_hours import date_words
from contacts.words import clock_words

SPAN = timedelta(days=731)  # 24 months
GAPS_NAMED = 3
PROBLEMS_NAMED = 25
Interval = tuple[datetime, datetime]


@dataclass(frozen=True)
class Problem:
    """Why a directory must not be published: where, what and when, and how to mend it.

    `part` ("agencies" or "lines") and `slug` say which entry to open; both empty for the whole.
    """

    where: str
    what: str
    mend: str
    part: str = ""
    slug: str = ""


def problems_of(document: Document, start: datetime, span: timedelta = SPAN) -> tuple[Problem, ...]:
    """Return the problems of a document from `start` (aware) on, over the span; () if none.

    At most so many that an editor can begin to mend them.
    """
    try:
        directory = directory_from(document)
    except (KeyError, TypeError, ValueError) as error:
        return (Problem("The directory", f"It cannot be read: {error}", "Check what was imported"),)
    found = chain(
        _missing_agencies(directory),
        _line_problems(directory),
        _clashes(document, directory),
        *(_agency_problems(directory, slug, start, start + span) for slug in directory.agencies),
    )
    named = tuple(islice(found, PROBLEMS_NAMED + 1))
    if len(named) <= PROBLEMS_NAMED:
        return named
    return (*named[:-1], Problem("The directory", "There are more problems", "Mend these first"))


def _missing_agencies(directory: Directory) -> Iterator[Problem]:
    for slug in REQUIRED_AGENCIES:
        if slug not in directory.agencies:
            yield Problem(
                slug,
                "The portal's rules send people here, and the directory does not have it",
                f"Add an agency with the short name “{slug}”",
            )


def _agency_problems(
    directory: Directory, slug: str, start: datetime, end: datetime
) -> Iterator[Problem]:
    agency = directory.agencies[slug]
    lines, broken = _chain(directory, agency.first_line)
    if broken:
        yield Problem(
            agency.name,
            broken,
            "Choose another line to fall back to, one that ends in a line that never closes",
            "lines" if lines else "agencies",
            lines[-1].slug if lines else slug,
        )
    else:
        yield from _gap_problems(agency.name, lines, gaps(lines, start, end))
    yield from _mailbox_problems(directory, slug)
    if agency.sms_number and not is_uk_number(agency.sms_number):
        yield _number_problem(agency.name, agency.sms_number, "agencies", slug)


def _chain(directory: Directory, first: str) -> tuple[list[Line], str]:
    """Return the lines of an agency in order, and what is wrong with the chain if anything is."""
    found: list[Line] = []
    name: str | None = first
    while name is not None:
        line = directory.lines.get(name)
        if line is None:
            return found, f"It leads to the line “{name}”, which does not exist"
        if line in found:
            return found, f"Its lines fall back in a circle: {line.name} comes twice"
        found.append(line)
        name = line.fallback
    return found, ""


def gaps(lines: list[Line], start: datetime, end: datetime) -> list[Interval]:
    """Return when nobody of the lines answers between two aware instants, exact to the minute."""
    if any(line.hours.is_always_open for line in lines):
        return []
    opened = sorted(
        interval for line in lines for interval in line.hours.open_intervals(start, end)
    )
    found: list[Interval] = []
    reached = start.astimezone(UTC)
    for opens, closes in opened:
        if opens > reached:
            found.append((reached, opens))
        reached = max(reached, closes)
    if reached < end:
        found.append((reached, end.astimezone(UTC)))
    return found


def _gap_problems(name: str, lines: list[Line], found: list[Interval]) -> Iterator[Problem]:
    if not found:
        return
    named = "; ".join(
        f"{_moment(opens)} to {_moment(closes)}" for opens, closes in found[:GAPS_NAMED]
    )
    more = f", and {len(found) - GAPS_NAMED:,} times more" if len(found) > GAPS_NAMED else ""
    yield Problem(
        name,
        f"Nobody answers from {named}{more}",
        f"Let {lines[-1].name} fall back to a line that never closes, or lengthen its hours",
        "lines",
        lines[-1].slug,
    )


def _moment(at: datetime) -> str:
    local = at.astimezone(LONDON)
    return f"{clock_words(at)} on {local:%A} {date_words(local.date())}"


def _mailbox_problems(directory: Directory, slug: str) -> Iterator[Problem]:
    agency = directory.agencies[slug]
    for address in dict.fromkeys([agency.referral_mailbox, agency.email]):
        marked = agency.mailbox_is_placeholder and address == agency.referral_mailbox
        if address and not is_allowed_mailbox(address, is_placeholder=marked):
            yield Problem(
                agency.name,
                f"The mailbox {address} is in a domain that is not on the allowed list",
                "Check the address. If it is right, ask for its domain to be allowed",
                "agencies",
                slug,
            )


def _line_problems(directory: Directory) -> Iterator[Problem]:
    for line in directory.lines.values():
        for number in (line.number, line.text_relay):
            if (number or number is line.number) and not is_uk_number(_without_relay(number)):
                yield _number_problem(line.name, number, "lines", line.slug)


def _without_relay(number: str) -> str:
    """Return the number behind the prefix of the text relay service (18001)."""
    return number.strip().removeprefix("18001")


def _number_problem(where: str, number: str, part: str, slug: str) -> Problem:
    return Problem(
        where,
        f"“{number}” is not a UK phone number" if number else "It has no phone number",
        "Enter a UK number with all its digits, or a short code such as 101",
        part,
        slug,
    )


def _clashes(document: Document, directory: Directory) -> Iterator[Problem]:
    """Yield questions between sources that a change has answered without a decision."""
    for (slug, field), conflict in by_key(document, "conflicts").items():
        line = directory.lines.get(slug)
        shown: Any = getattr(line, field, None)
        if line is None or shown is None:
            yield Problem(
                slug,
                "Two sources disagree about a line that is no longer there",
                "Put the line back, or decide which source is right",
            )
        elif shown != conflict["shown"]:
            yield Problem(
                line.name,
                f"Sources clash: “{conflict['shown']}” ({conflict['shown_source']}) against "
                f"“{conflict['other']}” ({conflict['other_source']}), and this shows “{shown}”",
                "Decide which source is right on the page of open questions, with the evidence",
                "lines",
                slug,
            )
    yield from _same_place_two_sources(directory)


def _same_place_two_sources(directory: Directory) -> Iterator[Problem]:
    """Yield lines of one name that give different numbers: two sources for one thing."""
    known: dict[str, Line] = {}
    for line in directory.lines.values():
        other = known.setdefault(line.name.casefold(), line)
        if other is not line and other.dial != line.dial:
            yield Problem(
                line.name,
                f"Sources clash: two lines have this name, with {other.number} ({other.source}) "
                f"and {line.number} ({line.source})",
                "Keep the right one, or give them different names",
                "lines",
                line.slug,
            )
