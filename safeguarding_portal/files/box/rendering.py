"""What is shown of a file: a picture made anew from its dots, its pages as pictures, its words.

Nothing of the file's own bytes is in what comes out: no metadata, no script, no link, no font.
"""

from __future__ import annotations

import zipfile
from io import BytesIO

import docx
import pypdfium2
from docx.table import Table
from PIL import Image, ImageOps

from .inspecting import Limits, Refused, open_image
from .mail import mail_text, outlook_text

Part = tuple[str, int, str, bytes]
LONGEST_SIDE, PAGE_SIDE, QUALITY = 4096, 1600, 85
MOST_PAGES, MOST_TEXT = 30, 200_000
JPEG, PNG, TEXT = "image/jpeg", "image/png", "text/plain"


def render(data: bytes, kind: str, limits: Limits) -> tuple[list[Part], int]:
    """Return what may be shown, and how many pages the file has in all; raise `Refused`."""
    if kind == "pdf":
        return _pdf(data)
    if kind in {"docx", "eml", "msg"}:
        words = {"docx": _docx, "eml": mail_text, "msg": outlook_text}[kind]
        try:
            text = words(data)
        except (ValueError, KeyError, OSError, LookupError, zipfile.BadZipFile) as error:
            raise Refused("broken") from error
        return [("text", 1, TEXT, _clean(text))], 1
    return [_picture(open_image(data, limits))], 1


def _picture(image: Image.Image) -> Part:
    """Return a new picture of the same dots, the right way up, without anything that came along."""
    upright = ImageOps.exif_transpose(image)
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    has_alpha = upright.has_transparency_data
    bare = upright.convert("RGBA" if has_alpha else "RGB")
    bare.info = {}
    if has_alpha:
        return "copy", 1, PNG, _saved(bare, "PNG")
    return "copy", 1, JPEG, _saved(bare, "JPEG")


def _saved(image: Image.Image, form: str) -> bytes:
    out = BytesIO()
    image.save(out, form, quality=QUALITY)
    return out.getvalue()


def _pdf(data: bytes) -> tuple[list[Part], int]:
    """Return each page as a picture, and its words for those who cannot see it.

    PDFium comes without a script engine, and no form is opened: a script in the file never runs.
    """
    document = pypdfium2.PdfDocument(data)
    parts: list[Part] = []
    for number in range(min(len(document), MOST_PAGES)):
        page = document[number]
        scale = min(PAGE_SIDE / max(*page.get_size(), 1), 3)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        parts.append(("page", number + 1, JPEG, _saved(picture, "JPEG")))
        words = page.get_textpage().get_text_bounded()
        parts.append(("text", number + 1, TEXT, _clean(words)))
    return parts, len(document)


def _docx(data: bytes) -> str:
    """Return the words of a Word document, tables row by row."""
    lines: list[str] = []
    for item in docx.Document(BytesIO(data)).iter_inner_content():
        if isinstance(item, Table):
            lines += [" | ".join(cell.text for cell in row.cells) for row in item.rows]
        else:
            lines.append(item.text)
    return "\n".join(lines)


def _clean(text: str) -> bytes:
    """Return printable words and line breaks only, up to what a page can show."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")[:MOST_TEXT]
    kept = (sign for sign in text if sign in "\n\t" or sign.isprintable())
    return "".join(kept).encode("utf-8", "replace")
