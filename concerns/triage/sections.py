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
from concerns.selectors.concern import holds_of, linked_concerns
from concerns.selectors.legs import calls_of, ledger_of, messages_of
from concerns.selectors.readers import readers_of
from concerns.triage.words import event_words
from concerns.triage.words_custody import call_row, ledger_cards, message_row
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


def _referrals(concern: Concern, user: User, now: datetime) -> Context:
    calls = calls_of(concern)
    cards = ledger_cards(ledger_of(concern), calls)
    agencies = {card.referral.agency_slug for card in cards}
    others = [call for call in calls if call.made_at and call.agency_slug not in agencies]
    return {"cards": cards, "other_calls": [call_row(call) for call in others]}


def _sent_messages(concern: Concern, user: User, now: datetime) -> Context:
    return {"sent": [message_row(message) for message in messages_of(concern)]}


def _notes(concern: Concern, user: User, now: datetime) -> Context:
    return {"notes": list(concern.notes.select_related("author"))}


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
    Section("referrals", "Referrals and calls", _referrals),
    Section("sent-messages", "Messages sent", _sent_messages),
    Section("notes", "Notes", _notes),
    Section("chronology", "Chronology", _chronology),
    Section("access", "Access", _access),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
