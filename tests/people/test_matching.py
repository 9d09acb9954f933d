"""Normalising and scoring: tables of real ways to write a name, and laws that hold for any text."""

from __future__ import annotations

import copy
import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from concerns.matching import Identity, Reported, agreements, identity_of, score
from concerns.matching.accounts import account_print, are_near_identical, likeness
from concerns.matching.compare import AGREEING, LEVELS
from concerns.matching.names import main_form, name_groups
from concerns.matching.normalise import (
    address_parts,
    birth_range,
    fold,
    home_of,
    name_words,
    nhs_number,
    phones_in,
    place_words,
    with_day_and_month_swapped,
    years_before,
)
from concerns.matching.score import TABLE, current_weights, weights_from

DAY = date(2026, 11, 24)
WORDS = st.sampled_from(
    ["robert", "bob", "mohammed", "maxamed", "khan", "smith", "smyth", "katarzyna", "kasia", "o"]
)
NAMES = st.one_of(st.text(max_size=60), st.lists(WORDS, max_size=4).map(" ".join))
DATES = st.one_of(st.none(), st.dates(date(1930, 1, 1), DAY))
AGES = st.one_of(st.none(), st.integers(0, 130))
SHORT = st.text(max_size=40)


@st.composite
def reported(draw: st.DrawFn) -> Reported:
    """Draw what anybody might type about a person."""
    low = draw(AGES)
    high = None if low is None else draw(st.integers(low, 130))
    streets = st.sampled_from(
        ["12 Example Rd B99 1AA", "12 Example Road", "Flat 2, 9 Low St B99 1AB", "B99 1AA", "Moor"]
    )
    return Reported(
        name=draw(NAMES),
        born=draw(DATES),
        age_low=low,
        age_high=high,
        address=draw(st.one_of(SHORT, streets)),
        nhs=draw(st.one_of(SHORT, st.sampled_from(["9434765919", "943 476 5870"]))),
        contact=draw(st.one_of(SHORT, st.sampled_from(["07700 900123", "ring 0121 496 0123"]))),
        place=draw(st.one_of(SHORT, st.sampled_from(["Oak School", "The Oak care home"]))),
    )


IDENTITIES = reported().map(lambda typed: identity_of(typed, DAY))


@given(IDENTITIES, IDENTITIES)
@settings(max_examples=200, deadline=None)
def test_a_pair_scores_the_same_from_either_side(a: Identity, b: Identity) -> None:
    assert score(a, b) == score(b, a)
    assert agreements(a, b) == agreements(b, a)
    assert set(agreements(a, b)) <= set(LEVELS)


# What makes up one field: a birthday has three parts, an address two.
FIELDS = {
    "name": ("words",),
    "born": ("born", "born_from", "born_to"),
    "address": ("street", "postcode"),
    "nhs": ("nhs",),
    "phone": ("phones",),
    "place": ("place",),
}


@given(IDENTITIES, IDENTITIES, st.sampled_from(sorted(FIELDS)))
@settings(max_examples=300, deadline=None)
def test_agreeing_on_one_more_field_never_lowers_the_score(
    a: Identity, b: Identity, field: str
) -> None:
    agreed = replace(b, **{part: getattr(a, part) for part in FIELDS[field]})
    if agreements(a, agreed).get(field) is not None:
        assert score(a, agreed).weight >= score(a, b).weight


@given(IDENTITIES)
@settings(max_examples=100, deadline=None)
def test_everybody_agrees_best_with_themselves(a: Identity) -> None:
    levels = agreements(a, a)
    assert all(level in AGREEING[field] for field, level in levels.items())


@given(st.text(max_size=600))
@settings(max_examples=200, deadline=None)
def test_no_text_breaks_a_normaliser_and_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    street, postcode = address_parts(text)
    assert len(street) <= 400
    assert len(postcode) <= 7
    assert nhs_number(text) in {"", *[text]} or len(nhs_number(text)) == 10
    assert all(number.startswith("+") for number in phones_in(text))
    assert all("\x00" not in word for word in (*name_words(text), place_words(text)))
    assert len(account_print(text)) in {0, 16}
    home_of(identity_of(Reported(name=text, address=text, nhs=text, contact=text), DAY))


