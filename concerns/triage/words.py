"""A concern in words: its marks, its worries, whom to ring."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from concerns.dates import local_date
from concerns.models import Concern
from concerns.rules.ages import age_on
from concerns.rules.taxonomy import BY_GROUP
from concerns.services.ledger import CALL_NOW
from contacts.selectors import current_directory
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark
from safeguarding_portal.design_system.templatetags.portal_time import due_words

if TYPE_CHECKING:
    from concerns.selectors.concern import ConcernHead


def marks_of(concern: Concern, now: datetime) -> list[Mark]:
    """Return the marks of a concern: each a word and a sign, never colour alone."""
    marks = [priority_mark(f"P{concern.priority}")]
    if concern.next_due_at is not None and concern.next_due_at < now:
        marks.append(Mark("Late", Tone.DANGER))
    if concern.restricted:
        marks.append(Mark("Restricted", Tone.WARN))
    if concern.held_until is not None:
        marks.append(Mark("On hold", Tone.QUIET))
    if concern.approval_asked_at is not None:
        marks.append(Mark("Second lead asked", Tone.WARN))
    if concern.use_restricted_at is not None:
        marks.append(Mark("Use of data restricted", Tone.WARN))
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
