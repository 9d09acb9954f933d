"""Paper forms: giving references out beforehand, entering what comes back, asking for the rest.

A form that comes back is entered through the ordinary journey and filed by `submit_report`; it
keeps its reference and says when it was written. Its clocks run from the moment it is stored.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import Http404
from django.urls import reverse

from concerns.models import PaperBatch, PaperForm
from concerns.rules.case import LONDON
from concerns.rules.reference import normalise
from concerns.services.drafts import save_step, start_draft
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.references import free_references
from contacts.selectors import current_directory
from contacts.words import clock_words
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.services import NewEvent, record, record_many
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from concerns.models import Draft, Report

logger = logging.getLogger(__name__)

CARD = "Paper form"


class WrongTimeError(NotAllowedError):
    """The form cannot have been written then."""


@dataclass(frozen=True)
class Entry:
    """What a paper form says of itself: when it was written (aware), and by whom."""

    written_at: datetime
    name: str = ""
    role: str = ""
    phone: str = ""


@transaction.atomic
def issue_batch(
    actor: User, holder_email: str, place: str, count: int, now: datetime
) -> PaperBatch:
    """Give out `count` references for paper forms, kept at a place by a colleague.

    Raises `NotAllowedError` when no colleague with that address can be asked for them later.
    """
    holder = User.objects.filter(email__iexact=holder_email, is_active=True).first()
    if holder is None:
        raise NotAllowedError("Nobody with that email address has an account here. Check it.")
    batch = PaperBatch.objects.create(
        place=place,
        holder=holder,
        issued_by=actor,
        issued_at=now,
        chase_at=now + settings.PAPER_CHASE_AFTER,
        directory_version=current_directory(now).version,
    )
    PaperForm.objects.bulk_create(
        PaperForm(batch=batch, number=number, reference=reference)
        for number, reference in enumerate(free_references(count), start=1)
    )
    if holder.pk != actor.pk:
        _tell(batch, [holder], "paper_issued", now)
    _record("paper_batch.issued", batch, actor, {"holder": holder.pk, "count": count})
    return batch


@transaction.atomic
def begin_entry(reference: str, actor: User, entry: Entry, now: datetime) -> Draft:
    """Start the ordinary journey for a form that came back; again by the same person: go on.

    Raises `NotAllowedError` or `ConflictError` in words for the person who types.
    """
    form = (
        PaperForm.objects.select_for_update(of=("self",))
        .select_related("batch", "draft")
        .filter(reference=normalise(reference))
        .first()
    )
    if form is None:
        raise NotAllowedError("No paper form has this reference. Check it.")
    if form.report_id is not None:
        raise ConflictError("This paper form has been entered already. Its report is on its way.")
    if form.voided_at is not None:
        raise ConflictError("This reference was made void. Report it as a new concern.")
    if entry.written_at > now:
        raise WrongTimeError("That time has not come yet. Check it.")
    if entry.written_at < form.batch.issued_at:
        raise WrongTimeError("That is before the form was printed. Check it.")
    if form.draft is not None:
        if form.draft.owner_id != actor.pk:
            raise ConflictError("A colleague is entering this paper form now.")
        draft = form.draft
    else:
        draft = start_draft(actor, now)
    form.draft, form.written_at, form.written_by = draft, entry.written_at, entry.name
    form.save(update_fields=["draft", "written_at", "written_by"])
    if entry.name:
        _name_the_writer(draft, entry, now)
    _record("paper_form.begun", form.batch, actor, {"reference": form.reference})
    return draft


def _name_the_writer(draft: Draft, entry: Entry, now: datetime) -> None:
    """Say on "Your details" for whom the person reports; what is there already stays."""
    typed = {"for_name": entry.name, "for_role": entry.role, "for_phone": entry.phone}
    page = {**draft.answers.get("about-you", {}), **{name: [text] for name, text in typed.items()}}
    save_step(draft.pk, draft.owner, "about-you", page, now)


def paper_form_of(draft: Draft) -> PaperForm | None:
    """Return the paper form that a draft is entered from, if it is."""
    found: PaperForm | None = getattr(draft, "paper_form", None)
    return found


def paper_card(form: PaperForm, actor: User) -> dict[str, Any]:
    """Return what the statement says of the paper, in words; it is filed and never changes."""
    written = (form.written_at or form.batch.issued_at).astimezone(LONDON)
    day = f"{written:%A} {written.day} {written:%B %Y}"
    rows = {
        "Reference on the paper": form.reference,
        "Written by hand at": f"{clock_words(written)} on {day}",
        "Written by": form.written_by or str(actor),
        "Entered by": str(actor),
    }
    return {
        "title": CARD,
        "rows": [
            {"question": question, "answer": answer, "slug": "paper"}
            for question, answer in rows.items()
        ],
    }


def return_form(form: PaperForm, report: Report, actor: User, now: datetime) -> None:
    """Tie a form to its report, in the transaction that files it; its real time is an event."""
    form.report, form.returned_at = report, now
    form.save(update_fields=["report", "returned_at"])
    record_many(
        NewEvent(
            name="report.written_on_paper",
            actor=actor,
            concern_id=concern_id,
            report_id=report.pk,
            object_type="paper_form",
            object_id=str(form.pk),
            happened_at=form.written_at,
        )
        for concern_id in report.concerns.values_list("pk", flat=True)
    )


@transaction.atomic
def void_form(batch_id: int, reference: str, actor: User, reason: str, now: datetime) -> PaperForm:
    """Take a reference out of use for good: spoilt, lost or destroyed.

    Raises `Http404` for a form of another batch, `ConflictError` when it is in use.
    """
    form = (
        PaperForm.objects.select_for_update(of=("self",))
        .select_related("batch")
        .filter(batch=batch_id, reference=reference)
        .first()
    )
    if form is None:
        raise Http404
    if not form.is_out:
        raise ConflictError("This paper form has been entered, or is void already.")
    if form.draft_id is not None:
        raise ConflictError("A colleague is entering this paper form now.")
    form.voided_at, form.voided_by, form.void_reason = now, actor, reason
    form.save(update_fields=["voided_at", "voided_by", "void_reason"])
    _record("paper_form.voided", form.batch, actor, {"reference": form.reference})
    return form


@transaction.atomic
def confirm_held(batch_id: int, actor: User, now: datetime) -> PaperBatch:
    """Record that somebody looked: what is out is in its place, blank, with today's numbers."""
    batch = PaperBatch.objects.select_for_update().get(pk=batch_id)
    batch.seen_at, batch.chase_at = now, now + settings.PAPER_CHASE_AFTER
    batch.directory_version = current_directory(now).version
    batch.save(update_fields=["seen_at", "chase_at", "directory_version"])
    _record("paper_batch.seen", batch, actor, {})
    return batch


