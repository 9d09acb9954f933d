"""The referral pack as a tagged PDF, typeset by Typst from the same data as the page and the JSON.

PDF/UA-1 is asked for, which Typst checks as it writes. It refuses a sign that no font can show; the
fonts we ship cover Latin, Greek, Cyrillic, Arabic and Urdu, then those of the machine are tried. If
even they lack a sign, the PDF is written tagged but outside the standard, and says on its first
page that the JSON holds the text whole.
"""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).resolve().parent.parent / "agency" / "referral_pack.typ"
FONTS = [
    str(files(package) / "files") for package in ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic")
]


def pack_as_pdf(pack: dict[str, Any]) -> bytes:
    """Return the pack as PDF. Takes some hundredths of a second; call it outside a transaction."""
    try:
        return _compile(pack, own_fonts_only=True)
    except typst.TypstError:
        pass
    try:
        return _compile(pack, own_fonts_only=False)
    except typst.TypstError:
        incomplete = {**pack, "has_missing_signs": True}
        return _compile(incomplete, own_fonts_only=False, is_whole=False)


def _compile(pack: dict[str, Any], *, own_fonts_only: bool, is_whole: bool = True) -> bytes:
    return typst.compile(
        str(TEMPLATE),
        font_paths=FONTS,
        ignore_system_fonts=own_fonts_only,
        sys_inputs={"pack": json.dumps(pack)},
        pdf_standards=["ua-1"] if is_whole else [],
    )
