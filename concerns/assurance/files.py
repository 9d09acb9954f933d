"""The files of an export: a table, data, signed evidence, and that to read and print.

Each ends with a mark of its own, so that one that was cut short is recognised: CSV and JSON say how
many events they hold, evidence is signed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from django.conf import settings
from django.utils import timezone

from concerns.assurance.pages import About
from concerns.assurance.words import TrailEntry, entries_of
from concerns.dates import local_date
from concerns.rules.case import LONDON
from safeguarding_portal.audit.chain import public_key_text, sign
from safeguarding_portal.audit.evidence import EvidenceFile
from safeguarding_portal.audit.exports import parts_of
from safeguarding_portal.audit.leaves import canonical_texts
from safeguarding_portal.audit.models import Event, Seal, TrailExport
from safeguarding_portal.audit.trail import TrailQuery
from safeguarding_portal.design_system.dates import words_for
from safeguarding_portal.design_system.templatetags.portal_time import london_moment
from safeguarding_portal.documents import pdf_of_typed

CONTENT_TYPES: dict[str, str] = {
    TrailExport.Form.CSV: "text/csv; charset=utf-8",
    TrailExport.Form.JSON: "application/json",
    TrailExport.Form.EVIDENCE: "application/json",
    TrailExport.Form.PDF: "application/pdf",
}
COLUMNS = ("event", "when", "who", "what", "name", "record", "from", "detail", "sealed in")
# A spreadsheet would take a cell that begins so for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def file_name(about: About, export: TrailExport) -> str:
    """Return a name without the person's name in it."""
    subject = about.reference or f"person-{about.person.pk if about.person else 0}"
    ending = {"evidence": "json"}.get(export.form, export.form)
    return f"audit-{subject}-{export.pk}{'-evidence' if export.form == 'evidence' else ''}.{ending}"


def file_parts(about: About, export: TrailExport, query: TrailQuery) -> Iterator[str | bytes]:
    """Yield the file of an export."""
    parts = parts_of(export, query)
    match export.form:
        case TrailExport.Form.CSV:
            yield from _csv(parts)
        case TrailExport.Form.JSON:
            yield from _json(export, parts)
        case TrailExport.Form.EVIDENCE:
            ids = ([event.pk for event in part] for part in parts)
            yield from EvidenceFile(_header(export)).text(ids)
        case _:
            yield _pdf(about, export, [event for part in parts for event in part])


def _header(export: TrailExport) -> dict[str, Any]:
    return {
        "portal": settings.PORTAL_URL,
        "export": export.pk,
        "asked_by": str(export.asked_by),
        "asked_at": export.asked_at.astimezone(UTC).isoformat(),
        "reason": export.reason,
        "chosen": export.chosen,
    }


def _csv(parts: Iterator[list[Event]]) -> Iterator[str]:
    yield _lines([COLUMNS])
    count = 0
    for part in parts:
        rows = zip(part, entries_of(part), strict=True)
        yield _lines([_row(event, entry) for event, entry in rows])
        count += len(part)
    yield _lines([[f"End of the file: {count} events"]])


def _row(event: Event, entry: TrailEntry) -> list[str]:
    cells = [
        str(event.pk),
        event.recorded_at.astimezone(LONDON).isoformat(timespec="seconds"),
        entry.by,
        entry.title,
        event.name,
        entry.reference,
        entry.address,
        json.dumps(event.detail) if event.detail else "",
        f"seal {entry.seal}" if entry.seal else "not sealed yet",
    ]
    return [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]


def _lines(rows: Any) -> str:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue()


def _json(export: TrailExport, parts: Iterator[list[Event]]) -> Iterator[str]:
    yield json.dumps(_header(export))[:-1] + ', "events": ['
    count = 0
    for part in parts:
        rows = zip(part, entries_of(part), strict=True)
        items = [json.dumps(_item(event, entry)) for event, entry in rows]
        yield (",\n" if count else "\n") + ",\n".join(items)
        count += len(part)
    yield f'\n], "count": {count}}}\n'


def _item(event: Event, entry: TrailEntry) -> dict[str, Any]:
    return {
        "id": event.pk,
        "recorded_at": event.recorded_at.astimezone(UTC).isoformat(),
        "happened_at": event.happened_at.astimezone(UTC).isoformat(),
        "name": event.name,
        "words": entry.title,
        "actor": event.actor_id,
        "by": entry.by,
        "record": entry.reference,
        "object": [event.object_type, event.object_id],
        "detail": event.detail,
        "request": event.request_id,
        "from": entry.address,
        "seal": entry.seal,
    }


def _pdf(about: About, export: TrailExport, events: list[Event]) -> bytes:
    entries = entries_of(events)
    sealed = sorted({entry.seal for entry in entries if entry.seal})
    seals = Seal.objects.filter(pk__in=sealed).defer("leaves", "event_ids")
    texts = canonical_texts([event.pk for event in events])
    in_order = "\n".join(texts[event.pk] for event in events)
    digest = hashlib.sha256(in_order.encode()).hexdigest()
    data = {
        "about": about.words(),
        "asked_by": str(export.asked_by),
        "asked_at": london_moment(export.asked_at, export.asked_at),
        "asked_on": words_for(local_date(export.asked_at)),
        "reason": export.reason,
        "entries": [
            {
                "id": str(entry.event_id),
                "at": entry.at.astimezone(LONDON).strftime("%Y-%m-%d %H:%M:%S"),
                "by": entry.by,
                "title": entry.title,
                "record": entry.reference,
                "address": entry.address,
                "seal": str(entry.seal or "not yet"),
            }
            for entry in entries
        ],
        "seals": [
            {
                "id": str(seal.pk),
                "at": seal.sealed_at.astimezone(UTC).isoformat(timespec="seconds"),
                "digest": seal.digest,
                "signature": seal.signature,
            }
            for seal in seals
        ],
        "hash": digest,
        "signature": sign(digest),
        "public_key": public_key_text(),
    }
    return pdf_of_typed("assurance/evidence.typ", data, timezone.now())
