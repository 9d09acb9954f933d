"""A concern in words: its marks, its worries, whom to ring, and what happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from concerns.dates import local_date
from concerns.models import Concern
from concerns.rules.ages import age_on
from concerns.rules.taxonomy import BY_GROUP
from concerns.services.ledger import CALL_NOW
from contacts.selectors import agency_name, current_directory
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark
from safeguarding_portal.design_system.templatetags.portal_time import due_words

if TYPE_CHECKING:
    from concerns.selectors.concern import ConcernHead
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
    "exclusion.added": "Somebody was kept out",
    "access.granted": "Somebody was named on the access list",
    "access.revoked": "Somebody was taken off the access list",
    "access.restricted": "Restricted to its access list",
    "access.opened": "Opened to its team",
    "access.glass_broken": "Opened in an emergency",
    "access.glass_reviewed": "Access in an emergency was reviewed",
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


def age_words(concern: Concern, now: datetime) -> str:
    """Return the age of the person at risk as far as the report tells it; "age not known" else."""
    person: dict[str, Any] = next(
        (
            found
            for found in concern.report.facts.get("people", [])
            if found.get("ref") == concern.assessment.get("ref")
        ),
        {},
    )
    low, high = person.get("age_min"), person.get("age_max")
    if person.get("group") == "unborn":
        return "not born yet"
    if person.get("dob"):
        return f"{age_on(local_date(now), date.fromisoformat(person['dob']))} years old"
    if low is None and high is None:
        return "age not known"
    if low == high:
        return f"about {low}"
    return f"{low if low is not None else 0} to {high}" if high is not None else f"{low} or older"


def identity_facts(head: ConcernHead, now: datetime) -> list[str]:
    """Return the short facts of the identity bar: group and age, state, owner, the next clock."""
    concern = head.concern
    running = [item for item in head.clocks if item.met_at is None and item.slug != CALL_NOW]
    facts = [
        f"{concern.get_group_display()}, {age_words(concern, now)}",
        concern.get_state_display(),
        f"Owner: {concern.owner}" if concern.owner else "Nobody owns it",
    ]
    if running and concern.state != Concern.State.CLOSED:
        facts.append(f"{running[0].label}: {due_words(running[0].due_at, now)}")
    return facts
