"""The JSON Schema of the facts, written from the fields themselves: there is no second list."""

from __future__ import annotations

import dataclasses
from typing import Any

from concerns.rules.facts import Facts

KINDS: dict[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "number": {"type": "integer", "minimum": 0},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "moment": {
        "type": "string",
        "anyOf": [{"format": "date-time"}, {"format": "date"}],
    },
    "dates": {"type": "array", "items": {"type": "string", "format": "date"}},
    "numbers": {"type": "array", "items": {"type": "integer", "minimum": 0}},
}
EXAMPLE = {
    "people": [
        {
            "group": "child",
            "age_min": 7,
            "age_max": 7,
            "categories": ["physical"],
            "lives_in": "birmingham",
        }
    ],
    "alleged": [{"relation": "parent_carer", "age": 34, "has_access": "yes"}],
    "household": [{"kind": "child", "age": 3}],
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the input of `manage.py assess`."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Facts of one safeguarding report",
        "description": "Every field may be left out: unknown is a value. yes/no fields also take "
        "true and false. null means left out.",
        "examples": [EXAMPLE],
        **_object(Facts),
    }


def _object(kind: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {item.name: _field(item) for item in dataclasses.fields(kind)},
    }


def _field(item: dataclasses.Field[Any]) -> dict[str, Any]:
    meta = item.metadata
    described: dict[str, Any] = {"description": meta["doc"]}
    if "part" in meta:
        return described | _object(meta["part"])
    if "parts" in meta:
        return described | {"type": "array", "items": _object(meta["parts"])}
    if "several" in meta:
        return described | {"type": "array", "items": {"enum": list(meta["several"])}}
    if "choices" in meta:
        values: list[Any] = [*meta["choices"], None]
        if "yes" in meta["choices"]:
            values += [True, False]
        return described | {"enum": values, "default": item.default}
    kind = dict(KINDS[meta["kind"]])
    if "most" in meta:
        kind["maximum"] = meta["most"]
    if isinstance(kind["type"], str) and meta["kind"] not in {"dates", "numbers"}:
        kind["type"] = [kind["type"], "null"]
    return described | kind
