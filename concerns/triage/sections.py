"""The sections of a concern's page, as a table: what each is called, shows, and reads.

Every section stands under the same head (who, clocks, what to do next) and has an address of its
own, so that it works without scripts and can be sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.models import Concern
from concerns.reporter.words import promised
from concerns.selectors.concern import holds_of, linked_concerns
from concerns.selectors.conversation import (
    LEAD_LOOKED,
    additions_to,
    contests_of,
    conversation,
)
from concerns.selectors.readers import readers_of
from concerns.triage.words import event_words
from safeguarding_portal.audit.services import events_for

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

Context = dict[str, Any]


def _overview(concern: Concern, user: User, now: datetime) -> Context:
    return {"holds": holds_of(concern), "linked": linked_concerns(concern, user, now)}


def _report(concern: Concern, user: User, now: datetime) -> Context:
    return {
        "assessment": concern.report.assessment,
        "added": additions_to(concern.report),
    }


def _people(concern: Concern, user: User, now: datetime) -> Context:
    return {"people": list(concern.involvements.all())}


def _notes(concern: Concern, user: User, now: datetime) -> Context:
    return {"notes": list(concern.notes.select_related("author"))}


def _conversation(concern: Concern, user: User, now: datetime) -> Context:
    said = conversation(concern.report, user, LEAD_LOOKED, concern)
    return {
        "said": said,
        "promised": promised(concern, [one.item for one in said], now),
        "danger_waits": any(one.danger_waits for one in said),
    }


def _disagreement(concern: Concern, user: User, now: datetime) -> Context:
    return {"contests": contests_of([concern], now)}


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
    Section("notes", "Notes", _notes),
    Section("conversation", "Messages with the reporter", _conversation),
    Section("disagreement", "Disagreement", _disagreement),
    Section("chronology", "Chronology", _chronology),
    Section("access", "Access", _access),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
