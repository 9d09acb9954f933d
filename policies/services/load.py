"""Loading what ships with the portal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from policies.models import Document, DocumentVersion, NationalSource, Section
from policies.services.drafts import log
from policies.services.publish import keep_states
from policies.shipped import shipped, shipped_sections

_LOADED = ("title", "kind", "about", "owner_post", "must_confirm")


@transaction.atomic
def load_shipped(now: datetime) -> list[str]:
    """Publish every shipped document that is not there yet, and return their slugs.

    A document that is there is the council's: a release never changes a word of it. `now` is aware.
    """
    for item in shipped()["sources"]:
        checked = date.fromisoformat(item["checked_on"]) if item["checked_on"] else None
        NationalSource.objects.get_or_create(
            slug=item["slug"], defaults={**item, "checked_on": checked}
        )
    there = set(Document.objects.values_list("slug", flat=True))
    loaded = []
    for position, item in enumerate(shipped()["documents"], start=1):
        if item["slug"] not in there:
            _load(item, position, now)
            loaded.append(item["slug"])
    if loaded:
        keep_states(now)
    return loaded


def _load(item: dict[str, Any], position: int, now: datetime) -> None:
    document = Document.objects.create(
        slug=item["slug"],
        position=position,
        asked_since=now if item["must_confirm"] else None,
        **{key: item[key] for key in _LOADED},
    )
    document.sources.set(NationalSource.objects.filter(slug__in=item["sources"]))
    version = DocumentVersion.objects.create(
        document=document,
        number=1,
        created_at=now,
        is_summary=item["is_summary"],
        missing=item["missing"],
    )
    Section.objects.bulk_create(
        Section(
            version=version,
            position=place,
            anchor=text.anchor,
            number=text.number,
            title=text.title,
            body=text.body,
            topics=list(text.topics),
        )
        for place, text in enumerate(shipped_sections(item), start=1)
    )
    version.state = DocumentVersion.State.PUBLISHED
    version.published_at = version.effective_from = now
    version.review_by = date.fromisoformat(item["review_by"])
    version.save()
    log("policy.loaded", document, None, now, number=1)
