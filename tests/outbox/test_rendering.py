"""The words of messages: short, plain, and never a name or a story."""

from __future__ import annotations

import re

import pytest
from django.conf import settings as django_settings
from pytest_django import Settings

from safeguarding_portal.outbox.errors import PermanentSendError
from safeguarding_portal.outbox.rendering import message_template, render, template_keys
from safeguarding_portal.outbox.services import CONTEXT_KEYS
from tests.outbox.makers import unsaved

TEMPLATES = sorted(
    path.stem for path in (django_settings.BASE_DIR / "templates" / "messages").glob("*.txt")
)
CONTEXT = {
    "reference": "K7M2P9QX-1",
    "urgency": "Today (P2)",
    "link": "/referral/abc/",
    "code": "123456",
    "days": "7",
}


def test_there_are_templates_to_look_at() -> None:
    assert {"referral", "escalation", "delivery_failed", "report_received"} <= set(TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_uses_nothing_that_a_message_may_not_carry(name: str) -> None:
    assert template_keys(message_template(name)) <= CONTEXT_KEYS


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_prints_values_and_does_nothing_else(name: str) -> None:
    source = (django_settings.BASE_DIR / "templates" / "messages" / f"{name}.txt").read_text()
    # Tags could load, include or escape what the check above does not see.
    assert "{%" not in source
    assert "|" not in "".join(re.findall(r"{{.*?}}", source))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_message_is_a_short_subject_and_a_plain_body(name: str, settings: Settings) -> None:
    settings.PORTAL_URL = "https://portal.test"
    words = render(unsaved(template=name, context=CONTEXT))
    assert 10 <= len(words.subject) <= 78
    assert "\n" not in words.subject
    assert len(words.body) > 40
    assert words.body.endswith("\n")
    assert "<" not in words.body
    assert "http://" not in words.body
    # A subject line is read on locked screens: no code and no link in it (house rule 8).
    assert CONTEXT["code"] not in words.subject
    assert "portal.test" not in words.subject


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_message_that_lacks_what_its_words_need_is_never_sent_half(name: str) -> None:
    for key in template_keys(message_template(name)):
        rest = {other: value for other, value in CONTEXT.items() if other != key}
        with pytest.raises(PermanentSendError, match=key):
            render(unsaved(template=name, context=rest))


def test_the_link_leads_to_this_portal(settings: Settings) -> None:
    settings.PORTAL_URL = "https://portal.test"
    words = render(unsaved(context=CONTEXT))
    assert "https://portal.test/referral/abc/" in words.body


def test_plain_text_is_not_escaped() -> None:
    words = render(unsaved(context=CONTEXT | {"urgency": "Tom & Sons' <now>"}))
    assert words.subject.startswith("Tom & Sons' <now>")


def test_a_message_without_words_fails_in_words() -> None:
    with pytest.raises(PermanentSendError, match="no words"):
        render(unsaved(template="no-such-template"))
