"""Reading a directory from its document, and keeping the snapshot file.

The file holds every approved version with its start, so that the minute of a change needs no
database and no restart. It is written whole and swapped in, so that a reader never sees half of it.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from contacts.directory import Agency, Conflict, Directory, Line
from contacts.holidays import england_holidays
from contacts.hours import Hours, Spell

SHIPPED = Path(__file__).parent / "data" / "birmingham.json"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_versions(path: Path) -> list[dict[str, Any]]:
    """Return the version documents of a snapshot file, the earliest start first."""
    versions = json.loads(path.read_text(encoding="utf-8"))["versions"]
    return sorted(versions, key=lambda version: datetime.fromisoformat(version["effective_from"]))


def write_versions(path: Path, versions: list[dict[str, Any]]) -> None:
    """Replace the snapshot file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", dir=path.parent, prefix=path.name, delete=False
    ) as draft:
        json.dump({"versions": versions}, draft, ensure_ascii=False)
        draft.flush()
        os.fsync(draft.fileno())
    Path(draft.name).chmod(0o644)
    Path(draft.name).replace(path)


def directory_from(document: Mapping[str, Any]) -> Directory:
    """Build the directory of one version; `KeyError` or `ValueError` for a wrong document."""
    return Directory(
        version=document["version"],
        published_at=datetime.fromisoformat(document["published_at"]),
        agencies={item["slug"]: Agency(**item) for item in document["agencies"]},
        lines={item["slug"]: _line(item) for item in document["lines"]},
        conflicts=tuple(Conflict(**item) for item in document.get("conflicts", ())),
    )


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
