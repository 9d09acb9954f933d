"""The way of a request for one's own data: received, identity, search, redaction, check, answer.

Every act asks the table of steps (`concerns.rules.access_requests`), is the officer's who handles
the request, and records an event. The portal never answers by itself and never sends the answer:
an officer downloads it, hands it over, and says how.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.urls import reverse

from concerns.dates import local_date
from concerns.models import (
    AccessCandidate,
    AccessCheck,
    AccessItem,
    AccessLeave,
    AccessPause,
    AccessRequest,
)
from concerns.rules import access_requests as rules
from concerns.rules.reference import new_reference
from concerns.selectors.subject_access import (
    CHECKS,
    HANDLES,
    may_handle,
    officers_for,
    untouched,
    visible_requests,
)
from concerns.services.errors import ConflictError, NotAllowedError
from concerns.services.notices import notice
from contacts.holidays import england_holidays
from safeguarding_portal.audit.services import NewEvent, record, record_many
from safeguarding_portal.outbox.services import enqueue_many

if TYPE_CHECKING:
    from collections.abc import Iterable

    from safeguarding_portal.accounts.models import User

NOT_NOW = "The request is not at this step any more. Look at where it stands."
NOT_YOURS = "Another officer handles this request. Take it first."


@dataclass(frozen=True)
class NewRequest:
    """What is known when a request comes in. `staff` is the person's account, if a colleague."""

    requester: str
    requester_name: str
    received_on: date
    received_how: str
    name: str
    requester_contact: str = ""
    authority: str = ""
    aliases: str = ""
    born: date | None = None
    address: str = ""
    nhs: str = ""
    phones: str = ""
    about: str = ""
    staff: User | None = None


@transaction.atomic
def open_request(actor: User, new: NewRequest, now: datetime) -> AccessRequest:
    """Write down a request; its clock runs from the day on which it was received.

    Raises `Http404` for whoever is no records officer, `NotAllowedError` for one's own request, or
    for a day that has not come.
    """
    if not may_handle(actor, now):
        raise Http404
    if new.staff is not None and new.staff == actor:
        raise NotAllowedError("You cannot handle a request of your own. Ask a colleague.")
    if new.received_on > local_date(now):
        raise NotAllowedError("The day it was received has not come yet. Check it")
    request = AccessRequest(
        reference=new_reference(secrets.SystemRandom()),
        created_at=now,
        created_by=actor,
        officer=actor,
        **vars(new),
    )
    _reset_due(request, [])
    request.save()
    note(request, actor, "received", requester=new.requester)
    return request


def lock_request(
    pk: int, actor: User, now: datetime, step: str | None = None, *, mine: bool = True
) -> AccessRequest:
    """Lock a request the actor may know of, for the rest of the transaction.

    Raises `Http404` when they may not, `NotAllowedError` when another officer handles it (`mine`),
    `ConflictError` when the step does not fit where it stands, or it has ended.
    """
    request = (
        AccessRequest.objects.select_for_update(of=("self",))
        .select_related("officer", "staff")
        .filter(pk=pk, pk__in=visible_requests(actor, now).values("pk"))
        .first()
    )
    if request is None:
        raise Http404
    if mine and request.officer_id != actor.pk:
        raise NotAllowedError(NOT_YOURS)
    before = rules.STEPS[step].before if step else rules.OPEN
    if request.state not in before:
        raise ConflictError(NOT_NOW)
    return request


def take_step(request: AccessRequest, actor: User, step: str, **detail: str | int) -> None:
    """Bring a locked request to where the step leads, and record it."""
    request.state = rules.STEPS[step].after
    request.save()
    note(request, actor, step, **detail)


def note(request: AccessRequest, actor: User, what: str, **detail: str | int | None) -> None:
    """Record an event of a request, by its reference."""
    record(
        f"access_request.{what}",
        actor=actor,
        object_type="access_request",
        object_id=str(request.pk),
        detail={"reference": request.reference, **detail},
    )


def _reset_due(request: AccessRequest, pauses: Iterable[AccessPause]) -> None:
    request.due_on = due_of(request, pauses).day


def due_of(request: AccessRequest, pauses: Iterable[AccessPause]) -> rules.Due:
    """Return the last day for the answer and why, by the clock of the rules."""
    asked = request.identity_asked_on
    return rules.due(
        request.received_on,
        identity=rules.Pause(asked, request.identity_checked_on) if asked else None,
        pauses=[rules.Pause(pause.asked_on, pause.answered_on) for pause in pauses],
        extended=request.extended_on is not None,
        holidays=england_holidays(),
    )


@transaction.atomic
def ask_identity(pk: int, actor: User, now: datetime) -> AccessRequest:
    """Ask the person to show who they are; the clock begins when they have."""
    request = lock_request(pk, actor, now, "ask_identity")
    request.identity_asked_on = local_date(now)
    _reset_due(request, request.pauses.all())
    take_step(request, actor, "ask_identity")
    return request


