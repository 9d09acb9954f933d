"""The sections of a concern's page, as a table: what each is called, shows, and reads.

Every section stands under the same head (who, clocks, what to do next) and has an address of its
own, so that it works without scripts and can be sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.access import Action, can
from concerns.models import Concern
from concerns.rules.lifecycle import OUTCOME_BY_SLUG
from concerns.selectors.concern import holds_of, linked_concerns
from concerns.selectors.readers import readers_of
from concerns.selectors.work import checklists_of, decisions_of, tasks_of, waiting_closing
from concerns.services.decide import HOLD_REVIEW
from concerns.triage.words import event_words
from concerns.triage.words_decide import decision_words, worries
from policies.selectors import guidance_for
from safeguarding_portal.audit.services import events_for

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

Context = dict[str, Any]


def _overview(concern: Concern, user: User, now: datetime) -> Context:
    return {"holds": holds_of(concern), "linked": linked_concerns(concern, user, now)}


def _report(concern: Concern, user: User, now: datetime) -> Context:
    return {"assessment": concern.report.assessment}


def _people(concern: Concern, user: User, now: datetime) -> Context:
    return {"people": list(concern.involvements.all())}


def _decide(concern: Concern, user: User, now: datetime) -> Context:
    decisions = decisions_of(concern)
    waiting = waiting_closing(decisions)
    referrals = [leg.referral for leg in concern.legs]  # type: ignore[attr-defined]
    return {
        "decisions": [decision_words(decision) for decision in decisions],
        "waiting": waiting,
        "asked_myself": waiting is not None and waiting.asked_by_id == user.pk,
        "checklists": checklists_of(concern, referrals),
        "may_reopen": can(user, Action.REOPEN, concern),
        "outcome": OUTCOME_BY_SLUG.get(concern.outcome),
        "review_slug": HOLD_REVIEW,
        "guidance": [
            (worries(concern.group, [slug]), text)
            for slug, text in guidance_for([*concern.categories, *concern.flags]).items()
        ],
    }


def _notes(concern: Concern, user: User, now: datetime) -> Context:
    return {"notes": list(concern.notes.select_related("author")), "tasks": tasks_of(concern)}


def _chronology(concern: Concern, user: User, now: datetime) -> Context:
    return {"events": [event_words(event) for event in events_for(concern.pk)]}


def _access(concern: Concern, user: User, now: datetime) -> Context:
    return {"readers": list(readers_of(concern, now))}


@dataclass(frozen=True)
class Section:
    """One section. Its template is `triage/sections/<slug>.html`; `load` adds what that needs."""

    slug: str
    title: str
    load: Callable[[Concern, User, datetime], Context]


SECTIONS = (
    Section("overview", "Overview", _overview),
    Section("report", "Report", _report),
    Section("people", "People", _people),
    Section("decide", "Decide", _decide),
    Section("notes", "Notes and tasks", _notes),
    Section("chronology", "Chronology", _chronology),
    Section("access", "Access", _access),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
