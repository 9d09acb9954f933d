"""Accessible PDFs: tagged, titled, in British English, held to PDF/UA-1 by the typesetter itself.

    pdf("contacts/poster/poster.typ", data, made_at) -> bytes        our own words only
    pdf_of_typed("agency/referral_pack.typ", data, made_at) -> bytes  with what people typed

Templates are Typst files under `templates/`. Data reaches them as one JSON text, so that nothing in
it is ever read as markup. Typesetting uses no network; our own words use no font of the machine.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import font_source_sans_pro
import fontpkg_noto_sans
import fontpkg_noto_sans_arabic
import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
DEMO_BANNER = "Demo. Not for use."
FONTS = [
    Path(str(package.__file__)).parent / "files"
    for package in (font_source_sans_pro, fontpkg_noto_sans, fontpkg_noto_sans_arabic)
]


def pdf(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    """Typeset a template with its data; `made_at` (aware) is the date in the file.

    Raises `typst.TypstError` for a template at fault, which includes a breach of PDF/UA-1.
    """
    return _typeset(template, data, made_at, own_fonts_only=True)


def pdf_of_typed(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    """Typeset what people typed, in any script; takes hundredths of a second.

    PDF/UA-1 refuses a sign that no font can show. Our fonts cover Latin, Greek, Cyrillic, Arabic
    and Urdu; then those of the machine are tried. If even they lack a sign, the PDF is tagged but
    outside the standard, and `has_missing_signs` lets the template say so.
    """
    for own_fonts_only in (True, False):
        try:
            return _typeset(template, data, made_at, own_fonts_only=own_fonts_only)
        except typst.TypstError:
            continue
    incomplete = {**data, "has_missing_signs": True}
    return _typeset(template, incomplete, made_at, own_fonts_only=False, is_held=False)


def _typeset(
    template: str,
    data: dict[str, Any],
    made_at: datetime,
    *,
    own_fonts_only: bool,
    is_held: bool = True,
) -> bytes:
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=FONTS,
        ignore_system_fonts=own_fonts_only,
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "banner": DEMO_BANNER if settings.IS_DEMO else "",
        },
        pdf_standards="ua-1" if is_held else [],
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )
