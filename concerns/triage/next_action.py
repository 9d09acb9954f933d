"""The one thing to do next, at the top of every page of a concern."""

from __future__ import annotations

from datetime import datetime

from concerns.models import Concern, Referral
from concerns.selectors.concern import ConcernHead
from concerns.triage.words import number_to_ring
from contacts.selectors import agency_name


def next_action(page: ConcernHead, now: datetime) -> dict[str, object] | None:
    """Return the one thing to do next, the gravest first; None when nothing waits."""
    for leg in page.legs:
        if leg.is_undelivered:
            return _act("Not delivered: phone them now", leg.referral, now)
    due = [call for call in page.calls if call.made_at is None and call.needless_at is None]
    if due:
        first = min(due, key=lambda call: call.due_at or now)
        return {
            "text": f"Call {agency_name(first.agency_slug)}",
            "due": first.due_at,
            "number": number_to_ring(first.agency_slug, now),
        }
    if page.concern.owner_id is None and page.concern.state != Concern.State.CLOSED:
        return {"text": "Nobody has taken this concern", "due": page.concern.next_due_at}
    for leg in page.legs:
        if leg.referral.state == Referral.State.RETURNED:
            return _act("Returned: decide who has it now", leg.referral, now)
    waiting = [leg.referral for leg in page.legs if leg.referral.is_open]
    if waiting:
        return _act("Has not accepted yet", waiting[0], now)
    offered = [leg for leg in page.legs if leg.referral.state == Referral.State.OFFERED]
    if offered and page.concern.state != Concern.State.CLOSED:
        return {"text": f"Decide about {agency_name(offered[0].referral.agency_slug)}"}
    return None


def _act(text: str, referral: Referral, now: datetime) -> dict[str, object]:
    return {
        "text": f"{agency_name(referral.agency_slug)}: {text[:1].lower()}{text[1:]}",
        "due": referral.escalate_at or referral.due_at,
        "number": number_to_ring(referral.agency_slug, now),
    }
