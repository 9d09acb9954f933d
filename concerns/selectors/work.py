"""What leads have to do and have decided: tasks, requests to close, checklists, decisions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet

from concerns.access import memberships_in_force, visible_concerns
from concerns.models import Approval, ChecklistAnswer, Concern, Decision, Referral, Task
from concerns.rules.checklists import Kind, Profile, Prompt, kinds_for, prompts_of
from concerns.rules.lifecycle import LEAD_ROLES

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Work lists are for one person: more than this at once is a matter for their manager.
MOST = 200
NOT_GONE = (Referral.State.OFFERED, Referral.State.WITHDRAWN)


def profile_of(concern: Concern, referrals: Iterable[Referral]) -> Profile:
    """Return what decides which checklists, and which second pair of eyes, a concern needs.

    A required route counts even when it was withdrawn: what a concern is does not end with it.
    """
    went = {item.agency_slug for item in referrals if item.required or item.state not in NOT_GONE}
    return Profile(
        group=concern.group,
        categories=frozenset((*concern.categories, *concern.flags)),
        agencies=frozenset(went),
        rules=frozenset(concern.assessment.get("rules", [])),
    )


@dataclass(frozen=True)
class PromptRow:
    """One prompt with its last answer, if there is one."""

    prompt: Prompt
    answer: ChecklistAnswer | None


@dataclass(frozen=True)
class Checklist:
    """One kind's prompts with their answers, and how far it is."""

    kind: Kind
    rows: list[PromptRow]

    @property
    def answered(self) -> int:
        """How many prompts have an answer other than "not yet"."""
        return sum(row.answer is not None and row.answer.answer != "not_yet" for row in self.rows)


def checklists_of(concern: Concern, referrals: Iterable[Referral]) -> list[Checklist]:
    """Return the checklists that apply to a concern, in one statement."""
    last = {
        (answer.kind, answer.prompt): answer
        for answer in concern.checklist_answers.select_related("answered_by")
    }
    return [
        Checklist(
            kind,
            [PromptRow(item, last.get((kind.slug, item.slug))) for item in prompts_of(kind.slug)],
        )
        for kind in kinds_for(profile_of(concern, referrals))
    ]


def decisions_of(concern: Concern) -> list[Decision]:
    """Return what was decided, the newest first, each with the request that it belongs to."""
    return list(
        concern.decisions.select_related(
            "decided_by", "approval__asked_by", "reassessment"
        ).order_by("-version")
    )


def waiting_closing(decisions: Iterable[Decision]) -> Approval | None:
    """Return the request to close that waits for another lead, if one does."""
    asked = (item.approval for item in decisions if item.approval is not None)
    return next((item for item in asked if item.state == Approval.State.WAITING), None)


def tasks_of(concern: Concern) -> list[Task]:
    """Return a concern's tasks: open ones by due time, then those that ended."""
    return list(concern.tasks.select_related("owner", "ended_by"))


def tasks_for(user: User, now: datetime) -> list[Task]:
    """Return the person's open tasks on concerns that they may see, the next due first."""
    return list(
        Task.objects.still_open()
        .filter(owner=user, concern__in=visible_concerns(user, now))
        .select_related("concern")
        .order_by(F("due_at").asc(nulls_last=True), "id")[:MOST]
    )


def approvals_for(user: User, now: datetime) -> QuerySet[Approval]:
    """Return the requests to close that wait and that the person may answer: a lead, not asking."""
    leads = memberships_in_force(user, now).filter(role__in=LEAD_ROLES)
    teams = leads.filter(team__isnull=False).values("team")
    mine = Q(concern__team__in=teams)
    if leads.filter(team=None).exists():
        mine = Q()
    return (
        Approval.objects.filter(mine, state=Approval.State.WAITING)
        .filter(concern__in=visible_concerns(user, now))
        .exclude(asked_by=user)
        .select_related("concern", "asked_by")[:MOST]
    )


def reviews_for(user: User, now: datetime) -> list[Concern]:
    """Return the person's own concerns that are on hold, the next review first."""
    held = visible_concerns(user, now).filter(owner=user, held_until__isnull=False)
    return list(held.order_by("held_until", "id")[:MOST])
