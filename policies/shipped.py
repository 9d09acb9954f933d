"""The policies and guidance that ship with the portal, read from files once per process."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from policies.text.sections import DocumentText, SectionText, read_markdown

FOLDER = Path(__file__).parent / "data"


@lru_cache(maxsize=1)
def shipped() -> dict[str, Any]:
    """Return the table of what ships: version, documents, national sources."""
    loaded: dict[str, Any] = json.loads((FOLDER / "policies.json").read_text(encoding="utf-8"))
    return loaded


@lru_cache(maxsize=16)
def _read(file: str) -> DocumentText:
    return read_markdown((FOLDER / file).read_text(encoding="utf-8"))


def shipped_sections(document: dict[str, Any]) -> tuple[SectionText, ...]:
    """Return the sections of one shipped document, each with the topics it answers."""
    read = _read(document["file"])
    topics = document["topics"]
    return tuple(
        SectionText(
            item.anchor, item.number, item.title, item.body, tuple(topics.get(item.anchor, ()))
        )
        for item in read.sections
    )
