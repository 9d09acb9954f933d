"""The one thing to do next, at the top of every page of a concern.

Rows are tried in order, the gravest first; the first that has something to say is shown.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from concerns.models import Concern, Referral
from concerns.selectors.concern import ConcernHead
from concerns.services.decide import HOLD_REVIEW
from concerns.services.transitions import OVERRIDE_NEEDED
from concerns.triage.words import number_to_ring
from contacts.selectors import agency_name
from safeguarding_portal.design_system.templatetags.portal_time import due_words

NextAction = dict[str, object]
Row = Callable[[ConcernHead, datetime], NextAction | None]


def _undelivered(page: ConcernHead, now: datetime) -> NextAction | None:
    failed = (leg.referral for leg in page.legs if leg.is_undelivered)
    return next((_ring(item, "not delivered: phone them", now) for item in failed), None)


def _call_due(page: ConcernHead, now: datetime) -> NextAction | None:
    due = [call for call in page.calls if call.made_at is None and call.needless_at is None]
    if not due:
        return None
    first = min(due, key=lambda call: call.due_at or now)
    return {
        "text": f"Call {agency_name(first.agency_slug)}",
        "due": first.due_at,
        "number": number_to_ring(first.agency_slug, now),
    }


def _unowned(page: ConcernHead, now: datetime) -> NextAction | None:
    if page.concern.owner_id is not None:
        return None
    return {"text": "Nobody has taken this concern", "due": page.concern.next_due_at}


def _returned(page: ConcernHead, now: datetime) -> NextAction | None:
    back = (leg.referral for leg in page.legs if leg.referral.state == Referral.State.RETURNED)
    return next((_ring(item, "returned it: decide who has it now", now) for item in back), None)


def _override(page: ConcernHead, now: datetime) -> NextAction | None:
    """R21: before a lead refers or closes, the reason for telling without agreement is written."""
    for leg in page.legs:
        marked = OVERRIDE_NEEDED in leg.referral.marks
        if marked and leg.referral.state != Referral.State.WITHDRAWN:
            name = agency_name(leg.referral.agency_slug)
            return {
                "text": f"Write why {name} is told without agreement",
                "section": "decide",
                "link": "Record agreement, capacity and wishes",
            }
    return None


def _not_accepted(page: ConcernHead, now: datetime) -> NextAction | None:
    waiting = [leg.referral for leg in page.legs if leg.referral.is_open]
    by_hand = [item for item in waiting if item.state == Referral.State.TO_DO]
    sent = [item for item in waiting if item.state != Referral.State.TO_DO]
    if sent:
        return _ring(sent[0], "has not accepted", now)
    return next((_ring(item, "has to be told by hand", now) for item in by_hand), None)


def _task_late(page: ConcernHead, now: datetime) -> NextAction | None:
    due = page.concern.task_due_at
    if due is None or due > now:
        return None
    return {
        "text": f"A task is overdue: {due_words(due, now)}",
        "section": "notes",
        "link": "See the tasks",
    }


def _review_due(page: ConcernHead, now: datetime) -> NextAction | None:
    review = next((clock for clock in page.clocks if clock.slug == HOLD_REVIEW), None)
    if review is None or review.met_at is not None or review.due_at > now:
        return None
    return {
        "text": f"It was on hold. Look at it again: {due_words(review.due_at, now)}",
        "section": "decide",
        "link": "Decide what happens next",
    }


def _approval(page: ConcernHead, now: datetime) -> NextAction | None:
    if page.concern.approval_asked_at is None:
        return None
    return {
        "text": "Another lead has to agree to closing it",
        "section": "decide",
        "link": "See what is asked",
    }


def _offered(page: ConcernHead, now: datetime) -> NextAction | None:
    offered = [leg for leg in page.legs if leg.referral.state == Referral.State.OFFERED]
    if not offered:
        return None
    return {"text": f"Decide about {agency_name(offered[0].referral.agency_slug)}"}


ROWS: tuple[Row, ...] = (
    _undelivered,
    _call_due,
    _unowned,
    _returned,
    _not_accepted,
    _override,
    _task_late,
    _review_due,
    _approval,
    _offered,
)


def next_action(page: ConcernHead, now: datetime) -> NextAction | None:
    """Return the one thing to do next, the gravest first; None when nothing waits, or closed."""
    if page.concern.state == Concern.State.CLOSED:
        return None
    return next((found for row in ROWS if (found := row(page, now)) is not None), None)


def _ring(referral: Referral, words: str, now: datetime) -> NextAction:
    """Say it of an agency: what, how long there is, and which number answers now."""
    due = due_words(referral.escalate_at or referral.due_at, now)
    return {
        "text": f"{agency_name(referral.agency_slug)} {words}{f': {due}' if due else ''}",
        "number": number_to_ring(referral.agency_slug, now),
    }
