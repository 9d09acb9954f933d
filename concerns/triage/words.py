"""A concern in words: its marks, its worries, whom to ring, and what happened."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.models import Concern
from concerns.rules.taxonomy import BY_GROUP
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark

if TYPE_CHECKING:
    from safeguarding_portal.audit.models import Event

TITLES = {
    "concern.opened": "Concern opened",
    "concern.viewed": "Read",
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
    "concern.assigned": "Given to a new owner",
    "concern.priority_changed": "Priority changed",
    "concern.bundled": "Added to a bundle",
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


def marks_of(concern: Concern, now: datetime) -> list[Mark]:
    """Return the marks of a concern: each a word and a sign, never colour alone."""
    marks = [priority_mark(f"P{concern.priority}")]
    if concern.next_due_at is not None and concern.next_due_at < now:
        marks.append(Mark("Late", Tone.DANGER))
    if concern.restricted:
        marks.append(Mark("Restricted", Tone.WARN))
    if concern.state == Concern.State.ACCEPTED:
        marks.append(Mark("Accepted", Tone.GOOD))
    return marks


def categories_words(concern: Concern) -> str:
    """Return what the worry is, in plain words."""
    known = BY_GROUP["child" if concern.group == Concern.Group.CHILD else "adult"]
    slugs = dict.fromkeys([*concern.categories, *concern.flags])
    return "; ".join(known[slug].words for slug in slugs if slug in known)


def number_to_ring(agency_slug: str, now: datetime) -> str:
    """Return an agency's number at this minute; nothing for a body outside the directory."""
    directory = current_directory(now)
    if agency_slug not in directory.agencies:
        return ""
    return directory.who_to_call(agency_slug, now).number
