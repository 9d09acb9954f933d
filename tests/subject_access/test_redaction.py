"""Taking words out of a text: every place, whole words, and nothing left at the edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from concerns.matching.redaction import (
    GAP,
    contacts_in,
    names_in,
    pieces_of,
    readable,
    stands_in,
    take_out,
)

WORDS = st.text("abc XY.é'-\n", max_size=30)


@pytest.mark.parametrize(
    ("text", "words", "left"),
    [
        ("Sam saw SAM and Samantha", ["Sam"], f"{GAP} saw {GAP} and Samantha"),
        ("Alex Smith Jones came", ["Alex Smith", "Smith Jones"], f"{GAP} came"),
        ("Anna\n  Lee's coat", ["Anna Lee"], f"{GAP}'s coat"),
        ("Will will", ["Will"], f"{GAP} will"),
        ("José and Jose\u0301", ["José"], f"{GAP} and {GAP}"),
        ("Sa\u00adm, S\u200bam", ["Sam"], f"{GAP}, {GAP}"),
        ("a+b (c)", ["(c)", "a+b"], GAP),
        ("Ali, Ben", ["Ali", "Ben"], f"{GAP}, {GAP}"),
        ("Ali\nBen", ["Ali", "Ben"], f"{GAP}\n{GAP}"),
    ],
)
def test_words_are_cut_wherever_they_stand_and_only_as_whole_words(
    text: str, words: list[str], left: str
) -> None:
    assert take_out(text, words) == left


@given(text=WORDS, phrases=st.lists(WORDS, max_size=4))
def test_nothing_that_was_to_go_stands_in_what_is_kept(text: str, phrases: list[str]) -> None:
    pieces = pieces_of(text, phrases)
    assert "".join(kept + cut for kept, cut in pieces) == readable(text)
    spans_left = [kept for kept, _ in pieces]
    whole = GAP.join(spans_left)
    assert whole.count(GAP) >= len(pieces) - 1
    for words in phrases:
        assert not stands_in("\n|\n".join(spans_left), words) or not words.split()


def test_names_of_others_are_found_in_every_form_but_never_the_persons_own() -> None:
    text = "SAMUEL and Sam Thorne met Robin Thorne. Will came; he will stay. Bob's mum rang."
    others = ["Samuel Thorne", "Will Roe", "Robert", "mum's boyfriend"]
    assert names_in(text, others, ["Robin Thorne"]) == ["SAMUEL", "Sam", "Will", "Bob"]


def test_numbers_and_addresses_of_others_are_found_but_not_ones_own_or_public_ones() -> None:
    text = (
        "Ring 07700 900456 or 0121 303 1234, ana@example.org, NHS 999 000 0018, B98 2BB, B99 1AA, "
        "in 2026, aged 16, 18."
    )
    found = contacts_in(text, "B99 1AA", frozenset({"01213031234"}))
    assert set(found) == {"07700 900456", "ana@example.org", "999 000 0018", "B98 2BB"}
