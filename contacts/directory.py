"""The directory as one value, and the answer to "whom to call at this minute".

A `Directory` is read from a snapshot file, so that the answer needs no database. Each agency starts
at its own line; each line falls back to another, and every chain ends in a line that never closes:
for every agency and every minute there is exactly one answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from contacts.hours import Hours
from contacts.words import clock_words, moment_words

# Agencies that the portal's rules may route to. A directory that misses one is not published.
REQUIRED_AGENCIES = (
    "childrens-social-care",
    "adult-social-care",
    "police-emergency",
    "police-non-emergency",
    "lado",
    "pipot",
    "amhp",
    "prevent",
    "modern-slavery-helpline",
    "forced-marriage-unit",
    "solihull-childrens-social-care",
)


class UnknownAgencyError(LookupError):
    """No agency has this name in the directory."""


class DirectoryGapError(LookupError):
    """A chain of lines ends, or turns in a circle, without anybody who answers."""


def dialled(number: str) -> str:
    """Return a number as a `tel:` link wants it."""
    return "".join(char for char in number if char.isdigit() or char == "+")


@dataclass(frozen=True)
class Line:
    """A telephone line: its number, hours, and where they come from.

    `verified_on` is None until somebody has checked it; `note` says what is doubtful.
    """

    slug: str
    name: str
    number: str
    hours: Hours
    fallback: str | None
    source: str
    verified_on: date | None = None
    note: str = ""
    evidence: str = ""
    languages: tuple[str, ...] = ()
    text_relay: str = ""

    @property
    def dial(self) -> str:
        """The number as a `tel:` link wants it."""
        return dialled(self.number)


@dataclass(frozen=True)
class Conflict:
    """Two sources that disagree. Open until an editor decides; the number shown stays."""

    line: str
    field: str
    shown: str
    other: str
    shown_source: str
    other_source: str


@dataclass(frozen=True)
class Agency:
    """An agency with its first line and, where it takes referrals in writing, its mailbox."""

    slug: str
    name: str
    audience: str
    first_line: str
    what_for: str
    form_url: str = ""
    email: str = ""
    referral_mailbox: str = ""
    mailbox_is_placeholder: bool = False
    source: str = ""
    sms_number: str = ""
    webhook_url: str = ""
    owner: str = ""
    evidence: str = ""


@dataclass(frozen=True)
class Answer:
    """Whom to call for an agency at one minute, and why.

    `until` (UTC) is the exact instant at which this answer ends; None if it never does. `is_open`
    is about the line to call; `own_line_open` about the agency's first line, which changes at
    `own_line_changes_at`.
    """

    agency: Agency
    line: Line
    is_open: bool
    until: datetime | None
    until_words: str
    why: tuple[str, ...]
    fallbacks: tuple[Line, ...]
    own_line_open: bool
    own_line_changes_at: datetime | None

    @property
    def number(self) -> str:
        """The number to call."""
        return self.line.number


@dataclass(frozen=True)
class Directory:
    """All agencies and lines of one published version."""

    version: str
    published_at: datetime
    agencies: Mapping[str, Agency]
    lines: Mapping[str, Line]
    conflicts: tuple[Conflict, ...] = field(default=())

    def agency(self, slug: str) -> Agency:
        """Return an agency; raise `UnknownAgencyError` naming those that are known."""
        try:
            return self.agencies[slug]
        except KeyError:
            known = ", ".join(sorted(self.agencies))
            raise UnknownAgencyError(f"No agency is called '{slug}'. Known: {known}.") from None

    def chain(self, slug: str) -> tuple[Line, ...]:
        """Return the lines of an agency in the order in which they are tried.

        Raises `DirectoryGapError` when a line is missing or the chain turns in a circle.
        """
        chain: list[Line] = []
        name: str | None = self.agency(slug).first_line
        while name is not None:
            line = self.lines.get(name)
            if line is None:
                raise DirectoryGapError(f"'{slug}' falls back to '{name}', which does not exist.")
            if line in chain:
                raise DirectoryGapError(f"The lines of '{slug}' fall back in a circle at '{name}'.")
            chain.append(line)
            name = line.fallback
        return tuple(chain)

    def who_to_call(self, slug: str, at: datetime) -> Answer:
        """Return whom to call for an agency at `at` (aware).

        Raises `ValueError` for a naive time, `UnknownAgencyError`, and `DirectoryGapError` when
        nobody answers at that minute.
        """
        chain = self.chain(slug)
        position = _first_open(chain, at)
        if position is None:
            raise DirectoryGapError(f"Nobody answers for '{slug}' at {moment_words(at, at)}.")
        until = _until(chain, position, at)
        return Answer(
            agency=self.agencies[slug],
            line=chain[position],
            is_open=True,
            until=until,
            until_words=_until_words(chain, until, at),
            why=_reasons(chain, position, until, at),
            fallbacks=chain[position + 1 :],
            own_line_open=position == 0,
            own_line_changes_at=chain[0].hours.next_change(at),
        )


def _first_open(chain: tuple[Line, ...], at: datetime) -> int | None:
    return next((index for index, line in enumerate(chain) if line.hours.is_open(at)), None)


def _until(chain: tuple[Line, ...], position: int, at: datetime) -> datetime | None:
    """Return when another line becomes the answer: one before it opens, or it closes itself."""
    moment = at.astimezone(UTC)
    while True:
        changes = [line.hours.next_change(moment) for line in chain[: position + 1]]
        nearest = min((change for change in changes if change is not None), default=None)
        if nearest is None or _first_open(chain, nearest) != position:
            return nearest
        moment = nearest


def _until_words(chain: tuple[Line, ...], until: datetime | None, at: datetime) -> str:
    """Say until when, and who answers then: "until 4:15pm today, then the emergency duty team"."""
    if until is None:
        return "at any time"
    following = _first_open(chain, until)
    words = f"until {moment_words(until, at)}"
    return words if following is None else f"{words}, then {chain[following].name}"


def _reasons(
    chain: tuple[Line, ...], position: int, until: datetime | None, at: datetime
) -> tuple[str, ...]:
    """Say why this line: who is closed before it, until when, and what the source is."""
    reasons = []
    for line in chain[:position]:
        opens = line.hours.next_change(at)
        when = f" and opens at {moment_words(opens, at)}" if opens else ""
        reasons.append(f"{_capital(line.name)} is closed at {clock_words(at)}{when}.")
    line = chain[position]
    how_long = f"until {moment_words(until, at)}" if until else "at any time"
    reasons.append(f"{_capital(line.name)} answers {how_long}.")
    checked = f"checked on {line.verified_on}" if line.verified_on else "not yet checked"
    reasons.append(f"Source: {line.source} ({checked}).")
    if line.note:
        reasons.append(line.note)
    return tuple(reasons)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
