"""The directory for a device that has no network: pre-computed, signed, under 100 KB as sent.

Holds for each line the instants (UTC) at which it opens and closes in the coming 60 days, for each
agency the order in which lines are tried, and every approved version that starts in that time. The
device looks up; it never works out hours, bank holidays or clock changes itself.

    bundle_text(now) -> str        JSON {payload, served_at, signature}; no query

`payload` is a JSON text, so that what was signed is what is parsed. The signature is over
`served_at`, a line break and `payload`: the moment of the server is as sure as the numbers.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from contacts.directory import Directory, Line
from contacts.hours import LONDON, Hours
from contacts.selectors import all_versions, snapshot_path
from contacts.signing import sign
from contacts.weekly import week_words

FORMAT = 1
# How long a bundle is good for, and so how far its transitions reach (issue: 60 days).
GOOD_FOR = timedelta(days=60)
# Transitions reach past the end, so that "until" is right up to the last minute.
MARGIN = timedelta(days=7)
# They begin a little earlier, for a device whose clock is slow within the tolerance.
LEAD = timedelta(hours=1)
# A device whose clock is further off than this is not trusted (as Kerberos has it).
CLOCK_TOLERANCE = timedelta(minutes=5)
MOST_BYTES = 100_000

# The three questions that come first, on the page and offline.
FIRST = (
    ("police-emergency", "Someone is in danger now"),
    ("childrens-social-care", "You are worried about a child"),
    ("adult-social-care", "You are worried about an adult"),
)


def bundle_text(now: datetime) -> str:
    """Return the signed bundle as served at `now` (aware)."""
    path = snapshot_path()
    payload = _payload_of(path, path.stat().st_mtime_ns, now.astimezone(LONDON).date(), now)
    served_at = now.astimezone(UTC).isoformat(timespec="seconds")
    envelope = {
        "payload": payload,
        "served_at": served_at,
        "signature": sign(f"{served_at}\n{payload}"),
    }
    return json.dumps(envelope, ensure_ascii=False)


_built: dict[tuple[Path, int, date], str] = {}


def _payload_of(path: Path, modified_ns: int, day: date, now: datetime) -> str:
    """Return the payload of this file and day, built once: only the signature is new each time."""
    key = (path, modified_ns, day)
    text = _built.get(key)
    if text is None:
        text = json.dumps(payload(now), ensure_ascii=False, separators=(",", ":"))
        _built.clear()
        _built[key] = text
    return text


def payload(now: datetime) -> dict[str, Any]:
    """Return what a device needs from `now` (aware) until the bundle expires."""
    starts_at = (now - LEAD).astimezone(UTC).replace(second=0, microsecond=0)
    expires_at = now.astimezone(UTC).replace(microsecond=0) + GOOD_FOR
    tables = _Tables(starts_at, expires_at + MARGIN)
    versions = [
        _version(start, directory, tables)
        for start, directory in _versions_between(starts_at, expires_at)
    ]
    return {
        "format": FORMAT,
        "built_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "starts_at": starts_at.isoformat(),
        "expires_at": expires_at.isoformat(),
        "tolerance_seconds": int(CLOCK_TOLERANCE.total_seconds()),
        "first": [{"agency": slug, "title": title} for slug, title in FIRST],
        "schedules": tables.schedules,
        "words": tables.words,
        "versions": versions,
    }


def _versions_between(start: datetime, end: datetime) -> list[tuple[datetime, Directory]]:
    """Return the version in force at `start`, and those that start before `end`."""
    versions = [item for item in all_versions() if item[0] <= end] or [all_versions()[0]]
    in_force = [index for index, (begins, _) in enumerate(versions) if begins <= start]
    return versions[in_force[-1] if in_force else 0 :]


@dataclass
class _Tables:
    """Schedules and words that many lines share, each written once."""

    starts_at: datetime
    ends_at: datetime
    schedules: list[list[Any]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    _hours: list[Hours] = field(default_factory=list)

    def schedule(self, hours: Hours) -> int:
        """Return the place of [open at the start, minutes between changes] for these hours."""
        if hours not in self._hours:
            self._hours.append(hours)
            self.schedules.append([int(hours.is_open(self.starts_at)), self._gaps(hours)])
        return self._hours.index(hours)

    def _gaps(self, hours: Hours) -> list[int]:
        gaps: list[int] = []
        before = self.starts_at
        while (change := hours.next_change(before)) is not None and before < self.ends_at:
            gaps.append(int((change - before).total_seconds()) // 60)
            before = change
        return gaps

    def word(self, text: str) -> int:
        """Return the place of a text."""
        if text not in self.words:
            self.words.append(text)
        return self.words.index(text)


def _version(start: datetime, directory: Directory, tables: _Tables) -> dict[str, Any]:
    chains = {slug: [line.slug for line in directory.chain(slug)] for slug in directory.agencies}
    agencies = [
        {
            "slug": slug,
            "name": agency.name,
            "what_for": tables.word(agency.what_for),
            "chain": chains[slug],
        }
        for slug, agency in directory.agencies.items()
    ]
    used = {slug for chain in chains.values() for slug in chain}
    return {
        "version": directory.version,
        "from": start.astimezone(UTC).isoformat(),
        "published_at": directory.published_at.astimezone(UTC).isoformat(),
        "agencies": agencies,
        "lines": {
            slug: _line(line, tables) for slug, line in directory.lines.items() if slug in used
        },
    }


def _line(line: Line, tables: _Tables) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": line.name,
        "number": line.number,
        "schedule": tables.schedule(line.hours),
        "hours": tables.word(week_words(line.hours)),
    }
    return found | ({"note": tables.word(line.note)} if line.note else {})
