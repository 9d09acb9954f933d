"""Reading the policies in force: from the shipped file, read once per process, without a query."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).parent / "data" / "policies.json"


@lru_cache(maxsize=1)
def current_policies() -> dict[str, Any]:
    """Return the policies in force: version, documents with sections, guidance per category."""
    loaded: dict[str, Any] = json.loads(SHIPPED.read_text(encoding="utf-8"))
    return loaded


def current_version() -> str:
    """Return the version that a report keeps."""
    return str(current_policies()["version"])


def guidance_for(categories: Iterable[str]) -> dict[str, str]:
    """Return the short guidance of each category that has one, in the order asked."""
    guidance: dict[str, str] = current_policies()["guidance"]
    return {slug: guidance[slug] for slug in categories if slug in guidance}


def policy_document(slug: str) -> dict[str, Any] | None:
    """Return one document, or None."""
    documents: list[dict[str, Any]] = current_policies()["documents"]
    return next((document for document in documents if document["slug"] == slug), None)
