"""Checking the trail on request and each night, with the result kept as an event.

ask_for_check(actor, now) -> TrailCheck      a person presses the button
run_check(check_id, now) -> bool             a worker does it; safe to run twice
progress_of(check) -> int                    how much of it is done, in per cent
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Q, QuerySet

from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import TrailCheck
from safeguarding_portal.audit.services import record
from safeguarding_portal.audit.verifying import Verdict, verify
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

# A check that has not ended by then has lost its worker.
CLAIM_LASTS = timedelta(minutes=15)
NIGHTLY = timedelta(hours=24)
MOST_FINDINGS = 100
# The auditors' page; this room has no pages of its own.
CHECK_PAGE = "/audit/check/"
_PROGRESS_LASTS = 3_600


@transaction.atomic
def ask_for_check(actor: User | None, now: datetime) -> TrailCheck:
    """Ask for a check at `now` (aware); one that waits or runs already is not asked for again.

    Without an actor the clock asks.
    """
    running = TrailCheck.objects.filter(finished_at=None, asked_at__gt=now - CLAIM_LASTS).first()
    if running is not None:
        return running
    check = TrailCheck.objects.create(asked_by=actor, asked_at=now)
    _record("trail.check_asked", check)
    return check


def ask_nightly(now: datetime) -> TrailCheck | None:
    """Ask for the check of the day, when none was asked for within a day before `now` (aware)."""
    if TrailCheck.objects.filter(asked_at__gt=now - NIGHTLY).exists():
        return None
    return ask_for_check(None, now)


def waiting_checks(now: datetime) -> list[int]:
    """Return the checks that nobody does at `now` (aware)."""
    return list(_free(now).order_by("pk").values_list("pk", flat=True))


def run_check(check_id: int, now: datetime) -> bool:
    """Do a check, unless somebody else does; the verdict and its event are written together."""
    if not _free(now).filter(pk=check_id).update(claimed_at=now):
        return False
    total = _estimate()

    def told(done: int) -> None:
        cache.set(_key(check_id), min(99, done * 100 // max(total, 1)), _PROGRESS_LASTS)

    copy = Path(settings.AUDIT_SEAL_COPY) if settings.AUDIT_SEAL_COPY else None
    return _finish(check_id, now, verify(now, copy, told))


@transaction.atomic
def _finish(check_id: int, claimed_at: datetime, verdict: Verdict) -> bool:
    check = TrailCheck.objects.select_for_update().get(pk=check_id)
    if check.finished_at is not None or check.claimed_at != claimed_at:
        return False
    keep_verdict(check, verdict, claimed_at)
    return True


@transaction.atomic
def keep_verdict(check: TrailCheck, verdict: Verdict, now: datetime, by: str = "clock") -> None:
    """Keep what a check found, with its event, and tell of what is wrong; `now` is aware.

    `by` is who did it, if nobody asked.
    """
    check.finished_at = now
    check.events, check.seals, check.unsealed = verdict.events, verdict.seals, verdict.unsealed
    check.findings = [asdict(finding) for finding in verdict.findings[:MOST_FINDINGS]]
    check.findings_count = len(verdict.findings)
    check.save()
    if verdict.findings:
        enqueue_many([_warning(person, check) for person in _who_must_know(now)])
    _record(
        "trail.checked",
        check,
        by,
        events=verdict.events,
        seals=verdict.seals,
        unsealed=verdict.unsealed,
        findings=len(verdict.findings),
        codes=sorted({finding.code for finding in verdict.findings}),
    )


def _who_must_know(now: datetime) -> QuerySet[User]:
    """Return the auditors and the corporate lead."""
    return User.objects.holding((Role.AUDITOR, Role.CORPORATE_LEAD), now)


def _warning(person: User, check: TrailCheck) -> NewMessage:
    return NewMessage(
        kind="trail_broken",
        channel="email",
        recipient=person.email,
        template="trail_broken",
        context={"reference": f"CHECK-{check.pk}", "link": CHECK_PAGE},
        dedupe_key=f"trail_broken:{check.pk}:{person.pk}",
        priority=1,
        subject_type="user",
        subject_id=str(person.pk),
    )


def progress_of(check: TrailCheck) -> int:
    """Return how much of a check is done, in per cent: a hint, from the cache."""
    if check.finished_at is not None:
        return 100
    return int(cache.get(_key(check.pk)) or 0)


def _free(now: datetime) -> QuerySet[TrailCheck]:
    lost = Q(claimed_at=None) | Q(claimed_at__lte=now - CLAIM_LASTS)
    return TrailCheck.objects.filter(lost, finished_at=None)


def _estimate() -> int:
    """Return about how many events there are, as the planner knows; nothing is counted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'audit_event'::regclass")
        return max(int(cursor.fetchone()[0]), 1)


def _key(check_id: int) -> str:
    return f"trail-check:{check_id}"


def _record(name: str, check: TrailCheck, by: str = "clock", **detail: object) -> None:
    record(
        name,
        actor=check.asked_by,
        actor_label="" if check.asked_by else by,
        object_type="trail_check",
        object_id=str(check.pk),
        detail=detail,
    )
