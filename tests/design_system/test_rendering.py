"""Every link of the error summary lands, every description exists, nothing typed is markup."""

from collections.abc import Mapping
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from crispy_forms_gds.layout import Button, Field, Fieldset, Fluid, Layout
from django import forms
from django.template import engines

from safeguarding_portal.design_system.forms import ChoiceField, PortalForm, TextField
from tests.design_system.example_form import GOOD, EveryField, EveryOptionalField

PAGE = "{% load crispy_forms_tags crispy_forms_gds %}{% error_summary form %}{% crispy form %}"
FOCUSABLE = {"input", "textarea", "select"}
STATES: list[Mapping[str, Any]] = [
    {},
    GOOD,
    {**GOOD, "born_month": "13"},
    {**GOOD, "born_year": ""},
    {**GOOD, "danger": "?", "missing": ["none", "food"], "account": "x" * 101, "name": "\0"},
    {**GOOD, "phone": "12", "email": "x", "ticks": "99", "agency": "?", "plain": "x" * 11},
]


def page(form: forms.BaseForm) -> BeautifulSoup:
    return BeautifulSoup(engines["django"].from_string(PAGE).render({"form": form}), "html.parser")


@pytest.mark.parametrize("form_class", [EveryField, EveryOptionalField])
@pytest.mark.parametrize("state", STATES)
def test_each_error_link_lands_on_an_input(
    form_class: type[PortalForm], state: Mapping[str, Any]
) -> None:
    form = form_class(state)
    html = page(form)
    links = html.select(".govuk-error-summary__list a")
    assert len(links) == sum(len(messages) for messages in form.errors.values())
    for link in links:
        target = html.find(id=str(link["href"])[1:])
        assert isinstance(target, Tag), link
        assert target.name in FOCUSABLE
        assert target.get("type") != "hidden"


@pytest.mark.parametrize("form_class", [EveryField, EveryOptionalField])
@pytest.mark.parametrize("state", STATES)
def test_each_description_exists_and_each_error_is_described(
    form_class: type[PortalForm], state: Mapping[str, Any]
) -> None:
    html = page(form_class(state))
    described = set()
    for element in html.select("[aria-describedby]"):
        ids = str(element["aria-describedby"]).split()
        assert ids
        described |= set(ids)
        for id_ in ids:
            assert html.find(id=id_), id_
    for message in html.select(".govuk-error-message"):
        assert message.name == "p"
        assert message["id"] in described


@pytest.mark.parametrize("form_class", [EveryField, EveryOptionalField])
def test_ids_are_unique_and_every_input_has_a_label(form_class: type[PortalForm]) -> None:
    html = page(form_class({}))
    ids = [str(element["id"]) for element in html.select("[id]")]
    assert len(ids) == len(set(ids))
    for element in html.select("input, textarea, select"):
        assert html.find("label", attrs={"for": element["id"]}), element


def test_the_first_wrong_box_of_a_date_takes_the_focus_and_only_it_is_red() -> None:
    html = page(EveryField({**GOOD, "born_month": "13"}))
    assert html.find("a", href="#id_born_month")
    red = [str(box["id"]) for box in html.select(".govuk-date-input__input.govuk-input--error")]
    assert red == ["id_born_month"]


def test_a_date_with_no_box_filled_is_red_all_over_and_starts_at_the_day() -> None:
    html = page(EveryField({}))
    assert html.find("a", href="#id_born_day")
    assert len(html.select(".govuk-date-input__input.govuk-input--error")) == 3


def test_radios_and_checkboxes_are_wired_to_their_scripts() -> None:
    html = page(EveryField({}))
    assert html.select('.govuk-radios[data-module="govuk-radios"]')
    assert html.select('.govuk-checkboxes[data-module="govuk-checkboxes"]')
    assert html.select('input[value="none"][data-behaviour="exclusive"]')
    assert not html.select('input[value="food"][data-behaviour]')


def test_no_input_cuts_text_and_no_input_is_checked_by_the_browser() -> None:
    html = page(EveryField({}))
    assert not html.select("[maxlength]")
    assert not html.select("[required]")