def test_every_part_of_an_identity_belongs_to_a_field() -> None:
    assert {part for parts in FIELDS.values() for part in parts} == {
        item.name for item in fields(Identity)
    }


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("Robert Smith", "SMITH, Robert", "same"),
        ("Mr Robert Smith", "robert smith", "same"),
        ("Zoë O'Neill", "Zoe ONeill", "same"),
        ("Łukasz Wójcik", "Lukasz Wojcik", "same"),
        ("Robert Smith", "Bob Smith", "variant"),
        ("Robert (Bob) Smith", "Bob Smith", "variant"),
        ("Margaret Jones", "Peggy Jones", "variant"),
        ("Elizabeth Brown", "Libby Browne", "variant"),
        ("Mohammed Khan", "Muhammad Kahn", "variant"),
        ("Maxamed Xasan", "Mohamed Hassan", "variant"),
        ("Yusuf Choudhury", "Yousef Chowdhury", "variant"),
        ("Katarzyna Nowak", "Kasia Nowak", "variant"),
        ("Sean Byrne", "Shaun Byrne", "variant"),
        ("Zhang Wei", "Wei Chang", "variant"),
        ("Fatima Begum", "Fadumo Begum", "variant"),
        ("John Paul Smith", "John Smith", "variant"),
        ("Catherine Reeves", "Cathrine Reeves", "alike"),
        ("Stephen Philpott", "Stephen Philpot", "alike"),
        ("Robin", "Robin Example", "single"),
        ("Amir Khan", "Sana Khan", "shared"),
        ("Robin Example", "Sam Other", "different"),
        ("Li Wei", "Lo Wan", "different"),
        ("unknown", "Robin Example", None),
        ("Mrs", "Robin Example", None),
        ("", "Robin Example", None),
    ],
)
def test_names_agree_as_people_write_them(first: str, second: str, level: str | None) -> None:
    a, b = (identity_of(Reported(name=name), DAY) for name in (first, second))
    assert agreements(a, b).get("name") == level


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        (Reported(born=date(2016, 4, 3)), Reported(born=date(2016, 4, 3)), "same"),
        (Reported(born=date(2016, 4, 3)), Reported(born=date(2016, 3, 4)), "swapped"),
        (Reported(born=date(2016, 4, 13)), Reported(born=date(2016, 4, 3)), "near"),
        (Reported(born=date(2016, 4, 4)), Reported(born=date(2015, 4, 4)), "near"),
        (Reported(born=date(2016, 4, 4)), Reported(born=date(2016, 5, 6)), "different"),
        (Reported(born=date(2016, 4, 3)), Reported(age_low=10, age_high=10), "age_fits"),
        (Reported(born=date(2016, 4, 3)), Reported(age_low=9, age_high=9), "age_fits"),
        (Reported(born=date(2016, 4, 3)), Reported(age_low=15, age_high=17), "age_differs"),
        (Reported(age_low=7, age_high=7), Reported(age_low=8, age_high=9), "age_fits"),
        (Reported(born=date(2016, 4, 3)), Reported(), None),
    ],
)
def test_birthdays_agree_as_people_remember_them(
    first: Reported, second: Reported, level: str | None
) -> None:
    assert agreements(identity_of(first, DAY), identity_of(second, DAY)).get("born") == level


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [
        ("12 Example Road, B99 1AA", "12 example rd b991aa", "same"),
        ("12 Example Road", "12 Example Rd, Birmingham", "same"),
        ("12 Example Road", "12 Exampel Road", "same"),
        ("12 a Example Road", "12A Example Road", "same"),
        ("12 Example Road, B99 1AA", "14 Example Road, B99 1AA", "postcode"),
        ("12 Example Road, B99 1AA", "12 Example Road, B99 2BB", "different"),
        ("12 Example Road", "14 Example Road", "different"),
        ("Sparkhill", "12 Moor St, Sparkhill", "area"),
        ("Sparkhill", "Erdington", None),
        ("", "Erdington", None),
    ],
)
def test_addresses_agree_as_people_write_them(first: str, second: str, level: str | None) -> None:
    a, b = (identity_of(Reported(address=text), DAY) for text in (first, second))
    assert agreements(a, b).get("address") == level


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("943 476 5919", "9434765919"),
        ("943-476-5919", "9434765919"),
        ("943 476 5918", ""),
        ("0000000000", ""),
        ("94347659190", ""),
        ("٩٤٣٤٧٦٥٩١٩", ""),
        ("not known", ""),
    ],
)
def test_an_nhs_number_counts_only_with_its_check_digit(typed: str, number: str) -> None:
    assert nhs_number(typed) == number


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("ring 07700 900123 after five", ("+447700900123",)),
        ("+44 7700 900123; 07700900123", ("+447700900123",)),
        ("0121 496 0123 or 07700 900124", ("+441214960123", "+447700900124")),
        ("at school", ()),
    ],
)
def test_phone_numbers_are_found_in_words(text: str, numbers: tuple[str, ...]) -> None:
    assert phones_in(text) == numbers


