"""A word to agencies that had a concern: it was withdrawn from them, or reopened.

Reference only, never a name or a story. Who has no mailbox is rung: a task for the lead says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from concerns.models import Call, Concern, Referral, Task
from concerns.services.routing import PRIORITY_WORDS, mailbox_for
from contacts.selectors import agency_name
from safeguarding_portal.outbox.services import NewMessage, enqueue_many

if TYPE_CHECKING:
    from safeguarding_portal.accounts.models import User

# Who had it, by the state of their referral; besides, whoever was rung about it.
HAD_IT = frozenset(
    {
        Referral.State.SENT,
        Referral.State.OPENED,
        Referral.State.ACCEPTED,
        Referral.State.RETURNED,
        Referral.State.DONE,
    }
)
TELL_BY = {1: timedelta(0), 2: timedelta(hours=1)}
TELL_BY_ELSE = timedelta(days=1)
TASK_WORDS = {
    "referral_withdrawn": "Tell {agency} that the referral is withdrawn",
    "referral_reopened": "Tell {agency} that the concern is open again",
    "record_corrected": "Tell {agency} that the record was corrected or its use restricted",
}


def tell_agencies(
    concern: Concern, referrals: Iterable[Referral], template: str, actor: User, now: datetime
) -> None:
    """Write the word to each agency that had the concern, before their referrals are changed."""
    messages, tasks, asked = [], [], list(referrals)
    rung = set(
        Call.objects.filter(referral__in=asked, made_at__isnull=False).values_list(
            "referral_id", flat=True
        )
    )
    for referral in asked:
        if referral.state not in HAD_IT and referral.pk not in rung:
            continue
        mailbox = mailbox_for(concern, referral.agency_slug, now)
        if mailbox is None:
            tasks.append(_task(concern, referral, template, actor, now))
        else:
            messages.append(_message(concern, referral, template, mailbox))
    Task.objects.bulk_create(tasks)
    enqueue_many(messages)


def _message(concern: Concern, referral: Referral, template: str, mailbox: str) -> NewMessage:
    return NewMessage(
        kind=template,
        channel="email",
        recipient=mailbox,
        agency_slug=referral.agency_slug,
        template=template,
        context={
            "reference": concern.reference,
            "urgency": PRIORITY_WORDS[concern.priority],
        },
        dedupe_key=f"{template}:{concern.reference}:{referral.agency_slug}:{concern.version}",
        priority=concern.priority,
        subject_type="concern",
        subject_id=concern.reference,
    )


def _task(concern: Concern, referral: Referral, template: str, actor: User, now: datetime) -> Task:
    due_at = now + TELL_BY.get(concern.priority, TELL_BY_ELSE)
    words = TASK_WORDS[template].format(agency=agency_name(referral.agency_slug, now))
    return Task(
        concern=concern,
        words=words,
        owner=actor,
        due_at=due_at,
        remind_at=due_at,
        created_by=actor,
        created_at=now,
    )
