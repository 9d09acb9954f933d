"""What the rules hear of an answer: a table, and any garbage at all."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from concerns.clockface import working_hours
from concerns.journey.answers import Answers
from concerns.journey.facts import facts_data
from concerns.journey.statement import cards, others, subjects
from concerns.rules import assess, facts_from_dict
from contacts.selectors import current_directory
from tests.answers import ADULT, CHILD, Raw, changed, family
from tests.journey.garbage import any_json, likely_answers

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def fact(raw: Raw, path: str) -> Any:
    """Return one fact of the answers, by a path such as `people.0.danger_now`."""
    found: Any = facts_data(raw, NOW)
    facts_from_dict(found)
    for part in path.split("."):
        found = found[int(part)] if part.isdecimal() else found[part]
    return found


def worry(raw: Raw, *slugs: str, **pages: dict[str, list[str]] | None) -> Raw:
    """Return answers with these worries about the first person."""
    return changed(raw, worry__1={"worry": list(slugs)}, **pages)


def harm_by(*relations: str, raw: Raw = CHILD, **pages: dict[str, list[str]] | None) -> Raw:
    """Return answers in which these may have caused the harm."""
    return changed(raw, harm_by__1={"relation": list(relations), "reach": ["yes"]}, **pages)


def date_of(name: str, *parts: str) -> dict[str, list[str]]:
    """Return the three boxes of a date."""
    return {
        f"{name}_{box}": [part] for box, part in zip(("day", "month", "year"), parts, strict=True)
    }


P = "people.0."
HURT_NOW = "people.0.injury_symptoms_now"
BEFORE_18 = "people.0.harm_before_18"
LEAVING = "people.0.leaving_care"
A = "alleged.0."
TOLD = {"account": ["A mark."], "known": ["told"], "ongoing": ["yes"]}
WHEN = {"ongoing": ["no"], "account": ["A mark."]}
TABLE: list[tuple[Raw, str, Any]] = [
    (CHILD, P + "danger_now", "no"),
    (changed(CHILD, danger={"danger": ["yes"]}), P + "danger_now", "yes"),
    (changed(CHILD, danger={"danger": ["unknown"]}), P + "danger_now", "unknown"),
    (changed(CHILD, danger={}), P + "danger_now", "unknown"),
    (CHILD, P + "group", "child"),
    (changed(CHILD, person__1={"group": ["unknown"]}), P + "group", "unknown"),
    (changed(CHILD, person__1={"group": ["baby"]}), P + "group", "unknown"),
    (CHILD, P + "age_min", 7),
    (changed(CHILD, person__1=date_of("dob", "23", "April", "2011")), P + "dob", "2011-04-23"),
    (changed(CHILD, person__1=date_of("dob", "31", "6", "2011")), P + "dob", None),
    (changed(CHILD, person__1=date_of("dob", "25", "11", "2026")), P + "dob", None),
    (changed(CHILD, injuries__1={"hurt": ["urgent"]}), HURT_NOW, "yes"),
    (changed(CHILD, injuries__1={"hurt": ["yes"]}), HURT_NOW, "unknown"),
    (
        worry(CHILD, "neglect", injuries__1={"hurt": ["urgent"]}),
        HURT_NOW,
        "unknown",
    ),
    (worry(CHILD, "self_harm", injuries__1={"hurt": ["yes"]}), P + "self_harm_now", "yes"),
    (worry(CHILD, "missing", missing__1={"missing": ["now"]}), P + "missing", "now"),
    (worry(CHILD, "missing", missing__1={"missing": ["back"]}), P + "missing", "back"),
    (changed(CHILD, where__1={"now": ["missing"]}), P + "missing", "now"),
    (
        changed(CHILD, where__1={"now": ["missing"]}, missing__1={"missing": ["back"]}),
        P + "missing",
        "back",
    ),
    (
        worry(CHILD, "missing", missing__1={"missing": ["now"], "linked": ["yes"]}),
        P + "exploitation_indicators",
        "yes",
    ),
    (
        worry(ADULT, "neglect", basics__1={"missing": ["heat", "food"]}),
        P + "missing_now",
        ["food", "heat"],
    ),
    (worry(ADULT, "neglect", basics__1={"missing": ["none"]}), P + "missing_now", []),
    (worry(CHILD, "fgm", fgm__1={"known": ["travel"]}), P + "travel", "soon"),
    (worry(CHILD, "honour", safe_contact__1={"abroad": ["soon"]}), P + "travel", "soon"),
    (worry(CHILD, "honour", safe_contact__1={"abroad": ["later"]}), P + "travel", "later"),
    (worry(CHILD, "honour", safe_contact__1={"abroad": ["no"]}), P + "travel", "no"),
    (worry(CHILD, "honour", safe_contact__1={}), P + "travel", "unknown"),
    (worry(CHILD, "radicalisation", prevent__1={"plan": ["plan"]}), P + "plan_to_harm", "yes"),
    (worry(CHILD, "radicalisation", prevent__1={"plan": ["no"]}), P + "plan_to_harm", "no"),
    (worry(ADULT, "domestic_abuse", dash__1={"ticks": ["14"]}), P + "dash_ticks", 14),
    (worry(ADULT, "domestic_abuse", dash__1={"ticks": ["25"]}), P + "dash_ticks", None),
    (worry(ADULT, "domestic_abuse", dash__1={"ticks": ["many"]}), P + "dash_ticks", None),
    (worry(ADULT, "domestic_abuse", dash__1={"worse": ["yes"]}), P + "dash_escalation", "yes"),
    (worry(CHILD, "same", "rubbish"), P + "categories", ["unknown"]),
    (worry(CHILD, "online", "fgm"), P + "categories", ["fgm", "online"]),
    (changed(CHILD, worry__1={}), P + "categories", ["unknown"]),
    (family(), "people.1.categories", ["physical"]),
    (changed(ADULT, when={"before_18": ["on"]}), BEFORE_18, "yes"),
    (ADULT, BEFORE_18, "unknown"),
    (
        changed(CHILD, what_happened=WHEN, when={"before_18": ["on"]}),
        BEFORE_18,
        "unknown",
    ),
    (changed(ADULT, when=date_of("date", "1", "3", "2026")), P + "harm_dates", ["2026-03-01"]),
    (changed(ADULT, when=date_of("date", "1", "3", "2027")), P + "harm_dates", []),
    (changed(ADULT, when={"area": [" Solihull "]}), P + "abuse_in", "solihull"),
    (CHILD, P + "lives_in", "birmingham"),
    (CHILD, P + "found_in", "birmingham"),
    (
        changed(CHILD, where__1={"lives": ["elsewhere"], "area": ["Solihull"], "now": ["home"]}),
        P + "found_in",
        "solihull",
    ),
    (
        changed(CHILD, where__1={"lives": ["elsewhere"], "area": ["Solihull"], "now": ["other"]}),
        P + "found_in",
        "",
    ),
    (changed(CHILD, where__1={"lives": ["elsewhere"], "now": ["home"]}), P + "lives_in", ""),
    (changed(CHILD, where__1={}), P + "lives_in", ""),
    (ADULT, P + "care_needs", "yes"),
    (changed(ADULT, needs__1={"needs": ["no"]}), P + "care_needs", "no"),
    (changed(ADULT, needs__1={}), P + "care_needs", "unknown"),
    (ADULT, P + "crime", "yes"),
    (ADULT, P + "capacity", "has"),
    (changed(ADULT, capacity__1={"capacity": ["no"]}), P + "capacity", "lacks"),
    (changed(ADULT, capacity__1={}), P + "capacity", "unknown"),
    (changed(ADULT, consent__1={"agree": ["lacks_capacity"]}), P + "capacity", "lacks"),
    (
        changed(ADULT, override__1={"grounds": ["serious_crime", "coercion"]}),
        P + "override_grounds",
        ["coercion", "serious_crime"],
    ),
    (ADULT, P + "override_grounds", []),
    (
        changed(ADULT, consent__1={"agree": ["agrees"]}, override__1={"grounds": ["coercion"]}),
        P + "override_grounds",
        [],
    ),
    (changed(CHILD, done={"done": ["police"]}), "police_informed", "yes"),
    (CHILD, "police_informed", "unknown"),
    (changed(CHILD, done={"worker": ["yes"]}), P + "has_worker", "yes"),
    (changed(CHILD, done={"worker": ["yes"]}, worker={"told": ["yes"]}), P + "worker_told", "yes"),
    (
        changed(CHILD, done={"worker": ["yes"]}, worker={"told": ["unreachable"]}),
        P + "worker_reachable",
        "no",
    ),
    (changed(CHILD, worker={"told": ["yes"]}), P + "worker_told", "unknown"),
    (CHILD, "household_known", "yes"),
    (changed(CHILD, household={"who": ["unknown"]}), "household_known", "unknown"),
    (CHILD, "household", []),
    (changed(CHILD, household={"who": ["forged", "children"]}), "household.0.kind", "child"),
    (changed(CHILD, household={"who": ["children", "pregnant"]}), "household.1.kind", "pregnant"),
    (harm_by("nobody"), "alleged", []),
    (changed(CHILD, harm_by__1={}), "alleged", []),
    (worry(CHILD, "support"), "alleged", []),
    (harm_by("child"), A + "age", 17),
    (harm_by("child", "partner"), A + "age", None),
    (CHILD, A + "has_access", "yes"),
    (changed(CHILD, what_happened=TOLD, told_by={"share": ["shield"]}), "informant.shield", "yes"),
    (
        changed(CHILD, what_happened=TOLD, told_by={"share": ["anonymous"]}),
        "informant.anonymous",
        "yes",
    ),
    (
        changed(CHILD, what_happened=TOLD, told_by={"share": ["share"]}),
        "informant",
        {"anonymous": "unknown", "shield": "unknown"},
    ),
    (changed(CHILD, told_by={"share": ["shield"]}), "informant.shield", "unknown"),
]
for value in ("told_by_girl", "saw_signs", "suspected", "at_risk", "travel", "unknown"):
    becomes = {"travel": "at_risk"}.get(value, value)
    TABLE.append((worry(CHILD, "fgm", fgm__1={"known": [value]}), P + "fgm", becomes))
    TABLE.append((changed(CHILD, fgm__1={"known": [value]}), P + "fgm", "unknown"))
for value, consent, ground in (
    ("agrees", "given", []),
    ("refuses", "refused", []),
    ("unsafe", "unsought", ["seeking_raises_risk"]),
    ("cannot", "unsought", ["cannot_seek"]),
    ("lacks_capacity", "unsought", ["lacks_capacity"]),
    ("unknown", "unknown", []),
    ("forged", "unknown", []),
):
    asked = changed(ADULT, consent__1={"agree": [value]}, override__1={"grounds": ["none"]})
    TABLE.append((asked, P + "consent.report", consent))
    TABLE.append((asked, P + "override_grounds", ground))
for value, consent in (
    ("yes", "given"),
    ("no", "refused"),
    ("not_asked", "unsought"),
    ("unknown", "unknown"),
):
    answer = {"agree": [value]}
    TABLE.append((changed(ADULT, police__1=answer), P + "consent.police", consent))
    TABLE.append((worry(ADULT, "slavery", slavery__1=answer), P + "consent.nrm", consent))
    TABLE.append(
        (worry(CHILD, "support", family_consent__1=answer), P + "consent.early_help", consent)
    )
for value in ("parent_carer", "partner", "relative", "child", "known", "stranger"):
    TABLE.append((harm_by(value), A + "relation", value))
    TABLE.append((harm_by(value), A + "workforce", "none"))
    TABLE.append((harm_by(value), A + "sensitive", []))
for values, workforce in (
    (["works_children"], "children"),
    (["works_adults"], "adults"),
    (["works_adults", "works_children", "relative"], "both"),
    (["provider"], "unknown"),
    (["council"], "unknown"),
    (["unknown"], "unknown"),
    (["forged"], "unknown"),
):
    TABLE.append((harm_by(*values), A + "workforce", workforce))
TABLE += [
    (harm_by("provider"), A + "relation", "provider"),
    (harm_by("provider"), A + "paid_carer", "yes"),
    (harm_by("relative"), A + "paid_carer", "unknown"),
    (harm_by("council"), A + "sensitive", ["council_staff"]),
    (harm_by("unknown"), A + "relation", "unknown"),
    (harm_by("provider", harm_by_work__1={"regulated": ["yes"]}), A + "regulated_provider", "yes"),
    (harm_by("provider", harm_by_work__1={"could_harm": ["yes"]}), A + "other_victims", "yes"),
    (
        harm_by("provider", harm_by_work__1={"conduct": ["risk", "harmed", "x"]}),
        A + "conduct",
        ["harmed", "risk"],
    ),
    (harm_by("relative", harm_by_work__1={"conduct": ["risk"]}), A + "conduct", []),
]
for value in ("open", "leaver", "no", "unknown", "forged"):
    young = changed(ADULT, person__1={"group": ["adult"], "age": ["20"]})
    kept = "unknown" if value == "forged" else value
    TABLE.append((changed(young, care_leaver__1={"support": [value]}), LEAVING, kept))
    TABLE.append((changed(ADULT, care_leaver__1={"support": [value]}), LEAVING, "unknown"))


@pytest.mark.parametrize(("raw", "path", "expected"), TABLE)
def test_an_answer_becomes_the_fact_that_the_rules_read(raw: Raw, path: str, expected: Any) -> None:
    assert fact(raw, path) == expected


def test_the_mother_of_an_unborn_baby_gets_a_linked_record_when_her_age_is_known() -> None:
    unborn = changed(CHILD, person__1={"group": ["unborn"]}, unborn__1={"mother_age": ["adult"]})
    data = facts_data(unborn, NOW)
    assert [(person["ref"], person["group"]) for person in data["people"]] == [
        ("person 1", "unborn"),
        ("mother of person 1", "adult"),
    ]
    answers = Answers(unborn, NOW.date())
    assert set(subjects(answers, cards(answers))) >= {person["ref"] for person in data["people"]}
    unknown = changed(unborn, unborn__1={"mother_age": ["unknown"]})
    assert len(facts_data(unknown, NOW)["people"]) == 1


def test_a_due_date_may_be_in_the_future() -> None:
    due = changed(
        CHILD, person__1={"group": ["unborn"]}, unborn__1=date_of("due", "1", "mar", "2027")
    )
    assert fact(due, P + "due_date") == "2027-03-01"


def test_each_other_person_affected_is_told_with_age_needs_and_worry() -> None:
    raw = changed(
        CHILD,
        household={"who": ["children", "adult"]},
        affected__1={"kind": ["child"], "age": ["3"], "touched": ["yes"]},
        affected__2={"kind": ["adult"], "needs": ["yes"], "touched": ["no"]},
        affected__3={"kind": ["child"], **date_of("dob", "1", "2", "2020")},
    )
    found = facts_data(raw, NOW)["household"]
    assert [item["kind"] for item in found] == ["child", "adult", "child"]
    assert (found[0]["age"], found[0]["touched"]) == (3, "yes")
    assert (found[1]["care_needs"], found[1]["touched"]) == ("yes", "no")
    assert found[2]["dob"] == "2020-02-01"


def test_the_personal_duty_to_report_fgm_needs_a_registered_job() -> None:
    told = worry(CHILD, "fgm", fgm__1={"known": ["told_by_girl"]})
    data = facts_data(changed(told, fgm_job__1={"job": ["regulated"]}), NOW)
    assert data["reporter"]["learned_in_work"] == "yes"
    data = facts_data(changed(told, fgm_job__1={"job": ["no"]}), NOW)
    assert data["reporter"]["learned_in_work"] == "unknown"


def test_pages_that_no_longer_apply_do_not_count() -> None:
    was_adult = changed(ADULT, person__1={"group": ["child"]})
    assert fact(was_adult, P + "consent.report") == "unknown"
    assert fact(was_adult, P + "care_needs") == "unknown"
    assert fact(was_adult, P + "crime") == "unknown"


@pytest.mark.django_db
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(raw=likely_answers | any_json, choice=st.sampled_from(["child", "adult", "unborn", ""]))
def test_whatever_a_draft_holds_the_rules_can_judge_it(raw: Any, choice: str) -> None:
    if isinstance(raw, dict) and choice:
        raw = {**raw, "person.1": {"group": [choice]}}
    facts = facts_from_dict(facts_data(raw, NOW))
    assert facts.people
    assert assess(facts, NOW, working_hours(current_directory(NOW))).priority in {1, 2, 3, 4}


@pytest.mark.django_db
@settings(max_examples=150, deadline=None)
@given(raw=likely_answers | any_json)
def test_whatever_a_draft_holds_it_can_be_put_into_words(raw: Any) -> None:
    answers = Answers(raw, NOW.date())
    filed = cards(answers)
    for card in filed:
        assert card["title"]
        assert all(row["question"] and row["answer"] for row in card["rows"])
    others(answers, filed)
    refs = {person["ref"] for person in facts_data(raw, NOW)["people"]}
    assert refs <= set(subjects(answers, filed))
