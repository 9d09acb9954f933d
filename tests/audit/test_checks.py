"""A check of the trail is done once, its result is an event, and what is wrong is told."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from safeguarding_portal.accounts.models import Role
from safeguarding_portal.audit.checks import (
    CLAIM_LASTS,
    ask_for_check,
    ask_nightly,
    progress_of,
    run_check,
    waiting_checks,
)
from safeguarding_portal.audit.mailed import mail_out
from safeguarding_portal.audit.models import Event, Seal, TrailCheck
from safeguarding_portal.audit.sealing import seal_new_events
from safeguarding_portal.outbox.models import Message
from tests.audit.test_seals import as_an_intruder, happen
from tests.factories import give_role, make_user

pytestmark = pytest.mark.django_db


def test_a_check_that_was_asked_for_is_done_once_and_kept_as_an_event() -> None:
    auditor, now = make_user(), timezone.now()
    happen(4)
    seal_new_events(now)
    check = ask_for_check(auditor, now)
    assert ask_for_check(make_user(), now) == check, "one at a time"
    assert waiting_checks(now) == [check.pk]
    assert progress_of(check) == 0
    assert run_check(check.pk, now)
    assert not run_check(check.pk, now)
    check.refresh_from_db()
    assert (check.events, check.seals, check.findings_count) == (5, 1, 0)
    assert progress_of(check) == 100
    event = Event.objects.get(name="trail.checked")
    assert event.actor == auditor
    assert event.detail["findings"] == 0
    assert not Message.objects.exists()


def test_what_is_wrong_is_kept_and_told_to_auditors_and_the_corporate_lead() -> None:
    for role in (Role.AUDITOR, Role.CORPORATE_LEAD, Role.DCS):
        give_role(make_user(), role)
    events = happen(3)
    seal_new_events(timezone.now())
    as_an_intruder(
        "UPDATE audit_event SET name = 'concern.closed' WHERE id = %(pk)s", pk=events[1].pk
    )
    check = ask_for_check(None, timezone.now())
    run_check(check.pk, timezone.now())
    check.refresh_from_db()
    assert check.findings[0]["where"] == f"event {events[1].pk}"
    event = Event.objects.get(name="trail.checked")
    assert (event.actor_label, event.detail["codes"]) == ("clock", ["changed"])
    assert Message.objects.filter(template="trail_broken").count() == 2


def test_a_check_whose_worker_was_lost_is_done_by_another() -> None:
    now = timezone.now()
    check = ask_for_check(None, now)
    TrailCheck.objects.update(claimed_at=now)
    assert waiting_checks(now) == []
    assert not run_check(check.pk, now)
    later = now + CLAIM_LASTS
    assert waiting_checks(later) == [check.pk]
    assert run_check(check.pk, later)


def test_the_clock_asks_once_a_day() -> None:
    now = timezone.now()
    assert ask_nightly(now) is not None
    assert ask_nightly(now + timedelta(hours=23)) is None
    assert ask_nightly(now + timedelta(hours=25)) is not None


def test_the_command_keeps_its_result_too() -> None:
    call_command("audit_verify", stdout=StringIO())
    assert Event.objects.get(name="trail.checked").actor_label == "command"
    assert TrailCheck.objects.get().finished_at is not None


def test_a_mailbox_gets_the_newest_digest_once_an_hour_and_it_can_be_compared(
    settings: Any,
) -> None:
    now = timezone.now()
    happen(2)
    seal_new_events(now)
    assert not mail_out(now), "no mailbox, no message"
    settings.AUDIT_SEAL_MAILBOX = "seals@example.org"
    for _ in range(2):
        assert mail_out(now)
    seal = Seal.objects.get()
    message = Message.objects.get()
    assert message.context == {"reference": f"SEAL-{seal.pk}", "code": seal.digest}
    copied = f"SEAL-{seal.pk}:{seal.digest}"
    call_command("audit_verify", digest=copied, stdout=StringIO())
    for wrong in (f"{seal.pk}:{seal.digest[:-1]}", f"{seal.pk + 1}:{seal.digest}", "x", ":"):
        with pytest.raises(CommandError):
            call_command("audit_verify", digest=wrong, stdout=StringIO())
