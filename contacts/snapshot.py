"""Reading a directory from its document, and keeping the snapshot file.

The file holds every approved version with its start, so that the minute of a change needs no
database and no restart. It is written whole and swapped in, so that a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from contacts.directory import Agency, Conflict, Directory, Line
from contacts.holidays import england_holidays
from contacts.hours import Hours, Spell

SHIPPED = Path(__file__).parent / "data" / "birmingham.json"
Part = TypeVar("Part", Agency, Conflict)
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_versions(path: Path) -> list[dict[str, Any]]:
    """Return the version documents of a snapshot file, the earliest start first."""
    versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
    return sorted(versions, key=lambda version: datetime.fromisoformat(version["effective_from"]))


def snapshot_reaches(path: Path) -> str | None:
    """Return the mark of the newest version that a snapshot file knows; None if it has none."""
    try:
        return _reach(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return None


@lru_cache(maxsize=4)
def _reach(path: Path, modified_ns: int) -> str | None:
    found: str | None = json.loads(path.read_text(encoding="utf-8")).get("through")
    return found


def write_versions(path: Path, versions: list[dict[str, Any]], through: str = "") -> None:
    """Replace the snapshot file in one step; `through` marks the newest version that it knows.

    A version that cannot be read raises, and the file stays as it was.
    """
    for version in versions:
        directory_from(version)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
    ) as draft:
        json.dump({"through": through, "versions": versions}, draft, ensure_ascii=False)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)


def directory_from(document: Mapping[str, Any]) -> Directory:
    """Build the directory of one version; `KeyError` or `ValueError` for a wrong document."""
    return Directory(
        version=document["version"],
        published_at=datetime.fromisoformat(document["published_at"]),
        agencies={item["slug"]: _known(Agency, item) for item in document["agencies"]},
        lines={item["slug"]: _line(item) for item in document["lines"]},
        conflicts=tuple(_known(Conflict, item) for item in document.get("conflicts", ())),
    )


def _known(kind: type[Part], item: Mapping[str, Any]) -> Part:
    """Build a part from the fields that this release knows: a later one may have written more."""
    names = {item.name for item in fields(kind)}
    return kind(**{name: value for name, value in item.items() if name in names})


def _line(item: Mapping[str, Any]) -> Line:
    checked = item.get("verified_on")
    return Line(
        slug=item["slug"],
        name=item["name"],
        number=item["number"],
        hours=_hours(item),
        fallback=item["fallback"],
        source=item["source"],
        verified_on=date.fromisoformat(checked) if checked else None,
        note=item.get("note", ""),
        evidence=item.get("evidence", ""),
        languages=tuple(item.get("languages", ())),
        text_relay=item.get("text_relay", ""),
    )


def _hours(item: Mapping[str, Any]) -> Hours:
    return Hours(
        week=tuple(_spells(item["week"][day]) for day in WEEKDAYS),
        closed_on_holidays=item["closed_on_holidays"],
        overrides={
            date.fromisoformat(day): _spells(spells)
            for day, spells in item.get("overrides", {}).items()
        },
        holidays=england_holidays(),
    )


def _spells(pairs: list[list[str]]) -> tuple[Spell, ...]:
    return tuple(sorted(Spell.parse(opens, closes) for opens, closes in pairs))
