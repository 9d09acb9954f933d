"""A finding is looked at by somebody independent, and nobody else learns that it is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.utils import timezone

from concerns.models import CuriosityFinding, CuriosityReason, Exclusion
from concerns.selectors.curiosity import reviewers_of
from concerns.services.findings import ring_late_findings
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.assurance.conftest import happen
from tests.factories import NOON, give_role, make_concern, make_lead, make_team, make_user

pytestmark = pytest.mark.django_db


def find(reader: User, days: int = 3, **fields: object) -> CuriosityFinding:
    """Return an open finding about a reader with one record in it."""
    now = timezone.now()
    concern = make_concern()
    event = happen("concern.viewed", reader, concern=concern)
    finding = CuriosityFinding.objects.create(
        **{
            "reader": reader,
            "day": NOON.date() - timedelta(days=CuriosityFinding.objects.count()),
            "score": 60,
            "rules_version": "test",
            "found_at": now,
            "due_at": now + timedelta(days=days),
        }
        | fields
    )
    CuriosityReason.objects.create(
        finding=finding, signal="own_name", points=60, concern=concern, event_ids=[event.pk]
    )
    return finding


def with_role(role: str, **fields: object) -> User:
    person = make_user(**fields)
    give_role(person, role)
    return person


def signed_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_the_reader_their_manager_their_team_and_the_excluded_are_not_independent(
    auditor: User,
) -> None:
    team = make_team()
    manager = with_role(Role.CORPORATE_LEAD)
    mate, kept_out = with_role(Role.AUDITOR), with_role(Role.AUDITOR)
    give_role(mate, Role.LEAD, team)
    reader = make_lead(team, manager=manager)
    give_role(reader, Role.AUDITOR)
    finding = find(reader)
    Exclusion.objects.create(
        report=finding.reasons.get().concern.report,  # type: ignore[union-attr]
        user=kept_out,
        kind=Exclusion.Kind.EXCLUDED,
        reason=Exclusion.Reason.NAMED,
    )
    assert reviewers_of(finding, timezone.now()) == [auditor]
    for person in (reader, manager, mate, kept_out):
        page = signed_in(person).get("/audit/findings/")
        assert page.status_code == 200
        assert f"/audit/findings/{finding.pk}/" not in page.content.decode()
        assert signed_in(person).get(f"/audit/findings/{finding.pk}/").status_code == 404


def test_whoever_is_a_subject_themselves_does_not_look_at_those_below_them(auditor: User) -> None:
    above = with_role(Role.CORPORATE_LEAD)
    middle = make_user(manager=above)
    reader = make_user(manager=middle)
    finding = find(reader)
    assert set(reviewers_of(finding, timezone.now())) == {auditor, above}
    find(above)
    assert reviewers_of(finding, timezone.now()) == [auditor]


def test_a_director_looks_where_nobody_else_is_independent_and_when_it_is_late(
    auditor: User,
) -> None:
    director = with_role(Role.DCS)
    own = find(auditor)
    other = find(make_user())
    assert reviewers_of(own, timezone.now()) == [director]
    assert reviewers_of(other, timezone.now()) == [auditor]
    later = timezone.now() + timedelta(days=6)
    assert set(reviewers_of(other, later)) == {auditor, director}


def test_a_review_is_written_once_with_words_and_stays(auditor: User, desk: Client) -> None:
    finding = find(make_user(full_name="Kim Reader"))
    reference = finding.reasons.get().concern.reference  # type: ignore[union-attr]
    page = desk.get(f"/audit/findings/{finding.pk}/").content.decode()
    assert "Somebody in the record has the reader&#x27;s own name" in page
    assert reference in page
    assert "Robin Example" not in page, "of the record only its reference"
    assert f'href="/concerns/{reference}/"' not in page
    address = f"/audit/findings/{finding.pk}/"
    assert desk.post(address, {"outcome": "breach", "words": ""}).status_code == 422
    assert desk.post(address, {"outcome": "no\x00ne", "words": "x"}).status_code == 422
    answer = desk.post(address, {"outcome": "breach", "words": "They said so."})
    assert answer.status_code == 302
    finding.refresh_from_db()
    assert (finding.outcome, finding.reviewer) == ("breach", auditor)
    assert Event.objects.get(name="finding.reviewed").detail == {"outcome": "breach"}
    again = desk.post(address, {"outcome": "right", "words": "No."})
    assert again.status_code == 422
    assert "Someone has reviewed this already" in again.content.decode()
    with pytest.raises(DatabaseError), transaction.atomic():
        CuriosityFinding.objects.filter(pk=finding.pk).update(outcome="right")
    with pytest.raises(DatabaseError), transaction.atomic():
        finding.delete()
    assert "They said so." in desk.get(address).content.decode()


def test_the_reader_is_told_nothing_before_or_after(desk: Client) -> None:
    reader = make_user()
    finding = find(reader)
    desk.post(f"/audit/findings/{finding.pk}/", {"outcome": "right", "words": "Work."})
    assert not Message.objects.filter(recipient=reader.email).exists()
    assert signed_in(reader).get("/audit/findings/").status_code == 404


def test_a_finding_that_nobody_looks_at_rings_once_a_day_and_then_higher(auditor: User) -> None:
    director = with_role(Role.DASS)
    finding, now = find(make_user(full_name="Kim Reader"), days=1), timezone.now()
    assert ring_late_findings(now) == 0
    late = now + timedelta(days=1, minutes=1)
    assert ring_late_findings(late) == 1
    assert ring_late_findings(late) == 0
    assert [message.recipient for message in Message.objects.all()] == [auditor.email]
    assert ring_late_findings(late + timedelta(days=2)) == 1
    assert director.email in {message.recipient for message in Message.objects.all()}
    for message in Message.objects.all():
        assert set(message.context) == {"reference", "urgency", "link"}
        assert message.context["reference"] == finding.reference
    CuriosityFinding.objects.update(
        reviewed_at=now, reviewer=auditor, outcome="right", words="Work."
    )
    assert ring_late_findings(late + timedelta(days=5)) == 0


def test_the_list_takes_as_many_statements_for_30_findings_as_for_one(
    desk: Client, django_assert_max_num_queries: object
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    find(make_user())
    with CaptureQueriesContext(connection) as one:
        desk.get("/audit/findings/")
    for _ in range(29):
        find(make_user())
    with CaptureQueriesContext(connection) as thirty:
        page = desk.get("/audit/findings/")
    assert page.content.decode().count("/audit/findings/") >= 30
    assert len(thirty) == len(one)
    statements = [q for q in one if not q["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 12
