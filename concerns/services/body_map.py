"""Marks that are put on a body map after filing, and marks that are struck out. Nothing changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from concerns.access import Action
from concerns.bodymap.kinds import MOST_MARKS, TOO_MANY_MARKS
from concerns.models import BodyMark, Concern, Correspondence, StruckMark
from concerns.selectors.body_map import body_map_of
from concerns.services.additions import NewAddition, add_to_report
from concerns.services.conversation import lock_own_concerns
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.ledger import lock_concern
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from concerns.bodymap.marks import Mark
    from safeguarding_portal.accounts.models import User


@transaction.atomic
def record_mark(concern_id: int, actor: User, mark: Mark, now: datetime) -> Mark:
    """Put a mark on the body map of a record that the actor works; return it with its number.

    The same mark sent twice is one. Raises `Http404` out of scope, `NotAllowedError` when the map
    is full.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    return _add(concern, actor, mark, now, from_reporter=False)[0]


@transaction.atomic
def add_mark_to_report(
    report_id: int, reference: str, actor: User, mark: Mark, now: datetime
) -> Mark:
    """Add a mark to one's own report, on the record with this reference.

    It is an addition like any other: those who work it are told. Raises `Http404` for somebody
    else's report, `NotAllowedError` when the map is full.
    """
    report, concerns = lock_own_concerns(report_id, actor)
    concern = next((one for one in concerns if one.reference == reference), None)
    if concern is None:
        raise Http404
    added, is_new = _add(concern, actor, mark, now, from_reporter=True)
    if is_new:
        text = f"Body map: mark {added.number} added."
        new = NewAddition(kind=Correspondence.Kind.INFORMATION, text=text)
        add_to_report(report.pk, actor, new, now)
    return added


def _add(
    concern: Concern, actor: User, mark: Mark, now: datetime, *, from_reporter: bool
) -> tuple[Mark, bool]:
    """Write the mark under the next number; return it, and whether it was not there yet."""
    shown = body_map_of(concern).marks
    for known in shown:
        same = replace(known.mark, number=mark.number) == mark
        if same and known.struck is None and known.author_id == actor.pk:
            return known.mark, False
    if len(shown) >= MOST_MARKS:
        raise NotAllowedError(TOO_MANY_MARKS)
    numbered = replace(mark, number=len(shown) + 1)
    row = BodyMark.objects.create(
        concern=concern,
        number=numbered.number,
        data=numbered.to_dict(),
        author=actor,
        from_reporter=from_reporter,
        created_at=now,
    )
    _record("body_map.recorded", concern, actor, row.number, marks=1)
    return numbered, True


@transaction.atomic
def strike_out(concern_id: int, actor: User, number: int, reason: str, now: datetime) -> StruckMark:
    """Say that a mark was recorded in error, and why. It stays on the map, crossed out.

    Raises `Http404` out of scope and for a mark that is not there, `ConflictError` when it was
    struck out already.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    marks = body_map_of(concern).marks
    found = next((one for one in marks if one.mark.number == number), None)
    if found is None:
        raise Http404
    if found.struck is not None:
        raise ConflictError("This mark has been struck out already.")
    row = StruckMark.objects.create(
        concern=concern, number=number, reason=reason, author=actor, created_at=now
    )
    _record("body_map.struck", concern, actor, number)
    return row


def _record(name: str, concern: Concern, actor: User, number: int, **detail: int) -> None:
    record(
        name,
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="body_mark",
        object_id=str(number),
        detail=dict(detail),
    )
