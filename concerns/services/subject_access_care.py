"""Besides the way of a request for one's own data: complaints, and reminders of what is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404

from concerns.dates import local_date
from concerns.models import AccessComplaint, AccessRequest
from concerns.rules import access_requests as rules
from concerns.selectors.subject_access import HANDLES, may_handle, visible_requests
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.subject_access import note, tell, tell_officers

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Days before the last one on which the officer is reminded, and on the day itself.
REMIND_DAYS = (7, 2, 0)


@transaction.atomic
def record_complaint(
    pk: int, actor: User, text: str, received_on: date, now: datetime
) -> AccessComplaint:
    """Write down a complaint; it is acknowledged within 30 days, the day of receipt the first."""
    request = _visible(pk, actor, now)
    if received_on > local_date(now):
        raise NotAllowedError("The day it was received has not come yet. Check it")
    complaint = AccessComplaint.objects.create(
        request=request,
        received_on=received_on,
        text=text,
        recorded_by=actor,
        acknowledge_by=received_on + timedelta(days=rules.COMPLAINT_DAYS - 1),
    )
    note(request, actor, "complaint_received")
    return complaint


@transaction.atomic
def answer_complaint(
    pk: int, complaint_id: int, actor: User, outcome: str, now: datetime
) -> AccessComplaint:
    """Record that a complaint was acknowledged, and with an outcome, that it was answered."""
    request = _visible(pk, actor, now)
    complaint = (
        request.complaints.select_for_update(of=("self",))
        .filter(pk=complaint_id, answered_on=None)
        .first()
    )
    if complaint is None:
        raise ConflictError("It was answered already.")
    today = local_date(now)
    complaint.acknowledged_on = complaint.acknowledged_on or today
    if outcome:
        complaint.outcome, complaint.answered_on, complaint.answered_by = outcome, today, actor
    complaint.save()
    note(request, actor, "complaint_answered" if outcome else "complaint_acknowledged")
    return complaint


def _visible(pk: int, actor: User, now: datetime) -> AccessRequest:
    """Return a request whether it has ended or not: a complaint comes after the answer."""
    request = visible_requests(actor, now).filter(pk=pk).first()
    if request is None or not may_handle(actor, now):
        raise Http404
    return request


def remind_of_requests(now: datetime) -> int:
    """Remind officers of answers that are due soon, and everybody of what nobody handles.

    Each reminder is one message, however often this runs. Returns how many requests were looked at.
    """
    today = local_date(now)
    last = today + timedelta(days=max(REMIND_DAYS))
    near = AccessRequest.objects.filter(state__in=sorted(rules.OPEN), due_on__lte=last)
    for request in near.select_related("officer"):
        left = (request.due_on - today).days if request.due_on else 0
        stage = min((days for days in REMIND_DAYS if days >= left), default=0)
        with transaction.atomic():
            key = f"due:{request.due_on}:{stage}"
            if request.officer is None:
                tell_officers(request, HANDLES, "access_request_waits", key, now)
            else:
                tell(request, [request.officer], "access_request_due", key)
    return len(near)
