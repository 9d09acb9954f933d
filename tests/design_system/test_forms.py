"""What a form promises: nothing typed is lost, nothing sent can break it, plain words for all."""

from datetime import date
from typing import Any

import pytest
from django import forms
from django.http import QueryDict
from hypothesis import given, settings
from hypothesis import strategies as st

from safeguarding_portal.design_system.forms import (
    DateField,
    NumberField,
    PhoneField,
    PortalForm,
    TextField,
)
from safeguarding_portal.design_system.templatetags.portal_forms import summary_links
from tests.design_system.example_form import GOOD, EveryField, EveryOptionalField

CONTROLS = [chr(code) for code in range(32) if chr(code) not in "\t\n\v\f\r"] + ["\x7f", "\x9f"]


def errors_of(field: forms.Field, **typed: Any) -> list[str]:
    form_class = type("OneField", (PortalForm,), {"it": field})
    return list(form_class(typed).errors.get("it", []))


def with_change(**changes: Any) -> EveryField:
    return EveryField({**GOOD, **changes})


def test_good_answers_are_taken_as_values() -> None:
    form = EveryField(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] == date(2011, 4, 3)
    assert form.cleaned_data["missing"] == ["food", "heat"]
    assert form.cleaned_data["account"] == "Seen at the door.\nNo coat."
    assert form.cleaned_data["ticks"] == 3


def test_every_empty_field_says_its_own_words() -> None:
    errors = EveryField({}).errors
    assert errors["danger"] == ["Select yes if in danger"]
    assert errors["agency"] == ["Select an agency"]
    assert errors["missing"] == ['Select what is missing, or "None"']
    assert errors["born"] == ["Enter date of birth"]
    assert errors["name"] == ["Enter a name"]
    assert errors["account"] == ["Write one sentence"]
    assert errors["phone"] == ["Enter a phone number we can ring you on"]
    assert errors["email"] == ["Enter an email address"]
    assert errors["ticks"] == ["Enter the ticks"]
    assert errors["agree"] == ["Tick to go on"]


def test_optional_fields_may_stay_empty() -> None:
    form = EveryOptionalField({})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["born"] is None
    assert form.cleaned_data["ticks"] is None
    assert form.cleaned_data["missing"] == []


@pytest.mark.parametrize("blank", ["  ", "\n\n", "\u200b\u200f", "\ufeff \u00a0"])
def test_text_that_shows_nothing_counts_as_empty(blank: str) -> None:
    assert with_change(account=blank).errors["account"] == ["Write one sentence"]


@pytest.mark.parametrize("field", ["danger", "agency", "missing"])
@pytest.mark.parametrize("value", ["maybe", "", "<script>", "no'--", "yes\u202e"])
def test_an_answer_that_was_not_offered_is_refused(field: str, value: str) -> None:
    if value or field == "missing":
        assert with_change(**{field: value}).errors[field] == ["Select one of the answers shown"]
    else:
        assert field in with_change(**{field: value}).errors


def test_none_together_with_something_is_asked_about() -> None:
    errors = with_change(missing=["none", "food"]).errors
    assert errors["missing"] == ["Choose “None” on its own, or untick it"]


@pytest.mark.parametrize(
    ("length", "message"),
    [
        (100, None),
        (101, "Account is 1 character too long. Shorten it"),
        (140, "Account is 40 characters too long. Shorten it"),
        (200_100, "Account is 200,000 characters too long. Shorten it"),
    ],
)
def test_long_text_is_measured_and_never_cut(length: int, message: str | None) -> None:
    form = with_change(account="é" * length)
    assert form.errors.get("account", []) == ([message] if message else [])
    assert form.raw_answers()["account"] == ["é" * length]


def test_a_line_break_counts_once_as_it_does_in_the_browser() -> None:
    assert with_change(account="\r\n".join(["x"] * 50) + "y").is_valid()


@pytest.mark.parametrize("control", CONTROLS)
def test_a_hidden_character_is_taken_out_and_the_reporter_is_told(control: str) -> None:
    form = with_change(account=f"be{control}fore")
    assert form.errors["account"] == [
        "We took out a character that cannot be shown. Check the text"
    ]
    assert form["account"].value() == "before"
    assert with_change(account=form.raw_answers()["account"]).is_valid()


@pytest.mark.parametrize(
    "text", ["👩‍👧 ran away", "‏שלום, מה קרה", "e\u0301", "\u202bعربي\u202c", "𝔘𝔫𝔦", "tab\there"]
)
def test_emoji_and_right_to_left_text_are_kept_whole(text: str) -> None:
    form = with_change(account=text)
    assert form.is_valid(), form.errors
    assert form.raw_answers()["account"] == [text]


@pytest.mark.parametrize("word_break", ["\v", "\f", "\x85", "\u2028", "\u2029", "\r"])
def test_a_line_break_from_a_word_processor_becomes_a_line_break(word_break: str) -> None:
    form = with_change(account=f"one{word_break}two")
    assert form.is_valid(), form.errors
    assert form.cleaned_data["account"] == "one\ntwo"


