"""The directory as CSV and JSON, and back. What comes in is judged by the editors' own forms.

Reading returns a new document, or raises `ImportProblemError` with every error in words; the
document that is handed in never changes.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema

from contacts.document import Document, Item, find_item, with_item
from contacts.editing.forms_items import AgencyForm, LineForm, line_as_typed
from contacts.hours import LONDON
from contacts.snapshot import WEEKDAYS
from safeguarding_portal.design_system.forms import PortalForm

SCHEMA = Path(__file__).parent.parent / "data" / "directory.schema.json"
TIME_ZONE = str(LONDON)
COLUMNS = {
    "agencies": (
        *("slug", "name", "audience", "what_for", "first_line", "email", "referral_mailbox"),
        *("mailbox_is_placeholder", "form_url", "sms_number", "webhook_url", "owner", "source"),
        "evidence",
    ),
    "lines": (
        *("slug", "name", "number", *WEEKDAYS, "closed_on_holidays", "special_days", "fallback"),
        *("languages", "text_relay", "source", "evidence", "note", "time_zone"),
    ),
}
ERRORS_NAMED = 20
# A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ImportProblemError(Exception):
    """Everything that is wrong with a file, in words; nothing was changed."""

    def __init__(self, problems: Iterable[str]) -> None:
        found = list(problems)
        super().__init__("; ".join(found))
        more = len(found) - ERRORS_NAMED
        self.problems = found[:ERRORS_NAMED] + ([f"And {more:,} more"] if more > 0 else [])


def as_json(document: Document) -> str:
    """Return the whole directory as JSON that `read_json` takes."""
    kept = {key: document[key] for key in _schema()["properties"] if key in document}
    return json.dumps({**kept, "time_zone": TIME_ZONE}, indent=1, ensure_ascii=False)


def as_csv(document: Document, part: str) -> str:
    """Return the agencies or the lines as CSV that `read_csv` takes."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS[part])
    for item in document[part]:
        cells = _cells(part, item)
        writer.writerow([_safe(str(cells.get(column) or "")) for column in COLUMNS[part]])
    return out.getvalue()


def _cells(part: str, item: Item) -> dict[str, Any]:
    if part == "lines":
        return {**line_as_typed(item), "slug": item["slug"], "time_zone": TIME_ZONE}
    ticked = "yes" if item.get("mailbox_is_placeholder") else "no"
    return {**item, "mailbox_is_placeholder": ticked}


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def read_file(text: str, document: Document) -> Document:
    """Return the document with what the text of a file says: JSON, or CSV of either part."""
    if text.lstrip("\ufeff \r\n\t").startswith("{"):
        return read_json(text, document)
    return read_csv(text, document)


@lru_cache(maxsize=1)
def _schema() -> dict[str, Any]:
    schema: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return schema


def read_json(text: str, document: Document) -> Document:
    """Return the document with the agencies and lines of a JSON file in place of its own."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ImportProblemError([f"This is not JSON: {error}"]) from error
    validator = jsonschema.Draft202012Validator(_schema())
    faults = [
        f"{'/'.join(map(str, fault.absolute_path)) or 'The file'}: {fault.message[:200]}"
        for fault in validator.iter_errors(data)
    ]
    faults += _zone_faults(data.get("time_zone", TIME_ZONE), "time_zone")
    if faults:
        raise ImportProblemError(faults)
    read = {**document, "agencies": [], "lines": []}
    read |= {key: data[key] for key in ("conflicts", "decisions") if key in data}
    names = [item["slug"] for item in data["lines"]]
    problems: list[str] = []
    for part in ("lines", "agencies"):
        for item in data[part]:
            where = f"{part}, “{item['slug']}”"
            try:
                typed = line_as_typed(item) if part == "lines" else _agency_typed(item)
            except ValueError as error:
                problems.append(f"{where}: {error}")
                continue
            read, found = _read_item(read, part, typed | {"slug": item["slug"]}, names, where)
            problems += found
            kept = find_item(read, part, item["slug"])
            if part == "lines" and kept is not None:
                read = with_item(read, part, {**kept, "verified_on": item.get("verified_on")})
    if problems:
        raise ImportProblemError(problems)
    return read


def _agency_typed(item: Item) -> dict[str, Any]:
    return {**item, "mailbox_is_placeholder": "on" if item.get("mailbox_is_placeholder") else ""}


def _zone_faults(zone: str, where: str) -> list[str]:
    if zone in ("", TIME_ZONE):
        return []
    return [f"{where}: the time zone “{zone}” is not known. Hours are in {TIME_ZONE}"]


def read_csv(text: str, document: Document) -> Document:
    """Return the document with the rows of a CSV file: known entries replaced, new ones added."""
    part, rows = _rows(text)
    names = [item["slug"] for item in document["lines"]]
    if part == "lines":
        names += [row["slug"] for _, row in rows]
    problems: list[str] = []
    seen: set[str] = set()
    for number, row in rows:
        where = f"Line {number}"
        problems += _zone_faults(row.pop("time_zone", ""), where)
        if row["slug"] in seen:
            problems.append(f"{where}: “{row['slug']}” is there twice")
        seen.add(row["slug"])
        document, found = _read_item(document, part, row, names, where)
        problems += found
    if problems:
        raise ImportProblemError(problems)
    return document


def _rows(text: str) -> tuple[str, list[tuple[int, dict[str, str]]]]:
    """Return which part a CSV holds, and its rows with their numbers."""
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        table = list(
            csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=delimiter, strict=True)
        )
    except csv.Error as error:
        raise ImportProblemError([f"This is not CSV: {error}"]) from error
    header = [cell.strip().lower() for cell in table[0]] if table else []
    part = next((name for name, columns in COLUMNS.items() if set(columns) == set(header)), None)
    if part is None or len(header) != len(set(header)):
        wanted = "; or ".join(", ".join(columns) for columns in COLUMNS.values())
        raise ImportProblemError(
            [f"The columns are not those of agencies or lines. The first line must name: {wanted}"]
        )
    rows = []
    for number, cells in enumerate(table[1:], start=2):
        if len(cells) != len(header) and any(cells):
            raise ImportProblemError(
                [f"Line {number}: {len(cells)} columns, where the first line has {len(header)}"]
            )
        if any(cells):
            clean = [cell[1:] if cell.startswith("'") else cell for cell in cells]
            rows.append((number, dict(zip(header, clean, strict=True))))
    if not rows:
        raise ImportProblemError(["There is no row under the first line"])
    return part, rows


def _read_item(
    document: Document, part: str, typed: Mapping[str, Any], names: list[str], where: str
) -> tuple[Document, list[str]]:
    """Return the document with one entry as typed, or what is wrong with it."""
    data = {name: str(value) for name, value in typed.items() if value is not None}
    item = find_item(document, part, data["slug"])
    wanted = data.get("first_line" if part == "agencies" else "fallback", "")
    lines = [(wanted, wanted)] if wanted in names else []
    kind: Any = AgencyForm if part == "agencies" else LineForm
    if data.get("mailbox_is_placeholder") == "no":
        data.pop("mailbox_is_placeholder")
    form = kind(data=data, item=item, lines=lines)
    if not form.is_valid():
        return document, [
            f"{where}, {_naming(form, name, str(error))}"
            for name, errors in form.errors.items()
            for error in errors
        ]
    return with_item(document, part, form.result()), []


def _naming(form: PortalForm, name: str, words: str) -> str:
    """Return an error that says which field it is about, once."""
    label = str(form.fields[name].label) if name in form.fields else name
    return words if words.startswith(label) else f"{label}: {words}"
