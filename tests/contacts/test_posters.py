"""Posters and pocket cards as paper and as files that a screen reader can read."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pypdf import PdfReader

from contacts import poster
from contacts.snapshot import SHIPPED, read_versions, write_versions
from safeguarding_portal.accounts.models import Directorate

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
PAPER = {"a4": (210, 297), "a6": (105, 148)}


def tags(node: Any) -> list[str]:
    """Return the tags of a PDF's structure tree in reading order."""
    found = node.get_object()
    if isinstance(found, list):
        return [tag for child in found for tag in tags(child)]
    if not isinstance(found, dict):
        return []
    own = [str(found["/S"])] if "/S" in found else []
    return own + (tags(found["/K"]) if "/K" in found else [])


@pytest.fixture
def housing(db: None) -> Directorate:
    return Directorate.objects.create(slug="city-housing", name="City Housing")


@pytest.mark.parametrize("size", PAPER)
def test_a_poster_is_one_accessible_page_with_numbers_date_version_and_link(
    size: str, housing: Directorate
) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = Client().get(f"/get-help-now/posters/city-housing/{size}.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert f"safeguarding-numbers-city-housing-{size}.pdf" in answer["Content-Disposition"]
    reader = PdfReader(io.BytesIO(answer.content))
    root: Any = reader.trailer["/Root"]
    assert len(reader.pages) == 1
    box = reader.pages[0].mediabox
    assert (round(box.width / 72 * 25.4), round(box.height / 72 * 25.4)) == PAPER[size]
    assert root["/Lang"] == "en-GB"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert b"pdfuaid" in root["/Metadata"].get_object().get_data()
    assert reader.metadata is not None
    assert "City Housing" in str(reader.metadata.title)
    order = [tag for tag in tags(root["/StructTreeRoot"]["/K"]) if tag.startswith("/H")]
    assert order[0] == "/H1"
    assert set(order[1:]) == {"/H2"}
    text = reader.pages[0].extract_text()
    for words in (
        "City Housing",
        "999",
        "0121 303 1888",
        "0121 675 4806",
        "0121 303 1234",
        "24 November 2026",
        "birmingham-1",
        "testserver/help",
    ):
        assert words in text


def test_outside_production_every_sheet_says_so(housing: Directorate, settings: Any) -> None:
    def words(path: str) -> str:
        content = Client().get(f"/get-help-now/posters/city-housing/{path}").content
        if not content.startswith(b"%PDF"):
            return content.decode()
        return PdfReader(io.BytesIO(content)).pages[0].extract_text()

    for is_demo in (True, False):
        settings.IS_DEMO = is_demo
        poster._made.cache_clear()
        for path in ("a4.pdf", "a6.pdf", "text/"):
            assert ("Not for use" in words(path)) is is_demo, path
    poster._made.cache_clear()


def test_the_big_poster_holds_every_number_in_a_table_with_a_header(housing: Directorate) -> None:
    content = Client().get("/get-help-now/posters/council/a4.pdf").content
    reader = PdfReader(io.BytesIO(content))
    root: Any = reader.trailer["/Root"]
    assert {"/Table", "/THead", "/TH"} <= set(tags(root["/StructTreeRoot"]["/K"]))
    assert "Modern Slavery Helpline" in reader.pages[0].extract_text()


def test_the_plain_text_says_the_same(housing: Directorate) -> None:
    with time_machine.travel(NOW, tick=False):
        answer = Client().get("/get-help-now/posters/city-housing/text/")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    text = answer.content.decode()
    assert "Birmingham City Council, City Housing" in text
    assert "0121 675 4806  the emergency duty team (EDT): All other times" in text
    assert "Number and hours are not verified" in text
    assert "Dated 24 November 2026, directory birmingham-1" in text
    assert "&#x27;" not in text


def test_days_with_other_hours_are_on_the_poster(
    housing: Directorate, settings: Any, tmp_path: Path
) -> None:
    document = read_versions(SHIPPED)[0]
    cass = next(line for line in document["lines"] if line["slug"] == "cass")
    cass["overrides"] = {"2026-12-24": [["08:45", "12:00"]], "2027-06-01": []}
    settings.CONTACTS_SNAPSHOT = tmp_path / "snapshot.json"
    write_versions(settings.CONTACTS_SNAPSHOT, [document])
    words = "the children's front door (CASS), Thursday 24 December: 8:45am to midday"
    with time_machine.travel(NOW, tick=False):
        text = Client().get("/get-help-now/posters/council/text/").content.decode()
        content = Client().get("/get-help-now/posters/council/a4.pdf").content
    assert words in text
    assert "1 June" not in text
    assert "24 December" in PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_the_list_offers_each_directorate_and_unknown_ones_do_not_exist(
    housing: Directorate,
) -> None:
    page = Client().get("/get-help-now/posters/").content.decode()
    assert page.count("City Housing") >= 1
    assert "/get-help-now/posters/city-housing/a6.pdf" in page
    for path in ("none/a4.pdf", "city-housing/a3.pdf", "none/text/"):
        assert Client().get(f"/get-help-now/posters/{path}").status_code == 404


def test_the_address_on_paper_leads_to_the_numbers() -> None:
    answer = Client().get("/help/")
    assert (answer.status_code, answer["Location"]) == (302, "/get-help-now/")
