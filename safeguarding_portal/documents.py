"""Accessible PDFs: tagged, titled, in British English, held to PDF/UA-1 by the typesetter itself.

    pdf("contacts/poster/poster.typ", data, made_at) -> bytes

Templates are Typst files under `templates/`. Data reaches them as one JSON text, so that nothing in
it is ever read as markup. Outside production each page says that it is a demonstration. Typesetting
uses no network and no font of the machine it runs on.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import font_source_sans_pro
import typst
from django.conf import settings

TEMPLATES = settings.BASE_DIR / "templates"
DEMO_BANNER = "Demo. Not for use."
FONTS = Path(font_source_sans_pro.__file__).parent / "files"


def pdf(template: str, data: dict[str, Any], made_at: datetime) -> bytes:
    """Typeset a template with its data; `made_at` (aware) is the date in the file.

    Raises `typst.TypstError` for a template at fault, which includes a breach of PDF/UA-1.
    """
    return typst.compile(
        TEMPLATES / template,
        root=TEMPLATES,
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={
            "data": json.dumps(data, ensure_ascii=False),
            "banner": DEMO_BANNER if settings.IS_DEMO else "",
        },
        pdf_standards="ua-1",
        timestamp=made_at.astimezone(UTC).replace(microsecond=0),
    )
