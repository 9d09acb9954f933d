"""What ships: whole, marked as a summary, and nothing inferred told as policy."""

from __future__ import annotations

from datetime import date

import pytest

from policies.models import Document, NationalSource
from policies.shipped import shipped, shipped_sections
from policies.topics import HARM_TOPICS, TOPICS

DOCUMENTS = {item["slug"]: item for item in shipped()["documents"]}


@pytest.mark.parametrize("slug", DOCUMENTS)
def test_a_shipped_document_fits_its_table(slug: str) -> None:
    item = DOCUMENTS[slug]
    sections = shipped_sections(item)
    anchors = {section.anchor for section in sections}
    assert set(item["topics"]) <= anchors
    assert all(set(topics) <= set(TOPICS) for topics in item["topics"].values())
    assert item["kind"] in Document.Kind.values
    assert item["is_summary"]
    assert date.fromisoformat(item["review_by"])
    assert set(item["sources"]) <= {source["slug"] for source in shipped()["sources"]}
    assert all(section.body for section in sections)


def test_every_topic_has_a_section_so_that_no_page_opens_on_nothing() -> None:
    answered = {
        topic
        for item in DOCUMENTS.values()
        for topics in item["topics"].values()
        for topic in topics
    }
    assert answered == set(TOPICS)


def test_each_kind_of_harm_says_what_it_is_its_signs_and_what_to_do() -> None:
    sections = {section.anchor: section for section in shipped_sections(DOCUMENTS["kinds-of-harm"])}
    assert set(sections) == {slug for slug, _ in HARM_TOPICS}
    for section in sections.values():
        definition, signs, act = section.body.split("\n\n")
        assert definition
        assert signs.startswith("**Signs:** ")
        assert act.startswith("**What to do:** ")


def test_nothing_that_was_inferred_is_told_as_policy() -> None:
    item = DOCUMENTS["corporate-safeguarding-policy"]
    sections = shipped_sections(item)
    text = " ".join(section.body for section in sections).lower()
    for inferred in ("dementia", "personality disorder", "substance", "financial", "caldicott"):
        assert inferred not in text
    numbers = {section.number.partition(".")[0] for section in sections}
    assert numbers.isdisjoint({"9", "10", "12", "13"})
    for missing in ("9, 10, 12 and 13", "section 7.1", "section 6.7"):
        assert missing in item["missing"]


def test_working_together_2026_replaced_2023_and_what_was_not_looked_up_says_so() -> None:
    sources = {source["slug"]: source for source in shipped()["sources"]}
    assert sources["working-together"]["status"] == "in_force"
    assert sources["working-together-2023"]["status"] == "replaced"
    for source in sources.values():
        assert source["status"] in NationalSource.Status.values
        assert bool(source["checked_on"]) or source["status"] in {"unknown", "changing"}
