"""Findings about reads: telling somebody independent, their review, and what rings when none comes.

The reader hears nothing from the portal: neither of a finding nor of its review. Messages carry the
number of the finding, no name and no record.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from concerns.models import CuriosityFinding
from concerns.rules.curiosity import OUTCOME_BY_SLUG
from concerns.selectors.curiosity import findings_for, reviewers_of
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.notices import notice
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import enqueue_many

# How urgent a message about a finding is: today's work, not danger.
PRIORITY = 3


def tell_reviewers(finding: CuriosityFinding, template: str, key: str, now: datetime) -> list[User]:
    """Write one notice to each independent person; return them."""
    people = reviewers_of(finding, now)
    enqueue_many(
        [
            notice(
                person,
                template,
                reference=finding.reference,
                link=reverse("concerns:assurance:findings"),
                priority=PRIORITY,
                key=key,
            )
            for person in people
        ]
    )
    return people


@transaction.atomic
def review_finding(
    finding_id: int, actor: User, *, outcome: str, words: str, now: datetime
) -> CuriosityFinding:
    """Say what a finding was. Once: a review is never changed.

    Raises `Http404` for whoever is not independent, `ConflictError` when it was reviewed already,
    `NotAllowedError` for an outcome that is none.
    """
    mine = findings_for(actor, now).filter(pk=finding_id)
    finding = CuriosityFinding.objects.select_for_update().filter(pk__in=mine.values("pk")).first()
    if finding is None:
        raise Http404
    if finding.reviewed_at is not None:
        raise ConflictError("Someone has reviewed this already.")
    if outcome not in OUTCOME_BY_SLUG:
        raise NotAllowedError("Select what it was.")
    finding.reviewer, finding.reviewed_at = actor, now
    finding.outcome, finding.words = outcome, words
    finding.save()
    record(
        "finding.reviewed",
        actor=actor,
        object_type="finding",
        object_id=str(finding.pk),
        detail={"outcome": outcome},
    )
    return finding


def ring_late_findings(now: datetime) -> int:
    """Tell the independent people once a day of each finding that waits too long; return how many.

    After two days more the directors are among them (`selectors.curiosity`).
    """
    today, rung = now.date(), 0
    late = CuriosityFinding.objects.filter(reviewed_at=None, due_at__lte=now)
    for finding in late.exclude(rang_on=today).select_related("reader"):
        with transaction.atomic():
            still = CuriosityFinding.objects.filter(pk=finding.pk, reviewed_at=None)
            if not still.exclude(rang_on=today).update(rang_on=today):
                continue
            key = f"{finding.pk}:{today.isoformat()}"
            told = tell_reviewers(finding, "reads_not_reviewed", key, now)
            record(
                "finding.rang",
                actor_label="clock",
                object_type="finding",
                object_id=str(finding.pk),
                detail={"told": len(told)},
            )
            rung += 1
    return rung
