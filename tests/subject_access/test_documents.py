"""What the papers of data protection say of the code is there."""

from __future__ import annotations

import re

import pytest
from django.conf import settings

PAPERS = ("record-of-processing.md", "dpia.md", "appropriate-policy-document.md")
_CODE = re.compile(r"`([^`]+)`")
_LINK = re.compile(r"\]\(([^)#]+)\)")
_SETTING = re.compile(r"[A-Z][A-Z0-9_]+")


def read(paper: str) -> str:
    """Return the words of a paper."""
    return (settings.BASE_DIR / "docs" / paper).read_text(encoding="utf-8")


@pytest.mark.parametrize("paper", PAPERS)
def test_every_path_setting_and_link_that_a_paper_names_exists(paper: str) -> None:
    named = set(_CODE.findall(read(paper)))
    settings_named = {one for one in named if _SETTING.fullmatch(one)}
    paths = named - settings_named
    assert len(paths) > 5
    assert {one for one in settings_named if not hasattr(settings, one)} == set()
    assert {one for one in paths if not (settings.BASE_DIR / one).exists()} == set()
    links = set(_LINK.findall(read(paper)))
    assert {one for one in links if not (settings.BASE_DIR / "docs" / one).exists()} == set()


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_marks_what_the_council_must_supply_and_leaves_no_cell_empty(paper: str) -> None:
    text = read(paper)
    assert "**Council must supply" in text
    rows = [line.strip("| ").split("|") for line in text.splitlines() if line.startswith("| ")]
    cells = [cell.strip() for row in rows if len(row) > 1 for cell in row]
    assert len(cells) > 5
    assert all(cells)
