"""From a filed report to what a lead is offered: the minute task, the sections, the statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from concerns.models import Concern, ConcernLink, MatchCandidate, MatchKey
from concerns.services import matching
from concerns.services.matching import match_waiting
from concerns.services.people import decide_match
from safeguarding_portal.accounts.models import User
from safeguarding_portal.audit.models import Event
from scripts.invented_people import figures, reports
from tests.answers import changed, family
from tests.concerns.conftest import Council
from tests.factories import NOON, make_concern, make_lead, make_team
from tests.people.makers import (
    BORN,
    SWAPPED,
    child,
    client_of,
    file,
    give_key,
    known,
    pair_of,
    person,
)

pytestmark = pytest.mark.django_db


def statements(user: User, path: str) -> int:
    """Return how many statements a page takes, transaction statements aside."""
    client = client_of(user)
    client.get("/concerns/")
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len([item for item in captured if "SAVEPOINT" not in item["sql"]])


def test_submit_stays_within_24_statements_and_writes_all_keys_in_one(council: Council) -> None:
    counts = []
    for answers in (child(), family()):
        with CaptureQueriesContext(connection) as captured:
            file(council.reporter, answers, match=False)
        sql = [item["sql"] for item in captured if "SAVEPOINT" not in item["sql"]]
        # The draft itself is made by the test.
        counts.append(len(sql) - 1)
        assert len([line for line in sql if "INSERT INTO" in line and "matchkey" in line]) == 1
        assert not any("matchcandidate" in line for line in sql)
    assert max(counts) <= 24


def test_a_key_waits_until_it_was_compared_whatever_happens_to_the_queue(
    council: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    file(council.reporter, child(), match=False)
    assert MatchKey.objects.filter(matched_at=None).count() == 2

    def fail(*args: object) -> bool:
        raise DatabaseError

    with monkeypatch.context() as patch:
        patch.setattr(matching, "match_key", fail)
        assert match_waiting(NOON) == 0
    assert MatchKey.objects.filter(matched_at=None).count() == 2
    assert match_waiting(NOON) == 2
    assert match_waiting(NOON) == 0


@pytest.mark.parametrize(
    ("name", "more", "reason"),
    [
        ("Robin Example", BORN, "same date of birth"),
        ("Robin Example", SWAPPED, "same date of birth with day and month swapped"),
        ("Rob Exampel", BORN, "names sound or look alike"),
        (
            "Example, Rob",
            BORN,
            "same name, with a short form, another spelling or a name left out",
        ),
    ],
)
def test_the_same_child_in_two_reports_is_offered_with_the_reason_in_words(
    council: Council, name: str, more: dict[str, Any], reason: str
) -> None:
    first = file(council.reporter, child())
    second = file(council.reporter, child(name, person__1=person(name, **more)))
    pair = pair_of(first, second)
    assert pair.is_likely
    assert reason in pair.reasons
    assert "same address" in pair.reasons


def test_a_transliterated_name_without_a_birthday_is_found_by_its_main_form(
    council: Council,
) -> None:
    names = ("Mohammed Hassan", "Maxamed Xasan")
    pages: list[dict[str, Any]] = [
        {"person__1": person(name, age=["9"]), "where__1": None} for name in names
    ]
    first, second = (file(council.reporter, changed(child(), **page)) for page in pages)
    assert pair_of(first, second).state == MatchCandidate.State.OPEN


def test_another_child_is_not_offered(council: Council) -> None:
    file(council.reporter, child())
    other = {"dob_day": ["9"], "dob_month": ["11"], "dob_year": ["2012"]}
    file(council.reporter, child("Sam Other", person__1=person("Sam Other", **other)))
    assert not MatchCandidate.objects.exists()


def test_a_person_who_may_have_harmed_two_people_is_asked_about_once_for_two_reports(
    council: Council,
) -> None:
    """A report names them on each of its concerns: one question all the same."""
    harm = {"relation": ["known"], "reach": ["yes"], "name": ["Dale Longname Example"]}
    for answers in (family(), family()):
        file(council.reporter, changed(answers, harm_by__1=harm))
    pairs = MatchCandidate.objects.filter(left__part="alleged", right__part="alleged")
    assert pairs.count() == 1
    assert MatchKey.objects.filter(part="alleged").count() == 6


def test_nobody_is_matched_within_one_report(council: Council) -> None:
    pages: dict[str, Any] = {"person__2": person(**BORN), "worry__2": {"worry": ["same"]}}
    file(council.reporter, child(**pages))
    assert not MatchCandidate.objects.exists()


ACCOUNT = "Robin came in hungry again and said that nobody had been at home since Friday evening."


@pytest.mark.parametrize(
    ("pages", "kinds"),
    [
        ({}, {"duplicate"}),
        ({"worry__1": {"worry": ["neglect"]}}, set()),
        ({"person__1": person("Ashley Example", age=["3"])}, {"siblings"}),
        ({"person__1": person("Sam Other", age=["12"])}, {"household"}),
    ],
    ids=["same child and worry", "another worry", "brother or sister", "same address"],
)
def test_concerns_that_may_belong_together_are_offered_to_link(
    council: Council, pages: dict[str, dict[str, list[str]]], kinds: set[str]
) -> None:
    file(council.reporter, child())
    file(council.reporter, changed(child(), **pages))
    assert set(ConcernLink.objects.values_list("kind", flat=True)) == kinds


def test_a_near_identical_account_is_offered_as_a_duplicate_and_nothing_is_closed(
    council: Council,
) -> None:
    told = {"account": [ACCOUNT], "known": ["told"], "ongoing": ["yes"]}
    first = changed(child(), what_happened=told, person__1=None, where__1=None)
    again = {**told, "account": [f"{ACCOUNT} I rang the school."]}
    file(council.reporter, first)
    file(council.reporter, changed(first, what_happened=again), NOON + timedelta(days=40))
    link = ConcernLink.objects.get()
    assert (link.kind, link.state, link.made_by) == ("duplicate", "suggested", None)
    assert "nearly the same" in link.why
    assert not Concern.objects.filter(state="closed").exists()


@pytest.mark.parametrize("gone", ["closed", "late"])
def test_a_closed_or_old_concern_is_no_duplicate(council: Council, gone: str) -> None:
    first = file(council.reporter, child())
    if gone == "closed":
        Concern.objects.filter(report=first).update(state="closed")
    file(council.reporter, child(), NOON + timedelta(days=15 if gone == "late" else 1))
    assert not ConcernLink.objects.filter(kind="duplicate").exists()


def test_one_school_or_care_home_is_a_setting_that_links(council: Council) -> None:
    for name, school in (("Robin Example", "Oakfield School"), ("Sam Other", "The Oakfield")):
        pages: dict[str, Any] = {
            "where__1": {"lives": ["birmingham"]},
            "more__1": {"school": [school]},
        }
        file(council.reporter, child(person__1=person(name, age=["9"]), **pages))
    assert ConcernLink.objects.get().kind == "setting"


def test_what_a_lead_refused_is_not_offered_again(council: Council) -> None:
    first, second = (file(council.reporter, child()) for _ in range(2))
    link = ConcernLink.objects.get(kind="duplicate")
    ConcernLink.objects.filter(pk=link.pk).update(state="rejected", made_by=council.child_lead)
    pair = pair_of(first, second)
    decide_match(pair.pk, council.child_lead, "rejected", "Cousins", 0, NOON)
    MatchKey.objects.update(matched_at=None)
    match_waiting(NOON)
    assert ConcernLink.objects.get(kind="duplicate").state == "rejected"
    pair.refresh_from_db()
    assert pair.state == "rejected"


def test_pages_take_as_many_statements_for_30_matches_as_for_one_and_at_most_12() -> None:
    team = make_team()
    lead = make_lead(team)
    concern = make_concern(team)
    give_key(concern, known())

    def add() -> None:
        other = make_concern(team)
        give_key(other, known())
        decide_match(pair_of(concern, other).pk, lead, "confirmed", "Same child", 0, NOON)

    add()
    paths = [f"/concerns/{concern.reference}/{section}" for section in ("", "people/", "links/")]
    one = [statements(lead, path) for path in paths]
    for _ in range(29):
        add()
    assert one == [statements(lead, path) for path in paths]
    assert max(one) <= 12


def test_a_list_of_matches_is_one_event_with_the_references_shown(council: Council) -> None:
    first, second = (file(council.reporter, child()) for _ in range(2))
    here, there = first.concerns.get(), second.concerns.get()
    client_of(council.child_lead).get(f"/concerns/{here.reference}/people/")
    event = Event.objects.get(name="match.listed")
    assert event.detail == {"shown": [there.reference]}


def test_the_overview_says_what_waits_in_other_concerns(council: Council) -> None:
    first, second = (file(council.reporter, child()) for _ in range(2))
    path = f"/concerns/{second.concerns.get().reference}/"
    text = client_of(council.child_lead).get(path).content.decode()
    assert "1 other concern may be about somebody named here" in text
    assert "1 other concern may belong to this one" in text
    pair = pair_of(first, second)
    decide_match(pair.pk, council.child_lead, "confirmed", "Same child", 0, NOON)
    text = client_of(council.child_lead).get(path).content.decode()
    assert "1 earlier concern about the same person within 12 months" in text
    assert "may be about somebody" not in text


def test_the_weights_offer_most_true_pairs_and_few_false_ones_among_invented_people() -> None:
    """The figures of docs/matching.md, in small, on people the weights were not made from."""
    offered = figures(reports(400, seed=3), matching.SIMILAR, [-6.0, 0.0])
    assert offered[0].recall >= 0.8
    assert offered[0].precision >= 0.7
    assert offered[1].precision >= 0.9
