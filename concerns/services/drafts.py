"""Keeping what a reporter types, page by page, until it is filed.

A page is written under its own key in one UPDATE, so that two tabs on one draft never overwrite
each other's pages. A draft that nobody goes on with is announced before it expires.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from concerns.bodymap.kinds import MOST_MARKS, TOO_MANY_MARKS
from concerns.journey.marks import LAST_NUMBER, mark_key, mark_numbers
from concerns.models import Draft
from concerns.services.errors import NotAllowedError
from concerns.services.files import discard_draft_files
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# The owner hears this long before a draft expires.
NOTICE = timedelta(days=3)
RawPage = dict[str, list[str]]


@transaction.atomic
def start_draft(owner: User, now: datetime) -> Draft:
    """Begin an empty draft."""
    draft = Draft.objects.create(owner=owner, expires_at=now + settings.DRAFT_EXPIRES_AFTER)
    record("draft.started", actor=owner, object_type="draft", object_id=str(draft.pk))
    return draft


def own_draft(owner: User, draft_id: UUID) -> Draft:
    """Return the person's own draft; raise `Http404` for anybody else's."""
    drafts = Draft.objects.select_related("report", "paper_form")
    draft = drafts.filter(pk=draft_id, owner=owner).first()
    if draft is None:
        raise Http404
    return draft


@transaction.atomic
def save_step(draft_id: UUID, owner: User, key: str, page: RawPage, now: datetime) -> Draft:
    """Save one page as typed, right or wrong; other pages stay as they are.

    Raises `Http404` for somebody else's draft, or one that has been filed meanwhile.
    """
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .filter(pk=draft_id, owner=owner, submitted_at=None)
        .first()
    )
    if draft is None:
        raise Http404
    draft.answers[key] = page
    draft.expires_at, draft.reminded_at = now + settings.DRAFT_EXPIRES_AFTER, None
    draft.save(update_fields=["answers", "expires_at", "reminded_at", "updated_at"])
    return draft


@transaction.atomic
def add_mark(draft_id: UUID, owner: User, person: int, page: RawPage, now: datetime) -> Draft:
    """Add a mark to the body map of a person, as typed; the same one twice is one.

    Raises `Http404` as `save_step`, `NotAllowedError` when there are as many as there may be.
    """
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .filter(pk=draft_id, owner=owner, submitted_at=None)
        .first()
    )
    if draft is None:
        raise Http404
    numbers = mark_numbers(draft.answers, person)
    if any(draft.answers[mark_key(person, number)] == page for number in numbers):
        return draft
    number = max(numbers, default=0) + 1
    if len(numbers) >= MOST_MARKS or number > LAST_NUMBER:
        raise NotAllowedError(TOO_MANY_MARKS)
    return save_step(draft_id, owner, mark_key(person, number), page, now)


@transaction.atomic
def remove_step(draft_id: UUID, owner: User, key: str) -> Draft:
    """Take one repeated page (a person added by mistake, a mark) out of a draft.

    The marks of a person go with the person: the next one under this number is somebody else.
    """
    draft = (
        Draft.objects.select_for_update(of=("self",))
        .filter(pk=draft_id, owner=owner, submitted_at=None)
        .first()
    )
    if draft is None:
        raise Http404
    draft.answers.pop(key, None)
    slug, _, number = key.partition(".")
    if slug == "person":
        for mark in mark_numbers(draft.answers, int(number)):
            del draft.answers[mark_key(int(number), mark)]
    draft.save(update_fields=["answers", "updated_at"])
    return draft


@transaction.atomic
def delete_draft(draft_id: UUID, owner: User) -> None:
    """Throw away a draft that was not filed, with its files; the page asked first."""
    drafts = Draft.objects.select_for_update(of=("self",))
    draft = drafts.filter(pk=draft_id, owner=owner, submitted_at=None).first()
    if draft is None:
        raise Http404
    discard_draft_files(draft, actor=owner)
    draft.delete()
    record("draft.deleted", actor=owner, object_type="draft", object_id=str(draft_id))


def expire_drafts(now: datetime) -> tuple[int, int]:
    """Announce drafts that will expire, and remove those that have; return how many of each.

    Safe to run twice: each reminder is one message, and only drafts that were announced go.
    """
    open_drafts = Draft.objects.filter(submitted_at=None)
    reminded = removed = 0
    soon = open_drafts.filter(expires_at__lte=now + NOTICE, reminded_at=None)
    for pk in soon.values_list("pk", flat=True)[:500]:
        reminded += _remind(pk, now)
    over = open_drafts.filter(expires_at__lte=now, reminded_at__lte=now - NOTICE / 2)
    for draft in over[:500]:
        with transaction.atomic():
            record(
                "draft.expired", actor_label="clock", object_type="draft", object_id=str(draft.pk)
            )
            discard_draft_files(draft, label="clock")
            draft.delete()
        removed += 1
    return reminded, removed


@transaction.atomic
def _remind(pk: UUID, now: datetime) -> bool:
    draft = (
        Draft.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("owner")
        .filter(pk=pk, reminded_at=None)
        .first()
    )
    if draft is None:
        return False
    draft.reminded_at = now
    draft.expires_at = max(draft.expires_at, now + NOTICE)
    draft.save(update_fields=["reminded_at", "expires_at"])
    enqueue_many(
        [
            NewMessage(
                kind="draft_expires",
                channel="email",
                recipient=draft.owner.email,
                template="draft_expires",
                context={
                    "days": str(NOTICE.days),
                    "link": reverse("concerns:journey:resume", args=[draft.pk]),
                },
                dedupe_key=f"draft_expires:{draft.pk}:{now:%Y-%m-%d}",
                subject_type="draft",
                subject_id=str(draft.pk),
            )
        ]
    )
    return True
