"""What must hold for any report whatever."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from typing import Any

import jsonschema
import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from concerns.rules import FactsError, assess, facts_from_dict, schema
from concerns.rules.facts import TRI
from concerns.rules.reference import ALPHABET, is_valid, new_reference, normalise
from concerns.rules.schema import EXAMPLE
from concerns.rules.taxonomy import ALL_SLUGS
from tests.rules.golden_cases import cases, facts_of, hours

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
tri = st.sampled_from(TRI)
people = st.fixed_dictionaries(
    {},
    optional={
        "group": st.sampled_from(["child", "adult", "unborn", "unknown"]),
        "age_min": st.integers(0, 40),
        "claimed_age": st.integers(0, 100),
        "dob": st.dates(datetime(1950, 1, 1).date(), NOW.date()).map(str),  # noqa: DTZ001
        "dob_evidence": tri,
        "care_needs": tri,
        "categories": st.lists(st.sampled_from(ALL_SLUGS), max_size=5, unique=True),
        "danger_now": tri,
        "crime": tri,
        "missing": st.sampled_from(["now", "back", "no", "unknown"]),
        "fgm": st.sampled_from(["told_by_girl", "saw_signs", "suspected", "at_risk", "unknown"]),
        "travel": st.sampled_from(["today", "soon", "later", "no", "unknown"]),
        "held_or_coerced": tri,
        "pregnant": tri,
        "harm_before_18": tri,
        "has_worker": tri,
        "lives_in": st.sampled_from(["", "birmingham", "solihull", "dudley"]),
        "dash_ticks": st.integers(0, 24),
    },
)
alleged = st.fixed_dictionaries(
    {},
    optional={
        "relation": st.sampled_from(["parent_carer", "partner", "relative", "child", "provider"]),
        "workforce": st.sampled_from(["children", "adults", "both", "none", "unknown"]),
        "conduct": st.lists(st.sampled_from(["harmed", "risk", "practice"]), unique=True),
        "regulated_provider": tri,
        "child_at_risk": tri,
    },
)
household = st.fixed_dictionaries(
    {"kind": st.sampled_from(["child", "unborn", "pregnant", "adult"])},
    optional={"age": st.integers(0, 90), "touched": tri},
)
reports = st.fixed_dictionaries(
    {
        "people": st.lists(people, max_size=4),
        "alleged": st.lists(alleged, max_size=3),
        "household": st.lists(household, max_size=3),
    }
)


@given(reports)
@settings(max_examples=150)
def test_any_report_gets_one_group_one_priority_and_somebody_to_call(data: dict[str, Any]) -> None:
    jsonschema.validate(data, schema())
    result = assess(facts_from_dict(data), NOW, hours())
    assert len(result.people) >= max(1, len(data["people"]))
    for person in result.people:
        assert person.group in {"child", "adult_at_risk", "neither"}
        assert person.priority in {1, 2, 3, 4}
    assert result.priority == min(person.priority for person in result.people)
    assert result.first_call.agency
    pairs = [(route.agency, route.person) for route in result.routes]
    assert len(pairs) == len(set(pairs))
    assert all(clock.due_at >= NOW - timedelta(seconds=1) for clock in result.clocks)
    json.dumps(result.to_dict())


@given(reports, st.randoms(use_true_random=False))
@settings(max_examples=60)
def test_the_order_of_the_alleged_and_of_worries_changes_nothing(
    data: dict[str, Any], rng: random.Random
) -> None:
    before = assess(facts_from_dict(data), NOW, hours()).to_dict()
    rng.shuffle(data["alleged"])
    for person in data["people"]:
        rng.shuffle(person.get("categories", []))
    assert assess(facts_from_dict(data), NOW, hours()).to_dict() == before


@given(reports)
@settings(max_examples=60)
def test_danger_never_lowers_a_priority_and_always_calls_999(data: dict[str, Any]) -> None:
    for person in data["people"]:
        person["danger_now"] = "yes"
    result = assess(facts_from_dict(data), NOW, hours())
    if data["people"]:
        assert result.priority == 1
        assert result.first_call.agency == "police-emergency"


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["people", "alleged", "dob", "group", "x"]), inner)
    ),
    max_leaves=12,
)


@given(anything)
def test_any_json_is_read_or_refused_by_name(data: Any) -> None:
    problems: list[tuple[str, str]] = []
    try:
        facts_from_dict(data)
    except FactsError as error:
        problems = error.problems or [("", "")]
    assert all(path and words for path, words in problems)


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_the_facts_of_every_golden_case_fit_the_schema(case: dict[str, Any]) -> None:
    jsonschema.validate(facts_of(case), schema())


def test_the_schema_describes_every_field_and_its_example_works() -> None:
    def undescribed(node: dict[str, Any], path: str) -> list[str]:
        found = []
        for name, item in node.get("properties", {}).items():
            if not item.get("description"):
                found.append(f"{path}.{name}")
            found += undescribed(item, f"{path}.{name}")
            found += undescribed(item.get("items", {}), f"{path}.{name}[]")
        return found

    jsonschema.Draft202012Validator.check_schema(schema())
    assert undescribed(schema(), "") == []
    assert assess(facts_from_dict(EXAMPLE), NOW, hours()).people


def test_assess_names_each_wrong_field(tmp_path: Any) -> None:
    path = tmp_path / "facts.json"
    path.write_text(
        json.dumps({"people": [{"dob": "31 June", "grup": 1, "age_min": 9, "age_max": 3}]})
    )
    with pytest.raises(CommandError) as refusal:
        call_command("assess", str(path), "--at", "2026-11-27T16:20+00:00")
    for words in ("people[0].dob", "people[0].grup", "people[0].age_max"):
        assert words in str(refusal.value)


def test_assess_gives_the_number_at_that_moment(
    tmp_path: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(EXAMPLE))
    call_command("assess", str(path), "--at", "2026-11-27T16:20+00:00")
    data = json.loads(capsys.readouterr().out)
    assert data["first_call"]["number"] == "0121 675 4806"


@given(st.integers(), st.integers(0, 7), st.sampled_from(ALPHABET))
def test_a_wrong_character_in_a_reference_is_always_caught(
    seed: int, place: int, sign: str
) -> None:
    signs = list(new_reference(random.Random(seed)).replace("-", ""))
    is_same = signs[place] == sign
    signs[place] = sign
    assert is_valid("".join(signs)) is is_same


@given(st.integers(), st.integers(0, 6))
def test_two_swapped_characters_in_a_reference_are_always_caught(seed: int, place: int) -> None:
    signs = list(new_reference(random.Random(seed)).replace("-", ""))
    swapped = [*signs]
    swapped[place], swapped[place + 1] = signs[place + 1], signs[place]
    assert is_valid("".join(swapped)) is (swapped == signs)


def test_a_reference_is_forgiving_to_type() -> None:
    reference = new_reference(random.Random(1))
    for typed in (
        reference.lower(),
        reference.replace("-", ""),
        f" {reference[:4]} {reference[5:]} ",
    ):
        assert normalise(typed) == reference
