"""What the schedule is asked of a real record: who is in it, and how young they can have been."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from concerns.models import Concern, Reassessment
from concerns.selectors.retention import facts_of
from tests.factories import make_referral, make_report
from tests.records.conftest import LONG_AGO, Keepers, closed_concern

RECEIVED = date(1970, 5, 4)


def concern_with(keepers: Keepers, person: dict[str, Any], **fields: Any) -> Concern:
    """Return a closed concern whose report says this of the person at risk."""
    alleged = fields.pop("alleged", [])
    facts = {"people": [{"ref": "1", **person}], "alleged": alleged}
    report = make_report(received_at=LONG_AGO, facts=facts)
    return closed_concern(keepers.team, report=report, assessment={"ref": "1"}, **fields)


@pytest.mark.parametrize(
    ("person", "fields", "kinds"),
    [
        ({}, {}, {"child_protection"}),
        ({}, {"categories": []}, {"child_protection"}),
        ({}, {"categories": ["unknown"]}, {"child_protection"}),
        ({}, {"categories": ["support", "young_carer"]}, {"child_in_need"}),
        ({}, {"categories": ["support", "neglect"]}, {"child_protection"}),
        ({}, {"categories": ["unaccompanied"]}, {"child_protection", "looked_after"}),
        ({"leaving_care": "open"}, {}, {"child_protection", "looked_after"}),
        (
            {"leaving_care": "leaver"},
            {"group": "adult_at_risk", "categories": ["financial"]},
            {"adult_at_risk", "looked_after"},
        ),
        ({"leaving_care": "no"}, {"group": "neither", "categories": []}, {"neither"}),
    ],
)
def test_what_kind_of_record_the_person_at_risk_makes_it(
    keepers: Keepers, person: dict[str, Any], fields: dict[str, Any], kinds: set[str]
) -> None:
    found = facts_of(concern_with(keepers, person, **fields)).people
    assert [set(item.kinds) for item in found] == [kinds]


@pytest.mark.parametrize(
    ("person", "born", "youngest"),
    [
        ({"dob": "1963-04-03"}, date(1963, 4, 3), 0),
        ({"age_min": 5, "age_max": 7}, None, 5),
        ({"age_max": 7}, None, 0),
        ({"age_min": 15, "claimed_age": 13}, None, 13),
        ({"group": "unborn"}, None, None),
        ({}, None, 0),
    ],
)
def test_how_young_a_child_can_have_been(
    keepers: Keepers, person: dict[str, Any], born: date | None, youngest: int | None
) -> None:
    (found,) = facts_of(concern_with(keepers, person)).people
    assert (found.born, found.youngest, found.born_by) == (born, youngest, None)


def test_two_dates_of_birth_count_as_the_later_one_not_certain(keepers: Keepers) -> None:
    concern = concern_with(keepers, {"dob": "1963-04-03"})
    Reassessment.objects.create(
        concern=concern,
        asked_by=keepers.lead,
        asked_at=LONG_AGO,
        corrections={"person": {"dob": "1964-04-03"}},
        proposal={},
        rules_version="test",
    )
    (found,) = facts_of(concern).people
    assert (found.born, found.born_by) == (None, date(1964, 4, 3))


@pytest.mark.parametrize(
    ("alleged", "agency", "kinds", "youngest"),
    [
        ([{"workforce": "children", "age": 40}], "", {"trust", "trust_children"}, 40),
        ([{"workforce": "adults", "age": 40}], "", {"trust"}, 40),
        ([{"workforce": "both"}], "", {"trust", "trust_children"}, 16),
        ([{"workforce": "none", "age": 40}], "lado", {"trust", "trust_children"}, 40),
        ([{"workforce": "adults", "age": 40}, {}], "lado", {"trust", "trust_children"}, 16),
    ],
)
def test_a_position_of_trust(
    keepers: Keepers,
    alleged: list[dict[str, Any]],
    agency: str,
    kinds: set[str],
    youngest: int,
) -> None:
    concern = concern_with(keepers, {}, alleged=alleged)
    if agency:
        make_referral(concern, agency_slug=agency, state="done", ended_at=LONG_AGO)
    found = facts_of(concern).people[1]
    assert (set(found.kinds), found.youngest) == (kinds, youngest)


def test_no_position_of_trust_adds_nobody(keepers: Keepers) -> None:
    concern = concern_with(keepers, {}, alleged=[{"workforce": "none", "age": 40}])
    make_referral(concern, agency_slug="lado", state="withdrawn")
    assert len(facts_of(concern).people) == 1


def test_a_death_is_no_later_than_the_closing(keepers: Keepers) -> None:
    concern = concern_with(keepers, {"dob": "1963-04-03"}, outcome="person_died")
    record = facts_of(concern)
    assert record.people[0].died_by == record.closed_on
    assert record.received_on == RECEIVED


def test_what_is_open_has_no_facts(keepers: Keepers) -> None:
    concern = closed_concern(keepers.team, state="in_triage", closed_at=None)
    with pytest.raises(ValueError, match="closed"):
        facts_of(concern)
