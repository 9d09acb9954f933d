"""The tables of the lifecycle agree with each other, with the states, and with the rules."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import combinations_with_replacement

import pytest

from concerns.access import Action
from concerns.models import Concern, Referral
from concerns.rules import facts_from_dict
from concerns.rules.assessment import assess_case
from concerns.rules.checklists import KINDS, PROMPTS, Profile, kinds_for, prompts_of
from concerns.rules.clocks import CLOCKS, clocks_for
from concerns.rules.decided import RUNS, Decided, decided_clocks
from concerns.rules.endings import OUTCOMES, SECOND_EYES, Ending, second_eyes
from concerns.rules.lifecycle import (
    BY_SLUG,
    CLOSED,
    NEEDS,
    QUIETED,
    STATES,
    TRANSITIONS,
    WAITING,
    Ledger,
    Transition,
    quieted,
    state_of,
)
from concerns.rules.records import cases_of
from tests.rules.golden_cases import NOON, cases, facts_of, hours

REFERRAL_STATES = tuple(Referral.State.values)
ENDED = ("accepted", "done", "withdrawn")


def ledgers() -> Iterator[Ledger]:
    """Yield every ledger with up to two referrals that the services can bring about."""
    for count in range(3):
        for referrals in combinations_with_replacement(REFERRAL_STATES, count):
            yield Ledger(is_closed=False, has_owner=False, referrals=referrals)
            yield Ledger(is_closed=False, has_owner=True, referrals=referrals)
            if set(referrals) <= set(ENDED):
                yield Ledger(is_closed=True, has_owner=True, referrals=referrals)


def swap(ledger: Ledger, olds: tuple[str, ...], *news: str) -> Iterator[Ledger]:
    """Yield the ledger with one referral in any of the old states put into each new one."""
    for place, state in enumerate(ledger.referrals):
        for new in news if state in olds else ():
            referrals = [*ledger.referrals]
            referrals[place] = new
            yield replace(ledger, referrals=tuple(referrals))


def owned(ledger: Ledger) -> bool:
    return ledger.has_owner and not ledger.is_closed


def finished(ledger: Ledger) -> bool:
    return owned(ledger) and set(ledger.referrals) <= set(ENDED)


def same(ledger: Ledger) -> Iterator[Ledger]:
    yield ledger


def reclassified(ledger: Ledger) -> Iterator[Ledger]:
    """Yield what deciding again can do: nothing, another team, a route sent, one withdrawn."""
    yield ledger
    yield replace(ledger, has_owner=False)
    yield from swap(ledger, ("withdrawn", "offered"), "sent", "to_do")
    yield from swap(ledger, ("sent", "opened", "returned", "accepted"), "withdrawn")


# What each transition can do to a ledger: when it is possible, and every way it can end.
Effect = Callable[[Ledger], Iterator[Ledger]]
EFFECTS: dict[str, tuple[Callable[[Ledger], bool], Effect]] = {
    "take": (
        lambda ledger: not ledger.is_closed,
        lambda ledger: same(replace(ledger, has_owner=True)),
    ),
    "refer": (owned, lambda ledger: swap(ledger, ("offered",), "sent", "to_do")),
    "set_aside": (owned, lambda ledger: swap(ledger, ("offered",), "withdrawn")),
    "accept": (
        lambda ledger: not ledger.is_closed,
        lambda ledger: swap(ledger, (*WAITING, "offered"), "accepted"),
    ),
    "return": (
        lambda ledger: not ledger.is_closed,
        lambda ledger: swap(ledger, ("sent", "opened"), "returned"),
    ),
    "do_by_hand": (
        lambda ledger: not ledger.is_closed,
        lambda ledger: swap(ledger, ("to_do",), "done"),
    ),
    "close": (finished, lambda ledger: same(replace(ledger, is_closed=True))),
    "ask_close": (finished, same),
    "approve_close": (finished, lambda ledger: same(replace(ledger, is_closed=True))),
    "refuse_close": (owned, same),
    "withdraw_close": (owned, same),
    "reopen": (
        lambda ledger: ledger.is_closed,
        lambda ledger: same(replace(ledger, is_closed=False)),
    ),
    "hold": (owned, same),
    "resume": (lambda ledger: not ledger.is_closed, same),
    "reclassify": (owned, reclassified),
    "raise_priority": (lambda ledger: not ledger.is_closed, same),
    "lower_priority": (owned, same),
    "decide_sharing": (owned, same),
}


def test_states_are_those_of_the_model_and_every_ledger_has_exactly_one() -> None:
    assert sorted(row.state for row in STATES) == sorted(Concern.State.values)
    assert {state_of(ledger) for ledger in ledgers()} == set(Concern.State.values)
    assert set(Referral.OPEN_STATES) == WAITING


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.slug)
def test_the_table_says_exactly_what_the_ledger_does(row: Transition) -> None:
    possible, effect = EFFECTS[row.slug]
    moves = {
        (state_of(before), state_of(after))
        for before in ledgers()
        if possible(before)
        for after in effect(before)
    }
    assert {before for before, _ in moves} == set(row.leaves)
    assert {after for _, after in moves} == set(row.leads_to)


@pytest.mark.parametrize("row", TRANSITIONS, ids=lambda row: row.slug)
def test_every_transition_names_who_what_and_why(row: Transition) -> None:
    assert row.permission in {*Action, "agency"}
    assert set(row.needs) <= set(NEEDS)
    assert row.words
    assert row.source
    assert "." in row.event


def test_only_closing_and_its_second_pair_of_eyes_end_a_concern() -> None:
    ways = {row.slug for row in TRANSITIONS if CLOSED in row.leads_to and CLOSED not in row.leaves}
    assert ways == {"close", "approve_close"}
    assert all({"nothing_open", "no_tasks"} <= set(BY_SLUG[slug].needs) for slug in ways)


ENDINGS = [
    (Ending("child", frozenset({"neglect"}), frozenset(), "no_further_action"), "EYES.child"),
    (Ending("child", frozenset({"neglect"}), frozenset(), "advice_given"), "EYES.child"),
    (Ending("child", frozenset({"neglect"}), frozenset(), "accepted_by_agency"), None),
    (Ending("child", frozenset({"support"}), frozenset(), "no_further_action"), None),
    (Ending("adult_at_risk", frozenset({"neglect"}), frozenset(), "no_further_action"), None),
    (
        Ending(
            "adult_at_risk",
            frozenset({"neglect"}),
            frozenset({"position_of_trust"}),
            "accepted_by_agency",
        ),
        "EYES.trust",
    ),
]


@pytest.mark.parametrize(("ending", "rule"), ENDINGS)
def test_a_second_pair_of_eyes_is_asked_where_the_table_says(
    ending: Ending, rule: str | None
) -> None:
    row = second_eyes(ending)
    assert (row.rule_id if row else None) == rule


def test_every_second_eyes_row_is_reached_and_says_where_it_comes_from() -> None:
    assert {rule for _, rule in ENDINGS if rule} == {row.rule_id for row in SECOND_EYES}
    assert all(row.source and row.words for row in SECOND_EYES)


def test_outcomes_are_those_of_the_issue() -> None:
    assert [row.slug for row in OUTCOMES] == [
        "accepted_by_agency",
        "early_help",
        "advice_given",
        "no_further_action",
        "not_safeguarding",
        "duplicate",
        "opened_in_error",
        "person_died",
        "transferred",
    ]


@pytest.mark.parametrize("priority", [1, 2, 3, 4])
def test_a_hold_never_quiets_danger(priority: int) -> None:
    assert (quieted(priority) == frozenset()) == (priority == 1)
    assert "priority" not in quieted(2)
    assert {row.slug for row in QUIETED} <= {row.slug for row in CLOCKS}


@pytest.mark.parametrize(
    ("profile", "kinds"),
    [
        (Profile("child", frozenset({"neglect"}), frozenset()), ["child"]),
        (Profile("child", frozenset({"fgm"}), frozenset()), ["child", "fgm"]),
        (
            Profile("adult_at_risk", frozenset({"self_neglect"}), frozenset()),
            ["adult", "self_neglect"],
        ),
        (
            Profile("neither", frozenset(), frozenset({"lado"})),
            ["position_of_trust"],
        ),
        (
            Profile("neither", frozenset(), frozenset(), frozenset({"P2.trust"})),
            ["position_of_trust"],
        ),
        (
            Profile("adult_at_risk", frozenset({"slavery", "radicalisation"}), frozenset()),
            ["adult", "modern_slavery", "prevent"],
        ),
        (Profile("neither", frozenset({"support"}), frozenset()), []),
    ],
)
def test_checklists_apply_by_what_the_concern_is(profile: Profile, kinds: list[str]) -> None:
    assert [kind.slug for kind in kinds_for(profile)] == kinds


def test_every_kind_has_prompts_with_a_source_and_no_prompt_is_without_a_kind() -> None:
    assert all(prompts_of(kind.slug) for kind in KINDS)
    assert {prompt.kind for prompt in PROMPTS} == {kind.slug for kind in KINDS}
    keys = [(prompt.kind, prompt.slug) for prompt in PROMPTS]
    assert len(keys) == len(set(keys))
    assert all(prompt.source and prompt.words for prompt in PROMPTS)


def test_decided_as_the_rules_propose_the_clocks_are_those_of_the_rules() -> None:
    """Over every record of every golden case: the two tables of clocks cannot drift apart."""
    assert set(RUNS) <= {row.rule_id for row in CLOCKS}
    for golden in cases():
        now = datetime.fromisoformat(golden.get("at", NOON))
        for case in cases_of(facts_from_dict(facts_of(golden)), now):
            person, routes = assess_case(case, hours())
            told = frozenset(item.agency for item in routes if item.requirement == "required")
            decided = Decided(person.group, person.priority, told)
            by_rules = {clock.slug: clock for clock in clocks_for(case, hours())}
            assert decided_clocks(decided, case, hours()) == by_rules, golden["id"]