def test_a_password_is_left_exactly_as_sent() -> None:
    form = with_change(password="pass\x07phrase\r\n")
    assert form.data["password"] == "pass\x07phrase\r\n"
    assert "We took out" not in str(form.errors)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0121 496 0123", "0121 496 0123"),
        ("01214960123", "0121 496 0123"),
        ("+44 (0)121 496 0123", "0121 496 0123"),
        ("07700 900123", "07700 900123"),
        ("01632 960123", "01632 960123"),
        ("0121 496 0123 ext 45", "0121 496 0123 x45"),
    ],
)
def test_a_uk_phone_number_is_kept_as_the_uk_writes_it(typed: str, kept: str) -> None:
    form = with_change(phone=typed)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["phone"] == kept


@pytest.mark.parametrize(
    "typed", ["0121 496", "12", "phone me", "+33 1 23 45 67 89", "0" * 30, "999"]
)
def test_a_number_that_cannot_be_rung_is_refused(typed: str) -> None:
    assert errors_of(PhoneField("Phone"), it=typed) == [
        "Enter a UK phone number with all its digits"
    ]


@pytest.mark.parametrize("typed", ["-1", "25", "three", "1.5", "9" * 5000, "²"])
def test_a_number_out_of_range_says_the_range(typed: str) -> None:
    field = NumberField("Ticks", minimum=0, maximum=24, wrong="Ticks must be a number from 0 to 24")
    assert errors_of(field, it=typed) == ["Ticks must be a number from 0 to 24"]


@pytest.mark.parametrize("typed", ["zoe", "zoe@", "a b@example.org", "@example.org"])
def test_a_wrong_address_shows_a_right_one(typed: str) -> None:
    assert with_change(email=typed).errors["email"] == [
        "Enter an email address in full, like name@example.org"
    ]


def test_the_day_a_date_is_judged_by_can_be_given() -> None:
    form_class = type("Born", (PortalForm,), {"it": DateField("Date of birth")})
    typed = {"it_day": "2", "it_month": "1", "it_year": "2026"}
    assert form_class(typed, today=date(2026, 1, 2)).is_valid()
    assert form_class(typed, today=date(2026, 1, 1)).errors["it"] == [
        "2 January 2026 has not come yet. Check it"
    ]


def test_a_saved_page_comes_back_as_typed_and_unjudged() -> None:
    wrong = {**GOOD, "born_month": "Brumaire", "danger": "yes", "phone": "12"}
    saved = EveryField(wrong).raw_answers()
    again = EveryField(raw=saved)
    assert again.errors == {}
    assert again["born"].value() == ["3", "Brumaire", "2011"]
    assert again["danger"].value() == "yes"
    assert again["phone"].value() == "12"
    assert again["missing"].value() == ["food", "heat"]


def test_a_saved_page_left_empty_stays_empty() -> None:
    form_class = type("Name", (PortalForm,), {"it": TextField("Name", initial="From account")})
    assert form_class()["it"].value() == "From account"
    assert form_class(raw={})["it"].value() is None


def test_raw_answers_leave_out_what_is_not_the_forms() -> None:
    sent = QueryDict("name=Zo%C3%AB&csrfmiddlewaretoken=x&skip=1&other=2&missing=food&missing=heat")
    assert EveryField(sent).raw_answers() == {"name": ["Zoë"], "missing": ["food", "heat"]}


def test_two_forms_on_a_page_keep_apart() -> None:
    form = EveryOptionalField({"b-name": "Zoë", "name": "Other"}, prefix="b")
    assert form.raw_answers() == {"b-name": ["Zoë"]}
    assert form.is_valid()


text = st.one_of(
    st.text(max_size=40),
    st.text(alphabet=st.characters(codec=None), max_size=40),
    st.sampled_from(
        [*CONTROLS, "\ud800", "\u202e", "👨‍👩‍👧", "x" * 200_000, "9" * 5000, "none", "food"]
    ),
)
sent = st.dictionaries(
    st.one_of(st.sampled_from([*EveryField({}).input_names(), "born", "unknown"]), text),
    st.lists(text, max_size=4),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(sent)
def test_nothing_that_can_be_sent_breaks_a_form_or_loses_a_word(data: dict[str, list[str]]) -> None:
    for form_class in (EveryField, EveryOptionalField):
        form = form_class(data)
        assert form.is_valid() == (not form.errors)
        assert len(summary_links(form)) == sum(len(messages) for messages in form.errors.values())
        raw = form.raw_answers()
        assert form_class(raw).raw_answers() == raw
        assert form_class(raw=raw).errors == {}


@settings(max_examples=100, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(EveryField({}).input_names()),
        st.none()
        | st.integers()
        | st.lists(st.none() | st.integers() | st.text())
        | st.dictionaries(st.text(), st.text()),
    )
)
def test_a_spoilt_draft_shows_what_can_be_shown(saved: dict[str, Any]) -> None:
    form = EveryField(raw=saved)
    for field in form:
        str(field)
