"""From a change set to versions: laid over what is in force, carried into what is scheduled.

All of it is proved first (decision 0011). Called inside the transaction of the act that publishes.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from contacts.differences import FIELD_WORDS
from contacts.document import Document, MergeClashError, merge, same_content
from contacts.models import Care, ChangeSet, DirectoryVersion
from contacts.proof import Problem, problems_of
from contacts.timeline import in_force, in_turn

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


class ChangeRefusedError(Exception):
    """A refusal; its text is for the editor. `problems` lists what the proof found, if it did."""

    def __init__(self, words: str, problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(words)
        self.problems = problems


def planned_versions(change: ChangeSet, now: datetime) -> list[tuple[Document, datetime]]:
    """Return the documents that publishing would write, with their starts; all proved.

    The change is laid over the version in force at its start, and over each that is scheduled
    later: otherwise the next scheduled one would silently undo it.
    """
    start = max(now, change.effective_at or now)
    versions = list(DirectoryVersion.objects.order_by("id"))
    head = in_force(versions, start)
    if head is None:  # a change set has a base, so there is a version
        raise ChangeRefusedError("No directory has been published yet.")
    later = [version for version in in_turn(versions) if version.effective_from > start]
    document = _laid_over(change.base.document, change.document, head)
    planned = [(_with_checks(document), start)]
    for version in later:
        carried = _laid_over(head.document, document, version)
        if not same_content(carried, version.document):
            planned.append((_with_checks(carried), version.effective_from))
    for found, begins in planned:
        problems = problems_of(found, begins)
        if problems:
            raise ChangeRefusedError("The directory would not be safe. Mend this first:", problems)
    return planned


def _laid_over(base: Document, mine: Document, version: DirectoryVersion) -> Document:
    try:
        return merge(base, mine, version.document)
    except MergeClashError as clash:
        places = "; ".join(
            f"{'/'.join(key)}{', ' + _field_words(field) if field else ''}"
            for _, key, field in clash.places
        )
        raise ChangeRefusedError(
            f"{version.slug} changed the same thing meanwhile: {places}. Start a new draft from "
            "it, or discard this one."
        ) from clash


def _field_words(field: str) -> str:
    return FIELD_WORDS.get(field, field).lower()


def _with_checks(document: Document) -> Document:
    """Return the document with the days on which its lines were last verified."""
    checked = dict(
        Care.objects.filter(kind=Care.Kind.LINE)
        .exclude(verified_on=None)
        .values_list("slug", "verified_on")
    )
    lines = [
        {**line, "verified_on": max(line.get("verified_on") or "", day.isoformat())}
        if (day := checked.get(line["slug"]))
        else line
        for line in document["lines"]
    ]
    return {**document, "lines": lines}


def write_version(
    document: Document, start: datetime, actor: User, now: datetime, note: str
) -> DirectoryVersion:
    slug = next_slug(list(DirectoryVersion.objects.order_by("id").values_list("slug", flat=True)))
    document = {
        **document,
        "version": slug,
        "published_at": now.isoformat(),
        "effective_from": start.isoformat(),
        "note": note,
    }
    return DirectoryVersion.objects.create(
        slug=slug, document=document, effective_from=start, published_at=now, published_by=actor
    )


def next_slug(slugs: list[str]) -> str:
    """Return the number of the next version: after birmingham-1 comes birmingham-2."""
    numbered = [match for slug in slugs if (match := re.fullmatch(r"(.*)-(\d+)", slug))]
    name = numbered[-1][1] if numbered else "directory"
    return f"{name}-{max((int(match[2]) for match in numbered), default=0) + 1}"
