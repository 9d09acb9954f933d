"""Writing a version: from the first draft to approval by somebody else.

Every act locks the version, checks its state, and records an event in the same transaction. All
raise `PolicyError` with words for the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils.text import slugify

from policies.access import APPROVERS, holders_of, why_not_approve
from policies.models import Document, DocumentVersion, Section
from policies.services.errors import PolicyError
from policies.states import versions_in_force
from policies.text.sections import (
    MOST_SECTIONS,
    SectionText,
    anchor_for,
    free_anchor,
    keep_anchors,
)
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

State = DocumentVersion.State
# Words that begin addresses of their own.
RESERVED = frozenset({"to-confirm", "confirmations", "as-kept", "desk"})
SOMEBODY_WAS_FASTER = (
    "Somebody else has changed this section since you opened it. Compare it with theirs below"
)


@dataclass(frozen=True)
class ForReview:
    """What the writer says of a version when it goes to review.

    `meaning_changed`: readers confirm the changed parts. `is_summary`, `missing`: whether it is
    in our own words, and what of the full text is not in hand; readers see both.
    """

    change_note: str
    meaning_changed: bool
    is_summary: bool = False
    missing: str = ""


def log(name: str, document: Document, actor: User | None, now: datetime, **detail: Any) -> None:
    """Record an event about a document."""
    record(
        name,
        actor=actor,
        actor_label="" if actor else "portal",
        object_type="policy",
        object_id=document.slug[:60],
        happened_at=now,
        detail=detail,
    )


def locked(version_id: int, *states: str) -> DocumentVersion:
    """Lock a version that is in one of the states; raise `PolicyError` when it has moved on."""
    version = (
        DocumentVersion.objects.select_for_update(of=("self",))
        .select_related("document")
        .get(pk=version_id)
    )
    if version.state not in states:
        raise PolicyError(f"This version is {version.get_state_display().lower()} by now")
    return version


def review_mark_of(version: DocumentVersion) -> str:
    """Return a mark of the text that was sent for review: it changes when it is sent again."""
    return version.submitted_at.isoformat() if version.submitted_at else ""


def mark_of(section: Section | None) -> str:
    """Return a mark of what a section says, to see whether somebody else changed it."""
    if section is None:
        return ""
    text = "\n".join([section.number, section.title, section.body, *section.topics])
    return sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def create_document(
    actor: User, title: str, kind: str, about: str, now: datetime
) -> DocumentVersion:
    """Begin a new document with an empty first draft; `now` is aware."""
    slug = slugify(title)[:70].strip("-")
    if not slug:
        raise PolicyError("Write the title in letters")
    if slug in RESERVED or Document.objects.filter(slug=slug).exists():
        raise PolicyError("There is a document with this title already")
    document = Document.objects.create(slug=slug, title=title, kind=kind, about=about, owner=actor)
    log("policy.created", document, actor, now)
    return _new_version(document, actor, now)


@transaction.atomic
def start_draft(document_id: int, actor: User, now: datetime) -> DocumentVersion:
    """Begin the next version from the text in force, or open the one that was begun."""
    document = Document.objects.select_for_update().get(pk=document_id)
    if document.retired_at:
        raise PolicyError("This document is retired")
    begun = document.versions.filter(state__in=DocumentVersion.OPEN).first()
    if begun:
        return begun
    latest = document.versions.filter(state=State.PUBLISHED).first()
    version = _new_version(document, actor, now, latest)
    if latest:
        _write_sections(version, latest.texts())
    return version


def _new_version(
    document: Document, actor: User, now: datetime, before: DocumentVersion | None = None
) -> DocumentVersion:
    highest = document.versions.aggregate(highest=Max("number"))["highest"] or 0
    version = DocumentVersion.objects.create(
        document=document,
        number=highest + 1,
        created_at=now,
        created_by=actor,
        is_summary=before.is_summary if before else False,
        missing=before.missing if before else "",
    )
    version.writers.add(actor)
    log("policy.draft_started", document, actor, now, number=version.number)
    return version


def _write_sections(version: DocumentVersion, texts: Sequence[SectionText]) -> None:
    Section.objects.bulk_create(
        Section(
            version=version,
            position=position,
            anchor=text.anchor,
            number=text.number,
            title=text.title,
            body=text.body,
            topics=list(text.topics),
        )
        for position, text in enumerate(texts, start=1)
    )


@transaction.atomic
def save_section(
    version_id: int, anchor: str, typed: SectionText, seen: str, actor: User, now: datetime
) -> Section:
    """Write one section of a draft; an empty `anchor` adds one at the end.

    `seen` is the mark of the text that the writer opened: if somebody else has changed it since,
    nothing is written.
    """
    version = locked(version_id, State.DRAFT)
    section = version.sections.filter(anchor=anchor).first() if anchor else None
    if anchor and section is None:
        raise PolicyError("Somebody else has taken this section out")
    if mark_of(section) != seen:
        raise PolicyError(SOMEBODY_WAS_FASTER)
    if section is None:
        section = _empty_section(version, typed)
    section.number, section.title, section.body = typed.number, typed.title, typed.body
    section.topics = list(typed.topics)
    section.save()
    version.writers.add(actor)
    log("policy.section_changed", version.document, actor, now, section=section.anchor)
    return section


def _empty_section(version: DocumentVersion, typed: SectionText) -> Section:
    anchors = list(version.sections.values_list("anchor", flat=True))
    if len(anchors) >= MOST_SECTIONS:
        raise PolicyError(f"A document has at most {MOST_SECTIONS} sections")
    # An anchor that an earlier version had is never given to something else.
    earlier = Section.objects.filter(version__document=version.document)
    taken = {*anchors, *earlier.values_list("anchor", flat=True)}
    last = version.sections.aggregate(last=Max("position"))["last"] or 0
    anchor = free_anchor(anchor_for(typed.number, typed.title), taken)
    return Section(version=version, position=last + 1, anchor=anchor)


@transaction.atomic
def remove_section(version_id: int, anchor: str, actor: User, now: datetime) -> None:
    """Take a section out of a draft; the page asked first. Earlier versions keep it."""
    version = locked(version_id, State.DRAFT)
    version.sections.filter(anchor=anchor).delete()
    version.writers.add(actor)
    log("policy.section_removed", version.document, actor, now, section=anchor)


@transaction.atomic
def move_section(version_id: int, anchor: str, up: bool, actor: User, now: datetime) -> None:
    """Move a section of a draft one place up or down; at the end it stays where it is."""
    version = locked(version_id, State.DRAFT)
    sections = list(version.sections.all())
    place = next((n for n, section in enumerate(sections) if section.anchor == anchor), None)
    if place is None:
        raise PolicyError("Somebody else has taken this section out")
    other = place - 1 if up else place + 1
    if 0 <= other < len(sections):
        one, two = sections[place], sections[other]
        one.position, two.position = two.position, one.position
        Section.objects.bulk_update([one, two], ["position"])
        version.writers.add(actor)
        log("policy.section_moved", version.document, actor, now, section=anchor)


@transaction.atomic
def replace_text(
    document_id: int,
    texts: Sequence[SectionText],
    is_summary: bool,
    missing: str,
    actor: User,
    now: datetime,
) -> DocumentVersion:
    """Put an imported text in the place of the draft's, beginning a draft if there is none.

    Sections that were there before keep their anchors, and with them every link.
    """
    version = locked(start_draft(document_id, actor, now).pk, State.DRAFT)
    kept = keep_anchors(texts, anchors_before(version.document, now))
    version.sections.all().delete()
    _write_sections(version, kept)
    version.is_summary, version.missing = is_summary, missing
    version.save(update_fields=["is_summary", "missing"])
    version.writers.add(actor)
    log("policy.imported", version.document, actor, now, sections=len(kept))
    return version


def anchors_before(document: Document, now: datetime) -> tuple[SectionText, ...]:
    """Return the sections to compare an import with: those in force, else of the newest version."""
    in_force = [v for v in versions_in_force(now) if v.document_id == document.pk]
    newest = in_force[0] if in_force else document.versions.first()
    return newest.texts() if newest else ()


@transaction.atomic
def discard_draft(version_id: int, actor: User, now: datetime) -> None:
    """Throw away a version that was not published; the page asked first."""
    version = locked(version_id, *DocumentVersion.OPEN)
    DocumentVersion.objects.filter(pk=version.pk).update(state=State.DRAFT)
    log("policy.draft_discarded", version.document, actor, now, number=version.number)
    version.delete()


@transaction.atomic
def submit_for_review(version_id: int, about: ForReview, actor: User, now: datetime) -> None:
    """Hand a draft to a second person, saying what changed and whether readers must read again.

    Everybody who may approve it hears of it.
    """
    version = locked(version_id, State.DRAFT)
    if not version.sections.exists():
        raise PolicyError("The draft has no sections yet. Add one first")
    version.state, version.returned_note = State.IN_REVIEW, ""
    version.change_note, version.meaning_changed = about.change_note, about.meaning_changed
    version.is_summary, version.missing = about.is_summary, about.missing
    version.submitted_at, version.submitted_by = now, actor
    version.save()
    log("policy.sent_for_review", version.document, actor, now, number=version.number)
    writers = set(version.writers.values_list("pk", flat=True)) | {actor.pk}
    reviewers = holders_of(APPROVERS, now).exclude(pk__in=writers)
    _tell(reviewers, version, "review", now)


def _tell(people: Iterable[User], version: DocumentVersion, step: str, now: datetime) -> None:
    """Tell people that a version waits for them; the message is a link and no more."""
    enqueue_many(
        NewMessage(
            kind="policy_waits",
            channel="email",
            recipient=person.email,
            template="policy_waits",
            context={"link": reverse("policies:draft", args=[version.pk])},
            dedupe_key=f"policy_waits:{version.pk}:{step}:{now.isoformat()}:{person.pk}",
            subject_type="policy",
            subject_id=version.document.slug,
        )
        for person in people
        if person.is_active
    )


@transaction.atomic
def return_to_draft(version_id: int, note: str, actor: User, now: datetime) -> None:
    """Give a version back to its writers, with the reason."""
    version = locked(version_id, State.IN_REVIEW, State.APPROVED)
    version.state, version.returned_note = State.DRAFT, note
    version.approved_at = version.approved_by = None
    version.save()
    log("policy.returned", version.document, actor, now, number=version.number)
    _tell(version.writers.exclude(pk=actor.pk), version, "returned", now)


@transaction.atomic
def approve(version_id: int, seen: str, actor: User, now: datetime) -> None:
    """Approve a version that others wrote; `seen` is the mark of the text that was read.

    A text that was returned, changed and sent again meanwhile is not the one that was read.
    """
    version = locked(version_id, State.IN_REVIEW)
    if seen != review_mark_of(version):
        raise PolicyError("It was sent again since you opened it. Read it before you approve")
    if refusal := why_not_approve(actor, version, now):
        raise PolicyError(refusal)
    version.state, version.approved_at, version.approved_by = State.APPROVED, now, actor
    version.save()
    log("policy.approved", version.document, actor, now, number=version.number)
    _tell([version.submitted_by] if version.submitted_by else [], version, "approved", now)
