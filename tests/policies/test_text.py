"""Markdown to sections and to safe HTML, and what is different between two texts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.text.changes import (
    ADDED,
    REMOVED,
    SAME,
    section_changes,
    word_changes,
)
from policies.text.markdown import plain, problems, to_html
from policies.text.sections import (
    LONGEST_DOCUMENT,
    LONGEST_SECTION,
    MOST_SECTIONS,
    SectionText,
    TextError,
    as_markdown,
    keep_anchors,
    read_markdown,
)

ATTACKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[go](javascript:alert(1))",
    "[go]( JaVaScRiPt:alert(1))",
    "<a href='data:text/html,x'>x</a>",
    "![x](https://example.org/track.png)",
    '<p style="position:fixed">x</p>',
    "a\x00b",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_could_harm_is_named_to_the_editor_and_never_reaches_a_page(attack: str) -> None:
    assert problems(attack)
    html = to_html(attack)
    for wrong in (
        "<script",
        "<img",
        "style=",
        'href="javascript',
        'href="data',
        "onerror=alert(1)>",
    ):
        assert wrong not in html.replace("&lt;", "").replace("&gt;", ">") or "&lt;" in html


@given(st.text(max_size=300))
def test_no_text_at_all_becomes_a_script_or_a_handler(text: str) -> None:
    html = to_html(text).lower()
    assert "<script" not in html
    assert "<img" not in html
    assert "javascript:" not in html.partition('href="')[2].partition('"')[0]


@pytest.mark.parametrize("text", ["a < b and 3 > 2", "**bold** - *it*", "1. one\n2. two", "a | b"])
def test_plain_writing_is_no_problem(text: str) -> None:
    assert problems(text) == []


def test_headings_lists_tables_and_links_take_the_design_systems_classes() -> None:
    html = to_html("# H\n\n- a\n\n[x](https://example.org)\n\n|a|b|\n|-|-|\n|1|2|")
    for part in (
        '<h3 class="govuk-heading-s">',
        'class="govuk-list govuk-list--bullet"',
        'class="govuk-link"',
        'scope="col"',
    ):
        assert part in html
    assert plain("**a** & b") == "a & b"


def test_a_text_is_cut_at_its_headings_and_keeps_the_numbers_of_its_sections() -> None:
    read = read_markdown(
        "# The policy\n\n## 6 Duties\n\n### 6.1 Report it\n\nAt once.\n\n#### Detail\n\nMore.\n\n"
        "## Section 7.2: Harm\n\nText\n\n## Contacts {#who}\n\nCall."
    )
    assert read.title == "The policy"
    assert [(s.anchor, s.number, s.title) for s in read.sections] == [
        ("section-6", "6", "Duties"),
        ("section-6-1", "6.1", "Report it"),
        ("section-7-2", "7.2", "Harm"),
        ("who", "", "Contacts"),
    ]
    assert "#### Detail" in read.sections[1].body


UNDER_SIX = "2.5 million people live here.\n\n7.9 Not a part of six."
NUMBERED = f"""# Policy

## 6 Duties

6.1 All staff must report.

At once.

6.2 A child is anyone under 18.

{UNDER_SIX}

## Contacts

