"""Talking to ClamAV's daemon: one file a conversation, streamed, nothing written to its disk.

Forty lines of our own: the clients on PyPI have not been touched for years, read the whole file
into memory, or know no time limit.
"""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

SECONDS, PING_SECONDS = 45, 2
ANSWER = 4096


@dataclass(frozen=True)
class Verdict:
    """What the scanner said: clean, or what it found; `engine` names its version and signatures."""

    is_clean: bool
    finding: str
    engine: str


class TooLargeError(Exception):
    """The scanner reads no file of this size (its StreamMaxLength)."""


def scan(chunks: Iterable[bytes]) -> Verdict:
    """Let the scanner read a file.

    Raises `OSError` when it is away, breaks off or answers what is no verdict, and
    `TooLargeError`. Only its own "OK" is clean.
    """
    engine = _ask(b"VERSION", ())
    answer = _ask(b"INSTREAM", chunks)
    said = answer.partition(": ")[2]
    if said == "OK":
        return Verdict(is_clean=True, finding="", engine=engine)
    if said.endswith(" FOUND"):
        return Verdict(is_clean=False, finding=said.removesuffix(" FOUND"), engine=engine)
    if "size limit exceeded" in answer:
        raise TooLargeError
    raise OSError("The scanner gave no verdict.")


def is_there() -> bool:
    """Whether the scanner answers."""
    try:
        return _ask(b"PING", (), PING_SECONDS) == "PONG"
    except OSError:
        return False


def _ask(command: bytes, chunks: Iterable[bytes], seconds: int = SECONDS) -> str:
    with _connection(seconds) as connection:
        connection.sendall(b"z" + command + b"\0")
        try:
            if command == b"INSTREAM":
                for chunk in chunks:
                    connection.sendall(struct.pack(">I", len(chunk)) + chunk)
                connection.sendall(struct.pack(">I", 0))
        except (BrokenPipeError, ConnectionResetError):
            # It has stopped listening and may have said why.
            pass
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < ANSWER:
            got = connection.recv(ANSWER)
            if not got:
                break
            answer += got
    if not answer:
        raise ConnectionError("The scanner broke off.")
    return answer.rstrip(b"\0").decode("utf-8", "replace")


def _connection(seconds: int) -> socket.socket:
    if not settings.CLAMD_URL:
        raise ConnectionError("No scanner is set up (CLAMD_URL).")
    url = urlsplit(settings.CLAMD_URL)
    if url.scheme == "unix":
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(seconds)
        try:
            connection.connect(url.path)
        except OSError:
            connection.close()
            raise
        return connection
    return socket.create_connection((url.hostname or "127.0.0.1", url.port or 3310), seconds)
