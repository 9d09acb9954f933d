"""Which pages a report has: the page map of the content, and any garbage at all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from concerns.journey.answers import MOST_PEOPLE, Answers, rough_ages
from concerns.journey.steps import (
    EXTRA,
    STEPS,
    first_incomplete,
    is_known_key,
    keys,
    next_key,
    previous_key,
)
from tests.answers import ADULT, CHILD, Raw, changed, family
from tests.journey.garbage import any_json, likely_answers

TODAY = date(2026, 11, 24)
NEGLECT = changed(CHILD, worry__1={"worry": ["neglect"]}, injuries__1=None)
SELF_NEGLECT = changed(
    ADULT,
    worry__1={"worry": ["self_neglect"]},
    consent__1={"agree": ["agrees"]},
    basics__1={"missing": ["none"]},
)


def pages(raw: Raw) -> list[str]:
    """Return the keys of the pages of some answers."""
    return keys(Answers(raw, TODAY))


def test_the_shortest_report_about_a_child_has_nine_pages_with_the_check_page() -> None:
    assert [*pages(NEGLECT), "check"] == [
        "danger",
        "person.1",
        "where.1",
        "worry.1",
        "what-happened",
        "harm-by.1",
        "household",
        "done",
        "check",
    ]


def test_the_shortest_report_about_an_adult_has_thirteen_pages_with_the_check_page() -> None:
    assert [*pages(SELF_NEGLECT), "check"] == [
        "danger",
        "person.1",
        "where.1",
        "needs.1",
        "worry.1",
        "what-happened",
        "basics.1",
        "household",
        "consent.1",
        "capacity.1",
        "wishes.1",
        "done",
        "check",
    ]


def worry(raw: Raw, *slugs: str, **pages_too: dict[str, list[str]] | None) -> Raw:
    """Return answers with these worries about the first person."""
    return changed(raw, worry__1={"worry": list(slugs)}, **pages_too)


def born(raw: Raw, year: int) -> Raw:
    """Return answers with a date of birth for the first person."""
    person = {"dob_day": ["23"], "dob_month": ["4"], "dob_year": [str(year)]}
    return changed(raw, person__1={"group": raw["person.1"]["group"], **person})


def aged(raw: Raw, age: str) -> Raw:
    """Return answers with a rough age for the first person."""
    return changed(raw, person__1={"group": raw["person.1"]["group"], "age": [age]})


TABLE: list[tuple[str, Raw, str, bool]] = [
    ("danger no", CHILD, "danger-call", False),
    ("danger yes", changed(CHILD, danger={"danger": ["yes"]}), "danger-call", True),
    ("danger not sure", changed(CHILD, danger={"danger": ["unknown"]}), "danger-call", True),
    ("danger skipped", changed(CHILD, danger={}), "danger-call", True),
    ("danger forged", changed(CHILD, danger={"danger": ["perhaps"]}), "danger-call", True),
    ("hurt now", changed(CHILD, injuries__1={"hurt": ["urgent"]}), "danger-call", True),
    ("hurt", changed(CHILD, injuries__1={"hurt": ["yes"]}), "danger-call", False),
    ("missing now", worry(CHILD, "missing", missing__1={"missing": ["now"]}), "danger-call", True),
    ("fgm travel", worry(CHILD, "fgm", fgm__1={"known": ["travel"]}), "danger-call", True),
    (
        "plan",
        worry(CHILD, "radicalisation", prevent__1={"plan": ["plan"]}),
        "danger-call",
        True,
    ),
    (
        "abroad soon",
        worry(CHILD, "forced_marriage", safe_contact__1={"abroad": ["soon"]}),
        "danger-call",
        True,
    ),
    ("call after danger-call", changed(CHILD, danger={}, danger_call={}), "call", True),
    ("call made", changed(CHILD, done={"done": ["police"]}), "call", True),
    ("no call made", CHILD, "call", False),
    ("unborn", changed(CHILD, person__1={"group": ["unborn"]}), "unborn.1", True),
    ("born", CHILD, "unborn.1", False),
    ("adult of 81", ADULT, "care-leaver.1", False),
    ("adult born 2005", born(ADULT, 2005), "care-leaver.1", True),
    ("adult born 1995", born(ADULT, 1995), "care-leaver.1", False),
    ("adult about 20", aged(ADULT, "about 20"), "care-leaver.1", True),
    ("adult 20 to 40", aged(ADULT, "20 to 40"), "care-leaver.1", False),
    ("adult without age", aged(ADULT, ""), "care-leaver.1", False),
    ("child of 18 typed", aged(CHILD, "18"), "care-leaver.1", False),
    ("adult", ADULT, "needs.1", True),
    ("child", CHILD, "needs.1", False),
    ("age not sure", changed(CHILD, person__1={"group": ["unknown"]}), "needs.1", False),
    ("child, still happening", CHILD, "when", False),
    ("adult, money", ADULT, "when", True),
    ("adult, self-neglect", SELF_NEGLECT, "when", False),
]
for answer, shown in (("yes", False), ("no", True), ("unknown", True), ("", True)):
    ongoing = {"account": ["A mark."], "known": ["seen"], "ongoing": [answer]}
    TABLE.append(
        (f"still happening {answer}", changed(CHILD, what_happened=ongoing), "when", shown)
    )
for slug in ("physical", "sexual", "domestic_abuse", "fgm", "self_harm"):
    TABLE.append((f"child {slug}", worry(CHILD, slug), "injuries.1", True))
TABLE += [
    ("child neglect", NEGLECT, "injuries.1", False),
    ("adult neglect", worry(ADULT, "neglect"), "injuries.1", True),
    ("adult money", ADULT, "injuries.1", False),
    ("adult neglect", worry(ADULT, "neglect"), "basics.1", True),
    ("adult self-neglect", SELF_NEGLECT, "basics.1", True),
    ("adult money", ADULT, "basics.1", False),
    ("child neglect", NEGLECT, "basics.1", False),
    ("worry missing", worry(CHILD, "missing"), "missing.1", True),
    (
        "place missing",
        changed(CHILD, where__1={"lives": ["none"], "now": ["missing"]}),
        "missing.1",
        True,
    ),
    ("not missing", CHILD, "missing.1", False),
    ("online", worry(CHILD, "online"), "online", True),
    ("not online", CHILD, "online", False),
    ("fgm", worry(CHILD, "fgm"), "fgm.1", True),
    ("adult fgm", worry(ADULT, "fgm"), "fgm.1", True),
    ("no fgm", CHILD, "fgm.1", False),
    ("told by girl", worry(CHILD, "fgm", fgm__1={"known": ["told_by_girl"]}), "fgm-job.1", True),
    ("saw signs", worry(CHILD, "fgm", fgm__1={"known": ["saw_signs"]}), "fgm-job.1", True),
    ("suspected", worry(CHILD, "fgm", fgm__1={"known": ["suspected"]}), "fgm-job.1", False),
    ("told by woman", worry(ADULT, "fgm", fgm__1={"known": ["told_by_girl"]}), "fgm-job.1", False),
    ("worry taken back", changed(CHILD, fgm__1={"known": ["saw_signs"]}), "fgm-job.1", False),
    ("adult slavery", worry(ADULT, "slavery"), "slavery.1", True),
    ("adult home taken over", worry(ADULT, "cuckooing"), "slavery.1", True),
    ("child slavery", worry(CHILD, "slavery"), "slavery.1", False),
    ("adult domestic abuse", worry(ADULT, "domestic_abuse"), "dash.1", True),
    ("child of 7", worry(CHILD, "domestic_abuse"), "dash.1", False),
    ("child of 16", aged(worry(CHILD, "domestic_abuse"), "16"), "dash.1", True),
    ("child of 15 to 17", aged(worry(CHILD, "domestic_abuse"), "15 to 17"), "dash.1", True),
    ("child born 2010", born(worry(CHILD, "domestic_abuse"), 2010), "dash.1", True),
    ("child born 2011", born(worry(CHILD, "domestic_abuse"), 2011), "dash.1", False),
    ("adult money", ADULT, "dash.1", False),
    ("forced marriage", worry(CHILD, "forced_marriage"), "family-warning", True),
    ("honour", worry(ADULT, "honour"), "family-warning", True),
    ("no honour", CHILD, "family-warning", False),
    ("radicalisation", worry(CHILD, "radicalisation"), "prevent.1", True),
    ("no radicalisation", CHILD, "prevent.1", False),
    ("self-neglect", SELF_NEGLECT, "harm-by.1", False),
    ("self-harm", worry(CHILD, "self_harm"), "harm-by.1", False),
    ("support", worry(CHILD, "support"), "harm-by.1", False),
    ("support and neglect", worry(CHILD, "support", "neglect"), "harm-by.1", True),
    ("nothing chosen", changed(CHILD, worry__1={}), "harm-by.1", True),
    ("parent", CHILD, "harm-by-work.1", False),
    ("crime may be", ADULT, "police.1", True),
    ("self-neglect", SELF_NEGLECT, "police.1", False),
    ("adult support", worry(ADULT, "support"), "police.1", False),
    ("child", CHILD, "police.1", False),
    ("adult", ADULT, "consent.1", True),
    ("child", CHILD, "consent.1", False),
    ("agrees", SELF_NEGLECT, "override.1", False),
    ("not yet asked", changed(ADULT, consent__1=None), "override.1", False),
    ("skipped", changed(ADULT, consent__1={}), "override.1", True),
    ("self-neglect", SELF_NEGLECT, "capacity.1", True),
    ("agrees", changed(ADULT, consent__1={"agree": ["agrees"]}), "capacity.1", False),
    ("adult", ADULT, "wishes.1", True),
    ("child", CHILD, "wishes.1", False),
    ("support", worry(CHILD, "support"), "family-consent.1", True),
    ("young carer", worry(CHILD, "young_carer", "support"), "family-consent.1", True),
    ("support and harm", worry(CHILD, "support", "physical"), "family-consent.1", False),
    ("adult support", worry(ADULT, "support"), "family-consent.1", False),
    ("physical", CHILD, "safe-contact.1", False),
    ("self-neglect", SELF_NEGLECT, "safe-contact.1", False),
    (
        "worker yes",
        changed(CHILD, done={"done": ["none"], "worker": ["yes"]}),
        "worker",
        True,
    ),
    ("worker no", CHILD, "worker", False),
    ("told", changed(CHILD, what_happened={"known": ["told"]}), "told-by", True),
    ("seen", CHILD, "told-by", False),
    ("danger", changed(CHILD, danger={"danger": ["yes"]}), "safety", True),
    ("no danger", NEGLECT, "safety", False),
]
for slug in ("domestic_abuse", "gangs", "radicalisation", "honour"):
    TABLE.append((f"worry {slug}", worry(CHILD, slug), "safety", True))
for slug in ("domestic_abuse", "sexual", "cse", "cce", "slavery", "forced_marriage", "honour"):
    TABLE.append((f"worry {slug}", worry(CHILD, slug), "safe-contact.1", True))
for relation in ("provider", "works_children", "works_adults", "council"):
    work = changed(CHILD, harm_by__1={"relation": [relation], "reach": ["no"]})
    TABLE.append((f"harm by {relation}", work, "harm-by-work.1", True))
    TABLE.append((f"harm by {relation}", work, "harm-by-staff.1", relation == "council"))
    TABLE.append((f"harm by {relation}", work, "who-sees", relation == "council"))
    stale = changed(worry(work, "support"))
    TABLE.append((f"harm by {relation}, taken back", stale, "who-sees", False))
for agree in ("refuses", "unsafe", "cannot", "lacks_capacity", "unknown"):
    asked = changed(ADULT, consent__1={"agree": [agree]})
    TABLE.append((f"consent {agree}", asked, "override.1", True))
    TABLE.append((f"consent {agree}", asked, "capacity.1", True))


@pytest.mark.parametrize(
    ("raw", "page", "shown"),
    [case[1:] for case in TABLE],
    ids=[f"{name}: {page} {'in' if shown else 'out'}" for name, _, page, shown in TABLE],
)
def test_a_page_appears_exactly_when_the_page_map_says(raw: Raw, page: str, shown: bool) -> None:
    assert (page in pages(raw)) is shown


def test_same_as_person_1_stands_for_the_worries_about_person_1() -> None:
    raw = worry(family(), "fgm", "missing")
    answers = Answers(raw, TODAY)
    assert answers.worries(2) == {"fgm", "missing"}
    assert {"fgm.1", "fgm.2", "missing.2", "injuries.2"} <= set(keys(answers))
    assert "fgm.3" not in keys(answers)


def test_the_same_and_one_more_worry_add_up_and_person_1_cannot_be_the_same_as_themselves() -> None:
    answers = Answers(changed(family(), worry__2={"worry": ["same", "online"]}), TODAY)
    assert answers.worries(2) == {"physical", "online"}
    assert Answers(worry(CHILD, "same"), TODAY).worries(1) == set()


def test_of_several_people_each_has_pages_of_their_own_and_the_story_is_asked_once() -> None:
    found = pages(family())
    assert found[1:12] == [
        "person.1",
        "person.2",
        "person.3",
        *("where.1", "worry.1"),
        *("where.2", "worry.2"),
        *("where.3", "needs.3", "worry.3"),
        "what-happened",
    ]
    assert [key for key in found if key.startswith("consent")] == ["consent.3"]
    assert len(found) == len(set(found))


def test_several_people_are_told_apart_by_number_and_never_by_name() -> None:
    answers = Answers(family(), TODAY)
    words = [answers.name_of(number) for number in answers.people]
    assert words == ["child 1", "child 2", "the adult"]


def test_no_more_people_than_the_limit_can_be_added_and_none_is_left_out() -> None:
    raw: Raw = {f"person.{number}": {"group": ["child"]} for number in range(1, MOST_PEOPLE + 1)}
    assert not is_known_key(Answers(raw, TODAY), f"person.{MOST_PEOPLE + 1}")
    assert is_known_key(Answers({"person.1": {}}, TODAY), "person.2")
    assert not is_known_key(Answers({"person.1": {}}, TODAY), "person.3")
    assert not is_known_key(Answers({}, TODAY), "person.2")


@pytest.mark.parametrize(
    "key",
    ["person.02", "person.٢", "person.2.1", "more.01", "more", "files.1", "more." + "9" * 5000],
)
def test_a_key_in_any_other_spelling_is_no_page(key: str) -> None:
    assert not is_known_key(Answers({"person.1": {}}, TODAY), key)


def test_help_comes_first_when_a_later_answer_asks_for_it_and_then_the_questions_go_on() -> None:
    raw = changed(CHILD, injuries__1={"hurt": ["urgent"]}, done=None)
    assert next_key(Answers(raw, TODAY), "injuries.1") == "danger-call"
    raw = changed(raw, danger_call={})
    assert next_key(Answers(raw, TODAY), "danger-call") == "call"
    raw = changed(raw, call={"agency": ["none"]})
    assert next_key(Answers(raw, TODAY), "call") == "done"


def test_a_call_mentioned_on_the_last_page_is_asked_about_before_the_check_page() -> None:
    raw = changed(CHILD, done={"done": ["social_care"], "worker": ["no"]})
    assert next_key(Answers(raw, TODAY), "done") == "call"
    assert next_key(Answers(changed(raw, call={}), TODAY), "call") is None


@pytest.mark.parametrize(
    ("typed", "ages"),
    [
        ("7", (7, 7)),
        ("about 15", (15, 15)),
        ("15 to 17", (15, 17)),
        ("17-15", (15, 17)),
        ("6 months", (0, 2)),
        ("3 years 4 months", (3, 4)),
        ("born 2011", (None, None)),
        ("999", (None, None)),
        ("", (None, None)),
        ("eight", (None, None)),
    ],
)
def test_a_rough_age_is_read_and_what_is_no_age_is_left_out(
    typed: str, ages: tuple[int | None, int | None]
) -> None:
    assert rough_ages(typed) == ages


@settings(max_examples=300, deadline=None)
@given(raw=likely_answers | any_json)
def test_whatever_a_draft_holds_its_pages_can_be_named_and_the_way_through_ends_at_check(
    raw: Any,
) -> None:
    pages_now: dict[str, Any] = dict(raw) if isinstance(raw, dict) else {}
    answers = Answers(raw, TODAY)
    for step in [*keys(answers), *EXTRA, "", "person.13", "harm-by.2", "nothing"]:
        next_key(answers, step)
        previous_key(answers, step)
        is_known_key(answers, step)
    assert previous_key(answers, "danger") is None
    key: str | None = first_incomplete(answers) or keys(answers)[0]
    for _ in range(len(STEPS) * MOST_PEOPLE):
        if key is None:
            break
        if not answers.has(key):
            pages_now[key] = {}
        answers = Answers(pages_now, TODAY)
        key = next_key(answers, key)
    assert key is None


@settings(max_examples=100, deadline=None)
@given(raw=likely_answers)
def test_going_on_from_where_it_stopped_answers_every_page_in_the_end(raw: dict[str, Any]) -> None:
    for _ in range(len(STEPS) * MOST_PEOPLE):
        answers = Answers(raw, TODAY)
        key = first_incomplete(answers)
        if key is None:
            break
        assert is_known_key(answers, key)
        raw = {**raw, key: {}}
    assert first_incomplete(Answers(raw, TODAY)) is None