def test_the_limit_is_in_words_for_those_without_scripts() -> None:
    html = page(EveryField({}))
    count = html.find(id="id_account-info")
    assert isinstance(count, Tag)
    assert count.get_text(strip=True) == "You can enter up to 100 characters"
    assert html.select('[data-module="govuk-character-count"][data-maxlength="100"]')


def test_the_question_is_the_one_heading_of_the_page() -> None:
    html = page(EveryField({}))
    headings = html.select("h1")
    assert [heading.get_text(strip=True) for heading in headings] == [
        "Is anyone in danger right now?"
    ]
    assert headings[0].find_parent("legend")


def test_a_text_question_may_be_the_heading_too() -> None:
    form_class = type(
        "Name", (PortalForm,), {"title": "Who?", "title_field": "it", "it": TextField("Name")}
    )
    heading = page(form_class()).select_one("h1 label")
    assert heading is not None
    assert heading.get_text(strip=True) == "Who?"


def test_what_people_typed_is_never_markup() -> None:
    nasty = '"><script>x</script>'
    form_class = type(
        "Nasty",
        (PortalForm,),
        {
            "title": nasty,
            "a": ChoiceField(nasty, [("x", nasty)], hint=nasty),
            "b": TextField(nasty, hint=nasty, max_chars=3),
        },
    )
    html = page(form_class({"a": nasty, "b": nasty}))
    assert not html.select("script")
    assert html.select_one("#id_b")["value"] == nasty  # type: ignore[index]


@pytest.mark.parametrize("typed", ["\n\n  two lines in", "</textarea><b>", "  spaces   inside  "])
def test_a_long_text_comes_back_to_the_letter(typed: str) -> None:
    area = page(EveryField({**GOOD, "account": typed})).select_one("textarea")
    assert area is not None
    # A browser drops the one line break that follows the opening tag.
    assert area.get_text().removeprefix("\n") == typed


def test_a_saved_page_is_shown_without_errors() -> None:
    saved = EveryField({**GOOD, "born_month": "13", "danger": "yes"}).raw_answers()
    html = page(EveryField(raw=saved))
    assert not html.select(".govuk-error-summary, .govuk-error-message, .govuk-input--error")
    assert html.select_one("#id_born_month")["value"] == "13"  # type: ignore[index]
    assert html.select_one('input[name="danger"][checked]')["value"] == "yes"  # type: ignore[index]
    assert html.select_one("#id_agree")["checked"] == ""  # type: ignore[index]


def test_an_error_of_the_whole_page_lands_on_its_first_question() -> None:
    form = EveryOptionalField({})
    form.add_error(None, "Somebody else changed this")
    link = page(form).select_one(".govuk-error-summary__list a")
    assert link is not None
    assert link["href"] == "#id_danger"


def test_rendering_twice_gives_the_same_page() -> None:
    form = EveryField({})
    assert str(page(form).select_one("#id_name")) == str(
        page(EveryField({})).select_one("#id_name")
    )


def test_a_layout_of_the_pack_may_set_a_width_and_a_count_without_a_hint() -> None:
    form = EveryOptionalField()
    form.helper.layout = Layout(
        Field.text("name", field_width=Fluid.ONE_HALF),
        Field.textarea("account", max_characters=100),
    )
    html = page(form)
    assert "govuk-!-width-one-half" in html.select_one("#id_name")["class"]  # type: ignore[index]
    assert html.select_one("#id_account")["aria-describedby"] == "id_account-info"  # type: ignore[index]


def test_words_of_a_group_and_a_button_are_never_markup() -> None:
    form = EveryOptionalField()
    nasty = "<b>x</b>"
    form.helper.layout = Layout(Fieldset("name", "phone", legend=nasty), Button("go", nasty))
    html = page(form)
    assert not html.select("b")
    assert html.select_one("fieldset > legend").get_text() == nasty  # type: ignore[union-attr]
    assert html.select_one("fieldset #id_name")
    assert html.select_one("button[name=go][type=submit]")
