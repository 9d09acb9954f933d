"""The bells: what rings when nobody has accepted, called, answered or delivered in time.

Run every minute by beat, and safe to run twice: each concern is locked and its bell moved on in
the transaction that writes the notices. P1 comes first, always; one broken row never stops the
others. Before a bell rings, the people it would ring past are warned.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from concerns.models import Bell, BellWarning, Call, Concern, LegEvent, Referral
from concerns.rules.ladder import BELLS, CONTEST, OWNER_LEFT
from concerns.services.contest import stage_ran_out
from concerns.services.cover import ladder_in_force, longest_warning, tell_ladder
from concerns.services.notices import tell_caseworkers
from contacts.selectors import current_directory
from safeguarding_portal.audit.services import record

logger = logging.getLogger(__name__)

BATCH = 200
Act = Callable[[int, datetime], bool]
# How urgent, since when, what to do, with which row.
Due = tuple[int, datetime, Act, int]


def escalate_due(now: datetime) -> int:
    """Ring every bell that is due at `now` (aware), the critical first; return how many rang.

    One that cannot be rung (a fault, not a rule) is logged by id and tried again next time.
    """
    referrals = _open_referrals().filter(escalate_at__lte=now)
    bells = Bell.objects.filter(ended_at=None, rings_at__lte=now)
    due = _due_referrals(referrals.order_by("concern__priority", "escalate_at"), ring)
    in_order = bells.order_by("-is_danger", "concern__priority", "rings_at")
    return _do_each(due + _due_bells(in_order, ring_bell), now)


def warn_before_bells(now: datetime) -> int:
    """Warn of every bell that will ring soon at `now` (aware), once each; return how many."""
    warned = BellWarning.objects.filter(referral=OuterRef("pk"), level=OuterRef("escalation_level"))
    near = (now, now + longest_warning())
    referrals = _open_referrals().filter(~Exists(warned), escalate_at__range=near)
    bells = Bell.objects.filter(ended_at=None, rings_at__range=near, warned_level__lt=F("level"))
    # The soonest first: most of what is near is too early to be warned of.
    due = _due_referrals(referrals.order_by("escalate_at"), warn_of_referral)
    return _do_each(due + _due_bells(bells.order_by("rings_at"), warn_of_bell), now)


def _open_referrals() -> QuerySet[Referral]:
    return Referral.objects.filter(state__in=Referral.OPEN_STATES).exclude(
        concern__state=Concern.State.CLOSED
    )


def _due_referrals(referrals: QuerySet[Referral], act: Act) -> list[Due]:
    rows = referrals.values_list("concern__priority", "escalate_at", "pk")[:BATCH]
    return [(priority, at, act, pk) for priority, at, pk in rows if at is not None]


def _due_bells(bells: QuerySet[Bell], act: Act) -> list[Due]:
    rows = bells.select_related("concern")[:BATCH]
    return [(bell.priority, bell.rings_at, act, bell.pk) for bell in rows]


def _do_each(due: list[Due], now: datetime) -> int:
    done = 0
    for _priority, _at, act, pk in sorted(due, key=lambda item: item[:2]):
        try:
            done += act(pk, now)
        except Exception as error:
            # Whatever it stumbled over, it must not keep the others from being heard. The text of
            # the error is not logged: it may quote what it found.
            what = type(error).__name__
            logger.error("%s of %s failed, it stays due: %s", act.__name__, pk, what)  # noqa: TRY400
    return done


def _lock(concerns: QuerySet[Concern]) -> Concern:
    return concerns.select_for_update(of=("self",)).select_related("team", "owner", "report").get()


@transaction.atomic
def ring(referral_id: int, now: datetime) -> bool:
    """Tell the next rung about one referral; false when it is no longer due.

    An empty rung is passed over at once, so that somebody is told at this bell; at the top the
    last rung is told again.
    """
    concern = _lock(Concern.objects.filter(referrals=referral_id))
    referral = concern.referrals.get(pk=referral_id)
    still_due = referral.escalate_at is not None and referral.escalate_at <= now
    if not (still_due and referral.is_open):
        return False
    level = referral.escalation_level
    told = tell_ladder(concern, level, "escalation", f"{referral.agency_slug}:{level}", now)
    referral.escalation_level = max(level, told.level) + 1
    referral.escalate_at = now + ladder_in_force(concern.team_id, concern.priority, now).interval
    referral.save(update_fields=["escalation_level", "escalate_at"])
    Concern.objects.filter(pk=concern.pk).update(version=F("version") + 1)
    record(
        "referral.escalated",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={
            "agency": referral.agency_slug,
            "level": told.level,
            "told": [person.pk for person in told.people],
        },
    )
    return True


@transaction.atomic
def ring_bell(bell_id: int, now: datetime) -> bool:
    """Tell the next rung about something else that waits; false when it is no longer due."""
    concern = _lock(Concern.objects.filter(bells=bell_id))
    bell = concern.bells.get(pk=bell_id)
    if bell.ended_at is not None or bell.rings_at > now:
        return False
    if _is_taken(bell, concern):
        bell.ended_at = now
        bell.save(update_fields=["ended_at"])
        return False
    if bell.kind == CONTEST:
        stage_ran_out(concern, bell, now)
    told = tell_ladder(
        concern,
        bell.level,
        BELLS[bell.kind].template,
        f"{bell.kind}:{bell.key}:{bell.level}",
        now,
        bell.priority,
    )
    bell.level = max(bell.level, told.level) + 1
    bell.rings_at = now + ladder_in_force(concern.team_id, bell.priority, now).interval
    bell.save(update_fields=["level", "rings_at"])
    record(
        f"bell.{bell.kind}",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="bell",
        object_id=str(bell.pk),
        detail={"level": told.level, "told": [person.pk for person in told.people]},
    )
    return True


def _is_taken(bell: Bell, concern: Concern) -> bool:
    """Whether a bell for a new owner has nothing left to ring for. Taking costs no statement so."""
    is_held = concern.owner_id is not None or concern.state == Concern.State.CLOSED
    return bell.kind == OWNER_LEFT and is_held


@transaction.atomic
def warn_of_referral(referral_id: int, now: datetime) -> bool:
    """Warn whoever has the concern that a referral rings soon; false when it is too early."""
    concern = _lock(Concern.objects.filter(referrals=referral_id))
    referral = concern.referrals.get(pk=referral_id)
    at, level = referral.escalate_at, referral.escalation_level
    if at is None or not referral.is_open or not _is_soon(concern, concern.priority, at, now):
        return False
    _, is_new = BellWarning.objects.get_or_create(
        referral=referral, level=level, defaults={"warned_at": now}
    )
    if is_new:
        key = f"{referral.agency_slug}:{level}"
        tell_caseworkers(concern, ("owner", "lead"), "escalation_warning", key, now)
        _record_warning(concern, "referral", referral.pk)
    return is_new


@transaction.atomic
def warn_of_bell(bell_id: int, now: datetime) -> bool:
    """Warn whoever has the concern that something else rings soon; false when it is too early."""
    concern = _lock(Concern.objects.filter(bells=bell_id))
    bell = concern.bells.get(pk=bell_id)
    is_over = bell.ended_at is not None or bell.warned_level >= bell.level
    if (
        is_over
        or _is_taken(bell, concern)
        or not _is_soon(concern, bell.priority, bell.rings_at, now)
    ):
        return False
    bell.warned_level = bell.level
    bell.save(update_fields=["warned_level"])
    key = f"{bell.kind}:{bell.key}:{bell.level}"
    tell_caseworkers(concern, ("owner", "lead"), "escalation_warning", key, now)
    _record_warning(concern, "bell", bell.pk)
    return True


def _is_soon(concern: Concern, priority: int, rings_at: datetime, now: datetime) -> bool:
    ladder = ladder_in_force(concern.team_id, priority, now)
    return now < rings_at <= now + ladder.warn_before


def _record_warning(concern: Concern, kind: str, pk: int) -> None:
    record(
        "bell.announced",
        actor_label="clock",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type=kind,
        object_id=str(pk),
    )


@transaction.atomic
def handle_undelivered(subject_id: str, now: datetime) -> None:
    """A referral's message failed for good: a call is due now, and the leads are told.

    `subject_id` is that of the message: "{concern reference}:{agency slug}".
    """
    reference, _, agency_slug = subject_id.partition(":")
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related("team", "owner", "report")
        .get(reference=reference)
    )
    referral = concern.referrals.get(agency_slug=agency_slug)
    if not referral.is_open:
        return
    if not referral.calls.still_due().exists():
        Call.objects.create(
            concern=concern,
            referral=referral,
            agency_slug=agency_slug,
            due_at=now,
            number=current_directory(now).who_to_call(agency_slug, now).number,
            recorded_at=now,
        )
        concern.next_due_at = min(concern.next_due_at or now, now)
        concern.version += 1
        concern.save(update_fields=["next_due_at", "version"])
    # Told once for each time it was sent.
    sendings = referral.ledger.filter(kind=LegEvent.Kind.QUEUED).count()
    key = f"{agency_slug}:{sendings}"
    tell_caseworkers(concern, ("owner", "lead"), "delivery_failed", key, now)
    record(
        "message.undelivered",
        actor_label="outbox",
        concern_id=concern.pk,
        report_id=concern.report_id,
        object_type="referral",
        object_id=str(referral.pk),
        detail={"agency": agency_slug},
    )
