"""One job of the box: bytes come in, one line of JSON and the parts it names go out."""

from __future__ import annotations

import json
import sys
from typing import Any

from .inspecting import Refused, inspect
from .lockdown import lock_down
from .rendering import render


def main(job: str, limits_text: str) -> None:
    """Do "inspect" or "render:<kind>" with the file on standard input.

    The answer holds `kind` or `refusal`; after `render`, the parts as [role, number, media type,
    length], and then their bytes.
    """
    limits = json.loads(limits_text)
    lock_down(limits["memory"], limits["seconds"])
    data = sys.stdin.buffer.read()
    answer: dict[str, Any] = {}
    parts: list[tuple[str, int, str, bytes]] = []
    name, _, kind = job.partition(":")
    try:
        if name == "inspect":
            answer["kind"] = inspect(data, limits)
        else:
            parts, answer["pages"] = render(data, kind, limits)
    except Refused as refused:
        answer["refusal"] = refused.code
    except (MemoryError, RecursionError):
        answer["refusal"] = "slow"
    answer["parts"] = [[*part[:3], len(part[3])] for part in parts]
    out = sys.stdout.buffer
    out.write(json.dumps(answer).encode() + b"\n")
    for part in parts:
        out.write(part[3])
    out.flush()
