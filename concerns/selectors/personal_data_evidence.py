"""Personal data in files and on body maps, for `personal_data_sources`."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q

from concerns.bodymap.marks import from_dict
from concerns.models import Attachment, BodyMark, StruckMark
from concerns.selectors.personal_data import Found, Scope
from safeguarding_portal.files.errors import DamagedFileError
from safeguarding_portal.files.services import text_of

Part = Attachment.Part


def file_items(scope: Scope) -> Iterator[Found]:
    """Yield each file of the reports, a note's only with its concern, and the words in it.

    Words are there once a file is clean, of documents that have any; what a picture shows, an
    officer looks at on the concern's page.
    """
    of_concern = Q(concern=None) | Q(concern__in=scope.concerns)
    sent = Attachment.objects.filter(of_concern, report__in=scope.reports, sent_at__isnull=False)
    for row in sent.select_related("file", "added_by").order_by("pk"):
        report = row.report_id or 0
        lines = {
            "Name": row.name,
            "Kind": row.kind,
            "Sent": row.get_part_display(),
            "By": row.added_by.full_name,
            "Words in it": _words_in(row),
        }
        yield Found(
            "file",
            f"file:{row.pk}",
            "File",
            "\n".join(f"{label}: {words}" for label, words in lines.items() if words),
            row.sent_at,
            row.concern_id or scope.first_of(report),
            report,
        )


def _words_in(row: Attachment) -> str:
    """Return the words of a document, or why they are not there."""
    if row.file is None:
        return "the file was destroyed"
    if not row.file.is_clean:
        return row.file.state_words
    try:
        return "\n".join(text_of(row.file))
    except DamagedFileError:
        return str(row.file.Reason.DAMAGED.label)


def mark_items(scope: Scope) -> Iterator[Found]:
    """Yield the marks that were put on a body map after the report was filed; and those struck out.

    A mark that was recorded in error is still held, and so is what was said of it.
    """
    of_scope = {"concern__in": scope.concerns}
    for row in BodyMark.objects.filter(**of_scope).order_by("pk"):
        mark = from_dict(row.data)
        yield _of_map(row, f"mark:{row.pk}", f"{mark.title}\n{mark.details_words}", scope)
    for struck in StruckMark.objects.filter(**of_scope).order_by("pk"):
        words = f"Mark {struck.number} was recorded in error: {struck.reason}"
        yield _of_map(struck, f"struck_mark:{struck.pk}", words, scope)


def _of_map(row: BodyMark | StruckMark, key: str, words: str, scope: Scope) -> Found:
    report = scope.concerns[row.concern_id]
    return Found("mark", key, "Mark on the body map", words, row.created_at, row.concern_id, report)
