"""Reminders, by the outbox: reviews that come up, and texts that wait to be read.

Each stage of each deadline is one message, whoever runs this and however often.
"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from policies.access import EDITORS, active_people, holders_of
from policies.confirmations import Reading, audience, confirmed_by, outstanding, readings
from policies.models import DocumentVersion
from policies.states import versions_in_force
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

# Days before the day; after it, every so many days again.
REVIEW_STAGES = (60, 30, 7)
CONFIRM_STAGES = (30, 7)
AGAIN_EVERY = 30
_BATCH = 500


def day_of(moment: datetime) -> date:
    """Return the day in Europe/London."""
    return timezone.localtime(moment).date()


def stage(due: date, today: date, stages: tuple[int, ...]) -> str:
    """Return which reminder is due today: "30", "7", "late-0", "late-1"; empty for none yet."""
    left = (due - today).days
    if left < 0:
        return f"late-{-left // AGAIN_EVERY}"
    return next((str(days) for days in sorted(stages) if left <= days), "")


@transaction.atomic
def remind_reviews(now: datetime) -> int:
    """Remind owners (or, without one, all editors) of reviews; `now` is aware. Return how many."""
    messages = []
    for version in versions_in_force(now):
        if version.review_by is None:
            continue
        today = day_of(now)
        found = stage(version.review_by, today, REVIEW_STAGES)
        if found:
            messages += [
                _review(version, person, found, (version.review_by - today).days)
                for person in _reviewers(version, found.startswith("late"), now)
            ]
    enqueue_many(messages)
    return len(messages)


def _reviewers(version: DocumentVersion, is_late: bool, now: datetime) -> list[User]:
    """Return who hears of a review; once it is late, the corporate lead too."""
    owner = version.document.owner
    people = [owner] if owner and owner.is_active else list(holders_of(EDITORS, now))
    return people + (list(holders_of({Role.CORPORATE_LEAD}, now)) if is_late else [])


def _review(version: DocumentVersion, person: User, found: str, left: int) -> NewMessage:
    is_late = found.startswith("late")
    return NewMessage(
        kind="policy_review",
        channel="email",
        recipient=person.email,
        template="policy_review_late" if is_late else "policy_review",
        context={
            "days": str(abs(left)),
            "link": reverse("policies:desk_document", args=[version.document.slug]),
        },
        dedupe_key=f"policy_review:{version.pk}:{version.review_by}:{found}:{person.pk}",
        subject_type="policy",
        subject_id=version.document.slug,
    )


def remind_readers(now: datetime) -> int:
    """Remind people of texts that wait to be read; `now` is aware. Return how many messages."""
    count = 0
    for reading in readings(now):
        people = audience(reading.document, active_people(), now)
        waiting = list(outstanding(reading, people, now).order_by("pk"))
        for first in range(0, len(waiting), _BATCH):
            count += _remind_batch(reading, waiting[first : first + _BATCH], now)
    return count


@transaction.atomic
def _remind_batch(reading: Reading, people: list[User], now: datetime) -> int:
    confirmed = confirmed_by(people, [reading])
    messages = []
    for person in people:
        own = confirmed.get((person.pk, reading.document.pk), ())
        due_at = reading.standing_of(person, own, now).due_at
        if due_at is None:
            continue
        found = stage(day_of(due_at), day_of(now), CONFIRM_STAGES)
        if found:
            messages.append(_reader(reading, person, found, day_of(due_at), day_of(now)))
    enqueue_many(messages)
    return len(messages)


def _reader(reading: Reading, person: User, found: str, due: date, today: date) -> NewMessage:
    is_late = found.startswith("late")
    return NewMessage(
        kind="policy_confirm",
        channel="email",
        recipient=person.email,
        template="policy_confirm_late" if is_late else "policy_confirm",
        context={
            "days": str(abs((due - today).days)),
            "link": reverse("policies:confirm", args=[reading.document.slug]),
        },
        dedupe_key=f"policy_confirm:{reading.document.pk}:{person.pk}:{due}:{found}",
        subject_type="policy",
        subject_id=reading.document.slug,
    )