@transaction.atomic
def check_identity(
    pk: int, actor: User, how: str, shown_on: date, authority: str, now: datetime
) -> AccessRequest:
    """Record how it was made sure who asks, and for others that they may."""
    request = lock_request(pk, actor, now, "check_identity")
    if not request.received_on <= shown_on <= local_date(now):
        raise NotAllowedError("The day must be between the day of receipt and today. Check it")
    request.identity_checked_on, request.identity_how = shown_on, how
    request.authority = authority or request.authority
    if request.requester != "self" and not request.authority:
        raise NotAllowedError("Write what shows that they may ask for this person")
    _reset_due(request, request.pauses.all())
    take_step(request, actor, "check_identity")
    return request


@transaction.atomic
def ask_question(pk: int, actor: User, question: str, now: datetime) -> AccessPause:
    """Ask the person what they mean; the clock stands until they answer."""
    request = lock_request(pk, actor, now)
    if request.pauses.filter(answered_on=None).exists():
        raise ConflictError("A question waits for its answer already.")
    pause = AccessPause.objects.create(
        request=request, question=question, asked_on=local_date(now), asked_by=actor
    )
    _reset_due(request, request.pauses.all())
    request.save(update_fields=["due_on"])
    note(request, actor, "question_asked")
    return pause


@transaction.atomic
def answer_question(pk: int, actor: User, answer: str, on: date, now: datetime) -> AccessPause:
    """Record the answer; the clock runs on from the day on which it came."""
    request = lock_request(pk, actor, now)
    pause = request.pauses.filter(answered_on=None).first()
    if pause is None:
        raise ConflictError("No question waits for an answer.")
    if not pause.asked_on <= on <= local_date(now):
        raise NotAllowedError("The day must be between the day of the question and today. Check it")
    pause.answer, pause.answered_on = answer, on
    pause.save()
    _reset_due(request, request.pauses.all())
    request.save(update_fields=["due_on"])
    note(request, actor, "question_answered")
    return pause


@transaction.atomic
def extend(pk: int, actor: User, ground: str, why: str, now: datetime) -> AccessRequest:
    """Give the answer two more months; the person is told within the first one, and why."""
    request = lock_request(pk, actor, now)
    today = local_date(now)
    if request.extended_on is not None:
        raise ConflictError("It was extended already. It cannot be a second time.")
    if request.due_on is not None and request.due_on < today:
        raise NotAllowedError("The first month is over. It can be extended only within that month.")
    request.extended_on, request.extended_ground, request.extended_why = today, ground, why
    _reset_due(request, request.pauses.all())
    request.save()
    note(request, actor, "extended", ground=ground)
    return request


@transaction.atomic
def take_request(pk: int, actor: User, now: datetime) -> AccessRequest:
    """Take over a request; the leave of whoever had it ends, and one's own begins."""
    if not may_handle(actor, now):
        raise Http404
    request = lock_request(pk, actor, now, mine=False)
    if request.officer_id == actor.pk:
        raise ConflictError("You handle this request already.")
    if request.checks.filter(answered_at=None, checker=actor).exists():
        raise NotAllowedError("You are its second check. Somebody else takes it.")
    if request.officer is not None:
        end_leaves(request, now, user=request.officer)
    request.officer = actor
    request.save(update_fields=["officer"])
    give_leaves(request, actor, now)
    note(request, actor, "taken")
    return request


def step_back_if_touched(request: AccessRequest, now: datetime) -> bool:
    """Take a request from an officer whom something found for it touches; tell the others."""
    officer = request.officer
    if officer is None or untouched(officer).filter(pk=request.pk).exists():
        return False
    end_leaves(request, now, user=officer)
    request.officer = None
    request.save(update_fields=["officer"])
    record(
        "access_request.stepped_back",
        actor_label="rules",
        object_type="access_request",
        object_id=str(request.pk),
        detail={"reference": request.reference, "user": officer.pk},
    )
    tell_officers(request, HANDLES, "access_request_waits", f"back:{officer.pk}", now)
    return True


def tell_officers(
    request: AccessRequest, roles: Iterable[str], template: str, key: str, now: datetime
) -> None:
    """Tell everybody in the roles who may take part that the request waits for one of them."""
    people = officers_for(request, roles, now) or officers_for(request, CHECKS, now)
    tell(request, (person for person in people if person.pk != request.officer_id), template, key)


def tell(request: AccessRequest, people: Iterable[User], template: str, key: str) -> None:
    """Write one notice to each of these people: the reference and a link."""
    enqueue_many(
        [
            notice(
                person,
                template,
                reference=request.reference,
                link=reverse("concerns:subject_access:request", args=[request.reference]),
                priority=3,
                key=f"{request.reference}:{key}",
            )
            for person in people
        ]
    )


