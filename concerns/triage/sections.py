"""The sections of a concern's page, as a table: what each is called, shows, and reads.

Every section stands under the same head (who, clocks, what to do next) and has an address of its
own, so that it works without scripts and can be sent to a colleague.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from concerns.access import Action, can
from concerns.bodymap.kinds import COLOUR_WARNING, LOOKING
from concerns.dates import local_date
from concerns.models import Concern
from concerns.reporter.words import promised
from concerns.rules.endings import OUTCOME_BY_SLUG
from concerns.selectors.access import access_page
from concerns.selectors.body_map import body_map_of
from concerns.selectors.concern import holds_of
from concerns.selectors.conversation import (
    LEAD_LOOKED,
    additions_to,
    contests_of,
    conversation,
)
from concerns.selectors.files import files_by_owner, files_of_concern, files_with_shares
from concerns.selectors.legs import calls_of, ledger_of, messages_of
from concerns.selectors.retention import keeping_of
from concerns.selectors.work import checklists_of, decisions_of, tasks_of, waiting_closing
from concerns.services.decide import HOLD_REVIEW
from concerns.triage.chronology import KINDS, chronology, kinds_asked_for
from concerns.triage.sections_people import elsewhere, links_section, people_section
from concerns.triage.words_custody import call_row, ledger_cards, message_row
from concerns.triage.words_decide import decision_words, worries
from policies.selectors import guidance_for

if TYPE_CHECKING:
    from django.http import QueryDict

    from safeguarding_portal.accounts.models import User

Context = dict[str, Any]


def _overview(concern: Concern, user: User, now: datetime) -> Context:
    return {"holds": holds_of(concern), "links": elsewhere(concern, user, now)}


def _report(concern: Concern, user: User, now: datetime) -> Context:
    return {
        "assessment": concern.report.assessment,
        "added": additions_to(concern.report),
        "files_of": files_by_owner(files_of_concern(concern), "correspondence"),
    }


def _referrals(concern: Concern, user: User, now: datetime) -> Context:
    calls = calls_of(concern)
    cards = ledger_cards(ledger_of(concern), calls)
    agencies = {card.referral.agency_slug for card in cards}
    others = [call for call in calls if call.made_at and call.agency_slug not in agencies]
    return {"cards": cards, "other_calls": [call_row(call) for call in others]}


def _sent_messages(concern: Concern, user: User, now: datetime) -> Context:
    return {"sent": [message_row(message) for message in messages_of(concern)]}


def _decide(concern: Concern, user: User, now: datetime) -> Context:
    decisions = decisions_of(concern)
    waiting = waiting_closing(decisions)
    referrals = [leg.referral for leg in concern.legs]  # type: ignore[attr-defined]
    return {
        "decisions": [decision_words(decision) for decision in decisions],
        "waiting": waiting,
        "asked_myself": waiting is not None and waiting.asked_by_id == user.pk,
        "checklists": checklists_of(concern, referrals),
        "may_reopen": can(user, Action.REOPEN, concern),
        "outcome": OUTCOME_BY_SLUG.get(concern.outcome),
        "review_slug": HOLD_REVIEW,
        "guidance": [
            (worries(concern.group, [slug]), text)
            for slug, text in guidance_for([*concern.categories, *concern.flags]).items()
        ],
    }


def _notes(concern: Concern, user: User, now: datetime) -> Context:
    return {
        "notes": list(concern.notes.select_related("author")),
        "tasks": tasks_of(concern),
        "files_of": files_by_owner(files_of_concern(concern), "note"),
    }


def _conversation(concern: Concern, user: User, now: datetime) -> Context:
    said = conversation(concern.report, user, LEAD_LOOKED, concern)
    return {
        "said": said,
        "files_of": files_by_owner(files_of_concern(concern), "correspondence"),
        "promised": promised(concern, [one.item for one in said], now),
        "danger_waits": any(one.danger_waits for one in said),
    }


def _files(concern: Concern, user: User, now: datetime) -> Context:
    return {"files": files_with_shares(concern)}


def _disagreement(concern: Concern, user: User, now: datetime) -> Context:
    return {"contests": contests_of([concern], now)}


def _chronology(concern: Concern, user: User, now: datetime, asked: QueryDict) -> Context:
    kinds = kinds_asked_for(asked.getlist("show"))
    return {
        "entries": chronology(concern.pk, kinds),
        "kinds": [(kind, words, kind in kinds) for kind, words in KINDS],
    }


def _rights(concern: Concern, user: User, now: datetime) -> Context:
    return {
        "rights": list(concern.data_rights.select_related("recorded_by", "decided_by")),
        # Records officers who may read parts of it, to answer a request for personal data.
        "leaves": list(
            concern.access_leaves.filter(ended_at=None).select_related("user", "request")
        ),
        "today": local_date(now),
    }


def _body_map(concern: Concern, user: User, now: datetime) -> Context:
    found = body_map_of(concern)
    return {"body_map": found, "warning": COLOUR_WARNING, "advice": LOOKING}


def _access(concern: Concern, user: User, now: datetime) -> Context:
    return {"access": access_page(concern, now)}


def _kept(concern: Concern, user: User, now: datetime) -> Context:
    return {"keeping": keeping_of(concern)}


@dataclass(frozen=True)
class Section:
    """One section. Its template is `triage/sections/<slug>.html`.

    `load` adds what that needs. One that `can_be_asked` also takes what its address asks for
    (`?show=...`), as `asked`.
    """

    slug: str
    title: str
    load: Callable[..., Context]
    can_be_asked: bool = False

    def context(self, concern: Concern, user: User, now: datetime, asked: QueryDict) -> Context:
        """Return what the template needs besides the head."""
        if self.can_be_asked:
            return self.load(concern, user, now, asked=asked)
        return self.load(concern, user, now)


SECTIONS = (
    Section("overview", "Overview", _overview),
    Section("report", "Report", _report),
    Section("body-map", "Body map", _body_map),
    Section("people", "People", people_section),
    Section("links", "Links", links_section),
    Section("referrals", "Referrals and calls", _referrals),
    Section("sent-messages", "Messages sent", _sent_messages),
    Section("decide", "Decide", _decide),
    Section("notes", "Notes and tasks", _notes),
    Section("files", "Files", _files),
    Section("conversation", "Messages with the reporter", _conversation),
    Section("disagreement", "Disagreement", _disagreement),
    Section("chronology", "Chronology", _chronology, can_be_asked=True),
    Section("rights", "Corrections and rights", _rights),
    Section("access", "Access", _access),
    Section("kept", "Kept until", _kept),
)
BY_SLUG = {section.slug: section for section in SECTIONS}