def chase_unreturned(now: datetime) -> int:
    """Ask for forms that are still out at `now` (aware); return for how many batches.

    Safe to run twice: the batch is locked and its next time moved on with the messages. One that
    fails is logged by id and tried again next time; it never keeps the others waiting.
    """
    due = PaperBatch.objects.filter(chase_at__lte=now).values_list("pk", flat=True)[:200]
    asked = 0
    for pk in list(due):
        try:
            asked += _chase(pk, now)
        except DatabaseError:
            logger.exception("asking for paper forms of batch %s failed; it stays due", pk)
    return asked


@transaction.atomic
def _chase(pk: int, now: datetime) -> bool:
    batch = (
        PaperBatch.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk=pk, chase_at__lte=now)
        .first()
    )
    if batch is None:
        return False
    out = batch.forms.filter(report=None, voided_at=None).count()
    batch.chase_at = now + settings.PAPER_CHASE_AFTER if out else None
    batch.save(update_fields=["chase_at"])
    if not out:
        return False
    people = _whom_to_ask(batch, now)
    _tell(batch, people, "paper_unreturned", now)
    _record("paper_batch.chased", batch, None, {"out": out, "told": len(people)})
    return True


def _tell(batch: PaperBatch, people: list[User], template: str, now: datetime) -> None:
    days = str(settings.PAPER_CHASE_AFTER.days)
    enqueue_many(
        NewMessage(
            kind=template,
            channel="email",
            recipient=person.email,
            template=template,
            context={"days": days, "link": reverse("concerns:paper:batch", args=[batch.pk])},
            dedupe_key=f"{template}:{batch.pk}:{now:%Y-%m-%d}:{person.pk}",
            subject_type="paper_batch",
            subject_id=str(batch.pk),
        )
        for person in people
    )


def _whom_to_ask(batch: PaperBatch, now: datetime) -> list[User]:
    """Return the holder and the issuer; the corporate lead when both have left."""
    active = User.objects.filter(is_active=True).order_by("pk")
    people = list(active.filter(pk__in=[batch.holder_id, batch.issued_by_id]))
    return people or list(User.objects.holding([Role.CORPORATE_LEAD], now))


def _record(name: str, batch: PaperBatch, actor: User | None, detail: dict[str, Any]) -> None:
    record(
        name,
        actor=actor,
        actor_label="" if actor else "clock",
        object_type="paper_batch",
        object_id=str(batch.pk),
        detail=detail,
    )