12.1 Call **us**."""


def test_a_numbered_paragraph_is_a_section_of_its_own_under_the_heading_above_it() -> None:
    read = read_markdown(NUMBERED)
    assert [(s.anchor, s.heading, s.body) for s in read.sections] == [
        ("section-6", "6 Duties", ""),
        ("section-6-1", "6.1 Duties", "All staff must report.\n\nAt once."),
        ("section-6-2", "6.2 Duties", f"A child is anyone under 18.\n\n{UNDER_SIX}"),
        ("contacts", "Contacts", ""),
        ("section-12-1", "12.1 Contacts", "Call **us**."),
    ]
    assert read_markdown(as_markdown("Policy", read.sections)) == read


def test_text_before_the_first_heading_is_not_lost() -> None:
    read = read_markdown("Dear all.\n\n## 1 One\n\nText.")
    assert [section.body for section in read.sections] == ["Dear all.", "Text."]
    preface = read_markdown("# Policy\n\nDear all.\n\n## 1 One\n\nText.")
    assert [section.title for section in preface.sections] == ["Introduction", "One"]


def test_two_sections_never_share_an_anchor() -> None:
    read = read_markdown("## Same\n\na\n\n## Same\n\nb\n\n## Same-2\n\nc")
    assert len({section.anchor for section in read.sections}) == 3


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("   \n", "empty"),
        ("x" * (LONGEST_DOCUMENT + 1), "longer than"),
        ("## A\n\n<script>x</script>", "HTML"),
        ("## A\n\n" + "x" * (LONGEST_SECTION + 1), "Split it"),
        ("## " + "x" * 201 + "\n\na", "heading is longer"),
        ("##\n\nText", "heading is empty"),
        ("".join(f"## {n}. A\n\n" for n in range(MOST_SECTIONS + 1)), "the most is"),
        ("## A\n\nb\x00c", "characters that cannot be shown"),
    ],
)
def test_a_text_that_cannot_be_taken_whole_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(TextError, match=words):
        read_markdown(text)


def section(anchor: str, body: str = "", title: str = "T", number: str = "") -> SectionText:
    return SectionText(anchor, number, title, body)


def test_a_section_keeps_its_anchor_by_number_by_anchor_or_by_heading() -> None:
    before = [
        SectionText("old-a", "6.1", "Report", "x", ("report-it",)),
        section("who", title="Contacts"),
        section("kept", title="Kept"),
    ]
    new = [
        section("section-6-1", title="Report now", number="6.1"),
        section("contacts", title="contacts"),
        section("kept", title="Another heading"),
        section("new", title="New"),
    ]
    kept = keep_anchors(new, before)
    assert [item.anchor for item in kept] == ["old-a", "who", "kept", "new"]
    assert kept[0].topics == ("report-it",)


texts = st.text(alphabet="abc \n.", max_size=80)


@given(texts, texts)
def test_the_parts_make_up_both_texts_again(before: str, after: str) -> None:
    parts = word_changes(before, after)
    assert "".join(part.text for part in parts if part.kind != ADDED) == before
    assert "".join(part.text for part in parts if part.kind != REMOVED) == after
    assert all(part.text for part in parts)


def test_one_changed_word_is_all_that_is_marked() -> None:
    parts = word_changes("Report it within one day to them.", "Report it within two days to them.")
    assert [(part.kind, part.text) for part in parts] == [
        (SAME, "Report it within "),
        (REMOVED, "one day "),
        (ADDED, "two days "),
        (SAME, "to them."),
    ]


def test_each_section_says_whether_it_is_new_gone_changed_moved_or_the_same() -> None:
    before = [section("a", "1"), section("b", "2"), section("c", "3"), section("d", "4")]
    after = [section("b", "2"), section("a", "1"), section("c", "33"), section("e", "5")]
    kinds = {change.anchor: change.kind for change in section_changes(before, after)}
    assert kinds["c"] == "changed"
    assert kinds["e"] == "added"
    assert kinds["d"] == "removed"
    assert sorted([kinds["a"], kinds["b"]]) == ["moved", "same"]


headings = st.text(alphabet="abcdef gh", min_size=1, max_size=20).map(str.strip).filter(bool)


@given(st.lists(st.tuples(headings, texts.map(str.strip)), min_size=1, max_size=5))
def test_a_text_written_out_is_read_back_unchanged(pairs: list[tuple[str, str]]) -> None:
    sections = [
        SectionText(f"s-{n}", f"{n}.1", " ".join(title.split()), body)
        for n, (title, body) in enumerate(pairs, start=1)
    ]
    read = read_markdown(as_markdown("The policy", sections))
    assert list(read.sections) == sections
