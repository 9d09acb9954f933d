"""The body map of a draft, and what of it is filed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from concerns.bodymap.areas import BABY
from concerns.bodymap.kinds import MOST_MARKS
from concerns.bodymap.marks import from_dict
from concerns.journey.answers import Answers
from concerns.journey.marks import figure_of, is_offered, marks_of
from concerns.journey.statement import FORM_VERSION, cards
from concerns.journey.steps import keys
from concerns.models import Concern, Draft, Report, SearchDocument
from concerns.services.submit import content_hash
from concerns.triage.chronology import SHOWN_AT_FIRST, chronology
from safeguarding_portal.accounts.models import Team, User
from tests.answers import CHILD, Raw, changed, family
from tests.factories import NOON, make_lead, make_team, make_user

TODAY = NOON.date()
BRUISE: dict[str, list[str]] = {
    "figure": ["child"],
    "area": ["left-forearm-front"],
    "kind": ["bruise"],
    "length": ["3"],
    "width": ["2"],
    "colours": ["purple"],
    "saw": ["me"],
    "day_day": ["23"],
    "day_month": ["11"],
    "day_year": ["2024"],
    "clock": ["4:20pm"],
    "said": ["I fell off the swing"],
    "said_by": ["Robin"],
}
WITH_MARKS: Raw = {
    **CHILD,
    "mark.1-1": BRUISE,
    "mark.1-3": {"figure": ["child"], "area": ["right-knee-front"], "kind": ["cut"], "saw": ["me"]},
}


def posted(page: dict[str, list[str]], **more: Any) -> dict[str, Any]:
    """Return a page as a browser posts it."""
    return page | more


@pytest.fixture
def reporter(db: None) -> User:
    """Return who reports."""
    return make_user(full_name="Rowan Reporter")


@pytest.fixture
def leads(db: None) -> None:
    """Have a lead in each team: without teams nothing can be sent."""
    for group in (Team.Group.CHILDREN, Team.Group.ADULTS):
        make_lead(make_team(group))


@pytest.fixture
def browser(reporter: User) -> Client:
    """Return the reporter's browser."""
    client = Client()
    client.force_login(reporter)
    return client


def make_draft(owner: User, raw: Raw) -> Draft:
    """Return a draft with these answers."""
    return Draft.objects.create(
        owner=owner, answers=raw, expires_at=timezone.now() + timedelta(days=30)
    )


def address(draft: Draft, rest: str = "1/") -> str:
    """Return the address of a body map."""
    return f"/report/{draft.pk}/body-map/{rest}"


def test_a_mark_reads_as_it_is_read_out() -> None:
    (_, first), (_, second) = marks_of(Answers(WITH_MARKS, TODAY), 1)
    assert first.title == "Mark 1: left forearm, front: bruise, 3 cm by 2 cm, purple"
    assert first.seen_words == "Seen by the reporter, 23 November 2024, 4:20pm"
    assert first.said_words == "Robin said: I fell off the swing"
    assert second.title == "Mark 2: right knee: cut or graze"
    assert second.seen_words == "Seen by the reporter, date not known"


def test_no_page_of_the_journey_is_added() -> None:
    assert keys(Answers(WITH_MARKS, TODAY)) == keys(Answers(CHILD, TODAY))


@pytest.mark.parametrize(
    ("raw", "offered"),
    [
        (CHILD, True),
        (changed(CHILD, worry__1={"worry": ["neglect"]}), True),
        (changed(CHILD, worry__1={"worry": ["fgm"]}, injuries__1=None), False),
        (changed(CHILD, worry__1={"worry": ["support"]}, injuries__1=None), False),
        (changed(CHILD, worry__1={"worry": ["fgm"]}, injuries__1={"hurt": ["yes"]}), True),
        (changed(CHILD, person__1={"group": ["unborn"]}), False),
    ],
)
def test_it_is_offered_where_something_may_be_seen_and_never_for_fgm_alone(
    raw: Raw, offered: bool
) -> None:
    assert is_offered(Answers(raw, TODAY), 1) is offered


def test_the_drawing_follows_the_age_that_was_given() -> None:
    raw = changed(CHILD, person__1={"group": ["child"], "age": ["8 months"]})
    assert figure_of(Answers(raw, TODAY), 1) == BABY


def test_the_statement_holds_the_marks_in_words_and_as_data_and_its_hash_covers_them() -> None:
    words = cards(Answers(WITH_MARKS, TODAY))
    card = words[-1]
    assert card["title"] == "Body map: the child"
    assert card["rows"][0]["question"] == "Mark 1"
    assert "3 cm by 2 cm" in card["rows"][0]["answer"]
    marks = [from_dict(data) for data in card["body_map"]["marks"]]
    assert [mark.number for mark in marks] == [1, 2]
    other = cards(Answers({**WITH_MARKS, "mark.1-1": BRUISE | {"length": ["4"]}}, TODAY))
    assert content_hash(words, {}) != content_hash(other, {})
    assert FORM_VERSION == "2026-11.2"


def test_a_report_without_marks_is_filed_as_before() -> None:
    assert all("body_map" not in card for card in cards(Answers(CHILD, TODAY)))


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.sampled_from(["mark.1-1", "mark.1-0", "mark.1-9999", "mark.x-1", "mark.", "mark.2-1"]),
        st.dictionaries(
            st.sampled_from([*BRUISE, "x", "y", "looks"]),
            st.lists(st.text(max_size=12) | st.sampled_from(["left-forearm-front", "bruise"])),
        ),
    )
)
@example({"mark.1-1": BRUISE | {"x": ["\x08"]}})
def test_no_garbage_in_a_draft_breaks_its_statement(pages: Raw) -> None:
    for card in cards(Answers({**CHILD, **pages}, TODAY)):
        for data in card.get("body_map", {}).get("marks", []):
            assert from_dict(data).title


