"""The golden cases, and that they reach every row of every table."""

from __future__ import annotations

from typing import Any

import pytest

from concerns.rules.classify import GROUPS
from concerns.rules.clocks import CLOCKS
from concerns.rules.consent import OVERRIDES
from concerns.rules.duties import DO_NOT, PERSONAL, PROMPTS
from concerns.rules.prioritise import PRIORITIES
from concerns.rules.route import ROUTES
from tests.rules.golden_cases import assessed, cases, differences


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["id"])
def test_golden_case(case: dict[str, Any]) -> None:
    assert differences(case) == [], case["title"]


def test_there_are_at_least_120_cases_each_with_its_own_name_and_source() -> None:
    ids = [case["id"] for case in cases()]
    assert len(ids) >= 120
    assert len(set(ids)) == len(ids)
    assert all(case["source"] and case["title"] for case in cases())


def test_every_row_of_every_table_is_reached() -> None:
    fired: set[str] = set()
    for case in cases():
        result = assessed(case)
        fired |= {why.rule_id for person in result.people for why in person.why}
        fired |= {rule for route in result.routes for rule in route.rule_ids}
        fired |= {clock.rule_id for clock in result.clocks}
        for advice in (result.personal_duties, result.do_not, result.prompts):
            fired |= {item.rule_id for item in advice}
    tables = (GROUPS, PRIORITIES, OVERRIDES, ROUTES, PERSONAL, DO_NOT, PROMPTS, CLOCKS)
    rows = {row.rule_id for table in tables for row in table}
    assert rows - fired == set()
