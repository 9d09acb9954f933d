"""Asking the box: what is this file, and what may be shown of it?

The portal itself never parses what a stranger sent. A process of its own does, with limited memory
and time, without network, keys or settings; the file goes in through a pipe and never lies open on
the disk. Whatever goes wrong in there, the answer here is a refusal.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

HERE = str(Path(__file__).resolve().parent)
CODE = (
    "import sys; sys.path.append(sys.argv[1]); "
    "from box.main import main; main(sys.argv[2], sys.argv[3])"
)
SECONDS, WALL_SECONDS = 20, 30
MEMORY = 1024 * 1024 * 1024


@dataclass(frozen=True)
class Part:
    """One thing that may be shown: role "copy", "page" or "text", its number, and its bytes."""

    role: str
    number: int
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """What the box found: a kind, or a refusal (a key of `REFUSALS`); after rendering, parts."""

    kind: str = ""
    refusal: str = ""
    pages: int = 0
    parts: tuple[Part, ...] = ()


def inspect(chunks: Iterable[bytes]) -> Answer:
    """Find out what a file is, by its content."""
    return _ask("inspect", chunks)


def render(kind: str, chunks: Iterable[bytes]) -> Answer:
    """Make what may be shown of a file of this kind."""
    return _ask(f"render:{kind}", chunks)


def _ask(job: str, chunks: Iterable[bytes]) -> Answer:
    limits = json.dumps(
        {
            "memory": MEMORY,
            "seconds": SECONDS,
            "pixels": settings.FILES_MAX_PIXELS,
            "unzipped": settings.FILES_MAX_UNZIPPED,
        }
    )
    # Our own interpreter and code; the file is on its standard input.
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-I", "-c", CODE, HERE, job, limits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONUTF8": "1"},
        cwd="/",
    ) as process:
        _feed(process, chunks)
        try:
            out, _ = process.communicate(timeout=WALL_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            return Answer(refusal="slow")
    return _read(out) if process.returncode == 0 else Answer(refusal="slow")


def _feed(process: subprocess.Popen[bytes], chunks: Iterable[bytes]) -> None:
    """Pour the file in; a process that has ended takes no more, and its answer says so."""
    assert process.stdin is not None  # noqa: S101 - it was asked for
    try:
        for chunk in chunks:
            process.stdin.write(chunk)
        process.stdin.close()
    except BrokenPipeError:
        pass
    except BaseException:
        process.kill()
        raise
    process.stdin = None


def _read(out: bytes) -> Answer:
    head, _, rest = out.partition(b"\n")
    answer = json.loads(head)
    parts, at = [], 0
    for role, number, media_type, length in answer["parts"]:
        parts.append(Part(role, number, media_type, rest[at : at + length]))
        at += length
    return Answer(
        answer.get("kind", ""), answer.get("refusal", ""), answer.get("pages", 0), tuple(parts)
    )
