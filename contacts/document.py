"""Working on a directory document: finding, replacing and removing its parts, and merging two.

A document is the JSON of one version (decision 0002). Nothing here changes what it is handed: each
function returns a new document. Knows no database.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

Document = dict[str, Any]
Item = dict[str, Any]
# The lists of a document that are edited, each with what makes an entry the same entry.
PARTS: dict[str, tuple[str, ...]] = {
    "agencies": ("slug",),
    "lines": ("slug",),
    "conflicts": ("line", "field"),
    "decisions": ("line", "field", "decided_at"),
}
_NULLABLE = {"fallback", "verified_on"}
_ABSENT = object()


class MergeClashError(Exception):
    """Two changes set the same thing differently. `places` says which: (part, key, field)."""

    def __init__(self, places: list[tuple[str, tuple[str, ...], str]]) -> None:
        super().__init__("Two changes set the same thing differently.")
        self.places = places


def find_item(document: Mapping[str, Any], part: str, slug: str) -> Item | None:
    """Return an agency or a line by its slug."""
    return next((item for item in document[part] if item["slug"] == slug), None)


def with_item(document: Document, part: str, item: Item) -> Document:
    """Return the document with an entry replaced, or added at the end if it is new."""
    items = [item if old["slug"] == item["slug"] else old for old in document[part]]
    if item not in items:
        items.append(item)
    return {**document, part: items}


def without_item(document: Document, part: str, slug: str) -> Document:
    """Return the document without an entry."""
    return {**document, part: [item for item in document[part] if item["slug"] != slug]}


def by_key(document: Mapping[str, Any], part: str) -> dict[tuple[str, ...], Item]:
    """Return the entries of a part by what identifies them."""
    names = PARTS[part]
    return {tuple(str(item[name]) for name in names): item for item in document.get(part, ())}


def flat(item: Mapping[str, Any]) -> dict[tuple[str, ...], Any]:
    """Return the fields of an entry, those of the week and of special days one by one.

    An empty value is the same as none, so that a field that a later release adds is no change.
    """
    fields: dict[tuple[str, ...], Any] = {}
    for name, value in item.items():
        if name in {"week", "overrides"}:
            fields |= {(name, key): inner for key, inner in value.items()}
        elif value not in (None, "", [], False):
            fields[(name,)] = value
    return fields


def _whole(fields: Mapping[tuple[str, ...], Any], like: Mapping[str, Any]) -> Item:
    """Return an entry from its fields; what is empty gets the emptiness that its kind has."""
    item: Item = {name: _nothing(name, value) for name, value in like.items()}
    for path, value in fields.items():
        if len(path) == 1:
            item[path[0]] = value
        else:
            item.setdefault(path[0], {})[path[1]] = value
    return item


def _nothing(name: str, like: Any) -> Any:
    return None if like is None or name in _NULLABLE else type(like)()


def merge(base: Document, mine: Document, theirs: Document) -> Document:
    """Return `theirs` with the changes that lead from `base` to `mine`, field by field.

    Raises `MergeClashError` where both changed the same thing differently.
    """
    if base == theirs:
        return {**theirs, **{part: mine.get(part, []) for part in PARTS}}
    clashes: list[tuple[str, tuple[str, ...], str]] = []
    merged: Document = dict(theirs)
    for part in PARTS:
        sides = [by_key(document, part) for document in (base, mine, theirs)]
        items = []
        for key in dict.fromkeys([*sides[2], *sides[1]]):
            found, fields = _merge_item(*(side.get(key) for side in sides))
            clashes += [(part, key, field) for field in fields]
            if found is not None:
                items.append(found)
        merged[part] = items
    if clashes:
        raise MergeClashError(clashes)
    return merged


def _merge_item(
    base: Item | None, mine: Item | None, theirs: Item | None
) -> tuple[Item | None, list[str]]:
    """Return the merged entry and the fields that clash ("" for the entry as a whole)."""
    sides = [_ABSENT if side is None else flat(side) for side in (base, mine, theirs)]
    if sides[1] == sides[0] or sides[1] == sides[2]:
        return theirs, []
    if sides[2] == sides[0]:
        return mine, []
    if mine is None or theirs is None or base is None:
        return theirs, [""]
    old, ours, other = flat(base), flat(mine), flat(theirs)
    merged = dict(other)
    clashes = []
    for path in _changed(old, ours):
        wanted = ours.get(path, _ABSENT)
        if other.get(path, _ABSENT) not in (old.get(path, _ABSENT), wanted):
            clashes.append(".".join(path))
        elif wanted is _ABSENT:
            merged.pop(path, None)
        else:
            merged[path] = wanted
    return _whole(merged, theirs), clashes


def _changed(
    old: Mapping[tuple[str, ...], Any], new: Mapping[tuple[str, ...], Any]
) -> Iterable[tuple[str, ...]]:
    return [
        path
        for path in dict.fromkeys([*old, *new])
        if old.get(path, _ABSENT) != new.get(path, _ABSENT)
    ]


def same_content(one: Document, other: Document) -> bool:
    """Whether two documents say the same; their version and dates do not count."""
    return all(_canonical(one, part) == _canonical(other, part) for part in PARTS)


def _canonical(document: Document, part: str) -> str:
    entries = {"|".join(key): item for key, item in by_key(document, part).items()}
    flattened = {
        key: {".".join(path): value for path, value in flat(item).items()}
        for key, item in entries.items()
    }
    return json.dumps(flattened, sort_keys=True)