def test_marks_are_added_changed_and_removed_one_by_one(reporter: User, browser: Client) -> None:
    draft = make_draft(reporter, dict(CHILD))
    assert browser.get(address(draft)).status_code == 200
    for _ in range(2):
        answer = browser.post(address(draft) + "?from=injuries.1", posted(BRUISE))
        assert answer.status_code == 302
        assert answer["Location"].endswith("1/?from=injuries.1")
    draft.refresh_from_db()
    assert draft.answers["mark.1-1"] == BRUISE
    assert "mark.1-2" not in draft.answers
    text = browser.get(address(draft)).content.decode()
    assert "Mark 1: left forearm, front: bruise, 3 cm by 2 cm, purple" in text
    assert browser.get(address(draft, "1/1/")).status_code == 200
    browser.post(address(draft, "1/1/"), posted(BRUISE | {"kind": ["bite"]}))
    draft.refresh_from_db()
    assert draft.answers["mark.1-1"]["kind"] == ["bite"]
    browser.post(address(draft, "1/1/remove/"))
    draft.refresh_from_db()
    assert "mark.1-1" not in draft.answers


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"area": [""]}, "Select where on the body"),
        ({"area": ["left-wing"]}, "Select one of the answers shown"),
        ({"kind": ["curse"]}, "Select one of the answers shown"),
        ({"kind": ["other"]}, "Say what it looks like"),
        ({"length": ["big"]}, "Length in cm must be a number of centimetres, like 3 or 2.5"),
        ({"length": ["0"]}, "Length in cm must be a number of centimetres, like 3 or 2.5"),
        ({"width": ["9" * 50]}, "Width in cm must be a number of centimetres, like 3 or 2.5"),
        ({"clock": ["teatime"]}, "Write the time like 4:20pm"),
        ({"day_day": [""], "day_month": [""], "day_year": [""]}, "Enter the day too"),
        ({"said": ["x" * 4001]}, "What was said is 1 character too long. Shorten it"),
        ({"looks": ["a\x00b"]}, "We took out a character that cannot be shown. Check the text"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    reporter: User, browser: Client, typed: Raw, words: str
) -> None:
    draft = make_draft(reporter, dict(CHILD))
    answer = browser.post(address(draft), posted(BRUISE, **typed))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert words in text
    assert "I fell off the swing" in text or "said" in typed
    draft.refresh_from_db()
    assert "mark.1-1" not in draft.answers


def test_a_time_that_has_not_come_is_refused(reporter: User, browser: Client) -> None:
    draft = make_draft(reporter, dict(CHILD))
    day = timezone.localdate()
    today = {"day_day": [str(day.day)], "day_month": [str(day.month)], "day_year": [str(day.year)]}
    answer = browser.post(address(draft), posted(BRUISE, **today, clock=["11:59pm"]))
    assert "That time has not come yet" in answer.content.decode()


def test_more_marks_than_fit_are_refused_in_plain_words(reporter: User, browser: Client) -> None:
    marks = {f"mark.1-{number}": BRUISE for number in range(1, MOST_MARKS + 1)}
    draft = make_draft(reporter, {**CHILD, **marks})
    answer = browser.post(address(draft), posted(BRUISE, looks=["another"]))
    assert answer.status_code == 422
    assert f"A body map holds {MOST_MARKS} marks" in answer.content.decode()


def test_only_its_owner_reaches_a_body_map_and_only_of_a_person_in_it(
    reporter: User, browser: Client
) -> None:
    draft = make_draft(reporter, {**family(), "person.3": {"group": ["unborn"]}})
    assert browser.get(address(draft, "2/")).status_code == 200
    for wrong in ("3/", "9/", "0/", "1/7/"):
        assert browser.get(address(draft, wrong)).status_code == 404
        assert browser.post(address(draft, wrong), BRUISE).status_code == 404
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get(address(draft)).status_code == 404


def test_the_marks_of_a_person_who_is_taken_out_go_with_them(
    reporter: User, browser: Client
) -> None:
    draft = make_draft(
        reporter, {**changed(CHILD, person__2={"group": ["child"]}), "mark.2-1": BRUISE}
    )
    browser.post(f"/report/{draft.pk}/remove/person.2/")
    draft.refresh_from_db()
    assert "mark.2-1" not in draft.answers


def test_pages_offer_it_and_the_check_page_shows_and_leads_to_it(
    reporter: User, browser: Client
) -> None:
    draft = make_draft(reporter, WITH_MARKS)
    for page in ("page/injuries.1/", "page/what-happened/", "check/"):
        assert address(draft) in browser.get(f"/report/{draft.pk}/{page}").content.decode()
    check = browser.get(f"/report/{draft.pk}/check/").content.decode()
    assert "Body map: the child" in check
    assert address(draft, "1/3/") in check


def test_filing_freezes_the_marks_tells_the_chronology_and_leaves_the_search_alone(
    leads: None, reporter: User, browser: Client
) -> None:
    draft = make_draft(reporter, WITH_MARKS)
    assert browser.post(f"/report/{draft.pk}/send/").status_code == 302
    report, concern = Report.objects.get(), Concern.objects.get()
    assert [mark["number"] for mark in report.statement[-1]["body_map"]["marks"]] == [1, 2]
    titles = [entry.title for entry in chronology(concern.pk, SHOWN_AT_FIRST)]
    assert "Body map: 2 marks recorded" in titles
    assert "swing" not in SearchDocument.objects.get().text
    assert browser.get(address(draft)).status_code == 404
    for page in (f"/sent/{report.reference}/", f"/reports/{report.reference}/"):
        assert "left forearm, front: bruise" in browser.get(page).content.decode()
