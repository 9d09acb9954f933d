"""Policy and guidance on the pages of a report: in place, never in the way, and kept by name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerns.journey.policy_topics import PAGE_TOPICS
from concerns.journey.steps import QUESTIONS
from concerns.models import Draft
from concerns.rules.taxonomy import ADULT, CHILD
from concerns.services.submit import submit_report
from policies.selectors import policies_in_force, policies_of
from policies.services.load import load_shipped
from policies.topics import HARM_TOPICS, TOPICS
from safeguarding_portal.accounts.models import Team
from tests.answers import CHILD as CHILD_ANSWERS
from tests.factories import make_lead, make_team, make_user


def test_every_page_of_a_report_is_in_the_table_and_every_topic_exists() -> None:
    assert set(PAGE_TOPICS) == {*QUESTIONS, "check"}
    assert {topic for topics in PAGE_TOPICS.values() for topic in topics} <= set(TOPICS)
    assert all(topics for slug, topics in PAGE_TOPICS.items() if slug != "worry")


def test_every_category_of_the_taxonomy_has_guidance_and_there_is_none_beside_them() -> None:
    assert {slug for slug, _ in HARM_TOPICS} == {item.slug for item in (*CHILD, *ADULT)}


@pytest.mark.django_db
@pytest.mark.parametrize("is_loaded", [True, False])
def test_each_page_opens_its_section_in_place_without_scripts(is_loaded: bool) -> None:
    if is_loaded:
        load_shipped(timezone.now())
    user = make_user()
    client = Client()
    client.force_login(user)
    expires = timezone.now() + timedelta(days=30)
    draft = Draft.objects.create(owner=user, answers=CHILD_ANSWERS, expires_at=expires)
    in_force = policies_in_force()
    for key, slug in (("danger", "danger"), ("household", "household"), ("done", "done")):
        page = client.get(reverse("concerns:journey:step", args=[draft.pk, key]))
        html = page.content.decode()
        for section in in_force.sections_for(PAGE_TOPICS[slug]):
            assert section.html in html
            assert section.url in html
    worry = client.get(reverse("concerns:journey:step", args=[draft.pk, "worry.1"]))
    for section in in_force.sections_for({item.slug for item in CHILD}):
        assert section.html in worry.content.decode()


@pytest.mark.django_db
def test_a_report_keeps_the_version_whose_text_was_shown() -> None:
    make_lead(make_team(Team.Group.CHILDREN))
    now = timezone.now()
    load_shipped(now)
    user = make_user()
    draft = Draft.objects.create(
        owner=user, answers=CHILD_ANSWERS, expires_at=now + timedelta(days=30)
    )
    report = submit_report(draft.pk, user, now)
    kept = policies_of(report.policies_version)
    assert kept == policies_in_force(now)
