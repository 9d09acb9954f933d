"""Taking events out of the portal: asked for with a reason, recorded, and made while downloaded.

Nothing is kept but what was asked: events never change, so the file of an export is the same each
time, and no copy of it lies about.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from safeguarding_portal.audit.models import Event, TrailExport
from safeguarding_portal.audit.services import record
from safeguarding_portal.audit.trail import TrailQuery, events_in_order, events_matching

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# So long the person who asked may download it; then they ask again, with a reason.
VALID_FOR = timedelta(hours=24)
# More is no reading matter; typesetting holds it all in memory.
MOST_IN_PDF = 500


class ExportRefusedError(Exception):
    """The export cannot be made; the text says why, in words for the person who asked."""


@transaction.atomic
def ask_for_export(
    actor: User, query: TrailQuery, chosen: dict[str, Any], form: str, reason: str, now: datetime
) -> TrailExport:
    """Note who takes which events out, in what form and why, at `now` (aware).

    `chosen` is the query as the page's address says it. Raises `ExportRefusedError` for a PDF that
    would be too long.
    """
    until_id = Event.objects.order_by("-id").values_list("id", flat=True).first() or 0
    count = events_matching(query).filter(id__lte=until_id).count()
    if form == TrailExport.Form.PDF and count > MOST_IN_PDF:
        raise ExportRefusedError(
            f"These are {count:,} events, and a PDF takes {MOST_IN_PDF}. "
            "Shorten the period, or choose another form"
        )
    export = TrailExport.objects.create(
        asked_by=actor,
        asked_at=now,
        form=form,
        reason=reason,
        chosen=chosen,
        until_id=until_id,
        events=count,
    )
    record(
        "trail.export_asked",
        actor=actor,
        object_type="trail_export",
        object_id=str(export.pk),
        detail={"form": form, "events": count, "person": query.actor_id},
    )
    return export


def export_of(actor: User, export_id: int, now: datetime) -> TrailExport | None:
    """Return an export of the person's own that may still be downloaded at `now` (aware)."""
    return TrailExport.objects.filter(
        pk=export_id, asked_by=actor, asked_at__gt=now - VALID_FOR
    ).first()


def parts_of(export: TrailExport, query: TrailQuery) -> Iterator[list[Event]]:
    """Yield the events of an export, oldest first, some at a time."""
    return events_in_order(query, export.until_id)
