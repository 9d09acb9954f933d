"""What a file is, by what is in it. Its name is never asked.

The first bytes say which reader to ask, and that reader (Pillow, PDFium, the zip and OLE modules)
must find a whole file of that kind. A library that guesses among thousands of kinds would not
answer the question: is it whole and one of the few that we take?
"""

from __future__ import annotations

import email
import email.policy
import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Any

import olefile
import pi_heif
import pypdfium2
from PIL import Image

pi_heif.register_heif_opener()
# Judged by ourselves, before anything is decoded, and by a limit of ours.
Image.MAX_IMAGE_PIXELS = None

HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"hevc", b"hevx"}
MOST_IN_ZIP = 2_000
WORD_MAIN = b"wordprocessingml.document.main+xml"
# [MS-DOC] 2.5.2: the flag fEncrypted of the header.
DOC_FLAGS, DOC_ENCRYPTED = slice(10, 12), 0x0100
MAIL_LINE = re.compile(rb"^[!-9;-~]{1,70}:", re.MULTILINE)
Limits = dict[str, Any]


class Refused(Exception):  # noqa: N818 - a verdict, not a fault
    """The file is not taken; `code` is a key of `kinds.REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def inspect(data: bytes, limits: Limits) -> str:
    """Return the kind of a whole and harmless-looking file; raise `Refused` for any other."""
    if not data:
        raise Refused("empty")
    for begins, look in READERS:
        if begins(data):
            return look(data, limits)
    return _mail(data)


def open_image(data: bytes, limits: Limits) -> Image.Image:
    """Open a picture of a kind that we take; too many pixels are refused before decoding."""
    try:
        image = Image.open(BytesIO(data), formats=["JPEG", "PNG", "GIF", "WEBP", "HEIF"])
    except (OSError, ValueError, SyntaxError) as error:
        raise Refused("broken") from error
    if image.width * image.height > limits["pixels"]:
        raise Refused("pixels")
    try:
        image.load()
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise Refused("broken") from error
    return image


def _image(data: bytes, limits: Limits) -> str:
    kind = str(open_image(data, limits).format).lower()
    return {"heif": "heic", "mpo": "jpeg"}.get(kind, kind)


def _pdf(data: bytes, limits: Limits) -> str:
    try:
        pages = len(pypdfium2.PdfDocument(data))
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if "assword" in str(error) else "broken") from error
    if not pages:
        raise Refused("broken")
    return "pdf"


def _zip(data: bytes, limits: Limits) -> str:
    """Return "docx"; other zips, bombs, macros, and what has a password are refused."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            found = parts.infolist()
            if len(found) > MOST_IN_ZIP or sum(i.file_size for i in found) > limits["unzipped"]:
                raise Refused("unzipped")
            if any(item.flag_bits & 1 for item in found):
                raise Refused("locked")
            types = parts.read("[Content_Types].xml")
    except KeyError as error:
        raise Refused("kind") from error
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused("broken") from error
    if b"macroEnabled" in types or any("vbaproject" in i.filename.lower() for i in found):
        raise Refused("macros")
    if WORD_MAIN not in types:
        raise Refused("kind")
    return "docx"


def _ole(data: bytes, limits: Limits) -> str:
    """Return "doc" or "msg", the two kinds of this container that we take."""
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            if ole.exists("EncryptedPackage"):
                raise Refused("locked")
            if ole.exists("__properties_version1.0"):
                return "msg"
            if not ole.exists("WordDocument"):
                raise Refused("kind")
            if ole.exists("Macros") or ole.exists("_VBA_PROJECT_CUR"):
                raise Refused("macros")
            with ole.openstream("WordDocument") as stream:
                flags = int.from_bytes(stream.read(12)[DOC_FLAGS], "little")
    except (OSError, ValueError, IndexError) as error:
        raise Refused("broken") from error
    if flags & DOC_ENCRYPTED:
        raise Refused("locked")
    return "doc"


def _boxes(data: bytes, limits: Limits) -> str:
    """Return "m4a" or "heic" for a file in boxes (ISO 14496-12); a film is refused."""
    if data[8:12] in HEIC_BRANDS:
        return _image(data, limits)
    tracks = {data[at.start() + 12 : at.start() + 16] for at in re.finditer(b"hdlr", data)}
    if b"vide" in tracks:
        raise Refused("video")
    if b"soun" not in tracks:
        raise Refused("broken")
    return "m4a"


def _riff(data: bytes, limits: Limits) -> str:
    if data[8:12] == b"WEBP":
        return _image(data, limits)
    if data[8:12] != b"WAVE":
        raise Refused("kind")
    if b"fmt " not in data[12:4096] or b"data" not in data[12:65536]:
        raise Refused("broken")
    return "wav"


def _mp3(data: bytes, limits: Limits) -> str:
    """Return "mp3" where, after its label, two frames of sound follow each other's first bits."""
    start = 0
    if data[:3] == b"ID3":
        sizes = data[6:10]
        start = 10 + sum(byte << shift for byte, shift in zip(sizes, (21, 14, 7, 0), strict=True))
    sound = data[start : start + 65536].lstrip(b"\x00")
    if len(sound) < 4 or sound[0] != 0xFF or sound[1] & 0xE6 != 0xE2:
        raise Refused("broken" if start else "kind")
    return "mp3"


def _ogg(data: bytes, limits: Limits) -> str:
    if not any(
        codec in data[:512] for codec in (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex")
    ):
        raise Refused("video" if b"theora" in data[:512] else "broken")
    return "ogg"


def _mail(data: bytes) -> str:
    """Return "eml" for what begins with the head of a message and has no binary signs in it."""
    if b"\x00" in data[:65536] or not MAIL_LINE.match(data):
        raise Refused("kind")
    head = email.message_from_bytes(data[:65536], policy=email.policy.compat32)
    named = {name.lower() for name in head.keys()}  # noqa: SIM118 - a message is no mapping
    if "from" not in named or not named & {"date", "message-id", "received"}:
        raise Refused("kind")
    return "eml"


Reader = Callable[[bytes, Limits], str]
READERS: tuple[tuple[Callable[[bytes], bool], Reader], ...] = (
    (lambda data: data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8")), _image),
    (lambda data: data.startswith(b"RIFF"), _riff),
    (lambda data: data.startswith(b"%PDF-"), _pdf),
    (lambda data: data.startswith(b"PK\x03\x04"), _zip),
    (lambda data: data.startswith(olefile.MAGIC), _ole),
    (lambda data: data[4:8] == b"ftyp", _boxes),
    (lambda data: data.startswith(b"OggS"), _ogg),
    (lambda data: data.startswith(b"ID3") or data[:1] == b"\xff", _mp3),
)
