"""The certificate of a disposal, as an accessible PDF: what, when, by whom, under which row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from concerns.rules.retention import shipped
from concerns.selectors.disposal import records
from concerns.selectors.retention import current_schedule
from safeguarding_portal.design_system.templatetags.portal_time import london_moment
from safeguarding_portal.documents import pdf_of_typed

if TYPE_CHECKING:
    from concerns.models import DisposalBatch


def certificate_pdf(batch: DisposalBatch) -> bytes:
    """Return the certificate of a batch that is done; the same bytes each time."""
    if batch.ended_at is None or batch.answered_at is None:
        raise ValueError("Only a batch that is done has a certificate.")
    words = {row.id: row.words for row in (*shipped().rows, *current_schedule().rows)}
    gone = list(records().filter(batch=batch).order_by("pk"))
    data = {
        "batch": str(batch.pk),
        "proposed": f"{batch.made_by}, {london_moment(batch.made_at, batch.ended_at)}",
        "approved": f"{batch.answered_by}, {london_moment(batch.answered_at, batch.ended_at)}",
        "done": london_moment(batch.ended_at, batch.ended_at),
        "records": [
            {
                "reference": item.reference,
                "kind": words.get(item.row_id, item.row_id),
                "row": f"{item.row_id} of {item.schedule_version}",
                "at": london_moment(item.disposed_at, batch.ended_at),
                "rows": str(sum(item.counts.values())),
                "hash": item.hash,
            }
            for item in gone
        ],
    }
    return pdf_of_typed("records/certificate.typ", data, batch.ended_at)
