"""A browser small enough not to weigh on what it measures: one kept connection, cookies, forms."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import urlencode, urlsplit

Form = Mapping[str, Sequence[str]]


class AnswerError(RuntimeError):
    """An answer that was not expected; the text says to what."""


class Browser:
    """Speaks HTTP/1.1 to one address. No page is parsed: the CSRF cookie's value is a token."""

    def __init__(self, address: str, cookies: Mapping[str, str]) -> None:
        parts = urlsplit(address)
        self.host, self.port = str(parts.hostname), int(parts.port or 80)
        self.cookies = dict(cookies)
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> bytes:
        """Return the body of a page; anything but 200 raises."""
        status, _, body = await self._ask("GET", path, b"")
        if status != 200:
            raise AnswerError(f"GET {path.partition('?')[0]}: {status}")
        return body

    async def post(self, path: str, form: Form) -> str:
        """Send a form; return where it leads. Anything but 302 raises."""
        fields = {**form, "csrfmiddlewaretoken": [self.cookies["csrf"]]}
        status, location, _ = await self._ask("POST", path, urlencode(fields, doseq=True).encode())
        if status != 302:
            raise AnswerError(f"POST {path}: {status}")
        return location

    async def close(self) -> None:
        """Hang up."""
        if self.writer is not None:
            self.writer.close()
            self.reader = self.writer = None

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection(self.host, self.port)
        assert self.reader is not None  # noqa: S101 - opened together
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nCookie: {cookies}\r\n"
            "Content-Type: application/x-www-form-urlencoded\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        self.writer.write(head.encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        headers = [line.partition(": ")[::2] for line in answer[1:] if line]
        found = {name.lower(): value for name, value in headers}
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies.update([value.partition(";")[0].split("=", 1)])  # type: ignore[list-item]
        content = await self._content(self.reader, found)
        if found.get("connection", "").lower() == "close":
            await self.close()
        return int(answer[0].split()[1]), found.get("location", ""), content

    async def _content(self, reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
        if "content-length" in headers:
            return await reader.readexactly(int(headers["content-length"]))
        if headers.get("transfer-encoding") != "chunked":
            return b""
        content = b""
        while size := int((await reader.readline()).strip(), 16):
            content += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
        return content
