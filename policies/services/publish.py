"""Bringing text into force, from a moment on, and keeping each state that was ever in force."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from policies.models import Document, DocumentVersion, PolicyVersion
from policies.services.drafts import State, locked, log
from policies.services.errors import PolicyError
from policies.shipped import shipped
from policies.states import state_at
from safeguarding_portal.accounts.models import User


def one_at_a_time(now: datetime) -> datetime:
    """Let one publication after the other change what is in force; return its moment.

    It is never before one that was made already, so that kept states stay in order.
    """
    list(Document.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
    made: datetime | None = PolicyVersion.objects.aggregate(made=Max("made_at"))["made"]
    return max(now, made) if made else now


@transaction.atomic
def publish(
    version_id: int, starts_at: datetime | None, review_by: date, actor: User, now: datetime
) -> DocumentVersion:
    """Publish an approved version, at once or from a future moment (aware).

    Raises `PolicyError` if it is not approved, starts in the past, or is to be reviewed before it
    starts.
    """
    moment = one_at_a_time(now)
    version = locked(version_id, State.APPROVED)
    if version.document.retired_at:
        raise PolicyError("This document is retired")
    start = moment if starts_at is None else starts_at
    if start < moment:
        raise PolicyError("The start has passed. Choose today or a later day")
    if review_by <= start.date():
        raise PolicyError("The review must come after the start")
    version.state, version.effective_from, version.review_by = State.PUBLISHED, start, review_by
    version.published_at, version.published_by = moment, actor
    version.save()
    keep_states(moment)
    log("policy.published", version.document, actor, now, number=version.number)
    return version


@transaction.atomic
def cancel_publication(version_id: int, actor: User, now: datetime) -> None:
    """Take back a publication that has not started; the version is approved again."""
    moment = one_at_a_time(now)
    version = locked(version_id, State.PUBLISHED)
    if version.effective_from is None or version.effective_from <= moment:
        raise PolicyError("This version is in force. Publish a new one instead")
    if version.document.versions.filter(state__in=DocumentVersion.OPEN).exists():
        raise PolicyError("Finish or discard the newer draft first")
    version.state, version.effective_from, version.review_by = State.APPROVED, None, None
    version.save()
    keep_states(moment)
    log("policy.publication_cancelled", version.document, actor, now, number=version.number)


@transaction.atomic
def retire(
    document_id: int, superseded_by: Document | None, actor: User, now: datetime
) -> Document:
    """Take a document out of force; its pages stay, and say what took its place."""
    moment = one_at_a_time(now)
    document = Document.objects.get(pk=document_id)
    if document.retired_at:
        raise PolicyError("This document is retired already")
    if superseded_by:
        superseded_by.refresh_from_db()
        if superseded_by.pk == document.pk or superseded_by.retired_at:
            raise PolicyError("Choose a document that is in force")
    document.retired_at, document.superseded_by = moment, superseded_by
    document.save(update_fields=["retired_at", "superseded_by"])
    keep_states(moment)
    log("policy.retired", document, actor, now)
    return document


@transaction.atomic
def bring_back(document_id: int, actor: User, now: datetime) -> Document:
    """Undo a retirement."""
    moment = one_at_a_time(now)
    document = Document.objects.get(pk=document_id)
    document.retired_at = document.superseded_by = None
    document.save(update_fields=["retired_at", "superseded_by"])
    keep_states(moment)
    log("policy.brought_back", document, actor, now)
    return document


def keep_states(moment: datetime) -> None:
    """Work out anew what is in force from `moment` (aware) on; what was before stays as it is.

    Call it inside the transaction of the act, with documents locked.
    """
    PolicyVersion.objects.filter(published_at__gt=moment, made_at__isnull=False).delete()
    upcoming = DocumentVersion.objects.filter(state=State.PUBLISHED, effective_from__gt=moment)
    later = (version.effective_from or moment for version in upcoming)
    starts = sorted({moment, *later})
    last = PolicyVersion.objects.filter(published_at__lte=moment, made_at__isnull=False).first()
    before: list[dict[str, Any]] | None = last.document["documents"] if last else None
    for start in starts:
        documents = state_at(start)
        if documents != before:
            slug = _next_slug()
            PolicyVersion.objects.create(
                slug=slug,
                document={"version": slug, "documents": documents},
                published_at=start,
                made_at=moment,
            )
            before = documents


def _next_slug() -> str:
    """Return the name of the next state; the shipped one is the first."""
    used = [
        int(slug.rpartition("-")[2])
        for slug in PolicyVersion.objects.values_list("slug", flat=True)
        if slug.rpartition("-")[2].isdecimal()
    ]
    first = int(shipped()["version"].rpartition("-")[2])
    return f"policies-{max([first - 1, *used]) + 1}"
