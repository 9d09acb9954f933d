"""Answers to the prompts of a checklist: added, never changed; the last one counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from concerns.access import Action
from concerns.models import ChecklistAnswer, Concern
from concerns.rules.checklists import ANSWERS, prompts_of
from concerns.services.errors import NotAllowedError
from concerns.services.ledger import lock_concern
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


@transaction.atomic
def answer_checklist(
    concern_id: int,
    actor: User,
    kind: str,
    answers: Mapping[str, tuple[str, str]],
    version: int,
    now: datetime,
) -> int:
    """Keep the answers that are new or differ, {prompt: (answer, note)}; return how many.

    Raises as `lock_concern`, and `NotAllowedError` for a prompt or an answer that is not known.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD, version)
    known = {prompt.slug for prompt in prompts_of(kind)}
    if not (set(answers) <= known and {answer for answer, _ in answers.values()} <= set(ANSWERS)):
        raise NotAllowedError("One of these answers is not known. Look at the list again.")
    last = {
        item.prompt: (item.answer, item.note)
        for item in concern.checklist_answers.filter(kind=kind)
    }
    changed = {slug: given for slug, given in answers.items() if last.get(slug) != given}
    if not changed:
        return 0
    ChecklistAnswer.objects.bulk_create(
        ChecklistAnswer(
            concern=concern,
            kind=kind,
            prompt=slug,
            answer=answer,
            note=note,
            answered_by=actor,
            answered_at=now,
        )
        for slug, (answer, note) in changed.items()
    )
    Concern.objects.filter(pk=concern.pk).update(version=F("version") + 1)
    record(
        "checklist.answered",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail={"kind": kind, "prompts": sorted(changed)},
    )
    return len(changed)
