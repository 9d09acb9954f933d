"""Decisions in words: from what to what, and what the rules had proposed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from concerns.models import Concern, Decision
from concerns.rules.endings import OUTCOME_BY_SLUG
from concerns.rules.taxonomy import BY_GROUP
from concerns.triage.forms_decide import CAPACITY_WORDS, CONSENT_WORDS, GROUNDS
from contacts.selectors import agency_name
from safeguarding_portal.design_system.templatetags.portal_time import london_moment

GROUPS = dict(Concern.Group.choices)
CONSENT, CAPACITY = dict(CONSENT_WORDS), dict(CAPACITY_WORDS)


@dataclass(frozen=True)
class DecisionWords:
    """One decision for the page."""

    title: str
    by: str
    at: datetime
    reason: str
    lines: list[str] = field(default_factory=list)


def worries(group: str, slugs: list[str]) -> str:
    """Return categories in the plain words of their group."""
    known = BY_GROUP["child" if group == Concern.Group.CHILD else "adult"]
    return "; ".join(known[slug].words for slug in dict.fromkeys(slugs) if slug in known) or "none"


def decision_words(decision: Decision) -> DecisionWords:
    """Return a decision as the page tells it."""
    lines = [*_what(decision.before, decision.after), *_proposed(decision)]
    return DecisionWords(
        decision.kind_words, str(decision.decided_by), decision.decided_at, decision.reason, lines
    )


def _what(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Return each point that was decided or changed, in the order of `LINES`."""
    changed = {key for key, value in after.items() if value and value != before.get(key)}
    lines = [words(before, after) for key, words in LINES.items() if key in changed]
    return lines + [_clock_words(change) for change in after.get("clocks", [])]


def _agencies(slugs: list[str]) -> str:
    return ", ".join(agency_name(slug) for slug in slugs)


# What a decision's `after` holds -> the words for it, given `before` and `after`.
LINES: dict[str, Callable[[dict[str, Any], dict[str, Any]], str]] = {
    "agency": lambda before, after: f"About {agency_name(after['agency'])}",
    "outcome": lambda before, after: f"Outcome: {OUTCOME_BY_SLUG[after['outcome']].words}",
    "duplicate_of": lambda before, after: f"The same as {after['duplicate_of']}",
    "held_until": lambda before, after: f"Until {_moment(after['held_until'])}",
    "group": lambda before, after: f"From {GROUPS[before['group']]} to {GROUPS[after['group']]}",
    "categories": lambda before, after: f"Worry: {worries(after['group'], after['categories'])}",
    "priority": lambda before, after: f"From P{before['priority']} to P{after['priority']}",
    "sent": lambda before, after: f"Told: {_agencies(after['sent'])}",
    "withdrawn": lambda before, after: f"Withdrawn from: {_agencies(after['withdrawn'])}",
    "consent": lambda before, after: f"Agreement: {CONSENT[after['consent']]}",
    "capacity": lambda before, after: f"Capacity: {CAPACITY[after['capacity']]}",
    "wishes": lambda before, after: f"Wishes: {after['wishes']}",
    "grounds": lambda before, after: f"Told without agreement: {_grounds(after)}",
}


def _grounds(after: dict[str, Any]) -> str:
    words = "; ".join(GROUNDS.get(slug, slug) for slug in after["grounds"])
    return f"{words}. {after['override_reason']}"


def _moment(text: str) -> str:
    return london_moment(datetime.fromisoformat(text))


def _clock_words(change: dict[str, Any]) -> str:
    name = change["label"]
    if change["to"] is None:
        return f"Clock “{name}” withdrawn: {change['why']}"
    return f"Clock “{name}” due {_moment(change['to'])}: {change['why']}"


def _proposed(decision: Decision) -> list[str]:
    if decision.reassessment is None:
        return []
    person = decision.reassessment.proposal["person"]
    words = f"{GROUPS[person['group']]}, P{person['priority']}"
    return [f"The rules ({decision.rules_version}) proposed: {words}"]
