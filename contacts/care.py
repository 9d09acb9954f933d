"""Keeping every line and mailbox alive: owners, days of verification, test calls, test messages.

care_rows(directory, now)                       every channel with its mark
set_care, record_call, send_canary, confirm_canary
remind_owners(now)                              once a week while something is due
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from contacts.changes import editors
from contacts.directory import Directory
from contacts.models import Care, Check
from contacts.publishing import ChangeRefusedError
from safeguarding_portal.audit.services import record
from safeguarding_portal.outbox.models import Message
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User


class Light(StrEnum):
    """How a channel stands: verified, due (amber), overdue for long or never verified (red)."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True)
class CareRow:
    """One channel of the directory and how it is cared for."""

    kind: str
    slug: str
    name: str
    address: str
    care: Care | None
    verified_on: date | None
    light: Light

    @property
    def owner(self) -> User | None:
        """Who keeps it right."""
        return self.care.owner if self.care else None


def light_of(care: Care | None, verified_on: date | None, today: date) -> Light:
    """Return how a channel stands on a day (in London)."""
    if verified_on is None:
        return Light.RED
    days = care.interval_days if care else Care._meta.get_field("interval_days").default
    overdue = (today - verified_on).days - days
    if overdue < 0:
        return Light.GREEN
    return Light.AMBER if overdue < settings.DIRECTORY_AMBER_FOR.days else Light.RED


def care_rows(directory: Directory, now: datetime) -> list[CareRow]:
    """Return every line and every referral mailbox of a directory; one query."""
    today = timezone.localdate(now)
    known = {
        (care.kind, care.slug): care for care in Care.objects.select_related("owner").order_by("pk")
    }
    rows = []
    for line in directory.lines.values():
        care = known.get((Care.Kind.LINE, line.slug))
        rows.append(
            _row(Care.Kind.LINE, line.slug, line.name, line.number, care, line.verified_on, today)
        )
    for agency in directory.agencies.values():
        if agency.referral_mailbox:
            care = known.get((Care.Kind.MAILBOX, agency.slug))
            name = f"{agency.name}: mailbox"
            rows.append(
                _row(
                    Care.Kind.MAILBOX, agency.slug, name, agency.referral_mailbox, care, None, today
                )
            )
    return rows


def _row(
    kind: str,
    slug: str,
    name: str,
    address: str,
    care: Care | None,
    published: date | None,
    today: date,
) -> CareRow:
    days = [day for day in (care.verified_on if care else None, published) if day]
    verified_on = max(days, default=None)
    light = light_of(care, verified_on, today)
    return CareRow(kind, slug, name, address, care, verified_on, light)


def lights(rows: list[CareRow]) -> Mapping[str, Light]:
    """Return the mark of each line by its slug."""
    return {row.slug: row.light for row in rows if row.kind == Care.Kind.LINE}


def find_row(directory: Directory, kind: str, slug: str, now: datetime) -> CareRow | None:
    """Return one channel of a directory."""
    rows = care_rows(directory, now)
    return next((row for row in rows if (row.kind, row.slug) == (kind, slug)), None)


def _care_of(row: CareRow) -> Care:
    care, _ = Care.objects.select_for_update().get_or_create(kind=row.kind, slug=row.slug)
    return care


def _record(name: str, care: Care, actor: User, now: datetime) -> None:
    record(
        f"directory.{name}",
        actor=actor,
        object_type=care.kind,
        object_id=care.slug,
        happened_at=now,
    )


@transaction.atomic
def set_care(
    row: CareRow, owner: User | None, interval_days: int, actor: User, now: datetime
) -> Care:
    """Say who keeps a channel right, and how often it is verified."""
    care = _care_of(row)
    care.owner, care.interval_days = owner, interval_days
    care.save(update_fields=["owner", "interval_days"])
    _record("care_set", care, actor, now)
    return care


@dataclass(frozen=True)
class CallMade:
    """A test call as it went."""

    worked: bool
    spoke_to: str
    note: str
    made_at: datetime


@transaction.atomic
def record_call(row: CareRow, call: CallMade, actor: User, now: datetime) -> Check:
    """Keep a test call. Only one that was answered by the right people verifies the line."""
    if call.made_at > now:
        raise ChangeRefusedError("That call has not been made yet. Check the date and the time.")
    care = _care_of(row)
    check = Check.objects.create(
        care=care,
        kind=Check.Kind.CALL,
        address=row.address,
        made_by=actor,
        made_at=call.made_at,
        worked=call.worked,
        spoke_to=call.spoke_to,
        note=call.note,
        confirmed_by=actor,
        confirmed_at=now,
    )
    if call.worked:
        _verify(care, timezone.localdate(call.made_at))
    _record("line_called", care, actor, now)
    return check


def _verify(care: Care, day: date) -> None:
    care.verified_on = max(filter(None, [care.verified_on, day]))
    care.save(update_fields=["verified_on"])


@transaction.atomic
def send_canary(row: CareRow, actor: User, now: datetime) -> Check:
    """Send a test message to a mailbox the way referrals go. It verifies nothing by itself."""
    if row.kind != Care.Kind.MAILBOX:
        raise ChangeRefusedError("Only a mailbox can be sent a test message.")
    care = _care_of(row)
    if care.checks.filter(kind=Check.Kind.MESSAGE, worked=None).exists():
        raise ChangeRefusedError("A test message waits for its answer already.")
    check = Check.objects.create(
        care=care, kind=Check.Kind.MESSAGE, address=row.address, made_by=actor, made_at=now
    )
    enqueue_many(
        [
            NewMessage(
                kind="directory_canary",
                channel=Message.Channel.EMAIL,
                recipient=row.address,
                template="directory_canary",
                dedupe_key=f"directory:canary:{check.pk}",
                context={"reference": f"T{check.pk}"},
                agency_slug=row.slug,
                subject_type="directory_check",
                subject_id=str(check.pk),
            )
        ]
    )
    _record("canary_sent", care, actor, now)
    return check


@transaction.atomic
def end_canary(
    check_pk: int, *, worked: bool, spoke_to: str, note: str, actor: User, now: datetime
) -> Check:
    """Record that a person confirmed a test message, or that nobody did."""
    check = Check.objects.select_for_update().get(pk=check_pk, kind=Check.Kind.MESSAGE)
    if check.worked is not None:
        raise ChangeRefusedError("This test message is settled already.")
    check.worked, check.spoke_to, check.note = worked, spoke_to, note
    check.confirmed_by, check.confirmed_at = actor, now
    check.save()
    if worked:
        _verify(check.care, timezone.localdate(now))
    _record("canary_confirmed" if worked else "canary_unanswered", check.care, actor, now)
    return check


@transaction.atomic
def remind_owners(directory: Directory, now: datetime) -> None:
    """Remind whoever keeps a channel that is due, once a week each; editors, where nobody does."""
    due = [row for row in care_rows(directory, now) if row.light != Light.GREEN]
    people = {row.owner.pk: row.owner for row in due if row.owner and row.owner.is_active}
    if any(row.owner is None or not row.owner.is_active for row in due):
        people |= {user.pk: user for user in editors(now)}
    year, week, _ = timezone.localdate(now).isocalendar()
    may_edit = {user.pk for user in editors(now)}
    enqueue_many(
        NewMessage(
            kind="directory_care",
            channel=Message.Channel.EMAIL,
            recipient=person.email,
            template="directory_care",
            dedupe_key=f"directory:care:{person.pk}:{year}-{week}",
            context={"link": "/directory/edit/care/" if person.pk in may_edit else "/directory/"},
            subject_type="directory_care",
        )
        for person in people.values()
    )
