"""A policy as a file: what kind it is, whether it is safe to open, and its text as Markdown."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from typing import IO, Any, Protocol
from zipfile import BadZipFile, ZipFile

from policies.text.reading_word import word_to_markdown
from policies.text.sections import TextError

ACCEPTED = (".docx", ".md", ".markdown", ".txt")
LARGEST_FILE = 5 * 1024 * 1024
# A small file may unpack to a huge one.
LARGEST_UNPACKED = 40 * 1024 * 1024
MOST_PARTS = 2000
_MACROS = ("vbaproject.bin", "vbadata.xml")
_WITH_MACROS = (".docm", ".dotm")
_OLD_WORD = b"\xd0\xcf\x11\xe0"


class Readable(Protocol):
    """What can be read: an upload or an open file."""

    def read(self, size: int = ..., /) -> Any:
        """Return bytes."""


def read_file(name: str, file: Readable | IO[bytes]) -> str:
    """Return the text of a policy file as Markdown.

    Raises `TextError` in plain words: wrong kind, too large, macros, a password, broken.
    """
    kind = PurePath(name.replace("\x00", "")).suffix.lower()
    if kind in _WITH_MACROS:
        raise TextError("The file may hold macros (.docm). Save it as .docx without them")
    if kind not in ACCEPTED:
        raise TextError("Choose a Word file (.docx) or a Markdown file (.md or .txt)")
    content: bytes = file.read(LARGEST_FILE + 1)
    if len(content) > LARGEST_FILE:
        raise TextError("The file is larger than 5 MB. Take out pictures, or split it")
    if kind == ".docx":
        _check_word(content)
        return word_to_markdown(content)
    return _text_of(content)


def _text_of(content: bytes) -> str:
    if content.startswith((_OLD_WORD, b"PK")):
        raise TextError("This is not a text file. Word files must end in .docx")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError("The text cannot be read. Save it as plain text (UTF-8)") from error


def _check_word(content: bytes) -> None:
    """Refuse what should not be unpacked or read."""
    if content.startswith(_OLD_WORD):
        raise TextError("The file is in an old format or has a password. Save it as plain .docx")
    try:
        with ZipFile(BytesIO(content)) as package:
            parts = package.infolist()
            names = [part.filename.lower() for part in parts]
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
                raise TextError("The file is too large when unpacked. Take out pictures")
            if any(name.rpartition("/")[2] in _MACROS for name in names):
                raise TextError("The file holds macros. Save it as .docx without them")
            if "word/document.xml" not in names or "[content_types].xml" not in names:
                raise TextError("This is not a Word document. Save it as .docx")
            kinds = package.read(parts[names.index("[content_types].xml")])
            if b"macroenabled" in kinds.lower():
                raise TextError("The file is made for macros. Save it as .docx without them")
    except (BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        if isinstance(error, TextError):
            raise
        raise TextError("The file cannot be opened. Save it as .docx again") from error
