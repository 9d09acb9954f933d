"""One job of the box: bytes come in, one line of JSON and the parts it names go out."""

from __future__ import annotations

import json
import sys
from typing import Any

from .inspecting import Refused, inspect
from .lockdown import lock_down
from .rendering import render

Part = tuple[str, int, str, bytes]


def do(job: str, data: bytes, limits: dict[str, Any]) -> tuple[dict[str, Any], list[Part]]:
    """Do "inspect" or "render:<kind>"; return `kind` or `refusal`, `pages`, and the parts."""
    name, _, kind = job.partition(":")
    try:
        if name == "inspect":
            return {"kind": inspect(data, limits)}, []
        parts, pages = render(data, kind, limits)
    except Refused as refused:
        return {"refusal": refused.code}, []
    except (MemoryError, RecursionError):
        return {"refusal": "slow"}, []
    return {"pages": pages}, parts


def main(job: str, limits_text: str) -> None:
    """Do a job with the file on standard input.

    The answer lists its parts as [role, number, media type, length]; their bytes follow it.
    """
    limits = json.loads(limits_text)
    lock_down(limits["memory"], limits["seconds"])
    answer, parts = do(job, sys.stdin.buffer.read(), limits)
    answer["parts"] = [[*part[:3], len(part[3])] for part in parts]
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    for part in parts:
        out.write(part[3])
    out.flush()
