"""Who is away on which days, and who stands in; reads and writes.

    absences_on(day) -> Absences
    enter_absence(actor, NewAbsence(...), now) -> Absence
    cancel_absence(absence_id, actor, now) -> None

A person enters their own absence, or whoever manages them does: their manager, a triage manager of
a team of theirs, the corporate lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from safeguarding_portal.accounts.models import Absence, Membership, User
from safeguarding_portal.accounts.selectors import memberships_in_force, teams_managed_by
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.services import NewMessage, enqueue_many


class AbsenceError(Exception):
    """The absence cannot be entered; the text says why, in words for the person who asked."""


@dataclass(frozen=True)
class NewAbsence:
    """Who is away from one day to another (both included), and who stands in."""

    user: User
    starts_on: date
    ends_on: date
    deputy: User | None = None


class Absences:
    """Who is away on one day, by id, with who stands in (None: nobody)."""

    def __init__(self, deputies: Mapping[int, int | None]) -> None:
        self._deputies = deputies

    def is_away(self, user_id: int) -> bool:
        """Whether the person is away."""
        return user_id in self._deputies

    def answering_for(self, user_id: int) -> int | None:
        """Return who answers for a person: they, their stand-in, the stand-in's, or nobody."""
        seen: set[int] = set()
        answering: int | None = user_id
        while answering is not None and answering in self._deputies:
            if answering in seen:
                return None
            seen.add(answering)
            answering = self._deputies[answering]
        return answering


def absences_on(day: date) -> Absences:
    """Return who is away on a date (Europe/London); one statement."""
    return absences_among(Absence.objects.filter(starts_on__lte=day, ends_on__gte=day), day)


def absences_among(rows: Iterable[Absence], day: date) -> Absences:
    """Return who is away on a date, out of rows that were read for several days.

    Of two absences of one person, the one that names somebody to stand in counts.
    """
    found: dict[int, int | None] = {}
    for row in rows:
        if row.cancelled_at is None and row.starts_on <= day <= row.ends_on:
            found[row.user_id] = found.get(row.user_id) or row.deputy_id
    return Absences(found)


def people_managed_by(actor: User, now: datetime) -> QuerySet[User]:
    """Return the active people whose absences the person may enter, themselves first of all."""
    in_team = Membership.objects.filter(team__in=teams_managed_by(actor, now)).filter(
        Q(ends_at=None) | Q(ends_at__gt=now)
    )
    return User.objects.filter(
        Q(pk=actor.pk) | Q(manager=actor) | Q(pk__in=in_team.values("user")), is_active=True
    ).order_by("full_name", "pk")


def absences_seen_by(actor: User, now: datetime) -> list[Absence]:
    """Return the absences, present and to come, that the person may cancel or stands in for."""
    rows = Absence.objects.filter(cancelled_at=None, ends_on__gte=timezone.localdate(now))
    mine = Q(user__in=people_managed_by(actor, now)) | Q(deputy=actor)
    return list(rows.filter(mine).select_related("user", "deputy", "entered_by")[:200])


def _same_cover(user: User, deputy: User, now: datetime) -> bool:
    """Whether the deputy works for a team of the person, so that they may see what they stand for.

    Nobody gains access by standing in: a colleague without it would hear of what they cannot open.
    """
    teams = set(memberships_in_force(user, now).values_list("team", flat=True))
    theirs = set(memberships_in_force(deputy, now).values_list("team", flat=True))
    return not teams or None in theirs or not teams.isdisjoint(theirs)


@transaction.atomic
def enter_absence(actor: User, new: NewAbsence, now: datetime) -> Absence:
    """Enter an absence; the deputy, if any, is told. Raises `AbsenceError`."""
    if not people_managed_by(actor, now).filter(pk=new.user.pk).exists():
        raise AbsenceError("You can enter absences for yourself and for people you manage")
    if new.ends_on < new.starts_on:
        raise AbsenceError("The last day is before the first day. Change one of them")
    if new.ends_on < timezone.localdate(now):
        raise AbsenceError("The last day is in the past. Change it")
    if new.deputy is not None and new.deputy.pk == new.user.pk:
        raise AbsenceError("Select somebody else to stand in")
    if new.deputy is not None and not _same_cover(new.user, new.deputy, now):
        raise AbsenceError("Select somebody who works for the same team: others cannot see it")
    absence = Absence.objects.create(
        user=new.user,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        deputy=new.deputy,
        entered_by=actor,
        entered_at=now,
    )
    if new.deputy is not None:
        enqueue_many([_word_to_deputy(absence, new.deputy)])
    _record("absence.entered", absence, actor)
    return absence


@transaction.atomic
def cancel_absence(absence_id: int, actor: User, now: datetime) -> None:
    """Take an absence back; without effect when that was done. Raises `Absence.DoesNotExist`."""
    absence = (
        Absence.objects.select_for_update(of=("self",))
        .filter(user__in=people_managed_by(actor, now))
        .get(pk=absence_id)
    )
    if absence.cancelled_at is None:
        absence.cancelled_at = now
        absence.save(update_fields=["cancelled_at"])
        _record("absence.cancelled", absence, actor)


def _word_to_deputy(absence: Absence, deputy: User) -> NewMessage:
    return NewMessage(
        kind="stand_in",
        channel="email",
        recipient=deputy.email,
        template="stand_in",
        context={"link": reverse("accounts:absences")},
        dedupe_key=f"stand_in:{absence.pk}",
        subject_type="account",
    )


def _record(name: str, absence: Absence, actor: User) -> None:
    record(
        name,
        actor=actor,
        object_type="absence",
        object_id=str(absence.pk),
        detail={
            "user": absence.user_id,
            "deputy": absence.deputy_id,
            "from": absence.starts_on.isoformat(),
            "to": absence.ends_on.isoformat(),
        },
    )
