"""Who lets whom see a concern: the access list, keeping out, restriction, breaking the glass."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import DatabaseError, transaction
from django.http import Http404
from django.test import Client

from concerns.access import visible_concerns
from concerns.models import AccessGrant, BreakGlassReview, Concern, Exclusion
from concerns.services import access
from concerns.services.errors import ConflictError, NotAllowedError
from safeguarding_portal.accounts.models import Role, User
from safeguarding_portal.audit.models import Event
from safeguarding_portal.outbox.models import Message
from tests.factories import NOON, give_role, make_concern, make_lead, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> SimpleNamespace:
    """A concern with its owner, a lead of another team, and the people who are independent."""
    team = make_team()
    owner = make_lead(team, full_name="Ada Owner")
    concern = make_concern(team, owner=owner, taken_at=NOON, state=Concern.State.REFERRED)
    corporate, director = make_user(full_name="Cory Corporate"), make_user(full_name="Di Rector")
    give_role(corporate, Role.CORPORATE_LEAD)
    give_role(director, Role.DCS)
    return SimpleNamespace(
        concern=concern,
        owner=owner,
        colleague=make_lead(team, full_name="Col League"),
        stranger=make_lead(make_team("adults"), full_name="Stranger Lead"),
        corporate=corporate,
        director=director,
    )


def sees(user: User, concern: Concern, after: timedelta = timedelta(0)) -> bool:
    return visible_concerns(user, NOON + after).filter(pk=concern.pk).exists()


def exclude(concern: Concern, user: User) -> None:
    Exclusion.objects.create(report=concern.report, user=user, kind="excluded", reason="named")


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_owner_lets_a_stranger_in_until_a_day_and_takes_them_off_again(
    scene: SimpleNamespace,
) -> None:
    grant = access.grant_access(
        scene.concern.pk,
        scene.owner,
        scene.stranger.pk,
        "Knows the family",
        NOON + timedelta(2),
        NOON,
    )
    assert sees(scene.stranger, scene.concern)
    assert not sees(scene.stranger, scene.concern, timedelta(3))
    assert Message.objects.filter(
        template="access_granted", recipient=scene.stranger.email
    ).exists()
    access.revoke_access(grant.pk, scene.owner, NOON)
    assert not sees(scene.stranger, scene.concern)
    names = set(Event.objects.values_list("name", flat=True))
    assert {"access.granted", "access.revoked"} <= names


def test_only_the_owner_names_people_and_nobody_who_is_kept_out(scene: SimpleNamespace) -> None:
    with pytest.raises(NotAllowedError):
        access.grant_access(scene.concern.pk, scene.colleague, scene.stranger.pk, "x", None, NOON)
    with pytest.raises(Http404):
        access.grant_access(scene.concern.pk, scene.stranger, scene.stranger.pk, "x", None, NOON)
    exclude(scene.concern, scene.stranger)
    with pytest.raises(NotAllowedError, match="kept out"):
        access.grant_access(scene.concern.pk, scene.owner, scene.stranger.pk, "x", None, NOON)


def test_keeping_the_owner_out_leaves_the_concern_to_the_leads_who_hear_of_it(
    scene: SimpleNamespace,
) -> None:
    access.exclude_person(scene.concern.pk, scene.colleague, scene.owner.pk, "kin", NOON)
    scene.concern.refresh_from_db()
    assert scene.concern.owner is None
    assert not sees(scene.owner, scene.concern)
    told = Message.objects.filter(template="owner_left").values_list("recipient", flat=True)
    assert list(told) == [scene.colleague.email]


def test_keeping_out_ends_every_grant_and_cannot_be_done_to_oneself(scene: SimpleNamespace) -> None:
    access.grant_access(scene.concern.pk, scene.owner, scene.stranger.pk, "x", None, NOON)
    access.exclude_person(scene.concern.pk, scene.owner, scene.stranger.pk, "named", NOON)
    assert not AccessGrant.objects.filter(user=scene.stranger, revoked_at=None).exists()
    with pytest.raises(NotAllowedError, match="yourself"):
        access.exclude_person(scene.concern.pk, scene.owner, scene.owner.pk, "kin", NOON)
    with pytest.raises(ConflictError):
        access.exclude_person(scene.concern.pk, scene.owner, scene.stranger.pk, "kin", NOON)


def test_restricting_leaves_the_access_list_and_starts_its_review(scene: SimpleNamespace) -> None:
    access.restrict_concern(scene.concern.pk, scene.owner, "A councillor's family", NOON)
    assert sees(scene.owner, scene.concern)
    assert not sees(scene.colleague, scene.concern)
    clock = scene.concern.clocks.get(slug="access_review")
    assert clock.due_at == NOON + timedelta(days=28)


def test_only_an_independent_role_on_the_list_opens_it_again(scene: SimpleNamespace) -> None:
    access.restrict_concern(scene.concern.pk, scene.owner, "x", NOON)
    with pytest.raises(NotAllowedError):
        access.open_restricted(scene.concern.pk, scene.owner, "Over", NOON)
    access.grant_access(scene.concern.pk, scene.owner, scene.corporate.pk, "x", None, NOON)
    access.open_restricted(scene.concern.pk, scene.corporate, "Over", NOON)
    assert sees(scene.colleague, scene.concern)


def test_breaking_the_glass_opens_for_minutes_and_tells_the_independent_at_once(
    scene: SimpleNamespace,
) -> None:
    typed = scene.concern.reference.lower().replace("-", " ")
    access.break_glass(typed, scene.stranger, "The police ring now", 15, NOON)
    assert sees(scene.stranger, scene.concern, timedelta(minutes=14))
    assert not sees(scene.stranger, scene.concern, timedelta(minutes=15))
    told = Message.objects.filter(template="glass_broken").values_list("recipient", flat=True)
    assert set(told) == {scene.corporate.email, scene.director.email}
    review = BreakGlassReview.objects.get()
    assert review.due_at > NOON


def test_an_excluded_person_and_a_wrong_reference_get_the_same_answer_and_it_stays_on_record(
    scene: SimpleNamespace,
) -> None:
    exclude(scene.concern, scene.stranger)
    answers = set()
    for reference in (scene.concern.reference, "ZZZZ-ZZZZ-1", "", "\x00", "☃" * 500):
        with pytest.raises(NotAllowedError) as refusal:
            access.break_glass(reference, scene.stranger, "x", 15, NOON)
        answers.add(str(refusal.value))
    assert len(answers) == 1
    assert not AccessGrant.objects.exists()
    tries = Event.objects.filter(name="access.glass_refused", actor=scene.stranger)
    assert tries.count() == 5
    assert not tries.filter(concern_id__isnull=False).exists()


def test_guessing_references_ends_after_ten_tries(scene: SimpleNamespace) -> None:
    now = Event.objects.create(
        recorded_at=NOON, happened_at=NOON, name="x.y", actor=scene.stranger
    ).recorded_at
    for _ in range(access.TRIES_AN_HOUR):
        with pytest.raises(NotAllowedError, match="no concern"):
            access.break_glass("ZZZZ-ZZZZ-1", scene.stranger, "x", 15, now)
    with pytest.raises(NotAllowedError, match="too often"):
        access.break_glass(scene.concern.reference, scene.stranger, "x", 15, now)


def test_somebody_who_works_no_concerns_cannot_break_the_glass(scene: SimpleNamespace) -> None:
    with pytest.raises(Http404):
        access.break_glass(scene.concern.reference, make_user(), "x", 15, NOON)
    assert client_of(make_user()).get("/concerns/open-in-an-emergency/").status_code == 404


def test_nobody_reviews_their_own_and_an_excluded_reviewer_finds_nothing(
    scene: SimpleNamespace,
) -> None:
    access.restrict_concern(scene.concern.pk, scene.owner, "x", NOON)
    access.break_glass(scene.concern.reference, scene.corporate, "x", 15, NOON)
    review = BreakGlassReview.objects.get()
    exclude(scene.concern, scene.director)
    for person in (scene.corporate, scene.director, scene.owner):
        with pytest.raises(Http404):
            access.review_break_glass(review.pk, person, justified=True, words="x", now=NOON)
        answer = client_of(person).get(f"/concerns/access-reviews/{review.pk}/")
        assert answer.status_code == 404


def test_access_that_was_not_right_ends_at_once_and_the_finding_is_kept(
    scene: SimpleNamespace,
) -> None:
    access.break_glass(scene.concern.reference, scene.stranger, "x", 60, NOON)
    review = BreakGlassReview.objects.get()
    access.review_break_glass(
        review.pk, scene.corporate, justified=False, words="No reason", now=NOON
    )
    assert not sees(scene.stranger, scene.concern)
    with pytest.raises(ConflictError):
        access.review_break_glass(review.pk, scene.director, justified=True, words="x", now=NOON)
    with pytest.raises(DatabaseError), transaction.atomic():
        review.delete()


def test_a_late_review_is_told_once_a_day(scene: SimpleNamespace) -> None:
    access.break_glass(scene.concern.reference, scene.stranger, "x", 15, NOON)
    late = NOON + timedelta(days=2)
    access.remind_of_reviews(NOON)
    access.remind_of_reviews(late)
    access.remind_of_reviews(late + timedelta(hours=1))
    assert Message.objects.filter(template="glass_not_reviewed").count() == 2


def test_the_pages_do_what_the_services_do_and_keep_what_was_typed(scene: SimpleNamespace) -> None:
    desk = client_of(scene.owner)
    path = f"/concerns/{scene.concern.reference}/access/"
    found = desk.post(f"{path}grant/", {"query": "Stranger", "reason": "Knows the family"})
    assert found.status_code == 422
    text = found.content.decode()
    assert "Stranger Lead" in text
    assert "Knows the family" in text
    typed = {"query": "Stranger", "staff": str(scene.stranger.pk), "reason": "Knows the family"}
    assert desk.post(f"{path}grant/", typed).status_code == 302
    page = desk.get(path).content.decode()
    assert "Knows the family" in page
    assert "Ada Owner" in page
    grant = AccessGrant.objects.get()
    assert desk.post(f"{path}revoke/{grant.pk}/").status_code == 302
    typed = {"query": "Stranger", "staff": str(scene.stranger.pk), "reason": "kin"}
    assert desk.post(f"{path}exclude/", typed).status_code == 302
    assert "Stranger Lead: A relative or friend" in desk.get(path).content.decode()
    assert desk.post(f"{path}restrict/", {"reason": ""}).status_code == 422
    assert desk.post(f"{path}restrict/", {"reason": "Family of staff"}).status_code == 302
    assert desk.post(f"{path}open/", {"reason": "Over"}).status_code == 422


def test_restricting_twice_does_not_open_it_and_who_opens_it_is_led_on(
    scene: SimpleNamespace,
) -> None:
    both = make_lead(scene.concern.team, full_name="Bo Both")
    give_role(both, Role.CORPORATE_LEAD)
    Concern.objects.update(owner=both)
    access.restrict_concern(scene.concern.pk, both, "x", NOON)
    desk = client_of(both)
    path = f"/concerns/{scene.concern.reference}/access/"
    again = desk.post(f"{path}restrict/", {"reason": "Family of staff"})
    assert again.status_code == 422
    assert "This concern is restricted already" in again.content.decode()
    scene.concern.refresh_from_db()
    assert scene.concern.restricted
    assert desk.post(f"{path}open/", {"reason": "Over"}, follow=True).status_code == 200
    scene.concern.refresh_from_db()
    assert not scene.concern.restricted


def test_the_emergency_page_opens_the_concern_and_the_reviewer_answers(
    scene: SimpleNamespace,
) -> None:
    desk, other = client_of(scene.stranger), client_of(scene.corporate)
    where = "/concerns/open-in-an-emergency/"
    assert desk.get(where).status_code == 200
    empty = desk.post(where, {}).content.decode()
    assert "Enter the reference of the concern" in empty
    typed = {"reference": scene.concern.reference, "reason": "Police ask", "minutes": "15"}
    assert desk.post(where, typed).status_code == 302
    assert desk.get(f"/concerns/{scene.concern.reference}/").status_code == 200
    review = BreakGlassReview.objects.get()
    assert "Stranger Lead" in other.get("/concerns/access-reviews/").content.decode()
    page = other.get(f"/concerns/access-reviews/{review.pk}/").content.decode()
    assert "Police ask" in page
    assert "Robin" not in page
    answer = {"justified": "yes", "words": "The police did ring"}
    assert other.post(f"/concerns/access-reviews/{review.pk}/", answer).status_code == 302
    assert desk.get("/concerns/access-reviews/").status_code == 404
