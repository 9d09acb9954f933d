"""The words of an e-mail: who, when, what about, what was said, and what hung on it (by name)."""

from __future__ import annotations

import email
import email.policy
import re
from email.message import EmailMessage
from html.parser import HTMLParser
from io import BytesIO
from typing import cast

import olefile

HEADS = ("From", "To", "Cc", "Date", "Subject")
UNREAD = {"script", "style", "head", "title", "template"}
BREAKS = {"p", "br", "div", "tr", "li", "h1", "h2", "h3", "table", "blockquote"}
# [MS-OXPROPS]: sender's name, sender's address, display of To and Cc, subject; body as text, HTML.
OUTLOOK_HEADS = (
    ("From", ("0C1A", "5D01", "0C1F")),
    ("To", ("0E04",)),
    ("Cc", ("0E03",)),
    ("Subject", ("0037",)),
)
BODY, HTML, ATTACHMENT_NAMES = "1000", "1013", ("3707", "3704", "3001")


class _Words(HTMLParser):
    """Collects what a reader would see, and nothing that a browser would run or fetch."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        if tag in BREAKS:
            self.found.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD and self._unread > 0

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.found.append(data)


def _words_of(html: str) -> str:
    reader = _Words()
    reader.feed(html)
    lines = (" ".join(line.split()) for line in "".join(reader.found).splitlines())
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def mail_text(data: bytes) -> str:
    """Return the words of a message as RFC 5322 has it."""
    message = cast(EmailMessage, email.message_from_bytes(data, policy=email.policy.default))
    heads = [f"{name}: {message[name]}" for name in HEADS if message[name]]
    body = message.get_body(preferencelist=("plain", "html"))
    text = str(body.get_content()) if body is not None else ""
    if body is not None and body.get_content_type() == "text/html":
        text = _words_of(text)
    names = [part.get_filename() or "without a name" for part in message.iter_attachments()]
    return _put_together(heads, text, names)


def outlook_text(data: bytes) -> str:
    """Return the words of a message as Outlook saves it ([MS-OXMSG])."""
    with olefile.OleFileIO(BytesIO(data)) as ole:
        found = ((name, _first(ole, "", tags)) for name, tags in OUTLOOK_HEADS)
        heads = [f"{name}: {words}" for name, words in found if words]
        text = _property(ole, "", BODY) or _words_of(_property(ole, "", HTML))
        folders = sorted({path[0] for path in ole.listdir() if path[0].startswith("__attach")})
        names = [_first(ole, f"{folder}/", ATTACHMENT_NAMES) for folder in folders]
        return _put_together(heads, text, [name or "without a name" for name in names])


def _first(ole: olefile.OleFileIO, folder: str, tags: tuple[str, ...]) -> str:
    return next((words for tag in tags if (words := _property(ole, folder, tag))), "")


def _property(ole: olefile.OleFileIO, folder: str, tag: str) -> str:
    """Return one property as text: UTF-16 (001F), one byte a sign (001E), or HTML (0102)."""
    for kind, encoding in (("001F", "utf-16-le"), ("001E", "cp1252"), ("0102", "utf-8")):
        name = f"{folder}__substg1.0_{tag}{kind}"
        if ole.exists(name):
            with ole.openstream(name) as stream:
                return stream.read().decode(encoding, "replace").strip("\x00")
    return ""


def _put_together(heads: list[str], text: str, names: list[str]) -> str:
    hung_on = [f"Attached (not shown here): {name}" for name in names]
    return "\n".join([*heads, *hung_on, "", text])