def test_schools_and_homes_are_known_by_their_own_words() -> None:
    assert place_words("The Oakfield Care Home") == place_words("carer at Oakfield House")
    assert place_words("St Mary's Primary School") != place_words("St John's Primary School")


def test_a_date_swaps_only_into_a_date() -> None:
    assert with_day_and_month_swapped(date(2016, 4, 3)) == date(2016, 3, 4)
    assert with_day_and_month_swapped(date(2016, 4, 4)) is None
    assert with_day_and_month_swapped(date(2016, 4, 13)) is None


def test_a_rough_age_allows_for_a_year_either_way_and_for_leap_days() -> None:
    assert years_before(date(2024, 2, 29), 1) == date(2023, 2, 28)
    assert birth_range(7, 7, DAY) == (date(2017, 11, 24), date(2020, 11, 24))
    assert birth_range(0, 130, date(100, 1, 1))[0] == date(1, 1, 1)


def test_the_table_of_names_is_folded_and_says_where_each_group_comes_from() -> None:
    rows = name_groups()
    assert len(rows) > 300
    assert all(len(group.forms) > 1 for group in rows)
    assert all(fold(form) == form for group in rows for form in group.forms)
    assert all(group.note for group in rows)
    assert {group.kind for group in rows} == {"nickname", "spelling"}
    assert main_form("bob") == "robert"
    assert main_form("maxamed") == main_form("mohd") == main_form("mohammed")


def test_reasons_are_words_and_the_best_comes_first() -> None:
    a = identity_of(Reported("Robert Smith", born=date(2016, 4, 3), address="12 Low Road"), DAY)
    b = identity_of(Reported("Bob Smith", born=date(2016, 3, 4), address="9 High Road"), DAY)
    assert score(a, b).reasons == (
        "same date of birth with day and month swapped",
        "same name, with a short form, another spelling or a name left out",
        "different address",
    )


def broken(change: str) -> dict[str, Any]:
    """Return the table of weights with one fault."""
    data = copy.deepcopy(json.loads(TABLE.read_text()))
    if change == "order":
        data["fields"]["name"]["alike"]["weight"] = data["fields"]["name"]["same"]["weight"] + 1
    elif change == "sign":
        data["fields"]["phone"]["same"]["weight"] = -1
    else:
        del data["fields"]["born"]["swapped"]
    result: dict[str, Any] = data
    return result


@pytest.mark.parametrize("change", ["order", "sign", "gap"])
def test_a_table_that_could_count_an_agreement_against_a_pair_is_refused(change: str) -> None:
    with pytest.raises(ValueError, match=r"levels|agreement"):
        weights_from(broken(change))


def test_the_table_says_where_it_comes_from() -> None:
    data = json.loads(TABLE.read_text())
    assert "Splink" in data["source"]
    assert current_weights().version == data["version"]


def test_a_first_name_alone_is_offered_to_nobody_and_a_full_name_is() -> None:
    def offered(name: str, other: str) -> bool:
        a, b = (identity_of(Reported(name=text), DAY) for text in (name, other))
        return score(a, b).is_offered

    assert not offered("Robin", "Robin")
    assert not offered("Amir Khan", "Sana Khan")
    assert offered("Robin Example", "Robin Example")


ACCOUNT = (
    "Robin came in hungry and asked for food. There is a mark on the left arm, and Robin said "
    "that nobody was at home over the weekend."
)


def test_accounts_are_near_identical_only_when_their_words_are() -> None:
    same = ACCOUNT.upper().replace(".", " -") + " I rang."
    other = "Sam is not eating, the carer comes late each day and leaves after a quarter of an hour"
    assert are_near_identical(account_print(ACCOUNT), account_print(same))
    assert not are_near_identical(account_print(ACCOUNT), account_print(other))
    assert likeness(account_print("Too short"), account_print("Too short")) == 0
