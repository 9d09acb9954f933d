"""Reading the golden cases: what a lead reviews, and what the rules must say."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from concerns.clockface import working_hours
from concerns.rules import Assessment, Route, assess, facts_from_dict
from contacts.snapshot import SHIPPED, directory_from, read_versions

FOLDER = Path(__file__).parent / "golden"
NOON = "2026-11-24T12:00:00+00:00"


@lru_cache(maxsize=1)
def cases() -> list[dict[str, Any]]:
    """Return every case of every file."""
    found: list[dict[str, Any]] = []
    for path in sorted(FOLDER.glob("*.yaml")):
        found += yaml.safe_load(path.read_text())
    return found


@lru_cache(maxsize=1)
def hours() -> Any:
    """Return the working hours of the shipped directory."""
    return working_hours(directory_from(read_versions(SHIPPED)[0]))


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    """Return a case's facts: `p` is short for one person."""
    facts = dict(case.get("facts", {}))
    if "p" in case:
        facts["people"] = [case["p"]]
    return facts


def assessed(case: dict[str, Any]) -> Assessment:
    """Assess a case at its moment, Tuesday noon if it names none."""
    now = datetime.fromisoformat(case.get("at", NOON))
    return assess(facts_from_dict(facts_of(case)), now, hours())


def differences(case: dict[str, Any]) -> list[str]:
    """Return where the rules say something else than the case expects."""
    result, expect = assessed(case), case["expect"]
    wrong: list[str] = []
    _compare_person(result.people[0], expect, wrong)
    if "second" in expect:
        _compare_person(result.people[1], expect["second"], wrong)
    _compare_routes(result, expect, wrong)
    _compare_clocks(result, expect, wrong)
    _compare_advice(result, expect, wrong)
    return wrong


def _compare_clocks(result: Assessment, expect: dict[str, Any], wrong: list[str]) -> None:
    clocks = {clock.slug: clock.due_at.isoformat() for clock in result.clocks if clock.person == 0}
    for slug, due in expect.get("clocks", {}).items():
        if clocks.get(slug) != due:
            wrong.append(f"clock {slug}: {clocks.get(slug)}, not {due}")
    if expect.get("clocks") == {} and clocks:
        wrong.append(f"clocks run: {clocks}")
    wrong += [f"clock {slug} runs" for slug in expect.get("no_clocks", []) if slug in clocks]


def _key(slug: str) -> str:
    """Return "agency/record": the first record unless the case names another."""
    return slug if "/" in slug else f"{slug}/0"


def _compare_routes(result: Assessment, expect: dict[str, Any], wrong: list[str]) -> None:
    routes = {f"{route.agency}/{route.person}": route for route in result.routes}
    for slug, wanted in expect.get("routes", {}).items():
        found = routes.get(_key(slug))
        if found is None or found.requirement != wanted:
            wrong.append(f"{slug}: {found.requirement if found else 'absent'}, not {wanted}")
    wrong += [f"{slug} is there" for slug in expect.get("absent", []) if _key(slug) in routes]
    for slug in expect.get("done", []):
        if "done" not in routes[_key(slug)].marks:
            wrong.append(f"{slug} is not marked done")
    _compare_details(routes, expect, wrong)


def _compare_details(routes: dict[str, Route], expect: dict[str, Any], wrong: list[str]) -> None:
    for slug, marks in expect.get("marks", {}).items():
        found = routes.get(_key(slug))
        if found is None or sorted(found.marks) != sorted(marks):
            wrong.append(f"{slug} is marked {found.marks if found else 'nowhere'}, not {marks}")
    for slug, due in expect.get("dues", {}).items():
        at = routes[f"{slug}/0"].due_at
        if at is None or at.isoformat() != due:
            wrong.append(f"{slug} is due {at}, not {due}")


def _compare_person(person: Any, expect: dict[str, Any], wrong: list[str]) -> None:
    found = {
        "group": person.group,
        "priority": person.priority,
        "codes": sorted(code.code for code in person.codes),
        "flags": list(person.flags),
        "unconfirmed": person.needs_unconfirmed,
        "source_of_risk": person.source_of_risk,
    }
    for name, value in found.items():
        wanted = sorted(expect[name]) if name == "codes" and name in expect else expect.get(name)
        if name in expect and value != wanted:
            wrong.append(f"{name}: {value}, not {wanted}")


def _compare_advice(result: Assessment, expect: dict[str, Any], wrong: list[str]) -> None:
    if "people" in expect and len(result.people) != expect["people"]:
        wrong.append(f"{len(result.people)} records, not {expect['people']}")
    if "first" in expect and result.first_call.agency != expect["first"]:
        wrong.append(f"first call {result.first_call.agency}, not {expect['first']}")
    if "then" in expect and list(result.first_call.then) != expect["then"]:
        wrong.append(f"then {result.first_call.then}, not {expect['then']}")
    if "restricted" in expect and result.restricted != expect["restricted"]:
        wrong.append(f"restricted {result.restricted}")
    if "referral_source" in expect and result.referral_source != expect["referral_source"]:
        wrong.append(f"referral source {result.referral_source}")
    duties = [item.slug for item in result.personal_duties]
    if "duties" in expect and duties != expect["duties"]:
        wrong.append(f"duties {duties}, not {expect['duties']}")
    for name, advice in (("do_not", result.do_not), ("prompts", result.prompts)):
        slugs = {item.slug for item in advice}
        wrong += [f"{name} misses {slug}" for slug in expect.get(name, []) if slug not in slugs]
    said = {item.slug for item in (*result.do_not, *result.prompts)}
    unwanted = [*expect.get("not_do", []), *expect.get("not_prompts", [])]
    wrong += [f"{slug} is said" for slug in unwanted if slug in said]
