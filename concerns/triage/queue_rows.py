"""One concern of a list, in words: no name of a person unless the lead has asked for names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from concerns.models import Concern
from concerns.selectors.legs import Leg
from concerns.selectors.links import LinkMarks
from concerns.selectors.news import News
from concerns.triage.words import categories_words, number_to_ring
from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark
from safeguarding_portal.design_system.templatetags.portal_time import due_words, london_day

SOON = timedelta(hours=1)


@lru_cache(maxsize=1024)
def mark_html(mark: Mark) -> SafeString:
    """Return a mark ready to show: a list shows the same few again and again."""
    return render_to_string("components/_mark.html", {"mark": mark})


@dataclass(frozen=True)
class Row:
    """One concern of a list, its marks ready to show.

    `linked` counts what the reader may see, and nothing else.
    """

    concern: Concern
    group: str
    state: str
    owner: str
    categories: str
    marks: list[SafeString]
    due: SafeString
    fresh: SafeString
    ring: str
    linked: int
    name: str


def row_of(concern: Concern, now: datetime) -> Row:
    """Return the row of a concern that the selector has filled."""
    legs: list[Leg] = concern.legs  # type: ignore[attr-defined]
    links: LinkMarks = concern.links  # type: ignore[attr-defined]
    failed = [leg for leg in legs if leg.is_undelivered]
    return Row(
        concern=concern,
        group=concern.get_group_display(),
        state=concern.get_state_display(),
        owner=str(concern.owner) if concern.owner else "Nobody owns it",
        categories=categories_words(concern),
        marks=[mark_html(mark) for mark in _marks(concern, links)],
        due=mark_html(_due(concern, now)),
        fresh=_fresh(getattr(concern, "news", None)),
        ring=number_to_ring(failed[0].referral.agency_slug, now) if failed else "",
        linked=links.linked,
        name=getattr(concern, "subject_name", None) or "",
    )


def _marks(concern: Concern, links: LinkMarks) -> list[Mark]:
    marks = [priority_mark(f"P{concern.priority}")]
    if links.repeats:
        marks.append(Mark("Repeat", Tone.WARN))
    if concern.held_until is not None:
        marks.append(Mark("On hold", Tone.QUIET))
    if concern.approval_asked_at is not None:
        marks.append(Mark("Second lead asked", Tone.WARN))
    if concern.restricted:
        marks.append(Mark("Restricted", Tone.WARN))
    return marks


def _due(concern: Concern, now: datetime) -> Mark:
    """Return the time left in words, with a sign that says the same."""
    if concern.closed_at is not None and concern.state == Concern.State.CLOSED:
        return Mark(f"Closed {london_day(concern.closed_at, now)}", Tone.QUIET)
    due = concern.next_due_at
    if due is None:
        return Mark("No deadline", Tone.QUIET)
    words = due_words(due, now)
    if due < now:
        return Mark(words, Tone.DANGER)
    return Mark(words, Tone.WARN if due - now < SOON else Tone.PLAIN)


def _fresh(news: News | None) -> SafeString:
    if news is None or news.is_unread:
        return mark_html(Mark("Not read by you", Tone.WARN))
    if news.has_changed:
        return mark_html(Mark("Changed since you read it", Tone.WARN))
    return SafeString("")
