"""What a reporter adds after filing: information, a correction, a call. The statement stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from concerns.access import Action
from concerns.models import Call, Concern, Correspondence, Referral
from concerns.rules.ladder import DANGER, FRONT_DOOR_OF, first_bell
from concerns.services.bells import begin_bell, end_bells
from concerns.services.conversation import (
    lock_own_concerns,
    record_for_each,
    tell_those_who_work_it,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.escalate import ring_bell
from concerns.services.files import report_target, send_files
from concerns.services.ledger import lock_concern, settle
from contacts.selectors import current_directory
from safeguarding_portal.audit.services import record

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


@dataclass(frozen=True)
class NewAddition:
    """What is added. `danger` is yes, no or unknown; `happened_at` (aware) is when a call was made.

    `got_through`: somebody of the agency answered, so that the call that was due is made.
    """

    kind: str
    text: str
    danger: str = ""
    agency_slug: str = ""
    spoke_to: str = ""
    got_through: bool = False
    happened_at: datetime | None = None


@transaction.atomic
def add_to_report(report_id: int, actor: User, new: NewAddition, now: datetime) -> Correspondence:
    """Add to one's own report; danger rings at once, everything else is told.

    Raises `Http404` for somebody else's report, `NotAllowedError` for a call in the future or long
    before the report.
    """
    report, concerns = lock_own_concerns(report_id, actor)
    happened_at = new.happened_at or now
    if happened_at > now:
        raise NotAllowedError("That time has not come yet. Check it")
    if happened_at < report.received_at - timedelta(days=1):
        raise NotAllowedError("That is before this was reported. Check it")
    row = Correspondence.objects.create(
        report=report,
        author=actor,
        from_reporter=True,
        kind=new.kind,
        text=new.text,
        danger=new.danger,
        agency_slug=new.agency_slug,
        spoke_to=new.spoke_to,
        happened_at=happened_at,
        created_at=now,
    )
    send_files(report_target(report, "addition"), actor, now, correspondence=row)
    record_for_each("report.added_to", concerns, actor, row, kind=new.kind)
    if new.kind == Correspondence.Kind.CALL:
        _record_call(concerns, actor, new, happened_at, now)
    if new.danger == "yes":
        for concern in concerns:
            _raise_to_danger(concern, actor, now)
            ring_bell(begin_bell(concern, DANGER, str(row.pk), now, now, is_danger=True).pk, now)
    else:
        tell_those_who_work_it(concerns, "added_to_report", f"addition:{row.pk}", now)
    return row


def _raise_to_danger(concern: Concern, actor: User, now: datetime) -> None:
    """Make an open record P1 (a reporter may raise it, R1) with a call due to its front door now.

    The call is the council's: the reporter's page asks them to ring 999 themselves. What waits for
    an agency rings as danger does from now on.
    """
    if concern.state == Concern.State.CLOSED:
        return
    door = FRONT_DOOR_OF["children" if concern.group == Concern.Group.CHILD else "adults"]
    if not concern.calls.still_due().filter(agency_slug=door, due_at__lte=now).exists():
        number = current_directory(now).who_to_call(door, now).number
        Call.objects.create(
            concern=concern, agency_slug=door, due_at=now, number=number, recorded_at=now
        )
    bell = first_bell(1, now, None, None)
    waiting = concern.referrals.filter(state__in=Referral.OPEN_STATES)
    waiting.filter(Q(escalate_at=None) | Q(escalate_at__gt=bell)).update(escalate_at=bell)
    before, concern.priority = concern.priority, 1
    settle(concern)
    record(
        "concern.raised",
        actor=actor,
        concern_id=concern.pk,
        report_id=concern.report_id,
        detail={"from": before, "to": 1},
    )


def _record_call(
    concerns: list[Concern], actor: User, new: NewAddition, made_at: datetime, now: datetime
) -> None:
    """Record the call on each record that waited for one to this agency, else on the first."""
    due = [
        call
        for concern in concerns
        if new.got_through
        and (call := concern.calls.filter(agency_slug=new.agency_slug).still_due().first())
    ]
    calls = due or [Call(concern=concerns[0], agency_slug=new.agency_slug)]
    for call in calls:
        call.made_at, call.made_by, call.recorded_at = made_at, actor, now
        call.spoke_to, call.outcome = new.spoke_to, new.text
        call.save()
    answered = {call.concern_id for call in calls}
    for concern in concerns:
        if concern.pk in answered:
            settle(concern)


@transaction.atomic
def answer_danger(concern_id: int, actor: User, now: datetime) -> None:
    """Say that one has read that somebody is in danger and has acted; its bells end.

    Raises `ConflictError` when somebody else has said so meanwhile.
    """
    concern = lock_concern(concern_id, actor, now, Action.RECORD)
    if not end_bells(concern, [DANGER], actor, now):
        raise ConflictError("Someone has said this already.")
    record("danger.answered", actor=actor, concern_id=concern.pk, report_id=concern.report_id)
