"""Custody in words: the ledger of a referral, its calls, and what became of each message."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from concerns.models import Call, LegEvent, Referral
from contacts.selectors import agency_name
from safeguarding_portal.design_system.marks import Mark, Tone
from safeguarding_portal.outbox.models import Message

BY = {
    "rules": "the rules",
    "council": "the council",
    "agency": "the agency's person",
    "outbox": "the outbox",
    "mailbox": "the mailbox",
    "notify": "GOV.UK Notify",
    "webhook": "the provider",
}
LATE_SECONDS = 60
TONES: dict[str, Tone] = {
    Referral.State.ACCEPTED: Tone.GOOD,
    Referral.State.DONE: Tone.GOOD,
    Referral.State.RETURNED: Tone.DANGER,
    Referral.State.OFFERED: Tone.WARN,
    Referral.State.TO_DO: Tone.WARN,
}
MESSAGES = {
    "referral": "Referral",
    "referral_code": "Code for the agency",
    "new_concern": "Notice: new concern",
    "escalation": "Notice: not accepted in time",
    "referral_returned": "Notice: returned by the agency",
    "delivery_failed": "Notice: not delivered",
    "clock_warning": "Notice: due soon",
    "clock_missed": "Notice: overdue",
    "custody_gap": "Notice: nothing holds it",
}


@dataclass(frozen=True)
class LedgerRow:
    """One line of a ledger: what, by whom, when, and when it was recorded if that was later."""

    what: str
    by: str
    at: datetime
    recorded_at: datetime | None
    text: str
    evidence: str


@dataclass(frozen=True)
class LedgerCard:
    """One referral, its mark, and its lines, oldest first."""

    referral: Referral
    mark: Mark
    rows: list[LedgerRow]
    wrong_codes: int


def ledger_cards(events: Iterable[LegEvent], calls: Iterable[Call]) -> list[LedgerCard]:
    """Return the ledger of each referral, with the calls to its agency among its lines."""
    by_referral: dict[int, list[LegEvent]] = {}
    for event in events:
        by_referral.setdefault(event.referral_id, []).append(event)
    made = [call for call in calls if call.made_at]
    cards = []
    for found in by_referral.values():
        referral = found[0].referral
        rows = [leg_row(event) for event in found if event.kind != LegEvent.Kind.CODE_WRONG]
        rows += [call_row(call) for call in made if call.agency_slug == referral.agency_slug]
        cards.append(
            LedgerCard(
                referral,
                Mark(referral.get_state_display(), TONES.get(referral.state, Tone.PLAIN)),
                sorted(rows, key=lambda row: row.at),
                sum(event.kind == LegEvent.Kind.CODE_WRONG for event in found),
            )
        )
    return sorted(cards, key=lambda card: (not card.referral.required, card.referral.pk))


def leg_row(event: LegEvent) -> LedgerRow:
    """Return one row of the ledger in words."""
    what = event.get_kind_display()
    if event.name:
        what = f"{what} by {event.name}, {event.role}"
        what += f", {event.phone}" if event.phone else ""
    return LedgerRow(
        what=what,
        by=str(event.actor) if event.actor else BY.get(event.actor_label, event.actor_label),
        at=event.happened_at,
        recorded_at=_if_later(event.happened_at, event.recorded_at),
        text=event.reason,
        evidence=_evidence(event.evidence),
    )


def _evidence(text: str) -> str:
    """Return what shows it in words: "Receipt 3", the beginning of a message's long id, "PDF"."""
    kind, _, known = text.partition(":")
    return f"{kind.capitalize()} {known[:8]}" if known else text.upper()


def call_row(call: Call) -> LedgerRow:
    """Return a call that was made, in words: who rang whom, on which number, what came of it."""
    made_at = call.made_at or call.recorded_at
    what = f"Call to {agency_name(call.agency_slug)}"
    what += f" on {call.number}" if call.number else ""
    what += f", spoke to {call.spoke_to}" if call.spoke_to else ""
    what += f", their reference {call.agency_reference}" if call.agency_reference else ""
    return LedgerRow(
        what=what,
        by=str(call.made_by or ""),
        at=made_at,
        recorded_at=_if_later(made_at, call.recorded_at),
        text=call.outcome,
        evidence=_evidence(f"call:{call.pk}"),
    )


def _if_later(happened_at: datetime, recorded_at: datetime) -> datetime | None:
    late = (recorded_at - happened_at).total_seconds() > LATE_SECONDS
    return recorded_at if late else None


@dataclass(frozen=True)
class MessageRow:
    """One message: what it was, to whom, and how far it got."""

    what: str
    to: str
    message: Message
    mark: Mark
    at: datetime


def message_row(message: Message) -> MessageRow:
    """Return one message in words."""
    to = agency_name(message.agency_slug) if message.agency_slug else message.recipient
    mark, at = _how_far(message)
    return MessageRow(MESSAGES.get(message.template, message.template), to, message, mark, at)


def _how_far(message: Message) -> tuple[Mark, datetime]:
    if message.status == Message.Status.FAILED:
        return Mark("Not delivered", Tone.DANGER), message.failed_at or message.created_at
    if message.delivered_at:
        return Mark("Delivered", Tone.GOOD), message.delivered_at
    words = message.get_status_display()
    return Mark(words, Tone.PLAIN), message.sent_at or message.created_at