# --- Leave to read -------------------------------------------------------------------------------
def give_leaves(
    request: AccessRequest, user: User, now: datetime, concerns: Iterable[int] | None = None
) -> None:
    """Let an officer read what is gathered from the confirmed concerns, until the request ends.

    Those who work each concern are told by the worker (`announced_at`).
    """
    confirmed = request.candidates.filter(state=AccessCandidate.State.CONFIRMED)
    if concerns is not None:
        confirmed = confirmed.filter(concern__in=list(concerns))
    has = set(request.leaves.filter(user=user, ended_at=None).values_list("concern_id", flat=True))
    wanted = dict(confirmed.order_by("pk").values_list("concern_id", "concern__report_id"))
    new = {pk: report for pk, report in wanted.items() if pk not in has}
    AccessLeave.objects.bulk_create(
        AccessLeave(request=request, concern_id=pk, user=user, granted_at=now) for pk in new
    )
    _note_leaves(request, user, "leave_given", new)


def end_leaves(
    request: AccessRequest,
    now: datetime,
    user: User | None = None,
    concerns: Iterable[int] | None = None,
) -> None:
    """End the leave of everybody, or of one person, to read for this request."""
    leaves = request.leaves.filter(ended_at=None)
    if user is not None:
        leaves = leaves.filter(user=user)
    if concerns is not None:
        leaves = leaves.filter(concern__in=list(concerns))
    ending = list(leaves.select_related("user", "concern"))
    leaves.update(ended_at=now)
    for person in {leave.user for leave in ending}:
        mine = [leave.concern for leave in ending if leave.user_id == person.pk]
        _note_leaves(request, person, "leave_ended", {row.pk: row.report_id for row in mine})


def _note_leaves(request: AccessRequest, user: User, what: str, of: dict[int, int]) -> None:
    record_many(
        NewEvent(
            name=f"access_request.{what}",
            actor=user,
            concern_id=concern,
            report_id=report,
            object_type="access_request",
            object_id=str(request.pk),
            detail={"reference": request.reference, "user": user.pk},
        )
        for concern, report in of.items()
    )


# --- The second check ----------------------------------------------------------------------------
@transaction.atomic
def ask_check(pk: int, actor: User, now: datetime) -> AccessCheck:
    """Ask for the second pair of eyes, once every item is decided."""
    request = lock_request(pk, actor, now, "ask_check")
    items = request.items.filter(gone_at=None)
    if items.filter(decision=AccessItem.Decision.OPEN).exists():
        raise NotAllowedError("Decide every item first.")
    if request.gatherings.filter(done_at=None).exists():
        raise NotAllowedError("The portal is still collecting. Wait until it has finished.")
    check = AccessCheck.objects.create(request=request, asked_by=actor, asked_at=now)
    take_step(request, actor, "ask_check", items=items.count())
    tell_officers(request, CHECKS, "access_request_check", f"check:{check.pk}", now)
    return check


@transaction.atomic
def take_check(pk: int, actor: User, now: datetime) -> AccessCheck:
    """Begin the second check: never the officer, nor anybody who decided about an item."""
    request = lock_request(pk, actor, now, "agree_check", mine=False)
    check = request.checks.select_for_update(of=("self",)).get(answered_at=None)
    if check.checker_id is not None:
        raise ConflictError("Somebody checks it already.")
    decided = request.items.filter(decided_by=actor).exists()
    if actor.pk in (request.officer_id, check.asked_by_id) or decided:
        raise NotAllowedError("You worked on it yourself. Another person checks it.")
    check.checker = actor
    check.save(update_fields=["checker"])
    give_leaves(request, actor, now)
    note(request, actor, "check_taken")
    return check


@transaction.atomic
def answer_check(pk: int, actor: User, *, agreed: bool, words: str, now: datetime) -> AccessCheck:
    """Agree, or send it back with words; the leave of whoever checked ends with it."""
    step = "agree_check" if agreed else "return_check"
    request = lock_request(pk, actor, now, step, mine=False)
    check = request.checks.filter(answered_at=None, checker=actor).first()
    if check is None:
        raise NotAllowedError("Begin the check first.")
    check.agreed, check.words, check.answered_at = agreed, words, now
    check.save()
    end_leaves(request, now, user=actor)
    take_step(request, actor, step)
    if request.officer is not None:
        tell(request, [request.officer], "access_request_checked", f"checked:{check.pk}")
    return check


# --- Its end -------------------------------------------------------------------------------------
@transaction.atomic
def end_request(
    pk: int, actor: User, step: str, words: str, now: datetime, because: str = ""
) -> AccessRequest:
    """Refuse it, with the ground and the reason, or record that it was withdrawn, and why."""
    request = lock_request(pk, actor, now, step)
    request.refused_because = because
    finish(request, actor, step, words, now)
    return request


def finish(request: AccessRequest, actor: User, step: str, words: str, now: datetime) -> None:
    """End a locked request: nobody reads for it any more."""
    request.ended_at, request.ended_by, request.ended_words = now, actor, words
    end_leaves(request, now)
    request.checks.filter(answered_at=None, checker=None).update(
        answered_at=now, words="The request ended before anybody checked it."
    )
    take_step(request, actor, step)
