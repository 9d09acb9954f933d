"""What happened, in words: the chronology of a concern."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from contacts.selectors import agency_name

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event

TITLES = {
    "concern.opened": "Concern opened",
    "concern.viewed": "Read",
    "report.written_on_paper": "Written on a paper form",
    "concern.taken": "Taken",
    "concern.closed": "Closed",
    "referral.accepted": "Accepted by {agency}",
    "referral.returned": "Returned by {agency}",
    "referral.opened": "Opened by {agency}",
    "referral.code_sent": "{agency} asked for a code",
    "referral.code_wrong": "A wrong code was typed at {agency}'s link",
    "referral.decided": "Decided about {agency}",
    "referral.done": "Done: {agency}",
    "referral.escalated": "Not accepted in time by {agency}: the next people were told",
    "message.undelivered": "A message to {agency} could not be delivered",
    "call.recorded": "Call to {agency} recorded",
    "clock.met": "A clock was met",
    "note.added": "Note added",
    "exclusion.decided": "Decided who may see it",
}
LABELS = {
    "rules": "the rules",
    "clock": "the clock",
    "outbox": "the outbox",
    "agency": "the agency's person",
}


def event_words(event: Event) -> dict[str, Any]:
    """Return one event for the timeline: title, by whom, when, and a late entry as such."""
    agency = agency_name(event.detail["agency"]) if "agency" in event.detail else ""
    title = TITLES.get(event.name, event.name).format(agency=agency)
    late = (event.recorded_at - event.happened_at).total_seconds() > 60
    return {
        "title": title,
        "by": str(event.actor) if event.actor else LABELS.get(event.actor_label, ""),
        "at": event.happened_at,
        "text": "Recorded later" if late else "",
    }
