"""Whoever sees anything of a record leaves an event, on whatever page: every address is tried."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from concerns.models import Concern
from concerns.services.statement import write_statement
from safeguarding_portal.accounts.models import Role, Team
from safeguarding_portal.audit.models import Event
from tests.architecture.test_addresses import ADDRESSES
from tests.factories import give_role, make_concern, make_lead, make_referral, make_team

OURS = [(name, parts) for name, parts in ADDRESSES if name.startswith("concerns:")]


@pytest.fixture
def concern(db: None) -> Concern:
    team = make_team(Team.Group.CHILDREN)
    concern = make_concern(team)
    make_concern(team, report=concern.report)
    make_referral(concern)
    return concern


@pytest.fixture
def desk(concern: Concern) -> Client:
    """Return the browser of somebody who may open every page."""
    person = make_lead(concern.team)
    for role in set(Role) - Role.of_a_team():
        give_role(person, role)
    give_role(person, Role.TRIAGE_MANAGER, concern.team)
    Concern.objects.filter(pk=concern.pk).update(owner=person, taken_at=timezone.now())
    client = Client()
    client.force_login(person)
    return client


def tried(concern: Concern, parts: dict[str, object]) -> list[dict[str, object]]:
    """Return the values that may lead to something: its reference, or ids of what it has."""
    known: dict[str, object] = {"reference": concern.reference, "slug": concern.team.slug}
    filled = {part: known.get(part, value) for part, value in parts.items()}
    if "pk" not in parts:
        return [filled]
    related = (concern.referrals, concern.clocks, concern.involvements)
    ids = {pk for rows in related for pk in rows.values_list("pk", flat=True)}
    return [{**filled, "pk": pk} for pk in sorted({1, concern.report_id, *ids})]


def test_every_page_that_shows_a_record_leaves_an_event(concern: Concern, desk: Client) -> None:
    shows = {concern.reference, concern.report.reference, "Robin Example"}
    silent, seen = set(), set()
    for name, parts in OURS:
        for values in tried(concern, parts):
            before = Event.objects.count()
            answer = desk.get(reverse(name, kwargs=values))
            if answer.status_code != 200 or answer.streaming:
                continue
            text = answer.content.decode(errors="replace")
            is_file = "Content-Disposition" in answer
            if is_file or any(word in text for word in shows):
                seen.add(name)
                if Event.objects.count() == before:
                    silent.add(name)
    assert sorted(silent) == []
    assert len(seen) > 20, sorted(seen)


def test_what_is_taken_out_is_told_from_what_is_read(concern: Concern, desk: Client) -> None:
    write_statement(timezone.now())
    day = timezone.localdate() - timedelta(days=1)
    desk.get(f"/custody/statements/{day.isoformat()}/csv/")
    desk.post(reverse("concerns:triage:printed", args=[concern.reference]))
    names = list(Event.objects.order_by("-pk").values_list("name", flat=True)[:2])
    assert names == ["concern.printed", "statement.exported"]
    assert Event.objects.last().concern_id == concern.pk  # type: ignore[union-attr]
