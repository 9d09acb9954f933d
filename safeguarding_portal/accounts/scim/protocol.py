"""The shapes of SCIM: errors, lists, filters as Entra ID sends them, and PATCH operations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CORE = "urn:ietf:params:scim:schemas:core:2.0"
MESSAGES = "urn:ietf:params:scim:api:messages:2.0"
USER, GROUP = f"{CORE}:User", f"{CORE}:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CONTENT_TYPE = "application/scim+json"
MOST_OPERATIONS = 1000
MOST_LISTED = 200
LONGEST = 254
_OPS = frozenset({"add", "replace", "remove"})
_WORK_MAIL = re.compile(r'emails\[type eq "work"\](\.value)?|emails(\.value)?', re.IGNORECASE)
_EQUALS = re.compile(r'\s*(?P<path>.+?)\s+eq\s+(?:"(?P<text>[^"\\]*)"|(?P<bare>\w+))\s*', re.DOTALL)
_MEMBER = re.compile(r'members\[value eq "(?P<value>[^"]*)"\]', re.IGNORECASE)


class ScimError(Exception):
    """What is answered instead: a status, a SCIM type, and words for whoever runs the directory."""

    def __init__(self, status: int, words: str, kind: str = "") -> None:
        super().__init__(words)
        self.status, self.kind = status, kind

    def body(self) -> dict[str, Any]:
        """Return the answer of RFC 7644, section 3.12."""
        said = {"schemas": [f"{MESSAGES}:Error"], "status": str(self.status), "detail": str(self)}
        return said | ({"scimType": self.kind} if self.kind else {})


@dataclass(frozen=True)
class Comparison:
    """One comparison of a filter: `attribute` in small letters, equal to `value`."""

    attribute: str
    value: str


def read_filter(text: str) -> Comparison | None:
    """Read a filter: one attribute that equals one value. Raises `ScimError` for every other."""
    if not text:
        return None
    found = _EQUALS.fullmatch(text) if "\x00" not in text else None
    if found is None or " and " in text.lower() or " or " in text.lower():
        raise ScimError(400, "Only filters of the kind: attribute eq value.", "invalidFilter")
    path = found["path"]
    attribute = "email" if _WORK_MAIL.fullmatch(path) else path.lower()
    return Comparison(attribute, found["text"] if found["text"] is not None else found["bare"])


@dataclass(frozen=True)
class Change:
    """One change of a PATCH: what to do with one attribute, named in small letters."""

    op: str
    attribute: str
    value: Any


def read_changes(body: Mapping[str, Any]) -> list[Change]:
    """Read the operations of a PATCH, one change for each attribute. Raises `ScimError`.

    As Entra ID sends them: "Add" and "Replace" with capitals, a path or none and then an object,
    paths with the whole name of an extension, and filters for the address of the kind "work".
    """
    operations = body.get("Operations", body.get("operations"))
    if not isinstance(operations, list) or not operations:
        raise ScimError(400, "Give at least one operation.", "invalidSyntax")
    if len(operations) > MOST_OPERATIONS:
        raise ScimError(413, f"At most {MOST_OPERATIONS} operations at a time.")
    return [change for operation in operations for change in _changes_of(operation)]


def _changes_of(operation: Any) -> Iterator[Change]:
    is_whole = isinstance(operation, dict) and isinstance(operation.get("op"), str)
    if not is_whole or operation["op"].lower() not in _OPS:
        raise ScimError(400, "An operation adds, replaces or removes.", "invalidSyntax")
    op, path, value = operation["op"].lower(), operation.get("path"), operation.get("value")
    if path in (None, "") and isinstance(value, dict):
        for key, inner in flat(value).items():
            yield Change(op, key, inner)
    elif isinstance(path, str) and path:
        if found := _MEMBER.fullmatch(path):
            path, value = "members", [{"value": found["value"]}]
        yield Change(op, attribute_of(path), value)
    else:
        raise ScimError(400, "Give a path, or an object as the value.", "noTarget")


def attribute_of(path: str) -> str:
    """Return the name of an attribute in small letters, without the name of its schema."""
    lowered = path.strip().lower()
    for schema in (ENTERPRISE, USER, GROUP):
        lowered = lowered.removeprefix(f"{schema.lower()}:")
    return "email" if _WORK_MAIL.fullmatch(lowered) else lowered


def flat(body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a resource as attributes by name: names in parts as `name.givenname`."""
    found: dict[str, Any] = {}
    for key, value in body.items():
        if isinstance(value, dict) and key.lower() == ENTERPRISE.lower():
            found |= flat(value)
        elif isinstance(value, dict) and key.lower() == "name":
            found |= {f"name.{inner.lower()}": item for inner, item in value.items()}
        else:
            found[attribute_of(key)] = value
    return found


def text_of(value: Any, what: str) -> str:
    """Return a value as one short line of text, or raise `ScimError`; None is empty."""
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > LONGEST or not value.isprintable():
        raise ScimError(400, f"{what} must be one line of at most {LONGEST} characters.", _WRONG)
    return value.strip()


def truth_of(value: Any) -> bool:
    """Return a truth; Entra ID also sends it as the text "True" or "False"."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ScimError(400, "active must be true or false.", _WRONG)


_WRONG = "invalidValue"


def list_answer(resources: list[dict[str, Any]], total: int, start: int) -> dict[str, Any]:
    """Return a list of resources as RFC 7644, section 3.4.2, has it."""
    return {
        "schemas": [f"{MESSAGES}:ListResponse"],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": len(resources),
        "Resources": resources,
    }
