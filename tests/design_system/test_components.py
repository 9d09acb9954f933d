"""Parts of pages: marks that need no colour, answers as typed, lists that say what to do."""

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from django.template import engines
from django.template.loader import render_to_string

from safeguarding_portal.design_system.marks import Mark, Tone, priority_mark

NASTY = "<b onclick=x>\nשלום"


def part(name: str, **context: object) -> BeautifulSoup:
    return BeautifulSoup(render_to_string(f"components/{name}.html", context), "html.parser")


def test_every_tone_has_its_own_sign() -> None:
    assert len({Mark("x", tone).sign for tone in Tone}) == len(Tone)


@pytest.mark.parametrize("priority", ["P1", "P2", "P3", "P4"])
def test_a_priority_is_told_by_words_and_sign(priority: str) -> None:
    template = engines["django"].from_string("{% load portal %}{% show_priority p %}")
    html = BeautifulSoup(template.render({"p": priority}), "html.parser")
    assert priority in html.get_text()
    sign = html.select_one(".portal-mark__sign[aria-hidden=true]")
    assert sign is not None
    assert sign.get_text() == priority_mark(priority).sign


def test_answers_are_shown_as_typed_and_empty_ones_say_so() -> None:
    rows = [
        {"key": "What happened?", "value": NASTY, "href": "/a"},
        {
            "key": "Missing",
            "value": ["Food", "<i>Heat</i>"],
            "href": "/b",
            "what": "missing things",
        },
        {"key": "When", "value": "", "href": "/c"},
        {"key": "Sent by", "value": "A lead"},
    ]
    html = part("_summary_card", title="<Child 1>", rows=rows)
    assert not html.select("b, i")
    values = html.select("dd.govuk-summary-list__value")
    assert values[0].get_text() == NASTY
    assert values[0]["dir"] == "auto"
    assert [item.get_text() for item in values[1].select("li")] == ["Food", "<i>Heat</i>"]
    assert values[2].get_text() == "Not answered"
    links = [" ".join(link.get_text().split()) for link in html.select("a")]
    assert links == ["Change What happened?", "Change missing things", "Answer When"]


def test_a_timeline_shows_who_and_when_in_london() -> None:
    events = [
        {"title": "Taken", "by": NASTY, "at": datetime(2020, 7, 1, 9, tzinfo=UTC), "text": NASTY}
    ]
    html = part("_timeline", events=events)
    assert not html.select("b")
    time = html.select_one("time")
    assert time is not None
    assert time.get_text() == "10am on Wednesday 1 July 2020"
    assert str(time["datetime"]).startswith("2020-07-01T10:00:00+01:00")


def test_an_identity_bar_shows_marks_beside_the_reference() -> None:
    html = part("_identity_bar", title="BSP-1234", marks=[priority_mark("P1")])
    assert "BSP-1234" in html.get_text()
    assert "P1 now" in html.get_text()


def test_an_empty_list_says_what_to_do() -> None:
    html = part("_empty", text="No reports yet.", href="/new", link_text="Report a concern")
    assert html.select_one('a[href="/new"]') is not None


def test_one_page_of_rows_has_no_pagination() -> None:
    assert not part("_pagination").select("nav")
    assert part("_pagination", next_url="?after=3").select_one('a[rel="next"]') is not None


def test_a_confirmation_reads_out_its_reference() -> None:
    html = part("_panel", title="Report sent", reference="7KD-3PX")
    assert html.select_one("h1 + div strong") is not None
