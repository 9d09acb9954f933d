"""Checks an evidence file without the portal: this file and the package `cryptography` are enough.

    python evidence_check.py FILE [PUBLIC KEY]

How a file is built, so that anybody can check it with tools of their own: `docs/evidence.md`. The
public key is best taken from outside the file: whoever forged the file wrote its key too.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = "safeguarding-portal-evidence-1"
LEAF, NODE = b"\x00", b"\x01"
# The last line of a file begins so; its hash is that of everything before.
TAIL = '\n"sha256": '
DAMAGED = "The file is damaged, or it is no evidence file"


@dataclass(frozen=True)
class Result:
    """What a file holds, and what is wrong with it: nothing, if it is evidence."""

    events: int
    unsealed: int
    problems: tuple[str, ...]


def check_text(text: str, public_key: str = "") -> Result:
    """Check a file: each event against its seal, each seal and the file against the key.

    `public_key` is base64 of 32 bytes; without one, the file's own key is believed.
    """
    try:
        document = json.loads(text)
        if document["format"] != FORMAT:
            return Result(0, 0, (DAMAGED,))
        key = _key(public_key or document["public_key"])
        # Vouched for by the signature over the file, which is made with the present key.
        old = [_key(item) for item in document.get("old_public_keys", [])]
        return _check(document, text, key, old)
    except (binascii.Error, KeyError, TypeError, ValueError, AttributeError, IndexError):
        return Result(0, 0, (DAMAGED,))


def _key(text: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.b64decode(text, validate=True))


def _check(
    document: dict[str, Any], text: str, key: Ed25519PublicKey, old: list[Ed25519PublicKey]
) -> Result:
    problems = _file_problems(document, text, key)
    roots: dict[int, str] = {}
    for seal in document["seals"]:
        signed = any(_is_signed(one, seal["digest"], seal["signature"]) for one in (key, *old))
        if _digest(seal) != seal["digest"] or not signed:
            problems.append(f"Seal {seal['seal']} is not what was signed")
        roots[seal["seal"]] = seal["root"]
    unsealed = 0
    for item in document["events"]:
        if item["seal"] is None:
            unsealed += 1
        elif _root_of(item) != roots.get(item["seal"]):
            event_id = json.loads(item["event"])[1]
            problems.append(f"Event {event_id} is not what was sealed under seal {item['seal']}")
    return Result(len(document["events"]), unsealed, tuple(problems))


def _file_problems(document: dict[str, Any], text: str, key: Ed25519PublicKey) -> list[str]:
    body = text[: text.rindex(TAIL)]
    found = hashlib.sha256(body.encode()).hexdigest()
    problems = []
    if found != document["sha256"] or not _is_signed(key, found, document["signature"]):
        problems.append("The file as a whole was changed, or another key signed it")
    if document["count"] != len(document["events"]):
        problems.append("Events are missing from the file, or were added to it")
    return problems


def _digest(seal: dict[str, Any]) -> str:
    parts = (seal["previous"], seal["root"], seal["ids"], seal["sealed_at"])
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _root_of(item: dict[str, Any]) -> str:
    found = hashlib.sha256(LEAF + item["event"].encode()).digest()
    for side, other in item["proof"]:
        beside = bytes.fromhex(other)
        pair = beside + found if side == "left" else found + beside
        found = hashlib.sha256(NODE + pair).digest()
    return found.hex()


def _is_signed(key: Ed25519PublicKey, digest: str, signature: str) -> bool:
    try:
        key.verify(bytes.fromhex(signature), digest.encode())
    except InvalidSignature:
        return False
    return True


def main(arguments: list[str]) -> int:
    """Check the file that the command line names; 0 when it holds, 1 when not."""
    if not arguments:
        sys.stderr.write(f"{__doc__}\n")
        return 2
    key = arguments[1] if len(arguments) > 1 else ""
    result = check_text(Path(arguments[0]).read_text(encoding="utf-8"), key)
    for problem in result.problems:
        sys.stdout.write(f"{problem}\n")
    sys.stdout.write(f"{result.events} events, {result.unsealed} of them not sealed yet\n")
    return 1 if result.problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
