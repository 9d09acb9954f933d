"""Whole files of each kind, and hostile ones, all made here."""

from __future__ import annotations

import base64
import struct
import zipfile
import zlib
from io import BytesIO

import docx
import pikepdf
from PIL import Image

MAIL = (
    b"From: Kim Example <kim@example.org>\r\nTo: duty@example.org\r\n"
    b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\nSubject: Robin\r\n"
)


def picture(form: str = "JPEG", size: tuple[int, int] = (60, 40), **options: object) -> bytes:
    """Return a picture."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **options)
    return out.getvalue()


def located_photo() -> bytes:
    """Return a photo that says where and with what it was taken."""
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif.get_ifd(0x8825)[2] = (52.0, 28.0, 59.0)
    return picture(exif=exif, comment=b"SecretComment")


def heic() -> bytes:
    """Return a photo as telephones make them."""
    return HEIC


def pdf(javascript: str = "", text_pages: int = 1) -> bytes:
    """Return a PDF; with a script that runs when it is opened, if there is one."""
    document = pikepdf.new()
    for _ in range(text_pages):
        page = document.add_blank_page()
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
        page.Contents = document.make_stream(b"BT /F1 24 Tf 72 700 Td (School record) Tj ET")
    if javascript:
        document.Root.OpenAction = pikepdf.Dictionary(
            S=pikepdf.Name.JavaScript, JS=pikepdf.String(javascript)
        )
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def word(text: str = "Robin came in hungry", **parts: bytes) -> bytes:
    """Return a Word document, with further parts in its package if wanted."""
    document = docx.Document()
    document.add_paragraph(text)
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Day", "Bruise"
    out = BytesIO()
    document.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def zipped(**files: bytes) -> bytes:
    """Return a zip."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in files.items():
            package.writestr(name, content)
    return out.getvalue()


def wav() -> bytes:
    """Return a moment of silence."""
    sound = b"\0" * 800
    head = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 8000, 1, 8)
    body = b"WAVE" + head + struct.pack("<4sI", b"data", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def mp3() -> bytes:
    """Return a few frames of MP3 behind a label."""
    return b"ID3\x04\x00\x00\x00\x00\x00\x00" + (b"\xff\xfb\x90\x00" + b"\0" * 413) * 3


def boxes(handler: bytes, brand: bytes = b"M4A ") -> bytes:
    """Return an ISO file with one track of this kind."""
    kind = struct.pack(">I4sII4s12s", 32, b"hdlr", 0, 0, handler, b"")
    return struct.pack(">I4s4sI", 16, b"ftyp", brand, 0) + kind


def ogg() -> bytes:
    """Return the first page of a sound in Opus."""
    return b"OggS\x00\x02" + b"\0" * 22 + b"OpusHead" + b"\0" * 11


def huge_png(side: int) -> bytes:
    """Return a small file that would unpack to a picture of side by side dots."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checked)

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * ((side // 8 + 1) * side), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def compound(streams: dict[str, bytes]) -> bytes:
    """Return an OLE container ([MS-CFB]) with these streams, folders in their paths.

    Sectors of 512 bytes, no small-stream area: each stream is padded to at least 4,096 bytes.
    """
    folders = sorted({path.rpartition("/")[0] for path in streams if "/" in path})
    entries = ["", *folders, *streams]
    padded = {path: content.ljust(4096, b"\0") for path, content in streams.items()}
    sectors: list[bytes] = []
    chains: list[int] = []
    starts: dict[str, int] = {}
    for path, content in padded.items():
        starts[path] = len(sectors)
        pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        sectors += pieces
        chains += [len(chains) + 1 + place for place in range(len(pieces) - 1)] + [0xFFFFFFFE]
    tree = _directory(entries, starts, padded)
    first_of_tree = len(sectors)
    for at in range(0, len(tree), 512):
        sectors.append(tree[at : at + 512])
        chains.append(len(chains) + 1)
    chains[-1] = 0xFFFFFFFE
    table_at = len(sectors)
    tables = (len(sectors) + 127) // 128 + 1
    chains += [0xFFFFFFFD] * tables
    chains += [0xFFFFFFFF] * (tables * 128 - len(chains))
    table = struct.pack(f"<{len(chains)}I", *chains)
    listed = [table_at + place for place in range(tables)] + [0xFFFFFFFF] * (109 - tables)
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack(
        "<IIIIIIIII", 0, tables, first_of_tree, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    return head + struct.pack("<109I", *listed) + b"".join(sectors) + table


def _directory(entries: list[str], starts: dict[str, int], streams: dict[str, bytes]) -> bytes:
    none = 0xFFFFFFFF
    children: dict[str, list[int]] = {}
    for place, path in enumerate(entries[1:], 1):
        children.setdefault(path.rpartition("/")[0], []).append(place)
    following = {}
    for places in children.values():
        following |= dict(zip(places, [*places[1:], none], strict=True))
    out = b""
    for place, path in enumerate(entries):
        is_stream = path in starts
        name = (path.rpartition("/")[2] or "Root Entry").encode("utf-16-le") + b"\0\0"
        kind = 5 if not place else 2 if is_stream else 1
        child = none if is_stream else children.get(path, [none])[0]
        size = len(streams.get(path, b""))
        out += name.ljust(64, b"\0") + struct.pack("<HBB", len(name), kind, 1)
        out += struct.pack("<III", none, following.get(place, none), child) + b"\0" * 36
        out += struct.pack("<IQ", starts.get(path, 0 if is_stream else 0xFFFFFFFE), size)
    return out.ljust((len(out) + 511) // 512 * 512, b"\0")


def outlook() -> bytes:
    """Return a message as Outlook saves it, with a script in it and something attached."""

    def text(words: str) -> bytes:
        return words.encode("utf-16-le")

    return compound(
        {
            "__properties_version1.0": b"\0" * 32,
            "__substg1.0_0C1A001F": text("Kim Example"),
            "__substg1.0_0037001F": text("About Robin"),
            "__substg1.0_1013001F": text("<p>He was <b>hungry</b></p><script>alert(1)</script>"),
            "__attach_version1.0_#00000000/__substg1.0_3707001F": text("invoice.exe"),
        }
    )


# 16 by 16 dots of teal, made once with libheif, which the portal has for reading only.
HEIC = base64.b64decode(
    b"AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAXxtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAA"
    b"AAAAAAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoAABAAAAAAAAACYAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAA"
    b"AAABAABodmMxAAAAAA5waXRtAAAAAAABAAAA/GlwcnAAAADcaXBjbwAAAHVodmNDAQNwAAAAkAAAAAAAHvAA/P34"
    b"+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQApQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqrprm"
    b"4CGgwIAAAAyAAAADAIRiAAEABkQBwXPBiQAAABNjb2xybmNseAABAA0ABoAAAAAUaXNwZQAAAAAAAABAAAAAQAAA"
    b"AChjbGFwAAAAEAAAAAEAAAAQAAAAAf///9AAAAAC////0AAAAAIAAAAQcGl4aQAAAAADCAgIAAAAGGlwbWEAAAAA"
    b"AAAAAQABBYECAwWEAAAALm1kYXQAAAAiKAGvBBITTOD46cJoP9EB5zL2MPJ+0Ksr40mfd7EYkqn/oA=="
)
