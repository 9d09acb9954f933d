"""What whoever runs the portal is told: wrong settings at start, and what has not arrived."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.utils import timezone
from pytest_django import Settings

from safeguarding_portal.outbox.checks import check_deployment, check_sender
from safeguarding_portal.outbox.delivery import deliver_message
from safeguarding_portal.outbox.models import Message
from tests.outbox.makers import later, promise
from tests.services import SmtpSink


def test_the_settings_of_the_tests_have_nothing_wrong() -> None:
    assert check_sender() == []


def test_a_misspelt_sender_stops_the_start(settings: Settings) -> None:
    settings.EMAIL_SENDER = "Notify"
    with pytest.raises(SystemCheckError, match="EMAIL_SENDER must be one of: smtp, notify"):
        call_command("check")


def test_notify_without_a_key_stops_the_start(settings: Settings) -> None:
    settings.EMAIL_SENDER, settings.NOTIFY_EMAIL_TEMPLATE_ID = "notify", "an-id"
    with pytest.raises(SystemCheckError, match=r"EMAIL_SENDER=notify needs: NOTIFY_API_KEY\."):
        call_command("check")


def test_a_portal_that_reaches_nobody_is_a_warning_before_it_goes_live(
    settings: Settings,
) -> None:
    (warning,) = check_deployment()
    assert "OUTBOX_REAL_DELIVERY is off" in warning.msg
    settings.OUTBOX_REAL_DELIVERY = True
    settings.DEFAULT_FROM_EMAIL = "Portal <safeguarding-portal@example.org>"
    (warning,) = check_deployment()
    assert "DEFAULT_FROM_EMAIL" in warning.msg
    settings.DEFAULT_FROM_EMAIL = "Portal <portal@birmingham.gov.uk>"
    assert check_deployment() == []


@pytest.mark.django_db
def test_what_has_not_arrived_is_listed_without_an_address(mail: SmtpSink) -> None:
    failed = promise(recipient="robin@example.org", agency_slug="lado", priority=2)
    mail.mode = "5xx"
    deliver_message(failed.pk, later(seconds=1))
    late, fresh = promise(recipient="kim@example.org"), promise()
    Message.objects.filter(pk=late.pk).update(created_at=timezone.now() - timedelta(minutes=11))
    mail.mode = "ok"
    sent = promise()
    Message.objects.filter(pk=sent.pk).update(created_at=timezone.now() - timedelta(hours=1))
    deliver_message(sent.pk, later(seconds=1))

    out = io.StringIO()
    call_command("undelivered", stdout=out)
    first, second, total = out.getvalue().splitlines()
    assert first.startswith(f"{failed.public_id} FAILED P2 referral lado since ")
    assert first.endswith("1 tries: The mail server refused it for good (550).")
    assert second.startswith(f"{late.public_id} QUEUED P1 referral - since ")
    assert second.endswith("0 tries: not tried yet")
    assert total == "1 failed, 1 late."
    assert "@" not in out.getvalue()
    assert str(fresh.public_id) not in out.getvalue()


@pytest.mark.django_db
def test_with_everything_sent_there_is_nothing_to_list() -> None:
    out = io.StringIO()
    call_command("undelivered", stdout=out)
    assert out.getvalue() == "0 failed, 0 late.\n"
